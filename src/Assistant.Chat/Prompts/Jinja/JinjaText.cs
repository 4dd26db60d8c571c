using System.Text;

namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Text that remembers of each character who wrote it: the template, a message, or nobody since it stands for a picture.</summary>
/// <remarks>
/// Templates cut, trim and join what they are given, and special tokens may count only where the template itself spells them.
/// So the origin travels with the characters through every operation; nothing that a message spells can take it on.
/// </remarks>
internal sealed class JinjaText : IEquatable<JinjaText>
{
    /// <summary>Origin of the template's own text.</summary>
    public const int Template = 0;

    /// <summary>Origin of text that somebody wrote.</summary>
    public const int Written = 1;

    /// <summary>Origin of the first picture's mark; the others follow.</summary>
    public const int FirstImage = 2;

    private const int MaxLength = 16 << 20;
    private const char ImageMark = '\uFFFC'; // object replacement character; only its origin makes it a picture

    private readonly (int End, int Origin)[] runs; // ends rise up to the length

    private JinjaText(string value, (int, int)[] runs) => (Value, this.runs) = (value, runs);

    public static JinjaText Empty { get; } = new("", []);

    public string Value { get; }

    public int Length => Value.Length;

    public IReadOnlyList<(int End, int Origin)> Runs => runs;

    /// <summary>Text of one origin.</summary>
    public static JinjaText Of(string value, int origin = Template) => value.Length == 0 ? Empty : new(value, [(value.Length, origin)]);

    /// <summary>The mark of a picture.</summary>
    public static JinjaText Image(int index) => Of(ImageMark.ToString(), FirstImage + index);

    /// <summary>Whether a message wrote any of it.</summary>
    public bool IsWritten => runs.Any(run => run.Origin != Template);

    public JinjaText Slice(int start, int length)
    {
        if (length <= 0)
            return Empty;
        if (start == 0 && length == Length)
            return this;
        var builder = new Builder();
        builder.Append(this, start, length);
        return builder.ToText();
    }

    public JinjaText Slice(int start) => Slice(start, Length - start);

    public static JinjaText operator +(JinjaText a, JinjaText b)
    {
        var builder = new Builder();
        builder.Append(a);
        builder.Append(b);
        return builder.ToText();
    }

    /// <summary>Without characters at the ends; null for white space.</summary>
    public JinjaText Trim(string? characters, bool start = true, bool end = true)
    {
        bool IsCut(char c) => characters is null ? char.IsWhiteSpace(c) : characters.Contains(c, StringComparison.Ordinal);
        var (from, to) = (0, Length);
        while (start && from < to && IsCut(Value[from]))
            from++;
        while (end && to > from && IsCut(Value[to - 1]))
            to--;
        return Slice(from, to - from);
    }

    /// <summary>As Python's <c>split</c>; null splits at white space and drops what is empty.</summary>
    public List<JinjaText> Split(string? separator, int most = -1)
    {
        var parts = new List<JinjaText>();
        if (separator is { Length: 0 })
            throw new ArgumentException("empty separator");
        if (separator is null)
        {
            for (var at = 0; ;)
            {
                while (at < Length && char.IsWhiteSpace(Value[at]))
                    at++;
                if (at == Length)
                    return parts;
                var begin = at;
                if (most >= 0 && parts.Count == most)
                    at = Length;
                while (at < Length && !char.IsWhiteSpace(Value[at]))
                    at++;
                parts.Add(Slice(begin, at - begin).Trim(null, start: false));
            }
        }
        var start = 0;
        while ((most < 0 || parts.Count < most) && Value.IndexOf(separator, start, StringComparison.Ordinal) is >= 0 and var found)
        {
            parts.Add(Slice(start, found - start));
            start = found + separator.Length;
        }
        parts.Add(Slice(start));
        return parts;
    }

    public JinjaText Replace(string old, JinjaText replacement, int most = -1)
    {
        if (old.Length == 0)
            return this;
        var builder = new Builder();
        foreach (var (i, part) in Split(old, most).Index())
        {
            if (i > 0)
                builder.Append(replacement);
            builder.Append(part);
        }
        return builder.ToText();
    }

    /// <summary>Each character changed, one by one.</summary>
    public JinjaText Map(Func<string, string> change) => change(Value) is var changed && changed.Length == Length ? new(changed, runs) : Of(changed, IsWritten ? Written : Template);

    public bool Equals(JinjaText? other) => other is not null && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as JinjaText);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Value;

    /// <summary>Joins texts.</summary>
    public sealed class Builder
    {
        private readonly StringBuilder text = new();
        private readonly List<(int End, int Origin)> runs = [];

        public int Length => text.Length;

        public void Append(JinjaText piece) => Append(piece, 0, piece.Length);

        public void Append(JinjaText piece, int start, int length)
        {
            if (text.Length + length > MaxLength)
                throw new ArgumentException($"a text of more than {MaxLength} characters would arise");
            var from = start;
            foreach (var (end, origin) in piece.runs)
            {
                if (end <= from)
                    continue;
                var to = Math.Min(end, start + length);
                if (to <= from)
                    break;
                text.Append(piece.Value, from, to - from);
                if (runs is [.., var last] && last.Origin == origin && origin < FirstImage)
                    runs[^1] = (text.Length, origin);
                else
                    runs.Add((text.Length, origin));
                from = to;
            }
        }

        public JinjaText ToText() => text.Length == 0 ? Empty : new(text.ToString(), [.. runs]);
    }
}
