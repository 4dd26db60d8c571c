using System.Globalization;
using System.Text;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Turns a regular expression into rules for the JSON spelling of the strings that it matches.</summary>
/// <remarks>What a regular language can say: alternatives, groups, classes, counts, anchors at the ends. Look-around, back references and word boundaries are refused.</remarks>
internal sealed class StringPattern(GrammarRules grammar, string pattern, string path)
{
    private const int MaxLength = 1000, MaxDepth = 16, LastRune = 0x10FFFF;

    private static readonly List<(int, int)> digits = [('0', '9')], spaces = [(9, 13), (' ', ' '), (0xA0, 0xA0), (0x2028, 0x2029)],
        words = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')], lineEnds = [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)];

    private int at;

    /// <summary>The expression for the strings, without their quotes.</summary>
    /// <exception cref="JsonSchemaException">The pattern is malformed or beyond a grammar.</exception>
    public string Rule()
    {
        if (pattern.Length > MaxLength)
            throw Refuse($"it has {pattern.Length} characters, at most {MaxLength} are allowed");
        var rule = Alternatives(0);
        return at == pattern.Length ? rule : throw Refuse("a ')' closes nothing");
    }

    private string Alternatives(int depth)
    {
        if (depth > MaxDepth)
            throw Refuse($"groups are nested more than {MaxDepth} deep");
        var alternatives = new List<string>();
        do
            alternatives.Add(Concatenation(depth));
        while (Take('|'));
        return alternatives.Count == 1 ? alternatives[0] : $"( {string.Join(" | ", alternatives)} )";
    }

