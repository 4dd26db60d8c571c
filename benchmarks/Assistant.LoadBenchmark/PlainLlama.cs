using System.Diagnostics;
using LlamaCpp;

namespace Assistant.LoadBenchmark;

/// <summary>llama.cpp itself: loops over its batches, with nothing of this program's engine between.</summary>
internal static class PlainLlama
{
    /// <summary>Tokens a second of some sequences that grow side by side in one batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="plan">Threads, context and tokens.</param>
    /// <param name="prompt">What each sequence begins with.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="sharedCells">See <see cref="LlamaContextOptions.SharedCells"/>.</param>
    /// <param name="sampling">How tokens are drawn.</param>
    public static double Decode(LlamaModel model, LoadPlan plan, int[] prompt, int sequences, bool sharedCells, SamplingOptions sampling)
    {
        using var context = new LlamaContext(model, new()
        {
            ContextLength = sharedCells ? plan.Context * sequences : plan.Context,
            MaxSequences = sequences,
            SharedCells = sharedCells,
            Threads = plan.Threads,
            FlashAttention = FlashAttention.Disabled,
        });
        var batch = new LlamaBatch(context.BatchSize);
        var samplers = Enumerable.Range(0, sequences).Select(_ => new LlamaSampler(model, sampling)).ToArray();
        try
        {
            var next = new int[sequences];
            for (var sequence = 0; sequence < sequences; sequence++)
            {
                for (var at = 0; at < prompt.Length; at += batch.Count)
                {
                    batch.Clear();
                    for (var i = at; i < prompt.Length && batch.Count < batch.Capacity; i++)
                        batch.AddToken(prompt[i], i, sequence, logits: i == prompt.Length - 1);
                    Run(context, batch);
                }
                next[sequence] = samplers[sequence].Sample(context, batch.Count - 1);
            }
            var started = Stopwatch.GetTimestamp();
            for (var step = 0; step < plan.Tokens; step++)
            {
                batch.Clear();
                for (var sequence = 0; sequence < sequences; sequence++)
                    batch.AddToken(next[sequence], prompt.Length + step, sequence, logits: true);
                Run(context, batch);
                for (var sequence = 0; sequence < sequences; sequence++)
                    next[sequence] = samplers[sequence].Sample(context, sequence);
            }
            return sequences * plan.Tokens / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            foreach (var sampler in samplers)
                sampler.Dispose();
        }
    }

    private static void Run(LlamaContext context, LlamaBatch batch)
    {
        if (context.Decode(batch) != DecodeResult.Ok)
            throw new InvalidOperationException("llama.cpp had no room for the batch.");
    }
}
