using System.Globalization;
using System.Text;

namespace Assistant.Chat.Grammars;

/// <summary>The rules of a grammar.</summary>
/// <param name="Names">As they were written.</param>
/// <param name="Bodies">What they hold, a body a name.</param>
/// <param name="Root">The rule of a whole answer.</param>
internal sealed record GbnfRules(IReadOnlyList<string> Names, IReadOnlyList<GbnfNode> Bodies, int Root);

/// <summary>Reads llama.cpp's notation of grammars (its <c>grammars/README.md</c>).</summary>
internal sealed class GbnfParser
{
    private readonly string text;
    private readonly Dictionary<string, int> indices = [];
    private readonly List<Entry> rules = [];
    private int at, depth;

    private GbnfParser(string text) => this.text = text;

    /// <summary>Reads a grammar.</summary>
    /// <exception cref="GrammarException">It is too large, has an error, or lacks a rule.</exception>
    public static GbnfRules Parse(string text, string root)
    {
        if (text.Length > Grammar.MaxLength)
            throw new GrammarException($"it has {text.Length} characters, at most {Grammar.MaxLength} are allowed");
        return new GbnfParser(text).Read(root);
    }

    private GbnfRules Read(string rootName)
    {
        Space(newLines: true);
        while (at < text.Length)
            ReadRule();
        if (!indices.TryGetValue(rootName, out var root) || rules[root].Body is null)
            throw new GrammarException($"it has no rule named '{rootName}'");
        if (rules.Find(rule => rule.Body is null) is { } missing)
            throw new GrammarException($"line {Place(missing.At)}: there is no rule named '{missing.Name}'");
        return new([.. rules.Select(rule => rule.Name)], [.. rules.Select(rule => rule.Body!)], root);
    }

    private void ReadRule()
    {
        var start = at;
        var index = Name();
        Space(newLines: false);
        if (!text.AsSpan(at).StartsWith("::="))
            throw Expected("'::=' after a rule's name");
        if (rules[index].Body is not null)
            throw new GrammarException($"line {Place(start)}: there is a rule named '{rules[index].Name}' already");
        at += 3;
        Space(newLines: true);
        rules[index].Body = Alternatives(nested: false);
        if (at < text.Length && text[at] is not ('\r' or '\n'))
            throw Expected("a literal, a class in brackets, a rule's name, a group, '|' or the end of the line");
        Space(newLines: true);
    }

    private GbnfNode Alternatives(bool nested)
    {
        var alternatives = new List<GbnfNode> { Sequence(nested) };
        while (at < text.Length && text[at] == '|')
        {
            at++;
            Space(newLines: true);
            alternatives.Add(Sequence(nested));
        }
        return alternatives.Count == 1 ? alternatives[0] : new GbnfNode.Choice(alternatives);
    }

    private GbnfNode.Sequence Sequence(bool nested)
    {
        var items = new List<GbnfNode>();
        while (at < text.Length && (text[at] is '"' or '[' or '.' or '(' || IsWord(text[at])))
        {
            var start = at;
            var item = Item();
            Space(nested);
            if (at < text.Length && text[at] is '*' or '+' or '?' or '{')
            {
                if (item is GbnfNode.Sequence { Items.Count: 0 } && text[start] == '"')
                    throw new GrammarException($"line {Place(at)}: '{text[at]}' repeats an empty literal");
                item = Repeat(item, nested);
                Space(nested);
            }
            items.Add(item);
        }
        if (at < text.Length && text[at] is '*' or '+' or '?' or '{')
            throw Expected("something to repeat");
        return new(items);
    }

    private GbnfNode Item()
    {
        switch (text[at])
        {
            case '"':
                return Literal();
            case '[':
                return Class();
            case '.':
                at++;
                return new GbnfNode.Character(CharSet.All);
            case '(':
                if (++depth > Grammar.MaxDepth)
                    throw new GrammarException($"line {Place(at)}: groups are nested more than {Grammar.MaxDepth} deep");
                at++;
                Space(newLines: true);
                var inside = Alternatives(nested: true);
                if (at == text.Length || text[at] != ')')
                    throw Expected("')'");
                at++;
                depth--;
                return inside;
            default:
                return new GbnfNode.Rule(Name());
        }
    }

    private GbnfNode.Sequence Literal()
    {
        var (start, items) = (at++, new List<GbnfNode>());
        while (true)
        {
            if (at == text.Length)
                throw new GrammarException($"line {Place(start)}: the literal has no closing '\"'");
            if (text[at] == '"')
                break;
            items.Add(new GbnfNode.Character(CharSet.Of(Character())));
        }
        at++;
        return new(items);
    }

