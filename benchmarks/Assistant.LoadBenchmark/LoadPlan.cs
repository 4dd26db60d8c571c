namespace Assistant.LoadBenchmark;

/// <summary>What is measured, and how long.</summary>
/// <param name="TextModel">GGUF file of the language model.</param>
/// <param name="Projector">GGUF file of its vision tower and projector; null leaves pictures out.</param>
/// <param name="Template">Chat template; null takes the file's.</param>
/// <param name="Threads">Threads of llama.cpp.</param>
/// <param name="Context">Tokens of a conversation.</param>
/// <param name="Tokens">Tokens of an answer.</param>
/// <param name="Rounds">Repetitions; medians are printed.</param>
/// <param name="Clients">Numbers of clients that stream at a time.</param>
internal sealed record LoadPlan(
    string TextModel, string? Projector, string? Template, int Threads, int Context, int Tokens, int Rounds, IReadOnlyList<int> Clients)
{
    /// <summary>The middle of some values.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The value below which a share of them lies.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
