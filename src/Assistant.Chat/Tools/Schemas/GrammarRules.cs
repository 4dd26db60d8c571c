using System.Text;
using Assistant.Chat.Grammars;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Collects the rules of a grammar in GBNF, llama.cpp's notation.</summary>
internal sealed class GrammarRules
{
    private readonly Dictionary<string, string> bodies = [], names = []; // name to body, body to name
    private readonly List<string> order = [];

    /// <summary>Some white space or none; short, since a model that may write any amount of it can go on for ever.</summary>
    public string WhiteSpace => Shared("ws", """( " " | "\n" [ \t]{0,16} )?""");

    /// <summary>A character of a JSON string, escaped where it must be; halves of surrogate pairs in pairs only, or parsers refuse the answer.</summary>
    public string Character => Shared("char", """
        [^"\\\x00-\x1F] | "\\" ( ["\\/bfnrt] | "u" ( [0-9a-ce-fA-CE-F] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2} | [dD] [89abAB] [0-9a-fA-F]{2} "\\u" [dD] [c-fC-F] [0-9a-fA-F]{2} ) )
        """);

    /// <summary>Any JSON string.</summary>
    public string Text => Shared("string", $"\"\\\"\" {Character}* \"\\\"\"");

    /// <summary>Any integer of at most 16 digits.</summary>
    public string Integer => Shared("integer", "\"-\"? ( \"0\" | [1-9] [0-9]{0,15} )");

    /// <summary>Any JSON number of bounded length.</summary>
    public string Number => Shared("number", $$"""{{Integer}} ( "." [0-9]{1,16} )? ( [eE] [-+]? [0-9]{1,3} )?""");

    /// <summary>Any JSON value.</summary>
    public string Value
    {
        get
        {
            if (Reserve("value"))
                Define("value", $"{Object} | {Array} | {Text} | {Number} | \"true\" | \"false\" | \"null\"");
            return "value";
        }
    }

    /// <summary>Any JSON object.</summary>
    public string Object
    {
        get
        {
            if (Reserve("object"))
                Define("object", Sequence("\"{\"", $"{Text} \":\" {WhiteSpace} {Value} {WhiteSpace}", "\"}\"", 0, null));
            return "object";
        }
    }

    /// <summary>Any JSON array.</summary>
    public string Array
    {
        get
        {
            if (Reserve("array"))
                Define("array", Sequence("\"[\"", $"{Value} {WhiteSpace}", "\"]\"", 0, null));
            return "array";
        }
    }

    /// <summary>The grammar of any JSON value.</summary>
    public static Grammar AnyJson { get; } = Make(rules => rules.Value);

    /// <summary>Text as a terminal.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var c in text)
        {
            literal.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\x{(int)c:X2}",
                _ => c.ToString(),
            });
        }
        return literal.Append('"').ToString();
    }

    /// <summary>Items between brackets, with commas between them.</summary>
    public string Sequence(string open, string item, string close, int min, int? max)
    {
        if (max == 0)
            return $"{open} {WhiteSpace} {close}";
        var rest = Repeat($"( \",\" {WhiteSpace} {item} )", Math.Max(0, min - 1), max - 1);
        var items = rest.Length == 0 ? item : $"{item} {rest}";
        return min == 0 ? $"{open} {WhiteSpace} ( {items} )? {close}" : $"{open} {WhiteSpace} {items} {close}";
    }

    /// <summary>An element, repeated.</summary>
    public static string Repeat(string element, int min, int? max) => (min, max) switch
    {
        (_, 0) => "",
        (1, 1) => element,
        (0, 1) => element + "?",
        (0, null) => element + "*",
        (1, null) => element + "+",
        (_, null) => $"{element}{{{min},}}",
        _ when min == max => $"{element}{{{min}}}",
        _ => $"{element}{{{min},{max}}}",
    };

    /// <summary>Adds a rule, unless there is one of the same body.</summary>
    /// <returns>Its name.</returns>
    public string Add(string hint, string body)
    {
        if (names.TryGetValue(body, out var known))
            return known;
        var name = Fresh(hint);
        Define(name, body);
        return name;
    }

    /// <summary>A name of its own for a rule whose body comes later.</summary>
    public string Fresh(string hint)
    {
        var name = $"{hint}-{order.Count}"; // never one of the shared rules, which have no number
        Reserve(name);
        return name;
    }

    /// <summary>Gives a reserved rule its body.</summary>
    public void Define(string name, string body)
    {
        bodies[name] = body;
        names.TryAdd(body, name);
    }

    /// <summary>The grammar whose answers are those of an expression.</summary>
    /// <exception cref="JsonSchemaException">It is larger than grammars may be.</exception>
    public Grammar Build(string root)
    {
        var text = new StringBuilder("root ::= ").Append(root).Append('\n');
        foreach (var name in order)
            text.Append(name).Append(" ::= ").Append(bodies[name]).Append('\n');
        try
        {
            return Grammar.Parse(text.ToString());
        }
        catch (GrammarException e)
        {
            throw new JsonSchemaException("", $"it is too large for a grammar: {e.Message}");
        }
    }

    private static Grammar Make(Func<GrammarRules, string> root)
    {
        var rules = new GrammarRules();
        return rules.Build(root(rules));
    }

    private string Shared(string name, string body)
    {
        if (Reserve(name))
            Define(name, body);
        return name;
    }

    private bool Reserve(string name)
    {
        if (name == "root" || !bodies.TryAdd(name, ""))
            return false;
        order.Add(name);
        return true;
    }
}
