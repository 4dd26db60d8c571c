using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Grammars of special strings, without their quotes.</summary>
internal static class StringRules
{
    private const string Date = """[0-9]{4} "-" ( "0" [1-9] | "1" [0-2] ) "-" ( "0" [1-9] | [12] [0-9] | "3" [01] )""";
    private const string Clock = """( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] ":" [0-5] [0-9] ( "." [0-9]{1,6} )?""";
    private const string Zone = """( "Z" | [+-] ( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] )""";
    private const string Octet = """( [0-9] | [1-9] [0-9] | "1" [0-9] [0-9] | "2" [0-4] [0-9] | "25" [0-5] )""";
    private const string Label = "[a-zA-Z0-9] ( [a-zA-Z0-9-]{0,61} [a-zA-Z0-9] )?";

    /// <summary>The strings of a format (RFC 3339, RFC 4122); null for formats that are not checked.</summary>
    public static string? Format(string name) => name switch
    {
        "date" => Date,
        "time" => $"{Clock} {Zone}",
        "date-time" => $"{Date} \"T\" {Clock} {Zone}",
        "uuid" => """[0-9a-fA-F]{8} "-" [0-9a-fA-F]{4} "-" [0-9a-fA-F]{4} "-" [0-9a-fA-F]{4} "-" [0-9a-fA-F]{12}""",
        "ipv4" => $"{Octet} \".\" {Octet} \".\" {Octet} \".\" {Octet}",
        "email" => $"[a-zA-Z0-9._%+-]{{1,64}} \"@\" {Label} ( \".\" {Label} ){{1,4}}",
        _ => null,
    };

    /// <summary>A key, quotes included, that is none of the given ones: letter by letter, off their paths or at another length.</summary>
    /// <remarks>An escape that could spell a letter of theirs is left out as long as the key could still become one of them.</remarks>
    public static string KeyOtherThan(GrammarRules grammar, IEnumerable<string> keys)
    {
        var root = new Node();
        foreach (var key in keys)
        {
            var node = root;
            foreach (var rune in key.EnumerateRunes())
                node = node.Next.TryGetValue(rune, out var next) ? next : node.Next[rune] = new Node();
            node.Ends = true;
        }
        return $"\"\\\"\" {Rule(root)}";

        string Rule(Node node)
        {
            if (node.Next.Count == 0) // longer than the key it came from
                return $"{grammar.Character}+ \"\\\"\"";
            var alternatives = new List<string> { $"{Except(node.Next.Keys)} {grammar.Character}* \"\\\"\"" };
            alternatives.AddRange(node.Next.Where(step => !IsEscaped(step.Key)).Select(step => $"{GrammarRules.Literal(step.Key.ToString())} {grammar.Add("key", Rule(step.Value))}"));
            if (!node.Ends)
                alternatives.Add("\"\\\"\"");
            return $"( {string.Join(" | ", alternatives)} )";
        }

        static bool IsEscaped(Rune rune) => rune.Value is < ' ' or '"' or '\\';

        static string Except(IEnumerable<Rune> runes)
        {
            var set = new StringBuilder("[^\"\\\\\\x00-\\x1F");
            foreach (var rune in runes.Where(rune => !IsEscaped(rune)))
                set.Append($"\\U{rune.Value:X8}");
            return set.Append(']').ToString();
        }
    }

    private sealed class Node
    {
        public Dictionary<Rune, Node> Next { get; } = [];

        public bool Ends { get; set; }
    }
}

/// <summary>The one spelling of a value in a grammar.</summary>
internal static class JsonSpelling
{
    /// <summary>A value as JSON: no spaces, and nothing escaped that need not be.</summary>
    public static string Of(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(",", members.Select(member => $"{Of(member.Key)}:{Of(member.Value)}"))}}}",
        JsonArray items => $"[{string.Join(",", items.Select(Of))}]",
        _ when value.GetValueKind() == JsonValueKind.String => Of(value.GetValue<string>()),
        _ => value.ToJsonString(),
    };

    /// <summary>A string as JSON.</summary>
    public static string Of(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            json.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }
        return json.Append('"').ToString();
    }

    /// <summary>Whether a value is of a schema's type.</summary>
    public static bool IsOfType(JsonNode? value, string type) => type switch
    {
        "any" => true,
        "null" => value is null,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() is var number && number == Math.Floor(number),
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        _ => false,
    };
}
