using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Prompts;

/// <summary>What a model puts before every conversation: its system message and the messages that it was made with.</summary>
internal static class BaseConversation
{
    /// <summary>The conversation as the model is shown it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="conversation">What the request brings.</param>
    /// <param name="instructions">Instructions beside the conversation's own system message; the model's gives way to either.</param>
    /// <returns>System messages first, then the model's own messages, then the request's.</returns>
    public static List<ChatMessage> Before(ModelOptions model, IReadOnlyList<ChatMessage> conversation, string? instructions)
    {
        var system = instructions ?? (conversation.Any(message => message.Role == ChatRole.System) ? null : model.System);
        var leading = conversation.TakeWhile(message => message.Role == ChatRole.System).Count();
        return
        [
            .. system is { Length: > 0 } ? (ChatMessage[])[new ChatMessage(ChatRole.System, system)] : [],
            .. conversation.Take(leading),
            .. Messages(model),
            .. conversation.Skip(leading),
        ];
    }

    /// <summary>The messages that a model was made with.</summary>
    public static IEnumerable<ChatMessage> Messages(ModelOptions model) => model.Messages.Select(message => new ChatMessage(new ChatRole(message.Role), message.Content));
}
