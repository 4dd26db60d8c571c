using System.Diagnostics;
using Assistant.Chat.Engine;
using Assistant.Chat.Prompts;
using LlamaCpp;
using static System.FormattableString;

namespace Assistant.LoadBenchmark;

/// <summary>The engine's rate of writing beside that of llama.cpp itself, measured in turns.</summary>
internal static class EngineRate
{
    public static async Task CompareAsync(LoadPlan plan)
    {
        using var model = LlamaModel.Load(plan.TextModel);
        var prompt = model.Vocab.Tokenize(string.Concat(Enumerable.Repeat("What is left of the red circle? ", 8)), addSpecial: true, parseSpecial: false);
        // Answers of a given length: what would end one is forbidden, in both.
        var ends = Enumerable.Range(0, model.Vocab.Count).Where(model.Vocab.IsEndOfGeneration).ToDictionary(token => token, _ => float.NegativeInfinity);
        var sampling = new SamplingOptions { Temperature = 0, LogitBias = ends };

        Console.WriteLine($"Writing, {plan.Tokens} tokens after a prompt of {prompt.Length}; tokens/s: medians of {plan.Rounds} rounds, and the best of them, which says more on a busy machine");
        Console.WriteLine($"  {"clients",-10}{"llama.cpp, shared cells",26}{"llama.cpp, own cells",26}{"engine",20}{"engine / better one",24}");
        foreach (var clients in (int[])[1, 2, 4])
        {
            var (shared, own, ours, ratios) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round <= plan.Rounds; round++)
            {
                var one = PlainLlama.Decode(model, plan, prompt, clients, sharedCells: true, sampling);
                var two = clients == 1 ? one : PlainLlama.Decode(model, plan, prompt, clients, sharedCells: false, sampling);
                var engine = await DecodeAsync(model, plan, prompt, clients, sampling);
                if (round == 0)
                    continue; // pays for memory and threads
                shared.Add(one);
                own.Add(two);
                ours.Add(engine);
                ratios.Add(engine / Math.Max(one, two));
            }
            Console.WriteLine(Invariant($"  {clients,-10}{LoadPlan.Median(shared),16:F1}{shared.Max(),10:F1}{LoadPlan.Median(own),16:F1}{own.Max(),10:F1}{LoadPlan.Median(ours),10:F1}{ours.Max(),10:F1}")
                + Invariant($"{LoadPlan.Median(ratios),14:F3}{ours.Max() / Math.Max(shared.Max(), own.Max()),10:F3}"));
        }
        Console.WriteLine();
    }

    private static async Task<double> DecodeAsync(LlamaModel model, LoadPlan plan, int[] prompt, int clients, SamplingOptions sampling)
    {
        using var compute = new SemaphoreSlim(1, 1);
        using var engine = new ChatEngine(
            model, new LlamaContextOptions { ContextLength = plan.Context, Threads = plan.Threads, FlashAttention = FlashAttention.Disabled }, compute, new EngineOptions { Slots = Math.Max(4, clients) });
        var started = new TaskCompletionSource();
        var (reading, begun, ended) = (clients, 0L, 0L);
        async Task Client()
        {
            var sequence = new PromptSequence();
            sequence.Add(prompt);
            var count = 0;
            await foreach (var _ in engine.GenerateAsync(new GenerationRequest { Prompt = sequence, Sampling = sampling, MaxTokens = plan.Tokens + 1 }, new GenerationReport()))
            {
                // As in the plain loop, the clock runs from where all prompts are read.
                if (count++ == 0 && Interlocked.Decrement(ref reading) == 0)
                    Interlocked.Exchange(ref begun, Stopwatch.GetTimestamp());
            }
            Interlocked.Exchange(ref ended, Stopwatch.GetTimestamp());
        }
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(Client)));
        return clients * plan.Tokens / Stopwatch.GetElapsedTime(begun, ended).TotalSeconds;
    }
}
