using System.Globalization;

namespace Assistant.Chat.Prompts.Jinja;

/// <summary>What a filter does to a value.</summary>
internal delegate object? JinjaFilterFunction(JinjaInterpreter run, object? value, JinjaCallArguments arguments);

/// <summary>Jinja's filters, as far as chat templates use them.</summary>
internal static class JinjaFilters
{
    public static IReadOnlyDictionary<string, JinjaFilterFunction> All { get; } = new Dictionary<string, JinjaFilterFunction>
    {
        ["trim"] = (_, value, arguments) => JinjaValue.ToText(value).Trim(arguments.Text(0, "chars")?.Value),
        ["tojson"] = (_, value, arguments) => JinjaValue.ToJson(value, arguments.Get(0, "indent") is long indent ? (int)Math.Clamp(indent, 0, 16) : null, JinjaValue.IsTrue(arguments.Get(3, "sort_keys"))),
        ["length"] = Length,
        ["count"] = Length,
        ["upper"] = (_, value, _) => JinjaValue.ToText(value).Map(text => text.ToUpperInvariant()),
        ["lower"] = (_, value, _) => JinjaValue.ToText(value).Map(text => text.ToLowerInvariant()),
        ["capitalize"] = (_, value, _) => JinjaValue.ToText(value).Map(Capitalize),
        ["title"] = (_, value, _) => JinjaValue.ToText(value).Map(Title),
        ["string"] = (_, value, _) => JinjaValue.ToText(value),
        ["safe"] = (_, value, _) => value,
        ["e"] = (_, value, _) => Escape(JinjaValue.ToText(value)),
        ["escape"] = (_, value, _) => Escape(JinjaValue.ToText(value)),
        ["replace"] = (_, value, arguments) => JinjaValue.ToText(value).Replace(JinjaValue.ToText(arguments.Get(0, "old")).Value, JinjaValue.ToText(arguments.Get(1, "new")), (int)arguments.Integer(2, "count", -1)),
        ["indent"] = Indent,
        ["default"] = Default,
        ["d"] = Default,
        ["join"] = (run, value, arguments) => Join(Attributes(value, arguments.Text(1, "attribute"), arguments.Line), JinjaValue.ToText(arguments.Get(0, "d", JinjaText.Empty))),
        ["first"] = (_, value, arguments) => JinjaFunctions.Iterate(value, arguments.Line) is [var first, ..] ? first : new JinjaUndefined("first item"),
        ["last"] = (_, value, arguments) => JinjaFunctions.Iterate(value, arguments.Line) is [.., var last] ? last : new JinjaUndefined("last item"),
        ["list"] = (_, value, arguments) => JinjaFunctions.Iterate(value, arguments.Line).ToList(),
        ["reverse"] = (_, value, arguments) => Enumerable.Reverse(JinjaFunctions.Iterate(value, arguments.Line)).ToList() is var reversed && value is JinjaText ? Join(reversed, JinjaText.Empty) : reversed,
        ["unique"] = (_, value, arguments) => Unique(JinjaFunctions.Iterate(value, arguments.Line)),
        ["sort"] = (_, value, arguments) => Sort(JinjaFunctions.Iterate(value, arguments.Line), arguments),
        ["items"] = (_, value, arguments) => value is JinjaDict ? ((JinjaFunction)JinjaMethods.Attribute(value, "items", arguments.Line, methodsFirst: true)!)(arguments) : new List<object?>(),
        ["dictsort"] = (_, value, arguments) => ((List<object?>)((JinjaFunction)JinjaMethods.Attribute(value as JinjaDict ?? [], "items", arguments.Line, methodsFirst: true)!)(arguments)!)
            .OrderBy(pair => ((List<object?>)pair!)[0]!.ToString(), StringComparer.OrdinalIgnoreCase).ToList(),
        ["map"] = Map,
        ["select"] = (_, value, arguments) => Select(value, arguments, attribute: false, wanted: true),
        ["reject"] = (_, value, arguments) => Select(value, arguments, attribute: false, wanted: false),
        ["selectattr"] = (_, value, arguments) => Select(value, arguments, attribute: true, wanted: true),
        ["rejectattr"] = (_, value, arguments) => Select(value, arguments, attribute: true, wanted: false),
        ["abs"] = (_, value, _) => value is long integer ? (object)Math.Abs(integer) : Math.Abs(JinjaValue.Number(value) ?? throw new ArgumentException("'abs' takes a number")),
        ["round"] = (_, value, arguments) => Math.Round(JinjaValue.Number(value) ?? throw new ArgumentException("'round' takes a number"), (int)Math.Clamp(arguments.Integer(0, "precision", 0), 0, 15)),
        ["int"] = (_, value, arguments) => value is JinjaText text ? long.TryParse(text.Value.Trim(), CultureInfo.InvariantCulture, out var parsed) ? parsed : arguments.Integer(0, "default", 0) : (long)Math.Clamp(JinjaValue.Number(value) ?? 0, long.MinValue, long.MaxValue),
        ["float"] = (_, value, _) => value is JinjaText text ? double.TryParse(text.Value, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0.0 : JinjaValue.Number(value) ?? 0.0,
        ["sum"] = (_, value, arguments) => Attributes(value, arguments.Text(0, "attribute"), arguments.Line).Aggregate((object?)0L, (sum, item) => JinjaOperators.Apply("+", sum, item, arguments.Line)),
        ["min"] = (_, value, arguments) => Sort(JinjaFunctions.Iterate(value, arguments.Line), arguments) is [var least, ..] ? least : new JinjaUndefined("least item"),
        ["max"] = (_, value, arguments) => Sort(JinjaFunctions.Iterate(value, arguments.Line), arguments) is [.., var most] ? most : new JinjaUndefined("largest item"),
    };

    public static JinjaText Join(IEnumerable<object?> items, JinjaText separator)
    {
        var joined = new JinjaText.Builder();
        foreach (var (i, item) in items.Index())
        {
            if (i > 0)
                joined.Append(separator);
            joined.Append(JinjaValue.ToText(item));
            if (joined.Length > 16_000_000)
                throw new ArgumentException("a joined text is too long");
        }
        return joined.ToText();
    }

    public static string Capitalize(string text) => text.Length == 0 ? text : text[..1].ToUpperInvariant() + text[1..].ToLowerInvariant();

    public static string Title(string text) =>
        string.Concat(text.Select((c, i) => i == 0 || !char.IsLetter(text[i - 1]) ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));

    private static object? Length(JinjaInterpreter run, object? value, JinjaCallArguments arguments) => value switch
    {
        JinjaText text => (long)text.Length,
        List<object?> list => (long)list.Count,
        JinjaDict dict => (long)dict.Count,
        JinjaUndefined => 0L,
        _ => throw new ArgumentException($"{JinjaOperators.Kind(value)} has no length"),
    };

    private static object? Default(JinjaInterpreter run, object? value, JinjaCallArguments arguments) =>
        value is JinjaUndefined || (JinjaValue.IsTrue(arguments.Get(1, "boolean")) && !JinjaValue.IsTrue(value)) ? arguments.Get(0, "default_value", JinjaText.Empty) : value;

    private static JinjaText Escape(JinjaText text) => text
        .Replace("&", JinjaText.Of("&amp;")).Replace("<", JinjaText.Of("&lt;")).Replace(">", JinjaText.Of("&gt;")).Replace("'", JinjaText.Of("&#39;")).Replace("\"", JinjaText.Of("&#34;"));

    private static JinjaText Indent(JinjaInterpreter run, object? value, JinjaCallArguments arguments)
    {
        var lines = JinjaValue.ToText(value).Split("\n");
        var space = arguments.Get(0, "width") is JinjaText given ? given : JinjaText.Of(new string(' ', (int)Math.Clamp(arguments.Integer(0, "width", 4), 0, 64)));
        var (first, blank) = (JinjaValue.IsTrue(arguments.Get(1, "first")), JinjaValue.IsTrue(arguments.Get(2, "blank")));
        return Join(lines.Select((line, i) => (i > 0 || first) && (blank || line.Length > 0) ? space + line : line), JinjaText.Of("\n"));
    }

    private static List<object?> Map(JinjaInterpreter run, object? value, JinjaCallArguments arguments)
    {
        var items = JinjaFunctions.Iterate(value, arguments.Line);
        if (arguments.Named.TryGetValue("attribute", out var attribute))
        {
            var otherwise = arguments.Named.GetValueOrDefault("default");
            return items.ConvertAll(item => Attribute(item, JinjaValue.ToText(attribute).Value, arguments.Line) is var found && found is JinjaUndefined && otherwise is not null ? otherwise : found);
        }
        var filter = JinjaValue.ToText(arguments.Get(0, "filter")).Value;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return items.ConvertAll(item => run.Apply(filter, item, rest));
    }

    private static List<object?> Select(object? value, JinjaCallArguments arguments, bool attribute, bool wanted)
    {
        var skip = attribute ? 1 : 0;
        var test = arguments.Positional.Count > skip ? JinjaValue.ToText(arguments.Positional[skip]).Value : null;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(skip + 1)] };
        return JinjaFunctions.Iterate(value, arguments.Line).FindAll(item =>
        {
            var subject = attribute ? Attribute(item, JinjaValue.ToText(arguments.Get(0, "attr")).Value, arguments.Line) : item;
            return (test is null ? JinjaValue.IsTrue(subject) : JinjaInterpreter.Test(test, subject, rest)) == wanted;
        });
    }

    private static List<object?> Sort(List<object?> items, JinjaCallArguments arguments)
    {
        var attribute = arguments.Text(2, "attribute")?.Value;
        var caseSensitive = JinjaValue.IsTrue(arguments.Get(1, "case_sensitive"));
        object? Key(object? item)
        {
            var key = attribute is null ? item : Attribute(item, attribute, arguments.Line);
            return !caseSensitive && key is JinjaText text ? text.Map(value => value.ToLowerInvariant()) : key;
        }
        var sorted = items.OrderBy(Key, Comparer<object?>.Create((a, b) => JinjaOperators.Compare(a, b) ?? throw new ArgumentException($"{JinjaOperators.Kind(a)} and {JinjaOperators.Kind(b)} have no order"))).ToList();
        if (JinjaValue.IsTrue(arguments.Get(0, "reverse")))
            sorted.Reverse();
        return sorted;
    }

    private static List<object?> Unique(List<object?> items)
    {
        if (items.Count > 10_000)
            throw new ArgumentException("'unique' takes at most 10000 items");
        var unique = new List<object?>();
        foreach (var item in items.Where(item => !unique.Exists(known => JinjaValue.Equals(known, item))))
            unique.Add(item);
        return unique;
    }

    private static List<object?> Attributes(object? value, JinjaText? attribute, int line)
    {
        var items = JinjaFunctions.Iterate(value, line);
        return attribute is null ? items : items.ConvertAll(item => Attribute(item, attribute.Value, line));
    }

    private static object? Attribute(object? item, string path, int line)
    {
        foreach (var name in path.Split('.'))
            item = item is JinjaDict dict ? dict.TryGet(name, out var found) ? found : new JinjaUndefined(name) : JinjaMethods.Attribute(item, name, line, methodsFirst: false);
        return item;
    }
}