    private string Concatenation(int depth)
    {
        var parts = new List<string>();
        var (fromStart, toEnd) = (false, false);
        if (depth == 0)
            fromStart = Take('^');
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            if (depth == 0 && pattern[at] == '$' && (at + 1 == pattern.Length || pattern[at + 1] == '|'))
            {
                (at, toEnd) = (at + 1, true);
                break;
            }
            parts.Add(Quantified(depth));
        }
        if (depth == 0 && !fromStart)
            parts.Insert(0, grammar.Character + "*");
        if (depth == 0 && !toEnd)
            parts.Add(grammar.Character + "*");
        return parts.Count == 0 ? "\"\"" : string.Join(" ", parts);
    }

    private string Quantified(int depth)
    {
        var atom = Atom(depth);
        var (min, max) = (1, (int?)1);
        if (Take('*'))
            (min, max) = (0, null);
        else if (Take('+'))
            (min, max) = (1, null);
        else if (Take('?'))
            (min, max) = (0, 1);
        else if (at < pattern.Length && pattern[at] == '{')
            (min, max) = Counts();
        else
            return atom;
        Take('?'); // lazy: the same strings
        if (min > JsonSchemaGrammar.MaxCount || max > JsonSchemaGrammar.MaxCount || min > max)
            throw Refuse($"a count must be from 0 to {JsonSchemaGrammar.MaxCount}, the smaller one first");
        return max == 0 ? "\"\"" : GrammarRules.Repeat($"( {atom} )", min, max);
    }

    private (int, int?) Counts()
    {
        var end = pattern.IndexOf('}', at);
        var parts = end < 0 ? [] : pattern[(at + 1)..end].Split(',');
        if (parts.Length is not (1 or 2) || !Number(parts[0], out var min))
            throw Refuse("a '{' begins no count");
        int? max = min;
        if (parts.Length == 2)
            max = parts[1].Length == 0 ? null : Number(parts[1], out var most) ? most : throw Refuse("a '{' begins no count");
        at = end + 1;
        return (min, max);

        static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private string Atom(int depth)
    {
        var rune = Next();
        switch (rune)
        {
            case '(':
                if (Take('?'))
                {
                    if (!Take(':'))
                    {
                        var close = at < pattern.Length && pattern[at] == '<' && at + 1 < pattern.Length && pattern[at + 1] is not ('=' or '!') ? pattern.IndexOf('>', at) : -1;
                        at = close >= 0 ? close + 1 : throw Refuse("look-around and inline options are not possible");
                    }
                }
                var group = Alternatives(depth + 1);
                if (!Take(')'))
                    throw Refuse("a '(' is not closed");
                return $"( {group} )";
            case '[':
                return Spell(Class());
            case '.':
                return Spell(Complement(lineEnds));
            case '^' or '$':
                throw Refuse("'^' and '$' are possible at the ends only");
            case '*' or '+' or '?' or '{':
                throw Refuse($"'{(char)rune}' follows nothing that could be repeated");
            case '\\':
                return Spell(Escape(inClass: false));
            default:
                return Spell([(rune, rune)]);
        }
    }

    private List<(int, int)> Class()
    {
        var negated = Take('^');
        var ranges = new List<(int, int)>();
        while (!Take(']'))
        {
            if (at >= pattern.Length)
                throw Refuse("a '[' is not closed");
            var from = Item();
            if (from is [var (low, same)] && low == same && at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                if (Item() is not [var (high, alsoSame)] || high != alsoSame || high < low)
                    throw Refuse("a range in '[...]' has no order");
                ranges.Add((low, high));
            }
            else
                ranges.AddRange(from);
        }
        return negated ? Complement(ranges) : ranges;

        List<(int, int)> Item() => Next() is var rune && rune == '\\' ? Escape(inClass: true) : [(rune, rune)];
    }

    private List<(int, int)> Escape(bool inClass)
    {
        var rune = Next();
        return rune switch
        {
            'd' => digits,
            'D' => Complement(digits),
            's' => spaces,
            'S' => Complement(spaces),
            'w' => words,
            'W' => Complement(words),
            'n' => [('\n', '\n')],
            'r' => [('\r', '\r')],
            't' => [('\t', '\t')],
            'f' => [('\f', '\f')],
            'v' => [('\v', '\v')],
            'b' when inClass => [('\b', '\b')],
            'x' => Hex(2),
            'u' => Hex(4),
            _ when rune < 128 && char.IsAsciiLetterOrDigit((char)rune) => throw Refuse($"'\\{(char)rune}' is not possible"),
            _ => [(rune, rune)],
        };
    }

    private List<(int, int)> Hex(int count)
    {
        if (at + count > pattern.Length || !int.TryParse(pattern.AsSpan(at, count), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value is >= 0xD800 and < 0xE000)
            throw Refuse($"'\\x' and '\\u' need {count} hex digits of a character");
        at += count;
        return [(value, value)];
    }

    /// <summary>One character of a set, as JSON spells it.</summary>
    private string Spell(List<(int Low, int High)> ranges)
    {
        var alternatives = new List<string>();
        var set = new StringBuilder();
        foreach (var (low, high) in Complement(Complement(ranges))) // in order, and without overlaps
        {
            foreach (var (from, to) in (List<(int, int)>)[(0x20, 0x21), (0x23, 0x5B), (0x5D, 0xD7FF), (0xE000, LastRune)])
            {
                if (Math.Max(low, from) <= Math.Min(high, to))
                    set.Append(Hexadecimal(Math.Max(low, from))).Append('-').Append(Hexadecimal(Math.Min(high, to)));
            }
            foreach (var escaped in "\"\\\n\r\t\b\f")
            {
                if (low <= escaped && escaped <= high)
                    alternatives.Add(GrammarRules.Literal(JsonSpelling.Of(escaped.ToString())[1..^1]));
            }
        }
        if (set.Length > 0)
            alternatives.Insert(0, $"[{set}]");
        return alternatives.Count switch
        {
            0 => throw Refuse("a set of characters is empty or holds control characters alone"),
            1 => alternatives[0],
            _ => grammar.Add("set", string.Join(" | ", alternatives)),
        };

        static string Hexadecimal(int rune) => $"\\U{rune:X8}";
    }

    private static List<(int Low, int High)> Complement(IEnumerable<(int Low, int High)> ranges)
    {
        var result = new List<(int, int)>();
        var next = 0;
        foreach (var (low, high) in ranges.OrderBy(range => range.Low))
        {
            if (low > next)
                result.Add((next, low - 1));
            next = Math.Max(next, high + 1);
        }
        if (next <= LastRune)
            result.Add((next, LastRune));
        return result;
    }

    private bool Take(char c)
    {
        if (at >= pattern.Length || pattern[at] != c)
            return false;
        at++;
        return true;
    }

    private int Next()
    {
        if (at >= pattern.Length)
            throw Refuse("it ends too early");
        if (!Rune.TryGetRuneAt(pattern, at, out var rune))
            throw Refuse("it holds half a character");
        at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private JsonSchemaException Refuse(string why) => new(path, $"the pattern '{(pattern.Length <= 60 ? pattern : pattern[..60] + "…")}' cannot be used: {why}");
}
