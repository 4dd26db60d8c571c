using System.Diagnostics;

namespace Assistant.Benchmarks;

/// <summary>What is measured: elapsed time, or the time that the processors worked.</summary>
internal enum Clock
{
    Wall,
    Cpu,
}

/// <summary>How measurements are made.</summary>
/// <param name="Rounds">Most repetitions.</param>
/// <param name="Budget">What one table may take; 3 rounds are made in any case.</param>
/// <param name="Clock">What counts.</param>
/// <param name="Batches">Pictures or texts at once.</param>
/// <param name="Threads">Threads of libtorch; for the peers too.</param>
/// <param name="Peers">Whether other projects are measured beside this one.</param>
internal sealed record Plan(int Rounds, TimeSpan Budget, Clock Clock, IReadOnlyList<int> Batches, int Threads, bool Peers);

/// <summary>The time of some passes, in seconds.</summary>
internal readonly record struct Cost(double Wall, double Cpu)
{
    public double On(Clock clock) => clock == Clock.Wall ? Wall : Cpu;

    /// <summary>Runs something in this process.</summary>
    public static Cost Of(Action action)
    {
        var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        action();
        return new Cost(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }
}

/// <summary>Something that is measured.</summary>
/// <param name="Name">Its line in the table.</param>
/// <param name="Run">Makes so many passes.</param>
internal sealed record Candidate(string Name, Func<int, Cost> Run)
{
    /// <summary>Something in this process.</summary>
    public static Candidate Of(string name, Action pass) => new(name, passes => Cost.Of(() =>
    {
        for (var i = 0; i < passes; i++)
            pass();
    }));
}

/// <summary>The times of one candidate, in seconds a pass, one a round.</summary>
internal sealed record Timing(string Name, IReadOnlyList<double> Seconds)
{
    public double Median => Middle(Seconds);

    public double Lowest => Seconds.Min();

    public double Highest => Seconds.Max();

    /// <summary>How many times as long as another it takes: the median of the rounds' ratios, since what slows a machine down slows neighbours in a round alike.</summary>
    public double RatioTo(Timing other) => Middle(Seconds.Zip(other.Seconds, (mine, theirs) => mine / theirs).ToList());

    private static double Middle(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

/// <summary>Measures candidates in turns.</summary>
internal static class Rounds
{
    private const double ShortestMeasurement = 0.2; // seconds; short passes are repeated

    public static IReadOnlyList<Timing> Measure(Plan plan, IReadOnlyList<Candidate> candidates)
    {
        // The first pass pays for memory and threads, the second says how long one takes.
        var passes = new List<int>();
        var round = 0.0;
        foreach (var candidate in candidates)
        {
            candidate.Run(1);
            var second = candidate.Run(1).Wall;
            passes.Add(Math.Max(1, (int)Math.Ceiling(ShortestMeasurement / second)));
            round += passes[^1] * second;
        }
        var rounds = Math.Clamp((int)(plan.Budget.TotalSeconds / round), Math.Min(3, plan.Rounds), plan.Rounds);
        var seconds = candidates.Select(_ => new List<double>()).ToList();
        for (var i = 0; i < rounds; i++)
            for (var j = 0; j < candidates.Count; j++)
                seconds[j].Add(candidates[j].Run(passes[j]).On(plan.Clock) / passes[j]);
        return candidates.Zip(seconds, (candidate, times) => new Timing(candidate.Name, times)).ToList();
    }
}