    private GbnfNode.Character Class()
    {
        var (start, ranges) = (at++, new List<(int, int)>());
        var negated = at < text.Length && text[at] == '^';
        at += negated ? 1 : 0;
        while (true)
        {
            if (at == text.Length)
                throw new GrammarException($"line {Place(start)}: the class has no closing ']'");
            if (text[at] == ']')
                break;
            var (place, from) = (at, Character());
            var to = from;
            if (at + 1 < text.Length && text[at] == '-' && text[at + 1] != ']')
            {
                at++;
                to = Character();
            }
            if (to < from)
                throw new GrammarException($"line {Place(place)}: the range ends before it begins");
            ranges.Add((from, to));
        }
        if (ranges.Count == 0)
            throw new GrammarException($"line {Place(start)}: the class is empty");
        at++;
        var set = CharSet.Of(ranges);
        return new(negated ? set.Negate() : set);
    }

    private int Character()
    {
        if (text[at] == '\\')
        {
            at++;
            var escape = at < text.Length ? text[at] : '\0';
            at++;
            switch (escape)
            {
                case 'x':
                    return Hex(2);
                case 'u':
                    return Hex(4);
                case 'U':
                    return Hex(8);
                case 't':
                    return '\t';
                case 'r':
                    return '\r';
                case 'n':
                    return '\n';
                case '\\' or '"' or '[' or ']' or '-':
                    return escape;
                default:
                    at -= 2;
                    throw Expected(@"an escape out of \x, \u, \U, \t, \r, \n, \\, \"", \[, \] and \-");
            }
        }
        if (!Rune.TryGetRuneAt(text, at, out var rune) || rune.Value == 0)
            throw Expected("a character of Unicode other than NUL");
        at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private int Hex(int digits)
    {
        if (at + digits > text.Length || !uint.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value is 0 or > 0x10FFFF)
        {
            if (at + digits <= text.Length && text.AsSpan(at, digits).TrimStart('0').Length == 0)
                value = 0; // a class may begin with NUL
            else
                throw Expected($"{digits} hexadecimal digits of a code point");
        }
        at += digits;
        return (int)value;
    }

    private GbnfNode.Repetition Repeat(GbnfNode item, bool nested)
    {
        var place = at;
        var (least, most) = text[at++] switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            _ => Counts(nested),
        };
        if (most < least)
            throw new GrammarException($"line {Place(place)}: the repetition's most, {most}, is less than its least, {least}");
        Space(nested);
        if (at < text.Length && text[at] is '*' or '+' or '?' or '{')
            throw new GrammarException($"line {Place(at)}: '{text[at]}' repeats a repetition; parentheses around it say what is meant");
        return new(item, least, most);
    }

    private (int Least, int? Most) Counts(bool nested)
    {
        Space(nested);
        int least = Count();
        int? most = least;
        Space(nested);
        if (at < text.Length && text[at] == ',')
        {
            at++;
            Space(nested);
            most = at < text.Length && char.IsAsciiDigit(text[at]) ? Count() : null;
            Space(nested);
        }
        if (at == text.Length || text[at] != '}')
            throw Expected("'}' after a repetition's counts");
        at++;
        return (least, most);
    }

    private int Count()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        if (at == start)
            throw Expected("a number of repetitions");
        return int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out var count) && count <= Grammar.MaxRepetition
            ? count : throw new GrammarException($"line {Place(start)}: something is repeated more than {Grammar.MaxRepetition} times");
    }

    /// <summary>The index of the rule named here.</summary>
    private int Name()
    {
        var start = at;
        while (at < text.Length && IsWord(text[at]))
            at++;
        if (at == start)
            throw Expected("a rule's name");
        var name = text[start..at];
        if (!indices.TryGetValue(name, out var index))
        {
            index = indices[name] = rules.Count;
            rules.Add(new(name, start));
            if (rules.Count > Grammar.MaxRules)
                throw new GrammarException($"it has more than {Grammar.MaxRules} rules");
        }
        return index;
    }

    private void Space(bool newLines)
    {
        for (; at < text.Length && (text[at] is ' ' or '\t' or '#' || (newLines && text[at] is '\r' or '\n')); at++)
        {
            if (text[at] == '#')
                at = (text.AsSpan(at).IndexOfAny('\r', '\n') is var end and >= 0 ? at + end : text.Length) - 1;
        }
    }

    private GrammarException Expected(string what)
    {
        var found = at >= text.Length ? "the end" : text[at] is '\n' or '\r' ? "the line's end" : $"'{text[at]}'";
        return new($"line {Place(at)}: expected {what}, not {found}{(at < text.Length && text[at] is '<' or '!' ? " (tokens are not offered)" : "")}");
    }

    private string Place(int index)
    {
        var before = text.AsSpan(0, Math.Min(index, text.Length));
        return $"{before.Count('\n') + 1}, column {before.Length - (before.LastIndexOf('\n') + 1) + 1}";
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private sealed record Entry(string Name, int At)
    {
        public GbnfNode? Body { get; set; }
    }
}
