using System.Globalization;
using System.Text;

namespace Assistant.Chat.Prompts.Jinja;

internal enum JinjaTokenKind
{
    Data,
    BlockBegin,
    BlockEnd,
    VariableBegin,
    VariableEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A piece of a template's source.</summary>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line)
{
    public bool Is(string text) => Kind is JinjaTokenKind.Operator or JinjaTokenKind.Name && Text == text;
}

/// <summary>Cuts a template into tokens, with white space treated as transformers does: <c>trim_blocks</c> and <c>lstrip_blocks</c>.</summary>
internal sealed class JinjaLexer(string source)
{
    private static readonly string[] operators = ["==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "|", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", "."];

    private readonly List<JinjaToken> tokens = [];
    private int at, line = 1;

    public List<JinjaToken> Run()
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (source.EndsWith('\n'))
            source = source[..^1];
        var trimNext = false; // a "-" at the end of the tag before
        var newlineNext = false; // trim_blocks: one newline after a block goes
        while (at < source.Length)
        {
            var open = Open();
            var data = source[at..open];
            var tag = open < source.Length ? source[open + 1] : ' ';
            var sign = open + 2 < source.Length ? source[open + 2] : ' ';
            Data(data, trimNext, newlineNext, tag, sign, open < source.Length);
            if (open >= source.Length)
                break;
            line += Lines(data);
            at = open + 2;
            if (sign is '-' or '+' && tag != '#')
                at++;
            (trimNext, newlineNext) = tag switch
            {
                '#' => Comment(),
                '{' => Tag(JinjaTokenKind.VariableBegin, JinjaTokenKind.VariableEnd, "}}"),
                _ => Tag(JinjaTokenKind.BlockBegin, JinjaTokenKind.BlockEnd, "%}"),
            };
            if (tag == '%' && tokens is [.., { Kind: JinjaTokenKind.BlockBegin }, { Kind: JinjaTokenKind.Name, Text: "raw" }, { Kind: JinjaTokenKind.BlockEnd }])
            {
                tokens.RemoveRange(tokens.Count - 3, 3);
                (trimNext, newlineNext) = Raw(trimNext, newlineNext);
            }
        }
        tokens.Add(new(JinjaTokenKind.End, "", line));
        return tokens;
    }

    private int Open()
    {
        for (var open = at; ; open++)
        {
            open = source.IndexOf('{', open);
            if (open < 0 || open + 1 >= source.Length)
                return source.Length;
            if (source[open + 1] is '{' or '%' or '#')
                return open;
        }
    }

    private void Data(string data, bool trimStart, bool newline, char tag, char sign, bool followed)
    {
        var start = line;
        if (trimStart)
            data = data.TrimStart();
        else if (newline)
            data = data.StartsWith("\r\n", StringComparison.Ordinal) ? data[2..] : data.StartsWith('\n') ? data[1..] : data;
        if (followed && sign == '-')
            data = data.TrimEnd();
        else if (followed && tag != '{' && sign != '+')
        {
            // lstrip_blocks: what stands before a block on its line goes if it is white space.
            var begin = data.LastIndexOf('\n') + 1;
            if (data[begin..].All(c => c is ' ' or '\t') && (begin > 0 || at == 0 || source[at - 1] == '\n' || (newline && at < source.Length && source[at] == '\n')))
                data = data[..begin];
        }
        if (data.Length > 0)
            tokens.Add(new(JinjaTokenKind.Data, data, start));
    }

    private (bool, bool) Comment()
    {
        var end = source.IndexOf("#}", at, StringComparison.Ordinal);
        if (end < 0)
            throw new JinjaException(line, "a comment is not closed");
        line += Lines(source[at..end]);
        at = end + 2;
        return (source[end - 1] == '-', source[end - 1] != '-');
    }

