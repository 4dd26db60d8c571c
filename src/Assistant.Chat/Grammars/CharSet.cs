namespace Assistant.Chat.Grammars;

/// <summary>Code points, as ranges in order that do not touch.</summary>
internal sealed class CharSet
{
    private const int Last = 0x10FFFF;

    private CharSet(List<(int From, int To)> ranges) => Ranges = ranges;

    /// <summary>Inclusive.</summary>
    public IReadOnlyList<(int From, int To)> Ranges { get; }

    /// <summary>Every code point.</summary>
    public static CharSet All { get; } = new([(0, Last)]);

    /// <summary>Exactly one.</summary>
    public static CharSet Of(int character) => new([(character, character)]);

    /// <summary>Any ranges, in any order.</summary>
    public static CharSet Of(IEnumerable<(int From, int To)> ranges)
    {
        var joined = new List<(int From, int To)>();
        foreach (var range in ranges.Order())
        {
            if (joined.Count > 0 && range.From <= joined[^1].To + 1)
                joined[^1] = (joined[^1].From, Math.Max(joined[^1].To, range.To));
            else
                joined.Add(range);
        }
        return new(joined);
    }

    /// <summary>All others.</summary>
    public CharSet Negate()
    {
        var (others, next) = (new List<(int, int)>(), 0);
        foreach (var (from, to) in Ranges)
        {
            if (from > next)
                others.Add((next, from - 1));
            next = to + 1;
        }
        if (next <= Last)
            others.Add((next, Last));
        return new(others);
    }

    /// <summary>Whether it holds this one.</summary>
    public bool Contains(int character) => Ranges.Any(range => range.From <= character && character <= range.To);

    /// <summary>What is in both.</summary>
    public IEnumerable<(int From, int To)> Common(CharSet other)
    {
        for (int i = 0, j = 0; i < Ranges.Count && j < other.Ranges.Count;)
        {
            var (from, to) = (Math.Max(Ranges[i].From, other.Ranges[j].From), Math.Min(Ranges[i].To, other.Ranges[j].To));
            if (from <= to)
                yield return (from, to);
            if (Ranges[i].To < other.Ranges[j].To)
                i++;
            else
                j++;
        }
    }
}
