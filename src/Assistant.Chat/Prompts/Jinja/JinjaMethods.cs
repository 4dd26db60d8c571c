namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Attributes and methods of values: Python's, as far as chat templates use them. None of them changes a value: transformers' sandbox forbids that, too.</summary>
internal static class JinjaMethods
{
    /// <summary>An attribute, item or method.</summary>
    /// <param name="value">Whose.</param>
    /// <param name="name">Its name.</param>
    /// <param name="line">Line of the template.</param>
    /// <param name="methodsFirst">Whether a method goes before a dictionary's item of the same name: with a dot it does.</param>
    /// <exception cref="JinjaException">The value is undefined.</exception>
    public static object? Attribute(object? value, string name, int line, bool methodsFirst) => value switch
    {
        JinjaUndefined undefined => throw new JinjaException(line, $"'{undefined.Name}' is undefined, so it has no '{name}'"),
        JinjaDict dict when (!methodsFirst || dict.IsNamespace) && dict.TryGet(name, out var item) => item,
        JinjaDict dict => Method(dict, name) ?? (dict.TryGet(name, out var item) ? item : new JinjaUndefined(name)),
        JinjaText text => Method(text, name) ?? (object)new JinjaUndefined(name),
        List<object?> list => Method(list, name) ?? (object)new JinjaUndefined(name),
        _ => new JinjaUndefined(name),
    };

    private static JinjaFunction? Method(JinjaDict dict, string name) => name switch
    {
        "items" => _ => dict.Select(item => (object?)new JinjaTuple { JinjaText.Of(item.Key, dict.KeyOrigin), item.Value }).ToList(),
        "keys" => _ => dict.Keys.Select(key => (object?)JinjaText.Of(key, dict.KeyOrigin)).ToList(),
        "values" => _ => dict.Select(item => item.Value).ToList(),
        "get" => arguments => dict.TryGet(JinjaValue.ToText(arguments.Get(0, "key")).Value, out var item) ? item : arguments.Get(1, "default"),
        _ => null,
    };

    private static JinjaFunction? Method(List<object?> list, string name) => name switch
    {
        "index" => arguments => list.FindIndex(item => JinjaValue.Equals(item, arguments.Get(0, "item"))) is >= 0 and var at ? (long)at : throw new ArgumentException("the list holds no such item"),
        "count" => arguments => (long)list.Count(item => JinjaValue.Equals(item, arguments.Get(0, "item"))),
        _ => null,
    };

    private static JinjaFunction? Method(JinjaText text, string name) => name switch
    {
        "strip" => arguments => text.Trim(arguments.Text(0, "chars")?.Value),
        "lstrip" => arguments => text.Trim(arguments.Text(0, "chars")?.Value, end: false),
        "rstrip" => arguments => text.Trim(arguments.Text(0, "chars")?.Value, start: false),
        "split" => arguments => text.Split(arguments.Text(0, "sep")?.Value, Limit(arguments)).ConvertAll(part => (object?)part),
        "rsplit" => arguments => SplitFromEnd(text, arguments.Text(0, "sep")?.Value, Limit(arguments)),
        "splitlines" => _ => (text.Value.EndsWith('\n') ? text.Slice(0, text.Length - 1) : text).Split("\n").ConvertAll(part => (object?)part.Trim("\r", start: false)),
        "startswith" => arguments => Any(arguments, text.Value.StartsWith),
        "endswith" => arguments => Any(arguments, text.Value.EndsWith),
        "replace" => arguments => text.Replace(Required(arguments, 0).Value, Required(arguments, 1), (int)arguments.Integer(2, "count", -1)),
        "upper" => _ => text.Map(value => value.ToUpperInvariant()),
        "lower" => _ => text.Map(value => value.ToLowerInvariant()),
        "capitalize" => _ => text.Map(JinjaFilters.Capitalize),
        "title" => _ => text.Map(JinjaFilters.Title),
        "find" => arguments => (long)text.Value.IndexOf(Required(arguments, 0).Value, StringComparison.Ordinal),
        "rfind" => arguments => (long)text.Value.LastIndexOf(Required(arguments, 0).Value, StringComparison.Ordinal),
        "count" => arguments => (long)text.Split(Required(arguments, 0).Value).Count - 1,
        "join" => arguments => JinjaFilters.Join(JinjaFunctions.Iterate(arguments.Get(0, "items"), arguments.Line), text),
        "isdigit" => _ => text.Length > 0 && text.Value.All(char.IsDigit),
        "isalpha" => _ => text.Length > 0 && text.Value.All(char.IsLetter),
        "isspace" => _ => text.Length > 0 && text.Value.All(char.IsWhiteSpace),
        "isupper" => _ => text.Value.Any(char.IsUpper) && !text.Value.Any(char.IsLower),
        "islower" => _ => text.Value.Any(char.IsLower) && !text.Value.Any(char.IsUpper),
        "removeprefix" => arguments => Required(arguments, 0) is var start && text.Value.StartsWith(start.Value, StringComparison.Ordinal) ? text.Slice(start.Length) : text,
        "removesuffix" => arguments => Required(arguments, 0) is var end && text.Value.EndsWith(end.Value, StringComparison.Ordinal) ? text.Slice(0, text.Length - end.Length) : text,
        _ => null,
    };

    private static List<object?> SplitFromEnd(JinjaText text, string? separator, int most)
    {
        var parts = text.Split(separator);
        if (most < 0 || parts.Count <= most + 1 || separator is null)
            return parts.ConvertAll(part => (object?)part);
        var head = JinjaFilters.Join(parts.Take(parts.Count - most), JinjaText.Of(separator));
        return [head, .. parts.TakeLast(most)];
    }

    private static bool Any(JinjaCallArguments arguments, Func<string, StringComparison, bool> holds) =>
        (arguments.Get(0, "prefix") is List<object?> several ? several : [arguments.Get(0, "prefix")]).OfType<JinjaText>().Any(part => holds(part.Value, StringComparison.Ordinal));

    private static JinjaText Required(JinjaCallArguments arguments, int index) => arguments.Get(index, "") as JinjaText ?? throw new ArgumentException("a text is missing as argument");

    private static int Limit(JinjaCallArguments arguments) => (int)Math.Clamp(arguments.Integer(1, "maxsplit", -1), -1, int.MaxValue);
}
