using System.Globalization;

namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Functions that every template may call.</summary>
internal static class JinjaFunctions
{
    private const int LongestRange = 100_000;

    public static IReadOnlyDictionary<string, object?> Globals { get; } = new Dictionary<string, object?>
    {
        ["range"] = (JinjaFunction)Range,
        ["namespace"] = (JinjaFunction)(arguments => Collect(arguments, new JinjaDict { IsNamespace = true })),
        ["dict"] = (JinjaFunction)(arguments => Collect(arguments, [])),
        ["raise_exception"] = (JinjaFunction)(arguments => throw new JinjaException(arguments.Line, JinjaValue.ToText(arguments.Get(0, "message")).Value, raised: true)),
    };

    /// <summary>The items of a list, the keys of a dictionary, the characters of a text.</summary>
    /// <exception cref="JinjaException">It is none of these.</exception>
    public static List<object?> Iterate(object? value, int line) => value switch
    {
        List<object?> list => list,
        JinjaDict dict => [.. dict.Keys.Select(key => JinjaText.Of(key, dict.KeyOrigin))],
        JinjaText text => [.. Enumerable.Range(0, text.Length).Select(i => text.Slice(i, 1))],
        JinjaUndefined => [],
        _ => throw new JinjaException(line, $"{JinjaOperators.Kind(value)} has no items"),
    };

    /// <summary>Python's <c>strftime</c>, for the clock that a template may read.</summary>
    public static JinjaFunction TimeNow(DateTimeOffset now) => arguments =>
    {
        var format = JinjaValue.ToText(arguments.Get(0, "format")).Value;
        var text = "";
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text += format[i];
                continue;
            }
            var plain = format[++i] == '-' && i + 1 < format.Length;
            var part = Part(plain ? format[++i] : format[i], now);
            text += plain ? part.TrimStart('0') : part;
        }
        return JinjaText.Of(text);
    };

    private static string Part(char code, DateTimeOffset now) => code switch
    {
        'Y' => now.ToString("yyyy", CultureInfo.InvariantCulture),
        'y' => now.ToString("yy", CultureInfo.InvariantCulture),
        'm' => now.ToString("MM", CultureInfo.InvariantCulture),
        'd' => now.ToString("dd", CultureInfo.InvariantCulture),
        'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'B' => now.ToString("MMMM", CultureInfo.InvariantCulture),
        'b' => now.ToString("MMM", CultureInfo.InvariantCulture),
        'A' => now.ToString("dddd", CultureInfo.InvariantCulture),
        'a' => now.ToString("ddd", CultureInfo.InvariantCulture),
        'H' => now.ToString("HH", CultureInfo.InvariantCulture),
        'I' => now.ToString("hh", CultureInfo.InvariantCulture),
        'M' => now.ToString("mm", CultureInfo.InvariantCulture),
        'S' => now.ToString("ss", CultureInfo.InvariantCulture),
        'p' => now.ToString("tt", CultureInfo.InvariantCulture),
        'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'F' => now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        'T' => now.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        '%' => "%",
        _ => throw new ArgumentException($"'%{code}' is no format of a time that is known here"),
    };

    private static List<object?> Range(JinjaCallArguments arguments)
    {
        var values = arguments.Positional.Select(value => value is long number ? number : throw new ArgumentException("'range' takes integers")).ToList();
        var (start, stop, step) = values switch
        {
            [var end] => (0L, end, 1L),
            [var begin, var end] => (begin, end, 1L),
            [var begin, var end, not 0 and var by] => (begin, end, by),
            _ => throw new ArgumentException("'range' takes one to three integers, the last not 0"),
        };
        var items = new List<object?>();
        for (var i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            items.Add(i);
            if (items.Count > LongestRange)
                throw new ArgumentException($"a range has more than {LongestRange} items");
        }
        return items;
    }

    private static JinjaDict Collect(JinjaCallArguments arguments, JinjaDict into)
    {
        foreach (var (key, value) in arguments.Positional is [JinjaDict first] ? first : [])
            into[key] = value;
        foreach (var (key, value) in arguments.Named)
            into[key] = value;
        return into;
    }
}

/// <summary>Jinja's tests.</summary>
internal static class JinjaTests
{
    public static IReadOnlyDictionary<string, Func<object?, JinjaCallArguments, bool>> All { get; } = new Dictionary<string, Func<object?, JinjaCallArguments, bool>>
    {
        ["defined"] = (value, _) => value is not JinjaUndefined,
        ["undefined"] = (value, _) => value is JinjaUndefined,
        ["none"] = (value, _) => value is null,
        ["string"] = (value, _) => value is JinjaText,
        ["number"] = (value, _) => value is long or double or bool,
        ["integer"] = (value, _) => value is long,
        ["float"] = (value, _) => value is double,
        ["boolean"] = (value, _) => value is bool,
        ["true"] = (value, _) => value is true,
        ["false"] = (value, _) => value is false,
        ["mapping"] = (value, _) => value is JinjaDict,
        ["iterable"] = (value, _) => value is JinjaText or List<object?> or JinjaDict or JinjaUndefined,
        ["sequence"] = (value, _) => value is JinjaText or List<object?> or JinjaDict or JinjaUndefined,
        ["callable"] = (value, _) => value is JinjaFunction,
        ["odd"] = (value, _) => value is long number && number % 2 != 0,
        ["even"] = (value, _) => value is long number && number % 2 == 0,
        ["divisibleby"] = (value, arguments) => value is long number && arguments.Get(0, "num") is long and not 0L and var by && number % (long)by == 0,
        ["lower"] = (value, _) => value is JinjaText text && !text.Value.Any(char.IsUpper),
        ["upper"] = (value, _) => value is JinjaText text && !text.Value.Any(char.IsLower),
        ["sameas"] = (value, arguments) => JinjaValue.Equals(value, arguments.Get(0, "other")) && value is bool == arguments.Get(0, "other") is bool,
        ["eq"] = Equal,
        ["equalto"] = Equal,
        ["=="] = Equal,
        ["ne"] = (value, arguments) => !Equal(value, arguments),
        ["!="] = (value, arguments) => !Equal(value, arguments),
        ["lt"] = (value, arguments) => JinjaOperators.Compare(value, arguments.Get(0, "other")) < 0,
        ["le"] = (value, arguments) => JinjaOperators.Compare(value, arguments.Get(0, "other")) <= 0,
        ["gt"] = (value, arguments) => JinjaOperators.Compare(value, arguments.Get(0, "other")) > 0,
        ["ge"] = (value, arguments) => JinjaOperators.Compare(value, arguments.Get(0, "other")) >= 0,
        ["in"] = (value, arguments) => JinjaOperators.Contains(arguments.Get(0, "seq"), value, arguments.Line),
    };

    private static bool Equal(object? value, JinjaCallArguments arguments) => JinjaValue.Equals(value, arguments.Get(0, "other"));
}
