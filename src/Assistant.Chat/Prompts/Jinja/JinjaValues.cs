using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Chat.Prompts.Jinja;

/// <summary>A dictionary of a template; also its namespaces. Values are null, bool, long, double, <see cref="JinjaText"/>, lists, dictionaries and functions.</summary>
internal sealed class JinjaDict : IEnumerable<KeyValuePair<string, object?>>
{
    private readonly OrderedDictionary<string, object?> items = [];

    /// <summary>Who wrote the keys.</summary>
    public int KeyOrigin { get; init; } = JinjaText.Template;

    /// <summary>Whether templates may set its attributes.</summary>
    public bool IsNamespace { get; init; }

    public int Count => items.Count;

    public IEnumerable<string> Keys => items.Keys;

    public object? this[string key]
    {
        get => items[key];
        set => items[key] = value;
    }

    public void Add(string key, object? value) => items[key] = value;

    public bool TryGet(string key, out object? value) => items.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A list that prints in round brackets.</summary>
internal sealed class JinjaTuple : List<object?>
{
    public JinjaTuple()
    {
    }

    public JinjaTuple(IEnumerable<object?> items) : base(items)
    {
    }
}

/// <summary>A name or attribute that there is not.</summary>
internal sealed record JinjaUndefined(string Name);

/// <summary>Arguments of a call, evaluated.</summary>
internal sealed record JinjaCallArguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named, int Line)
{
    public object? Get(int index, string name, object? otherwise = null) =>
        index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out var value) ? value : otherwise;

    public JinjaText? Text(int index, string name) => Get(index, name) as JinjaText;

    public long Integer(int index, string name, long otherwise) => Get(index, name) is long number ? number : otherwise;
}

/// <summary>Something that can be called.</summary>
internal delegate object? JinjaFunction(JinjaCallArguments arguments);