    private (bool, bool) Raw(bool trim, bool newline)
    {
        var from = at;
        while (true)
        {
            var open = source.IndexOf("{%", at, StringComparison.Ordinal);
            var close = open < 0 ? -1 : source.IndexOf("%}", open, StringComparison.Ordinal);
            if (close < 0)
                throw new JinjaException(line, "'raw' is not closed");
            var inner = source[(open + 2)..close];
            at = open + 2;
            if (inner.Trim('-', '+', ' ', '\t', '\n', '\r') != "endraw")
                continue;
            var data = source[from..open];
            if (trim)
                data = data.TrimStart();
            else if (newline && data.StartsWith('\n'))
                data = data[1..];
            tokens.Add(new(JinjaTokenKind.Data, inner.StartsWith('-') ? data.TrimEnd() : data, line));
            line += Lines(source[from..close]);
            at = close + 2;
            return (inner.EndsWith('-'), !inner.EndsWith('-'));
        }
    }

    private (bool, bool) Tag(JinjaTokenKind begin, JinjaTokenKind end, string close)
    {
        tokens.Add(new(begin, "", line));
        var depth = 0; // "}}" may close two literals
        while (true)
        {
            while (at < source.Length && char.IsWhiteSpace(source[at]))
                line += source[at++] == '\n' ? 1 : 0;
            if (at >= source.Length)
                throw new JinjaException(line, $"a tag is not closed by '{close}'");
            if (depth == 0 || begin == JinjaTokenKind.BlockBegin)
            {
                foreach (var sign in (string[])["", "-", "+"])
                {
                    if (!source.AsSpan(at).StartsWith(sign + close))
                        continue;
                    at += sign.Length + close.Length;
                    tokens.Add(new(end, "", line));
                    return (sign == "-", begin == JinjaTokenKind.BlockBegin && sign == "");
                }
            }
            depth += source[at] is '{' or '[' or '(' ? 1 : source[at] is '}' or ']' or ')' ? -1 : 0;
            tokens.Add(Token());
        }
    }

    private JinjaToken Token()
    {
        var c = source[at];
        var start = at;
        if (c is '"' or '\'')
            return String(c);
        if (char.IsAsciiDigit(c))
        {
            while (at < source.Length && (char.IsAsciiDigit(source[at]) || source[at] == '_'))
                at++;
            var isFloat = at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1]);
            if (isFloat)
            {
                at++;
                while (at < source.Length && char.IsAsciiDigit(source[at]))
                    at++;
            }
            var exponent = at + 1 < source.Length && source[at] is 'e' or 'E' ? at + (source[at + 1] is '+' or '-' ? 2 : 1) : source.Length;
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                for (at = exponent; at < source.Length && char.IsAsciiDigit(source[at]);)
                    at++;
                isFloat = true;
            }
            return new(isFloat ? JinjaTokenKind.Float : JinjaTokenKind.Integer, source[start..at].Replace("_", "", StringComparison.Ordinal), line);
        }
        if (char.IsLetter(c) || c == '_')
        {
            while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] == '_'))
                at++;
            return new(JinjaTokenKind.Name, source[start..at], line);
        }
        var found = Array.Find(operators, text => source.AsSpan(at).StartsWith(text)) ?? throw new JinjaException(line, $"'{c}' is not expected here");
        at += found.Length;
        return new(JinjaTokenKind.Operator, found, line);
    }

    private JinjaToken String(char quote)
    {
        var (text, start) = (new StringBuilder(), line);
        for (at++; ; at++)
        {
            if (at >= source.Length)
                throw new JinjaException(start, "a string is not closed");
            var c = source[at];
            if (c == quote)
                break;
            line += c == '\n' ? 1 : 0;
            if (c != '\\' || at + 1 >= source.Length)
            {
                text.Append(c);
                continue;
            }
            c = source[++at];
            var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0 && at + digits < source.Length && int.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rune) && Rune.IsValid(rune))
            {
                text.Append(new Rune(rune).ToString());
                at += digits;
                continue;
            }
            text.Append(c switch { 'n' => "\n", 't' => "\t", 'r' => "\r", 'b' => "\b", 'f' => "\f", '0' => "\0", '\n' => "", '\\' or '\'' or '"' => c.ToString(), _ => "\\" + c });
        }
        at++;
        return new(JinjaTokenKind.String, text.ToString(), start);
    }

    private static int Lines(string text) => text.Count(c => c == '\n');
}
