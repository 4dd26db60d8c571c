using System.Collections.Concurrent;
using System.Collections.Frozen;
using Assistant.Chat.Models;

namespace Assistant.Web.Hosting.Metrics;

/// <summary>Counts what the server does, for <see cref="MetricsEndpoint"/>.</summary>
internal sealed class ServerMetrics
{
    /// <summary>Upper bounds of the histograms' buckets, in seconds.</summary>
    public static readonly double[] Bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    // Kestrel lets clients make methods up.
    private static readonly FrozenSet<string> methods = FrozenSet.Create(
        HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete, HttpMethods.Options, HttpMethods.Patch, HttpMethods.Trace, HttpMethods.Connect);

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<(string Route, string Method, int Status), long> requests = new();
    private Totals totals;
    private int answering;

    /// <summary>Answers being written or waiting to be.</summary>
    public int Answering => Volatile.Read(ref answering);

    /// <summary>Requests by route, method and status.</summary>
    public IEnumerable<KeyValuePair<(string Route, string Method, int Status), long>> Requests => requests;

    /// <summary>How long requests took.</summary>
    public Histogram Durations { get; } = new();

    /// <summary>How long the first words of answers took.</summary>
    public Histogram FirstWords { get; } = new();

    /// <summary>Sums over all answers.</summary>
    public Totals Answers
    {
        get
        {
            lock (gate)
                return totals;
        }
    }

    /// <summary>Counts a request; unknown methods together, as <c>other</c>.</summary>
    public void AddRequest(string route, string method, int status, TimeSpan duration)
    {
        requests.AddOrUpdate((route, methods.Contains(method) ? method : "other", status), 1, (_, count) => count + 1);
        Durations.Add(duration.TotalSeconds);
    }

    public void Begin() => Interlocked.Increment(ref answering);

    public void End() => Interlocked.Decrement(ref answering);

    public void AddAnswer(AnswerTimings timings)
    {
        lock (gate)
        {
            totals = new Totals
            {
                Answers = totals.Answers + 1,
                PromptTokens = totals.PromptTokens + timings.PromptTokens - timings.CachedTokens,
                CachedTokens = totals.CachedTokens + timings.CachedTokens,
                PromptSeconds = totals.PromptSeconds + timings.PromptEvaluation.TotalSeconds,
                AnswerTokens = totals.AnswerTokens + timings.AnswerTokens,
                AnswerSeconds = totals.AnswerSeconds + timings.Evaluation.TotalSeconds,
                Images = totals.Images + timings.Images,
                TowerRuns = totals.TowerRuns + timings.TowerRuns,
                VisionSeconds = totals.VisionSeconds + timings.Vision.TotalSeconds,
            };
        }
    }

    /// <summary>Sums over answers.</summary>
    internal readonly record struct Totals
    {
        public long Answers { get; init; }

        /// <summary>Tokens of prompts that were read; those that were known count in <see cref="CachedTokens"/>.</summary>
        public long PromptTokens { get; init; }

        public long CachedTokens { get; init; }
        public double PromptSeconds { get; init; }
        public long AnswerTokens { get; init; }
        public double AnswerSeconds { get; init; }
        public long Images { get; init; }
        public long TowerRuns { get; init; }
        public double VisionSeconds { get; init; }
    }

    /// <summary>A distribution of seconds.</summary>
    internal sealed class Histogram
    {
        private readonly Lock gate = new();
        private readonly long[] counts = new long[Bounds.Length];
        private long count;
        private double sum;

        public void Add(double seconds)
        {
            lock (gate)
            {
                for (var i = 0; i < Bounds.Length; i++)
                    counts[i] += seconds <= Bounds[i] ? 1 : 0;
                count++;
                sum += seconds;
            }
        }

        /// <summary>How many were at most each bound, how many there were, and their sum.</summary>
        public (long[] AtMost, long Count, double Sum) Read()
        {
            lock (gate)
                return ([.. counts], count, sum);
        }
    }
}
