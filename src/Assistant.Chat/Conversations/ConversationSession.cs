using System.Text.Json;
using Assistant.Chat.Models;

namespace Assistant.Chat.Conversations;

/// <summary>A picture that was uploaded and is to be sent with the next question.</summary>
/// <param name="Hash">Its place in the image store.</param>
/// <param name="Name">The name of the file that the user gave.</param>
public sealed record AttachedImage(string Hash, string Name);

/// <summary>The conversation that one page shows: what is in it, what runs in it, and what can be done with it.</summary>
/// <remarks>
/// Belongs to one page and is used from its thread; <see cref="Changed"/> is raised on any thread and asks the page to look again.
/// Nothing is lost with it: the conversation is in the store and a running answer belongs to the <see cref="AnswerService"/>.
/// </remarks>
public sealed class ConversationSession(
    ConversationStore conversations, AnswerService answers, IChatModels models, TimeProvider time) : IDisposable
{
    /// <summary>A page is asked to look again at most this often: faster than the eye reads, slower than tokens come.</summary>
    internal static readonly TimeSpan ChangeInterval = TimeSpan.FromMilliseconds(50);

    private static readonly View Nothing = new(null, [], null);

    private readonly SemaphoreSlim reading = new(1, 1);
    private readonly Lock gate = new();
    private CancellationTokenSource watching = new();
    private RunningAnswer? watched;
    private View view = Nothing;
    private bool subscribed, disposed;

    /// <summary>Something that the page shows has changed. The argument says whether only the running answer has.</summary>
    public event Action<bool>? Changed;

    /// <summary>The chat; null before the first question.</summary>
    public Conversation? Conversation => view.Conversation;

    /// <summary>The branch that is shown, first message first.</summary>
    public IReadOnlyList<Message> Messages => view.Messages;

    /// <summary>The answer that is being written; null where none is.</summary>
    public RunningAnswer? Running => view.Running;

    /// <summary>Name of the model that the next question goes to.</summary>
    public string Model { get; private set; } = models.DefaultModel;

    /// <summary>Shows a chat, or the beginning of a new one.</summary>
    /// <returns>False if there is no chat of this id; then nothing is shown.</returns>
    public async Task<bool> OpenAsync(Guid? id, CancellationToken cancellationToken = default)
    {
        if (id is not null && id == Conversation?.Id)
            return true;
        StopWatching();
        if (!subscribed)
            conversations.Changed += OnChanged;
        (subscribed, view) = (true, Nothing);
        if (id is null)
            return true;
        await ReadAsync(id.Value, cancellationToken).ConfigureAwait(false);
        if (Conversation?.Model is { } model && models.Find(model) is not null)
            Model = model;
        return Conversation is not null;
    }

    /// <summary>Asks a question at the end of the branch; the first one begins the conversation.</summary>
    /// <exception cref="ChatRequestException">There is nothing to ask, or the last question is still being answered.</exception>
    public async Task AskAsync(string text, IReadOnlyList<AttachedImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(images);
        text = text.Trim();
        if (text.Length == 0 && images.Count == 0)
            throw new ChatRequestException("Write a question or add a picture.");
        if (Conversation is { } current && answers.Find(current.Id) is not null) // what is shown may lag behind
            throw new ChatRequestException("The last question is still being answered; wait for the answer or stop it.");
        var conversation = Conversation
            ?? await conversations.CreateAsync(ConversationTitle.FromQuestion(text, images.Count), Model, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var question = new Message
        {
            Id = id,
            ConversationId = conversation.Id,
            ParentId = Messages.Count > 0 ? Messages[^1].Id : null,
            Role = MessageRole.User,
            Text = text,
            CreatedAt = now,
            Images = [.. images.Select((image, position) => new MessageImage { MessageId = id, Position = position, Hash = image.Hash, Name = image.Name })],
        };
        await conversations.AddAsync(question, cancellationToken).ConfigureAwait(false);
        await answers.StartAsync(conversation.Id, id, Model, cancellationToken).ConfigureAwait(false);
        await ReadAsync(conversation.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers the last question once more; the earlier answer stays in the tree beside the new one.</summary>
    /// <exception cref="ChatRequestException">There is no question, or it is still being answered.</exception>
    public async Task RetryAsync(CancellationToken cancellationToken = default)
    {
        if (Conversation is not { } conversation || Messages.LastOrDefault(m => m.Role == MessageRole.User) is not { } question)
            throw new ChatRequestException("There is no question to answer again.");
        await answers.StartAsync(conversation.Id, question.Id, Model, cancellationToken).ConfigureAwait(false);
        await ReadAsync(conversation.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the answer that is being written, if there is one.</summary>
    public void Stop()
    {
        if (Conversation is not null)
            answers.Stop(Conversation.Id);
    }

    /// <summary>Chooses the model for the next questions.</summary>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    public async Task ChooseModelAsync(string name, CancellationToken cancellationToken = default)
    {
        Model = models.Find(name)?.Name ?? throw new ModelNotFoundException(name, models.List().Select(m => m.Name));
        if (Conversation is not null)
            await conversations.SetModelAsync(Conversation.Id, Model, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The timings of a stored answer; null where there are none.</summary>
    public static AnswerTimings? ReadTimings(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.Timings is null ? null : JsonSerializer.Deserialize<AnswerTimings>(message.Timings, JsonSerializerOptions.Web);
    }

    /// <summary>Stops looking; a running answer goes on.</summary>
    public void Dispose()
    {
        conversations.Changed -= OnChanged;
        lock (gate)
        {
            disposed = true;
            watching.Cancel();
        }
    }

    private async Task ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // In this order: an answer that is no longer running by now is stored by now.
            var running = answers.Find(id);
            var conversation = await conversations.FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (conversation is null)
            {
                view = Nothing;
                return;
            }
            view = new View(conversation, await conversations.ReadBranchAsync(id, conversation.TipId, cancellationToken).ConfigureAwait(false), running);
            if (running is not null)
                Watch(running);
        }
        finally
        {
            reading.Release();
        }
    }

    private void Watch(RunningAnswer answer)
    {
        lock (gate)
        {
            if (disposed || watched == answer)
                return;
            watched = answer;
            _ = WatchAsync(answer, watching.Token);
        }
    }

    private async Task WatchAsync(RunningAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var snapshot in answer.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (snapshot.State != AnswerState.Running)
                    break;
                Changed?.Invoke(true);
                await Task.Delay(ChangeInterval, time, cancellationToken).ConfigureAwait(false);
            }
            await ReadAsync(answer.ConversationId, cancellationToken).ConfigureAwait(false);
            Changed?.Invoke(false);
        }
        catch (OperationCanceledException)
        {
            // the page went away or shows another chat
        }
    }

    /// <summary>Another page, or this one, spoke in this chat, renamed or deleted it.</summary>
    private void OnChanged(Guid conversationId)
    {
        if (Conversation?.Id == conversationId)
            _ = FollowAsync(conversationId, watching.Token);
    }

    private async Task FollowAsync(Guid conversationId, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(conversationId, cancellationToken).ConfigureAwait(false);
            Changed?.Invoke(false);
        }
        catch (OperationCanceledException)
        {
            // the page went away or shows another chat
        }
    }

    private void StopWatching()
    {
        lock (gate)
        {
            watching.Cancel(); // not disposed: a watcher may still hold its token, and without a timer there is nothing to free
            if (!disposed)
                watching = new CancellationTokenSource();
            watched = null;
        }
    }

    private sealed record View(Conversation? Conversation, IReadOnlyList<Message> Messages, RunningAnswer? Running);
}
