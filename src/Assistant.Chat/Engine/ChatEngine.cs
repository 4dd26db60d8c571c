using System.Runtime.CompilerServices;
using Assistant.Chat.Engine.Scheduling;
using LlamaCpp;

namespace Assistant.Chat.Engine;

/// <summary>Writes answers with one model, several at a time (continuous batching), keeping what conversations leave in the KV cache for their next turn.</summary>
/// <remarks>Callers see a stream of tokens for a request, and nothing of how sequences share the model; see <see cref="Scheduler"/>.</remarks>
public sealed class ChatEngine : IDisposable
{
    private const int Poll = 5; // threads that spin for long after an answer take the cores from the vision tower

    private readonly ISequenceModel model;
    private readonly Scheduler scheduler;
    private readonly SchedulerStatistics statistics = new();
    private readonly int maxQueue;
    private int inside;

    /// <summary>Makes an engine.</summary>
    /// <param name="model">The model; the caller keeps it.</param>
    /// <param name="options">Sizes of its context; the context length is that of each conversation.</param>
    /// <param name="compute">Held while computing. Engines that share one never compete for the same cores: llama.cpp's threads spin, and two at once are several times slower than one after the other.</param>
    /// <param name="engine">How many requests it serves at a time; null takes the defaults.</param>
    public ChatEngine(LlamaModel model, LlamaContextOptions options, SemaphoreSlim compute, EngineOptions? engine = null)
        : this(Sequences(model, options ?? throw new ArgumentNullException(nameof(options)), engine ?? new()), compute, engine ?? new())
    {
    }

    internal ChatEngine(ISequenceModel model, SemaphoreSlim compute, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(compute);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxQueue);
        this.model = model;
        maxQueue = options.MaxQueue;
        scheduler = new Scheduler(model, compute, options.SavedPrefixes, statistics);
    }

    /// <summary>Positions of a conversation's context.</summary>
    public int ContextLength => model.SequenceLength;

    /// <summary>Requests served side by side.</summary>
    public int Slots => model.Sequences;

    /// <summary>What it is doing and has done.</summary>
    public EngineStatistics Statistics
    {
        get
        {
            var all = Volatile.Read(ref inside);
            return statistics.Snapshot(Slots, Math.Min(all, Slots), Math.Max(0, all - Slots));
        }
    }

    /// <summary>Puts adapters on the model, before the first answer.</summary>
    public void SetAdapters(params (LoraAdapter Adapter, float Scale)[] adapters) => ((LlamaSequenceModel)model).SetAdapters(adapters);

    /// <summary>Writes an answer.</summary>
    /// <param name="request">Prompt and bounds.</param>
    /// <param name="report">Filled in; complete when the stream ends.</param>
    /// <param name="cancellationToken">Stops at once, also while waiting; the engine stays usable.</param>
    /// <returns>The answer's tokens without the one that ended it.</returns>
    /// <exception cref="EngineBusyException">Too many requests are waiting.</exception>
    /// <exception cref="Models.ChatRequestException">A picture cannot be read.</exception>
    /// <exception cref="LlamaException">The grammar does not compile, or the model computes nonsense.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, or the engine disposed of.</exception>
    public async IAsyncEnumerable<int> GenerateAsync(
        GenerationRequest request, GenerationReport report, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(report);
        if (request.Prompt.Count == 0 || request.Prompt.Count >= ContextLength)
            throw new ArgumentException($"The prompt takes {request.Prompt.Count} positions, the context has {ContextLength}.", nameof(request));
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (Interlocked.Increment(ref inside) > Slots + (long)maxQueue)
                throw new EngineBusyException();
            using var job = scheduler.Submit(request, report, cancellationToken);
            try
            {
                await foreach (var token in job.Tokens.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                    yield return token;
            }
            finally
            {
                await job.Stop.CancelAsync().ConfigureAwait(false); // for a reader who leaves early
                await job.Completed.ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    /// <summary>Ends what is being written and frees the context.</summary>
    public void Dispose()
    {
        scheduler.Dispose();
        model.Dispose();
    }

    private static LlamaSequenceModel Sequences(LlamaModel model, LlamaContextOptions options, EngineOptions engine) =>
        new(model, options with { MaxSequences = engine.Slots, Poll = Poll }, engine.SavedPrefixes);
}
