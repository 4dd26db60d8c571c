using Assistant.Chat.Grammars;
using Assistant.Chat.Tools.Calling;
using LlamaCpp;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>llama.cpp under the scheduler.</summary>
/// <remarks>
/// All sequences share one pool of cells where what an idle conversation holds can leave it. A shared pool lets llama.cpp multiply the queries of all sequences
/// with the keys at once, where own cells take a call for each pair of query and key: four answers of 100 tokens at a time come a tenth faster with heads of
/// 96 and a fifth faster with heads of 32. But every token then attends over the cells of all sequences, those of others masked out, so an idle conversation
/// of 600 tokens slows another one down by a fifth. The pool is used, therefore, where <see cref="EngineOptions.SavedPrefixes"/> holds a whole conversation;
/// otherwise each sequence has cells of its own.
/// </remarks>
internal sealed class LlamaSequenceModel : ISequenceModel
{
    private readonly LlamaModel model;
    private readonly LlamaContext context;
    private readonly int threads, batchThreads;
    private readonly Lazy<TokenBytes> tokens; // for grammars
    private bool shared;

    public LlamaSequenceModel(LlamaModel model, LlamaContextOptions options, long savedPrefixes)
    {
        this.model = model;
        // llama.cpp rounds lengths up; a conversation gets what was asked for.
        var asked = options.ContextLength == 0 ? model.TrainedContextLength : options.ContextLength;
        var width = (long)model.EmbeddingLength / Math.Max(1, model.HeadCount) * model.KeyValueHeadCount;
        var shared = 4L * asked * model.LayerCount * width <= savedPrefixes; // keys and values of 2 bytes each
        context = new LlamaContext(model, options with { SharedCells = shared, ContextLength = shared ? (int)Math.Min((long)asked * options.MaxSequences, int.MaxValue) : asked });
        threads = options.Threads == 0 ? Math.Min(Environment.ProcessorCount, 512) : options.Threads;
        batchThreads = options.BatchThreads == 0 ? threads : options.BatchThreads;
        tokens = new(() => new TokenBytes(model.Vocab, ToolCallReader.AllMarks)); // models that were trained with such tokens know no other spelling
        SequenceLength = Math.Min(asked, context.SequenceLength);
    }

    public int Sequences => context.MaxSequences;

    public int SequenceLength { get; }

    public int BatchSize => context.BatchSize;

    public bool PrefersNeighbours => !context.SharedCells;

    public bool IdleSequencesCost => context.SharedCells;

    /// <summary>See <see cref="LlamaContext.SetAdapters"/>.</summary>
    public void SetAdapters((LoraAdapter Adapter, float Scale)[] adapters) => context.SetAdapters(adapters);

    public bool IsEndOfGeneration(int token) => model.Vocab.IsEndOfGeneration(token);

    public int Count(int sequence) => context.Memory.LastPosition(sequence) + 1;

    public DecodeResult Decode(LlamaBatch batch, CancellationToken cancellationToken) => context.Decode(batch, cancellationToken);

    public bool Remove(int sequence, int from) => context.Memory.Remove(sequence, from);

    public void Copy(int source, int destination, int count) => context.Memory.Copy(source, destination, count);

    public long StateSize(int sequence) => context.Memory.StateSize(sequence);

    public byte[] Save(int sequence) => context.Memory.Save(sequence);

    public void Restore(int sequence, byte[] state) => context.Memory.Restore(sequence, state);

    public ITokenSampler CreateSampler(SamplingOptions options, Grammar? grammar) =>
        new Sampler(context, new LlamaSampler(model, options, grammar is null ? null : new GrammarConstraint(grammar, tokens.Value, model.Vocab)));

    public void ShareCores(bool shared)
    {
        if (shared == this.shared)
            return;
        this.shared = shared;
        context.SetThreads(Share(threads), Share(batchThreads));
        int Share(int count) => shared ? Math.Max(1, count / 2) : count;
    }

    public void Dispose() => context.Dispose();

    private sealed class Sampler(LlamaContext context, LlamaSampler sampler) : ITokenSampler
    {
        public bool HasGivenUp => sampler.HasGivenUp;

        public TokenLogprobs? Logprobs => sampler.Logprobs;

        public int Sample(int index) => sampler.Sample(context, index);

        public void Observe(int token) => sampler.Observe(token);

        public void Dispose() => sampler.Dispose();
    }
}
