using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Prompts;

/// <summary>Makes a conversation fit the context: drops whole exchanges, the oldest first, and never the system message or the latest turn.</summary>
public static class ConversationWindow
{
    /// <summary>Tokenizes as much of a conversation as fits.</summary>
    /// <param name="messages">The conversation; it ends with the latest turn.</param>
    /// <param name="tokenize">Renders and tokenizes messages; null if they are too long for certain.</param>
    /// <param name="contextLength">Positions of the context.</param>
    /// <param name="reserve">Positions to leave for the answer, if there is a choice.</param>
    /// <param name="truncate">Whether messages may be dropped.</param>
    /// <returns>The prompt, and how many messages were dropped.</returns>
    /// <exception cref="ContextExceededException">Even the latest turn does not fit, or something would have to be dropped and must not be.</exception>
    public static (PromptSequence Prompt, int Dropped) Fit(
        IReadOnlyList<ChatMessage> messages, Func<IReadOnlyList<ChatMessage>, PromptSequence?> tokenize, int contextLength, int reserve, bool truncate)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(tokenize);
        var whole = tokenize(messages);
        if (whole is not null && whole.Count + reserve <= contextLength)
            return (whole, 0);
        var starts = Exchanges(messages);
        if (!truncate || starts.Count < 2)
        {
            // The reserve is a wish: one free position is enough to begin an answer.
            return whole is not null && whole.Count < contextLength
                ? (whole, 0)
                : throw new ContextExceededException($"The prompt takes {Length(whole, contextLength)} tokens, the context has {contextLength}.", whole?.Count, contextLength);
        }

        // Dropping more never makes a prompt longer, so the fewest exchanges to drop are found by bisection.
        var (low, high) = (1, starts.Count - 1);
        var best = Cut(messages, starts[high]);
        var prompt = tokenize(best);
        if (prompt is null || prompt.Count >= contextLength)
            throw new ContextExceededException($"The latest message with the system message takes {Length(prompt, contextLength)} tokens, the context has {contextLength}.", prompt?.Count, contextLength);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var cut = Cut(messages, starts[middle]);
            var candidate = tokenize(cut);
            if (candidate is not null && candidate.Count + reserve <= contextLength)
                (best, prompt, high) = (cut, candidate, middle);
            else
                low = middle + 1;
        }
        return (prompt, messages.Count - best.Count);
    }

    /// <summary>Indices of the messages that begin an exchange: user messages that follow something else than a user message.</summary>
    private static List<int> Exchanges(IReadOnlyList<ChatMessage> messages)
    {
        var starts = new List<int>();
        var previous = ChatRole.Assistant;
        foreach (var (index, message) in messages.Index())
        {
            if (message.Role == ChatRole.System)
                continue;
            if (starts.Count == 0 || (message.Role == ChatRole.User && previous != ChatRole.User))
                starts.Add(index);
            previous = message.Role;
        }
        return starts;
    }

    private static string Length(PromptSequence? prompt, int contextLength) => prompt is null ? $"more than {contextLength}" : $"{prompt.Count}";

    private static List<ChatMessage> Cut(IReadOnlyList<ChatMessage> messages, int from) =>
        [.. messages.Where((message, index) => index >= from || message.Role == ChatRole.System)];
}
