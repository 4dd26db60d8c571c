using System.Text.Json;
using Assistant.Chat.Models;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Chat.Conversations;

/// <summary>The conversations on disk.</summary>
/// <remarks>Safe for concurrent use: each call has a database context of its own.</remarks>
public sealed class ConversationStore
{
    private readonly DbContextOptions<ConversationsContext> options;
    private readonly string folder;
    private readonly ImageStore images;
    private readonly TimeProvider time;

    /// <summary>Opens nothing yet; <see cref="PrepareAsync"/> does.</summary>
    /// <param name="path">The SQLite file.</param>
    /// <param name="images">Loses the pictures of deleted conversations.</param>
    /// <param name="time">The clock of creation and update times.</param>
    public ConversationStore(string path, ImageStore images, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        options = ConversationsDatabase.CreateOptions(path);
        (this.images, this.time) = (images, time);
    }

    /// <summary>The chat of this id was begun, renamed, deleted or spoken in. Raised on any thread.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Creates the folder and the tables, or upgrades them, and marks answers that were running when the program ended.</summary>
    /// <returns>How many answers had been interrupted.</returns>
    /// <exception cref="InvalidDataException">The file is not one that this program can read.</exception>
    public async Task<int> PrepareAsync(CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        await using var context = Open();
        await ConversationsDatabase.PrepareAsync(context, cancellationToken).ConfigureAwait(false);
        return await context.Messages.Where(m => m.State == AnswerState.Running)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.State, AnswerState.Interrupted), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All chats, the one last spoken in first.</summary>
    public async Task<IReadOnlyList<Conversation>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var context = Open();
        return await context.Conversations.AsNoTracking().OrderByDescending(c => c.UpdatedAt).ThenBy(c => c.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A chat, or null if there is none of this id.</summary>
    public async Task<Conversation?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var context = Open();
        return await context.Conversations.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The messages from a conversation's first to <paramref name="tipId"/>, each the parent of the next.</summary>
    /// <returns>Empty where there is no such message in this conversation.</returns>
    public async Task<IReadOnlyList<Message>> ReadBranchAsync(Guid conversationId, Guid? tipId, CancellationToken cancellationToken = default)
    {
        await using var context = Open();
        return await ReadBranchAsync(context, conversationId, tipId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a conversation.</summary>
    public async Task<Conversation> CreateAsync(string title, string? model, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var conversation = new Conversation { Id = Guid.CreateVersion7(now), Title = title, Model = model, CreatedAt = now, UpdatedAt = now };
        await using var context = Open();
        context.Conversations.Add(conversation);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        Changed?.Invoke(conversation.Id);
        return conversation;
    }

    /// <summary>Adds a question or an answer below a message and makes it the tip of the branch that is shown.</summary>
    /// <exception cref="ChatRequestException">The conversation has been deleted.</exception>
    public async Task AddAsync(Message message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await using var context = Open();
        var conversation = await context.Conversations.FindAsync([message.ConversationId], cancellationToken).ConfigureAwait(false)
            ?? throw new ChatRequestException("This chat has been deleted.");
        (conversation.TipId, conversation.UpdatedAt) = (message.Id, time.GetUtcNow());
        context.Messages.Add(message);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        Changed?.Invoke(message.ConversationId);
    }

    /// <summary>Writes how far an answer has come.</summary>
    public async Task UpdateAnswerAsync(Guid messageId, AnswerSnapshot answer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var timings = answer.Timings is null ? null : JsonSerializer.Serialize(answer.Timings, JsonSerializerOptions.Web);
        await using var context = Open();
        await context.Messages.Where(m => m.Id == messageId).ExecuteUpdateAsync(
            m => m.SetProperty(x => x.Text, answer.Text).SetProperty(x => x.Thoughts, answer.Thoughts).SetProperty(x => x.State, answer.State)
                .SetProperty(x => x.Error, answer.Error).SetProperty(x => x.Timings, timings),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a chat a name.</summary>
    /// <returns>The title as it was stored; null if there is no such chat or nothing is left of the title.</returns>
    public async Task<string?> RenameAsync(Guid id, string title, CancellationToken cancellationToken = default)
    {
        var clean = ConversationTitle.Clean(title);
        if (clean.Length == 0)
            return null;
        await using var context = Open();
        var renamed = await context.Conversations.Where(c => c.Id == id)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Title, clean), cancellationToken).ConfigureAwait(false);
        if (renamed == 0)
            return null;
        Changed?.Invoke(id);
        return clean;
    }

    /// <summary>Says which model answers from now on.</summary>
    public async Task SetModelAsync(Guid id, string? model, CancellationToken cancellationToken = default)
    {
        await using var context = Open();
        await context.Conversations.Where(c => c.Id == id)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Model, model), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a chat and those of its pictures that no other chat shows; one that was added again since stays, as it waits to be sent.</summary>
    /// <returns>False if there was no such chat.</returns>
    /// <remarks>An answer that is being written is not stopped here: <see cref="AnswerService.DeleteConversationAsync"/> does both.</remarks>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var context = Open();
        var shown = await ReadLastShownAsync(context.Messages.Where(m => m.ConversationId == id), cancellationToken).ConfigureAwait(false);
        var hashes = shown.Keys.ToList();
        var deleted = await context.Conversations.Where(c => c.Id == id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        var stillShown = await ReadLastShownAsync(context.Messages.Where(m => m.Images.Any(i => hashes.Contains(i.Hash))), cancellationToken).ConfigureAwait(false);
        foreach (var hash in hashes.Where(hash => images.FindTime(hash) <= shown[hash])) // a later one was added again and waits to be sent
        {
            if (stillShown.TryGetValue(hash, out var time))
                images.SetTime(hash, time); // lest the other chat's end takes it for one that waits
            else
                images.Delete(hash);
        }
        if (deleted > 0)
            Changed?.Invoke(id);
        return deleted > 0;
    }

    /// <summary>Deletes pictures that were uploaded before <paramref name="before"/> and that no message shows.</summary>
    /// <remarks>Pictures older than the oldest chat stay: they may belong to a database that was moved away and will be put back.</remarks>
    public async Task DeleteUnusedImagesAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        await using var context = Open();
        if (await context.Conversations.OrderBy(c => c.CreatedAt).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is not { CreatedAt: var begun })
            return;
        var used = (await context.MessageImages.Select(i => i.Hash).Distinct().ToListAsync(cancellationToken).ConfigureAwait(false)).ToHashSet();
        foreach (var hash in images.ListAdded(begun, before).Where(hash => !used.Contains(hash)))
            images.Delete(hash);
    }

    private static async Task<IReadOnlyList<Message>> ReadBranchAsync(
        ConversationsContext context, Guid conversationId, Guid? tipId, CancellationToken cancellationToken)
    {
        // One query for the whole tree: it is small, and walking up by queries would cost one per message.
        var tree = await context.Messages.AsNoTracking().Where(m => m.ConversationId == conversationId)
            .Include(m => m.Images.OrderBy(i => i.Position)).ToDictionaryAsync(m => m.Id, cancellationToken).ConfigureAwait(false);
        var branch = new List<Message>();
        for (var id = tipId; id is { } next && tree.Remove(next, out var message); id = message.ParentId) // removing ends a cycle
            branch.Add(message);
        branch.Reverse();
        return branch;
    }

    /// <summary>The pictures of messages, each with the time of the last message that shows it.</summary>
    private static async Task<Dictionary<string, DateTimeOffset>> ReadLastShownAsync(IQueryable<Message> messages, CancellationToken cancellationToken)
    {
        var shown = await messages.SelectMany(m => m.Images, (m, i) => new { i.Hash, m.CreatedAt }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return shown.GroupBy(i => i.Hash).ToDictionary(i => i.Key, i => i.Max(x => x.CreatedAt));
    }

    private ConversationsContext Open() => new(options);
}
