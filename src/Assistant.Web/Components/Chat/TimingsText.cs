using System.Globalization;
using Assistant.Chat.Models;

namespace Assistant.Web.Components.Chat;

/// <summary>An answer's timings as one line under it.</summary>
internal static class TimingsText
{
    // No file is read in less: it is the time of finding that the model is there.
    private static readonly TimeSpan LeastLoad = TimeSpan.FromMilliseconds(10);

    /// <summary>Such as <c>24.1 tokens/s · picture from cache · 612 of 640 prompt tokens cached · 1.9 s</c>; what is not known is left out.</summary>
    /// <param name="timings">Where the time went; null where it is not known.</param>
    /// <param name="model">Who answered; null where there is but one model.</param>
    public static string Line(AnswerTimings? timings, string? model = null)
    {
        var parts = new List<string>();
        if (model is not null)
            parts.Add(model);
        if (timings is not null)
            Add(parts, timings);
        return string.Join(" · ", parts);
    }

    private static void Add(List<string> parts, AnswerTimings timings)
    {
        if (timings.AnswerTokens > 0 && timings.Evaluation > TimeSpan.Zero)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{timings.AnswerTokens / timings.Evaluation.TotalSeconds:0.0} tokens/s"));
        if (timings.Images > 0)
            parts.Add(Pictures(timings));
        if (timings.CachedTokens > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{timings.CachedTokens} of {timings.PromptTokens} prompt tokens cached"));
        else if (timings.PromptTokens > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{timings.PromptTokens} prompt tokens"));
        if (timings.Load > LeastLoad)
            parts.Add($"model loaded in {Duration(timings.Load)}");
        if (timings.Total > TimeSpan.Zero)
            parts.Add(Duration(timings.Total));
        if (timings.TruncatedMessages > 0)
            parts.Add(timings.TruncatedMessages == 1 ? "the oldest message no longer fits and was left out" : $"the {timings.TruncatedMessages} oldest messages no longer fit and were left out");
    }

    private static string Pictures(AnswerTimings timings)
    {
        if (timings.TowerRuns == 0)
            return timings.Images == 1 ? "picture from cache" : "pictures from cache";
        var encoded = timings.TowerRuns == 1 ? "picture" : $"{timings.TowerRuns} pictures";
        return $"{encoded} encoded in {Duration(timings.Vision)}";
    }

    private static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
    };
}
