using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Assistant.Chat.Prompts;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Engine;

/// <summary>Writes answers with one model: one sequence at a time, in the order of asking, keeping what the last one left in the KV cache.</summary>
/// <remarks>Callers see a stream of tokens for a request, and nothing of how sequences share the model: the place to batch several of them.</remarks>
public sealed class ChatEngine : IDisposable
{
    private const int Sequence = 0;

    private readonly LlamaContext context;
    private readonly SemaphoreSlim compute;
    private readonly LlamaBatch batch;
    private readonly List<PositionKey> known = []; // what stands at each position of the KV cache

    /// <summary>Makes an engine.</summary>
    /// <param name="model">The model; the caller keeps it.</param>
    /// <param name="options">Sizes of its context.</param>
    /// <param name="compute">Held while computing. Engines that share one never compete for the same cores: llama.cpp's threads spin, and two at once are several times slower than one after the other.</param>
    public ChatEngine(LlamaModel model, LlamaContextOptions options, SemaphoreSlim compute)
    {
        context = new LlamaContext(model, options);
        batch = new LlamaBatch(context.BatchSize);
        this.compute = compute;
    }

    /// <summary>Puts adapters on the model, before the first answer.</summary>
    public void SetAdapters(params (LoraAdapter Adapter, float Scale)[] adapters) => context.SetAdapters(adapters);

    /// <summary>Positions of the context.</summary>
    public int ContextLength => context.ContextLength;

    /// <summary>Writes an answer.</summary>
    /// <param name="request">Prompt and bounds.</param>
    /// <param name="report">Filled in; complete when the stream ends.</param>
    /// <param name="cancellationToken">Stops at once, also while waiting; the engine stays usable.</param>
    /// <returns>The answer's tokens without the one that ended it.</returns>
    /// <exception cref="Models.ChatRequestException">A picture cannot be read.</exception>
    public async IAsyncEnumerable<int> GenerateAsync(
        GenerationRequest request, GenerationReport report, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(report);
        if (request.Prompt.Count == 0 || request.Prompt.Count >= ContextLength)
            throw new ArgumentException($"The prompt takes {request.Prompt.Count} positions, the context has {ContextLength}.", nameof(request));
        await compute.WaitAsync(cancellationToken).ConfigureAwait(false); // serves in the order of waiting
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var tokens = Channel.CreateUnbounded<int>(new() { SingleReader = true, SingleWriter = true });
            var writer = Task.Run(() => Write(request, report, tokens.Writer, stop.Token), CancellationToken.None);
            try
            {
                await foreach (var token in tokens.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                    yield return token;
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false); // for a reader who leaves early
                await writer.ConfigureAwait(false);
            }
        }
        finally
        {
            compute.Release();
        }
    }

    /// <summary>Frees the context; nobody may be reading an answer.</summary>
    public void Dispose() => context.Dispose();

    private void Write(GenerationRequest request, GenerationReport report, ChannelWriter<int> tokens, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            Write(request, report, token => tokens.TryWrite(token), cancellationToken);
        }
        catch (LlamaException e)
        {
            failure = e;
            Forget(); // whatever the cache holds now, nothing is known of it
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            tokens.Complete(failure);
        }
    }

    private void Write(GenerationRequest request, GenerationReport report, Action<int> write, CancellationToken cancellationToken)
    {
        var prompt = request.Prompt;
        var reuse = PrefixReuse.Count(known, prompt.Keys);
        // Pictures first: a bad one must not cost the conversation its cache.
        var features = prompt.Parts.OfType<ImagePart>().Where(part => part.Start >= reuse)
            .ToDictionary(part => part.Start, part => request.Images!.Get(part.Image, report, cancellationToken));

        using var sampler = new LlamaSampler(context.Model, request.Sampling, request.Grammar);
        Observe(sampler, prompt, request.Sampling.RepeatLastN);
        var started = Stopwatch.GetTimestamp();
        if (!context.Memory.Remove(Sequence, reuse))
        {
            Forget(); // a recurrent model cannot forget a part
            reuse = 0;
        }
        known.RemoveRange(reuse, known.Count - reuse);
        report.CachedTokens = reuse;

        var index = Prefill(prompt, features, reuse, cancellationToken);
        report.PromptEvaluation = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        try
        {
            report.FinishReason = Decode(request, sampler, index, report, write, cancellationToken);
        }
        finally
        {
            report.Evaluation = Stopwatch.GetElapsedTime(started);
        }
    }

    /// <summary>Reads the prompt from a position on.</summary>
    /// <returns>Index of the last batch whose logits begin the answer.</returns>
    private int Prefill(PromptSequence prompt, Dictionary<int, float[]> features, int from, CancellationToken cancellationToken)
    {
        var index = -1;
        foreach (var part in prompt.Parts)
        {
            var rows = part is ImagePart ? features.GetValueOrDefault(part.Start) : null;
            for (var at = Math.Max(0, from - part.Start); at < part.Count;)
            {
                batch.Clear();
                for (; at < part.Count && batch.Count < batch.Capacity; at++)
                {
                    var position = part.Start + at;
                    var logits = position == prompt.Count - 1;
                    index = part is TokenPart text
                        ? batch.AddToken(text.Tokens[at], position, Sequence, logits)
                        : batch.AddEmbedding(Row(rows!, at, part.Count), position, Sequence, logits);
                }
                Run(prompt.Keys.Skip(known.Count).Take(batch.Count), cancellationToken);
            }
        }
        return index;
    }

    private ChatFinishReason Decode(
        GenerationRequest request, LlamaSampler sampler, int index, GenerationReport report, Action<int> write, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (report.AnswerTokens >= request.MaxTokens)
                return ChatFinishReason.Length;
            var token = sampler.Sample(context, index);
            if (context.Model.Vocab.IsEndOfGeneration(token) || request.StopTokens.Contains(token))
                return ChatFinishReason.Stop;
            report.AnswerTokens++;
            write(token);
            if (known.Count >= ContextLength)
                return ChatFinishReason.Length;
            batch.Clear();
            index = batch.AddToken(token, known.Count, Sequence, logits: true);
            Run([new PositionKey(0, token)], cancellationToken);
        }
    }

    private void Run(IEnumerable<PositionKey> keys, CancellationToken cancellationToken)
    {
        switch (context.Decode(batch, cancellationToken))
        {
            case DecodeResult.Ok:
                known.AddRange(keys.ToList());
                break;
            case DecodeResult.Cancelled:
                throw new OperationCanceledException(cancellationToken);
            case DecodeResult.NoSpace:
                throw new LlamaException($"The KV cache of {ContextLength} positions had no room for {batch.Count} more after {known.Count}.");
        }
    }

    private void Forget()
    {
        context.Memory.Clear();
        known.Clear();
    }

    private static void Observe(LlamaSampler sampler, PromptSequence prompt, int lastN)
    {
        foreach (var key in prompt.Keys.Skip(Math.Max(0, prompt.Count - lastN)))
        {
            if (key.Image == 0)
                sampler.Observe(key.Value);
        }
    }

    private static ReadOnlySpan<float> Row(float[] rows, int row, int count)
    {
        var width = rows.Length / count;
        return rows.AsSpan(row * width, width);
    }
}
