namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Operators between two values.</summary>
internal static class JinjaOperators
{
    public static object? Apply(string operation, object? left, object? right, int line)
    {
        switch (operation)
        {
            case "==":
                return JinjaValue.Equals(left, right);
            case "!=":
                return !JinjaValue.Equals(left, right);
            case "in":
                return Contains(right, left, line);
            case "not in":
                return !Contains(right, left, line);
            case "~":
                return JinjaValue.ToText(left) + JinjaValue.ToText(right);
            case "<" or "<=" or ">" or ">=":
                var order = Compare(left, right) ?? throw Refuse();
                return operation switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
            case "+" when left is JinjaText a && right is JinjaText b:
                return a + b;
            case "+" when left is List<object?> a && right is List<object?> b:
                return a.Concat(b).ToList();
            case "*" when left is JinjaText text && right is long count:
                return count <= 1_000_000 && count * text.Length <= 1_000_000 ? JinjaFilters.Join(Enumerable.Repeat<object?>(text, (int)Math.Max(0, count)), JinjaText.Empty) : throw new JinjaException(line, "a text is repeated too often");
        }
        if (left is long x && right is long y && operation is not "/")
        {
            return operation switch
            {
                "+" => (object)unchecked(x + y), // as an object: next to a double the integers would become ones
                "-" => unchecked(x - y),
                "*" => unchecked(x * y),
                "//" or "%" when y is 0 or -1 => y == 0 ? throw new JinjaException(line, "division by zero") : operation == "%" ? 0L : unchecked(-x),
                "//" => (long)Math.Floor((decimal)x / y),
                "%" => ((x % y) + y) % y, // the divisor's sign, as in Python
                "**" when y >= 0 => (long)Math.Clamp(Math.Pow(x, y), long.MinValue, long.MaxValue),
                _ => Math.Pow(x, y),
            };
        }
        if (JinjaValue.Number(left) is not { } m || JinjaValue.Number(right) is not { } n)
            throw Refuse();
        return operation switch
        {
            "+" => m + n,
            "-" => m - n,
            "*" => m * n,
            "/" or "//" or "%" when n == 0 => throw new JinjaException(line, "division by zero"),
            "/" => m / n,
            "//" => Math.Floor(m / n),
            "%" => m - n * Math.Floor(m / n),
            "**" => Math.Pow(m, n),
            _ => throw Refuse(),
        };

        JinjaException Refuse() => new(line, $"'{operation}' cannot be applied to {Kind(left)} and {Kind(right)}");
    }

    /// <summary>Order of two numbers or two texts; null where there is none.</summary>
    public static int? Compare(object? left, object? right) => (left, right) switch
    {
        (JinjaText a, JinjaText b) => string.CompareOrdinal(a.Value, b.Value),
        _ when JinjaValue.Number(left) is { } a && JinjaValue.Number(right) is { } b => a.CompareTo(b),
        _ => null,
    };

    public static bool Contains(object? container, object? value, int line) => container switch
    {
        JinjaText text => value is JinjaText part && text.Value.Contains(part.Value, StringComparison.Ordinal),
        List<object?> list => list.Exists(item => JinjaValue.Equals(item, value)),
        JinjaDict dict => value is JinjaText key && dict.TryGet(key.Value, out _),
        JinjaUndefined or null => throw new JinjaException(line, $"nothing can be 'in' {Kind(container)}"),
        _ => false,
    };

    public static string Kind(object? value) => value switch
    {
        null => "none",
        JinjaUndefined undefined => $"'{undefined.Name}', which is undefined",
        JinjaText => "a text",
        bool => "a boolean",
        long or double => "a number",
        List<object?> => "a list",
        JinjaDict => "a dictionary",
        _ => "a function",
    };
}
