using System.Collections.Concurrent;
using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Remote;
using Assistant.Chat.Tools;
using Assistant.Chat.Tools.Vision;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Chat.Conversations;

/// <summary>Writes answers: a running answer belongs to this service, not to the page that asked, so closing or reloading a page loses nothing.</summary>
/// <remarks>The answer is stored as it grows. One answer is written in a chat at a time; different chats do not wait for each other here.</remarks>
public sealed class AnswerService(
    ConversationStore conversations, ImageStore images, IChatModels models, TimeProvider time, ILogger<AnswerService> logger, VisionTools? tools = null) : IHostedService
{
    /// <summary>How often a growing answer is stored; a crash loses at most what came since.</summary>
    internal static readonly TimeSpan StoreInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Uploads that were never sent are kept this long.</summary>
    private static readonly TimeSpan DraftLifetime = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<Guid, RunningAnswer> running = new();
    private volatile bool ending;

    /// <summary>The answer that is being written in a chat, or null.</summary>
    public RunningAnswer? Find(Guid conversationId) => running.GetValueOrDefault(conversationId);

    /// <summary>Begins to answer a question.</summary>
    /// <param name="conversationId">The chat.</param>
    /// <param name="questionId">The message to answer: the last of the branch that the model is sent.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="cancellationToken">Covers the start alone, not the answer.</param>
    /// <exception cref="ChatRequestException">This chat is being answered already, or the program is ending.</exception>
    public async Task<RunningAnswer> StartAsync(Guid conversationId, Guid questionId, string model, CancellationToken cancellationToken = default)
    {
        var answer = new RunningAnswer(conversationId, Guid.CreateVersion7(time.GetUtcNow()));
        if (!running.TryAdd(conversationId, answer))
            throw new ChatRequestException("This chat is still being answered; wait for the answer or stop it.");
        try
        {
            if (ending) // after it was added: the end either sees this answer or is seen here
                throw new ChatRequestException("The assistant is shutting down.");
            await conversations.AddAsync(
                new Message
                {
                    Id = answer.MessageId,
                    ConversationId = conversationId,
                    ParentId = questionId,
                    Role = MessageRole.Assistant,
                    Text = "",
                    CreatedAt = time.GetUtcNow(),
                    State = AnswerState.Running,
                    Model = model,
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            running.TryRemove(conversationId, out _);
            throw;
        }
        answer.Completion = Task.Run(() => AnswerAsync(answer, questionId, model), CancellationToken.None);
        return answer;
    }

    /// <summary>Stops the answer that is being written in a chat, if there is one; its text is kept.</summary>
    public void Stop(Guid conversationId) => Find(conversationId)?.Cancel(AnswerState.Stopped);

    /// <summary>Stops a chat's answer, then deletes the chat with its pictures.</summary>
    /// <returns>False if there was no such chat.</returns>
    public async Task<bool> DeleteConversationAsync(Guid conversationId, CancellationToken cancellationToken = default)
    {
        if (Find(conversationId) is { } answer)
        {
            answer.Cancel(AnswerState.Stopped);
            await answer.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        return await conversations.DeleteAsync(conversationId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens the store, marks answers that the last run of the program left unfinished, and clears forgotten uploads.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await conversations.PrepareAsync(cancellationToken).ConfigureAwait(false) is > 0 and var interrupted)
            logger.LogInformation("{Count} answer(s) were interrupted when the program last ended.", interrupted);
        await conversations.DeleteUnusedImagesAsync(time.GetUtcNow() - DraftLifetime, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends all answers; they are kept as interrupted.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        ending = true;
        var answers = running.Values.ToList();
        answers.ForEach(answer => answer.Cancel(AnswerState.Interrupted));
        return Task.WhenAll(answers.Select(answer => answer.Completion)).WaitAsync(cancellationToken);
    }

    private async Task AnswerAsync(RunningAnswer answer, Guid questionId, string model)
    {
        AnswerTimings? timings = null;
        var (state, error) = (AnswerState.Finished, default(string));
        try
        {
            var branch = await conversations.ReadBranchAsync(answer.ConversationId, questionId, answer.Cancelled).ConfigureAwait(false);
            var history = await ChatHistory.BuildAsync(branch, images, answer.Cancelled).ConfigureAwait(false);
            var stored = time.GetTimestamp();
            var (client, options) = (models.GetClient(model), default(ChatOptions));
            if (tools?.For(history) is { Count: > 0 } offered)
                (client, options) = (client.UseToolCalling(tools.Options), new ChatOptions { Tools = offered });
            await foreach (var update in client.GetStreamingResponseAsync(history, options, answer.Cancelled).ConfigureAwait(false))
            {
                timings = AnswerTimings.Add(timings, update);
                var thought = string.Concat(update.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
                if (update.Text.Length + thought.Length == 0)
                    continue;
                answer.Append(update.Text, thought);
                if (time.GetElapsedTime(stored) < StoreInterval)
                    continue;
                await conversations.UpdateAnswerAsync(answer.MessageId, answer.Current, answer.Cancelled).ConfigureAwait(false);
                stored = time.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (answer.StopReason is { } reason)
        {
            state = reason;
        }
#pragma warning disable CA1031 // whatever ended the answer, the chat has to say so and go on
        catch (Exception exception)
#pragma warning restore CA1031
        {
            state = AnswerState.Failed;
            error = Explain(exception);
            if (error is null)
                logger.LogError(exception, "Answering with the model {Model} failed.", model);
            else
                logger.LogWarning("The model {Model} did not answer: {Error}", model, error);
            error ??= "Answering failed unexpectedly; the server's log says why.";
        }
        await EndAsync(answer, answer.Current with { State = state, Error = error, Timings = timings }).ConfigureAwait(false);
    }

    /// <summary>Stores the end, then lets go of the answer, then tells the watchers: whoever finds it gone finds it stored.</summary>
    private async Task EndAsync(RunningAnswer answer, AnswerSnapshot end)
    {
        try
        {
            await conversations.UpdateAnswerAsync(answer.MessageId, end, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a full disk must not leave the chat locked
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "An answer could not be stored.");
            end = end with { State = AnswerState.Failed, Error = "The answer could not be stored; the server's log says why." };
        }
        running.TryRemove(answer.ConversationId, out _);
        answer.End(end);
    }

    /// <summary>The sentence of an exception that is meant for the user; null for any other.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        EngineBusyException => "Too many questions are waiting for this model; try again in a moment.", // its own words are for clients of the APIs
        ChatRequestException or ModelLoadException or ModelNotFoundException or RemoteModelException when exception.Message.Trim() is { Length: > 0 } message =>
            char.ToUpperInvariant(message[0]) + message[1..],
        _ => null,
    };
}