/// <summary>How Python sees values.</summary>
internal static class JinjaValue
{
    /// <summary>JSON as values; strings, keys among them, are written by somebody, not by the template.</summary>
    public static object? FromJson(JsonNode? node) => node switch
    {
        null => null,
        JsonObject members => FromMembers(members),
        JsonArray items => items.Select(FromJson).ToList(),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => JsonElement.Parse(node.ToJsonString()) is var number && number.TryGetInt64(out var integer) ? integer : (object)number.GetDouble(),
            _ => JinjaText.Of(node.GetValue<string>(), JinjaText.Written),
        },
    };

    // Only a namespace that holds itself is nested without end.
    private const int MaxDepth = 100;

    public static bool IsTrue(object? value) => value switch
    {
        null or false or 0L or 0.0 or JinjaUndefined => false,
        JinjaText text => text.Length > 0,
        IList<object?> list => list.Count > 0,
        JinjaDict dict => dict.Count > 0,
        _ => true,
    };

    public static new bool Equals(object? a, object? b) => Equals(a, b, 0);

    private static bool Equals(object? a, object? b, int depth) => (a, b) switch
    {
        _ when depth > MaxDepth => throw TooDeep(),
        (JinjaUndefined, JinjaUndefined) => true,
        (long or double or bool, long or double or bool) => Number(a) == Number(b),
        (List<object?> x, List<object?> y) => x.Count == y.Count && x.Zip(y).All(pair => Equals(pair.First, pair.Second, depth + 1)),
        (JinjaDict x, JinjaDict y) => x.Count == y.Count && x.All(item => y.TryGet(item.Key, out var other) && Equals(item.Value, other, depth + 1)),
        _ => object.Equals(a, b),
    };

    public static double? Number(object? value) => value switch
    {
        long integer => integer,
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => null,
    };

    /// <summary>Python's <c>str</c>.</summary>
    public static JinjaText ToText(object? value) => value switch
    {
        JinjaText text => text,
        JinjaUndefined => JinjaText.Empty,
        List<object?> or JinjaDict => Origin(value, Represent(value, 0)),
        _ => JinjaText.Of(Represent(value, 0)),
    };

    /// <summary>Python's <c>json.dumps</c> without escapes for other than ASCII.</summary>
    public static JinjaText ToJson(object? value, int? indent, bool sortKeys)
    {
        var json = new StringBuilder();
        Write(json, value, indent, sortKeys, 0);
        return Origin(value, json.ToString());
    }

    private static ArgumentException TooDeep() => new($"a value is nested more than {MaxDepth} deep");

    private static JinjaText Origin(object? value, string text) => JinjaText.Of(text, IsWritten(value) ? JinjaText.Written : JinjaText.Template);

    private static bool IsWritten(object? value) => value switch
    {
        JinjaText text => text.IsWritten,
        List<object?> items => items.Exists(IsWritten),
        JinjaDict dict => (dict.KeyOrigin != JinjaText.Template && dict.Count > 0) || dict.Any(item => IsWritten(item.Value)),
        _ => false,
    };

    private static JinjaDict FromMembers(JsonObject members)
    {
        var dict = new JinjaDict { KeyOrigin = JinjaText.Written };
        foreach (var (name, value) in members)
            dict[name] = FromJson(value);
        return dict;
    }

    private static string Represent(object? value, int depth) => value switch
    {
        _ when depth > MaxDepth => throw TooDeep(),
        null => "None",
        true => "True",
        false => "False",
        long integer => integer.ToString(CultureInfo.InvariantCulture),
        double number => Represent(number),
        JinjaText text => Quote(text.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)),
        JinjaTuple tuple => $"({string.Join(", ", tuple.Select(item => Represent(item, depth + 1)))}{(tuple.Count == 1 ? "," : "")})",
        List<object?> list => $"[{string.Join(", ", list.Select(item => Represent(item, depth + 1)))}]",
        JinjaDict dict => $"{{{string.Join(", ", dict.Select(item => $"'{item.Key}': {Represent(item.Value, depth + 1)}"))}}}",
        JinjaUndefined => "Undefined",
        _ => "<function>",
    };

    private static string Quote(string text) => text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal)
        ? $"\"{text}\"" : $"'{text.Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Represent(double number) =>
        number.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().IndexOfAny(".EeNn") < 0 ? text + ".0" : text.Replace("E", "e", StringComparison.Ordinal);

    private static void Write(StringBuilder json, object? value, int? indent, bool sortKeys, int depth)
    {
        if (depth > MaxDepth)
            throw TooDeep();
        void NewLine(int level)
        {
            if (indent is { } width)
                json.Append('\n').Append(' ', width * level);
        }
        switch (value)
        {
            case null or JinjaUndefined:
                json.Append("null");
                break;
            case bool flag:
                json.Append(flag ? "true" : "false");
                break;
            case JinjaText text:
                json.Append(Tools.Schemas.JsonSpelling.Of(text.Value));
                break;
            case List<object?> { Count: 0 }:
                json.Append("[]");
                break;
            case JinjaDict { Count: 0 }:
                json.Append("{}");
                break;
            case List<object?> items:
                json.Append('[');
                foreach (var (i, item) in items.Index())
                {
                    if (i > 0)
                        json.Append(indent is null ? ", " : ",");
                    NewLine(depth + 1);
                    Write(json, item, indent, sortKeys, depth + 1);
                }
                NewLine(depth);
                json.Append(']');
                break;
            case JinjaDict dict:
                json.Append('{');
                foreach (var (i, (key, item)) in (sortKeys ? dict.OrderBy(pair => pair.Key, StringComparer.Ordinal) : dict.AsEnumerable()).Index())
                {
                    if (i > 0)
                        json.Append(indent is null ? ", " : ",");
                    NewLine(depth + 1);
                    json.Append(Tools.Schemas.JsonSpelling.Of(key)).Append(": ");
                    Write(json, item, indent, sortKeys, depth + 1);
                }
                NewLine(depth);
                json.Append('}');
                break;
            case JinjaFunction:
                throw new ArgumentException("a function is no JSON");
            default:
                json.Append(Represent(value, depth));
                break;
        }
    }
}
