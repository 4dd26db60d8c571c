namespace LlamaCpp;

/// <summary>A grammar in llama.cpp's GBNF notation, whose <c>root</c> rule an answer must follow. Checked for size here, compiled by <see cref="LlamaSampler"/>.</summary>
/// <remarks>llama.cpp expands repetitions and descends into nested groups without bounds of its own, so a small text can take all memory or the whole stack.</remarks>
public sealed class LlamaGrammar
{
    /// <summary>Longest text, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Most rules.</summary>
    public const int MaxRules = 2000;

    /// <summary>Deepest nesting of groups.</summary>
    public const int MaxDepth = 64;

    /// <summary>Largest count of a repetition, which is llama.cpp's own bound.</summary>
    public const int MaxRepetition = 2000;

    /// <summary>Most elements after repetitions are written out.</summary>
    public const long MaxElements = 200_000;

    /// <summary>Checks a grammar's size.</summary>
    /// <param name="text">GBNF with a rule named <c>root</c>.</param>
    /// <exception cref="ArgumentException">It is too large, too deep, or has no rule <c>root</c>.</exception>
    public LlamaGrammar(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.Length > MaxLength)
            throw new ArgumentException($"The grammar has {text.Length} characters, at most {MaxLength} are allowed.", nameof(text));
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A grammar holds no NUL.", nameof(text));
        new Measure(text).Run();
        Text = text;
    }

    /// <summary>The grammar.</summary>
    public string Text { get; }

    /// <summary>Walks over the text, adding up what it expands to. Syntax errors are left to llama.cpp's parser.</summary>
    private sealed class Measure(string text)
    {
        private readonly Stack<long> groups = new([0]);
        private int at, rules;
        private long last;
        private bool root;

        public void Run()
        {
            while (at < text.Length)
                Step(text[at]);
            if (!root)
                throw new ArgumentException("The grammar has no rule named 'root'.");
        }

        private void Step(char c)
        {
            switch (c)
            {
                case '#':
                    at = text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length;
                    break;
                case '"':
                    var start = at;
                    SkipTo('"');
                    Add(at - start);
                    break;
                case '[':
                    SkipTo(']');
                    Add(1);
                    break;
                case '(':
                    at++;
                    groups.Push(0);
                    if (groups.Count > MaxDepth)
                        throw new ArgumentException($"The grammar nests groups more than {MaxDepth} deep.");
                    break;
                case ')':
                    at++;
                    if (groups.Count > 1)
                        Add(groups.Pop());
                    break;
                case '*' or '+' or '?':
                    at++;
                    Add(last);
                    break;
                case '{':
                    Repeat();
                    break;
                case var _ when char.IsAsciiLetterOrDigit(c):
                    Name();
                    break;
                default:
                    at++;
                    break;
            }
        }

        private void Name()
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_'))
                at++;
            var name = text.AsSpan(start, at - start);
            if (!text.AsSpan(at).TrimStart(" \t").StartsWith("::="))
            {
                Add(1);
                return;
            }
            root |= name is "root";
            if (++rules > MaxRules)
                throw new ArgumentException($"The grammar has more than {MaxRules} rules.");
        }

        private void Repeat()
        {
            var start = at;
            SkipTo('}');
            var largest = 0L;
            foreach (var part in text[(start + 1)..Math.Max(start + 1, at - 1)].Split(','))
            {
                if (part.AsSpan().Trim() is { Length: > 0 } digits)
                    largest = Math.Max(largest, long.TryParse(digits, out var count) ? count : long.MaxValue);
            }
            if (largest > MaxRepetition)
                throw new ArgumentException($"The grammar repeats something more than {MaxRepetition} times.");
            Add(last * Math.Max(1, largest));
        }

        private void SkipTo(char end)
        {
            for (at++; at < text.Length && text[at] != end; at++)
            {
                if (text[at] == '\\')
                    at++;
            }
            at = Math.Min(at + 1, text.Length);
        }

        private void Add(long elements)
        {
            last = elements;
            var sum = groups.Pop() + elements;
            if (sum > MaxElements)
                throw new ArgumentException($"The grammar expands to more than {MaxElements} elements.");
            groups.Push(sum);
        }
    }
}
