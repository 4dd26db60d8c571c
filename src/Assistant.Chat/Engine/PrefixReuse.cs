using Assistant.Chat.Prompts;

namespace Assistant.Chat.Engine;

/// <summary>How much of a prompt a KV cache already holds.</summary>
public static class PrefixReuse
{
    /// <summary>Positions at the start of a prompt that need not be read again.</summary>
    /// <param name="known">What the cache holds.</param>
    /// <param name="prompt">What is asked for, at least one position.</param>
    /// <returns>At most one less than the prompt, so that something is left to compute logits from; never inside a picture.</returns>
    public static int Count(IReadOnlyList<PositionKey> known, IReadOnlyList<PositionKey> prompt)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(prompt);
        var limit = Math.Min(known.Count, prompt.Count - 1);
        var count = 0;
        while (count < limit && known[count] == prompt[count])
            count++;
        // A row whose index is not 0 goes on with a picture that began before.
        while (count > 0 && prompt[count].Image != 0 && prompt[count].Value != 0)
            count--;
        return count;
    }
}
