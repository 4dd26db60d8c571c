using System.Globalization;

namespace Assistant.Benchmarks;

/// <summary>How results are printed.</summary>
internal static class Table
{
    private const int NameWidth = 62;

    /// <summary>Times of a pass.</summary>
    public static void Milliseconds(IEnumerable<Timing> timings, string unit)
    {
        Console.WriteLine($"  {unit,-NameWidth}{"median",10}   lowest  highest");
        foreach (var timing in timings)
            Console.WriteLine(Text($"  {timing.Name,-NameWidth}{1e3 * timing.Median,10:F2}{1e3 * timing.Lowest,9:F2}{1e3 * timing.Highest,9:F2}"));
    }

    /// <summary>The head of a table of <see cref="Rate"/>s.</summary>
    public static void RateHead(string unit) => Console.WriteLine($"  {unit,-NameWidth}{"median",10}   lowest  highest  GFLOP/s  of the limit");

    /// <summary>Pieces of work a second, and how much of the machine's limit that is.</summary>
    /// <param name="timing">Seconds a pass.</param>
    /// <param name="pieces">Pictures or texts in a pass.</param>
    /// <param name="gigaflops">Arithmetic of a pass; null where it is not what takes the time.</param>
    /// <param name="limit">GFLOP/s that a large matrix product reached in the same rounds.</param>
    public static void Rate(Timing timing, int pieces, double? gigaflops, double limit)
    {
        var line = Text($"  {timing.Name,-NameWidth}{pieces / timing.Median,10:F2}{pieces / timing.Highest,9:F2}{pieces / timing.Lowest,9:F2}");
        if (gigaflops is { } work)
            line += Text($"{work / timing.Median,9:F1}{work / timing.Median / limit,14:F2}");
        Console.WriteLine(line);
    }

    /// <summary>A ratio of times.</summary>
    public static void Ratio(string text, double ratio) => Console.WriteLine(Text($"  {text} {ratio:F2} times as long"));

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
