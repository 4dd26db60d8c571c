using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Conversations;

/// <summary>Turns a branch of stored messages into what a model is asked.</summary>
public static class ChatHistory
{
    /// <summary>The whole branch: every question with its pictures before its text, every answer that has text.</summary>
    /// <remarks>All pictures are sent on every turn; the model's client knows those that it has seen before.</remarks>
    /// <exception cref="ChatRequestException">A picture is no longer in the store.</exception>
    public static async Task<IList<ChatMessage>> BuildAsync(
        IEnumerable<Message> branch, ImageStore images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(branch);
        ArgumentNullException.ThrowIfNull(images);
        var history = new List<ChatMessage>();
        foreach (var message in branch)
        {
            if (message.Role == MessageRole.Assistant)
            {
                if (message.Text.Length > 0)
                    history.Add(new ChatMessage(ChatRole.Assistant, message.Text));
                continue;
            }
            var contents = new List<AIContent>();
            foreach (var image in message.Images)
            {
                var (bytes, mediaType) = await images.ReadAsync(image.Hash, cancellationToken).ConfigureAwait(false)
                    ?? throw new ChatRequestException($"The picture {image.Name} is no longer in the image store; begin a new chat and add it again.");
                contents.Add(new DataContent(bytes, mediaType) { Name = image.Name });
            }
            if (message.Text.Length > 0)
                contents.Add(new TextContent(message.Text));
            history.Add(new ChatMessage(ChatRole.User, contents));
        }
        return history;
    }
}
