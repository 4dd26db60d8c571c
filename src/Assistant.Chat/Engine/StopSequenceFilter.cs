namespace Assistant.Chat.Engine;

/// <summary>Ends an answer at a stop sequence. What could be the beginning of one is held back until it is known not to be.</summary>
/// <param name="stops">The sequences; empty ones are ignored.</param>
public sealed class StopSequenceFilter(IEnumerable<string> stops)
{
    private readonly string[] stops = [.. stops.Where(stop => !string.IsNullOrEmpty(stop)).Distinct()];
    private string held = "";

    /// <summary>Whether a stop sequence was found; nothing more comes out then.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Adds text.</summary>
    /// <returns>What is certain to belong to the answer.</returns>
    public string Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Stopped)
            return "";
        held += text;
        var at = stops.Select(stop => held.IndexOf(stop, StringComparison.Ordinal)).Where(found => found >= 0).DefaultIfEmpty(-1).Min();
        if (at >= 0)
        {
            Stopped = true;
            return Take(at);
        }
        return Take(held.Length - LongestBeginning());
    }

    /// <summary>What was held back, once the answer has ended without a stop sequence.</summary>
    public string Flush() => Stopped ? "" : Take(held.Length);

    /// <summary>Length of the longest end of the held text that begins a stop sequence.</summary>
    private int LongestBeginning()
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, held.Length); length > longest; length--)
            {
                if (held.AsSpan(held.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    longest = length;
            }
        }
        return longest;
    }

    private string Take(int length)
    {
        var taken = held[..length];
        held = held[length..];
        return taken;
    }
}
