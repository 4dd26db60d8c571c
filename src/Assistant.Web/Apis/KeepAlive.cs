using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Assistant.Web.Apis;

/// <summary>How long a model stays in memory after its last request: a number of seconds, or one of Go's durations such as <c>"1h30m"</c>.</summary>
internal static class KeepAlive
{
    /// <summary>Key of the chat option that carries it, a <see cref="TimeSpan"/>.</summary>
    public const string Key = "keep_alive";

    private static readonly SearchValues<char> numeric = SearchValues.Create("0123456789.");

    /// <summary>Reads the field; null if it is absent.</summary>
    /// <returns><see cref="Timeout.InfiniteTimeSpan"/> for a negative one: never unload.</returns>
    /// <exception cref="ApiException">It is no duration.</exception>
    public static TimeSpan? Parse(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.Number } number => FromSeconds(number.GetDouble()),
        { ValueKind: JsonValueKind.String } text when TryParseDuration(text.GetString()!, out var seconds) => FromSeconds(seconds),
        { } other => throw ApiException.BadRequest(
            $"keep_alive must be a number of seconds or a duration such as \"5m\" or \"1h30m\", not {Shorten(other.GetRawText())}"),
    };

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static TimeSpan FromSeconds(double seconds) => seconds switch
    {
        < 0 => Timeout.InfiniteTimeSpan,
        _ when seconds < TimeSpan.MaxValue.TotalSeconds => TimeSpan.FromSeconds(seconds),
        _ => Timeout.InfiniteTimeSpan,
    };

    /// <summary>Go's time.ParseDuration: a sign, then numbers with units; only zero needs no unit.</summary>
    private static bool TryParseDuration(ReadOnlySpan<char> text, out double seconds)
    {
        seconds = 0;
        var sign = text is ['-', ..] ? -1 : 1;
        if (text is ['-' or '+', ..])
            text = text[1..];
        if (text is "0")
            return true;
        if (text.IsEmpty)
            return false;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(numeric);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            text = text[digits..];
            var end = text.IndexOfAny(numeric);
            var unit = end < 0 ? text : text[..end];
            double? factor = unit switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 1e-3,
                "us" or "µs" or "μs" => 1e-6, // micro sign and Greek mu
                "ns" => 1e-9,
                _ => null,
            };
            if (factor is null)
                return false;
            seconds += number * factor.Value;
            text = text[unit.Length..];
        }
        seconds *= sign;
        return true;
    }
}
