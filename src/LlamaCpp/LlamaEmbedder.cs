using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>Turns texts into vectors with a model made for it (BERT, Nomic, Qwen3-Embedding and others), pooled as their files say (a mean where they do not), or with the last state of any decoder. Used by one thread at a time.</summary>
public sealed unsafe class LlamaEmbedder : IDisposable
{
    private const int PoolingNone = 0, PoolingMean = 1, PoolingLast = 3, PoolingRank = 4; // llama_pooling_type

    private readonly SafeLlamaContextHandle handle;
    private readonly LlamaBatch batch;

    /// <summary>Makes one.</summary>
    /// <param name="model">The model, with its weights loaded; the caller keeps it.</param>
    /// <param name="contextLength">Most tokens of a text, 1 to 32768; at most what the model was trained with is of use.</param>
    /// <param name="threads">Threads for computing; 0: the machine's processors.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded vocabulary-only, has an encoder and a decoder, or ranks texts instead.</exception>
    /// <exception cref="LlamaException">The context could not be made.</exception>
    public LlamaEmbedder(LlamaModel model, int contextLength, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contextLength, 32768);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 512); // GGML_MAX_N_THREADS
        if (model.VocabOnly || !model.IsDecoderOnly)
            throw new InvalidOperationException($"'{model.FilePath}' cannot make embeddings: it was loaded without weights, or has an encoder and a decoder.");
        if (model.HasPositionTable && contextLength > model.TrainedContextLength)
            throw new ArgumentOutOfRangeException(nameof(contextLength), contextLength, $"'{model.FilePath}' has learned {model.TrainedContextLength} positions and knows no others.");
        Model = model;
        var parameters = LlamaNative.llama_context_default_params();
        // A model that looks at a text as a whole takes it in one piece.
        parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = (uint)contextLength;
        parameters.n_seq_max = 1;
        parameters.n_threads = parameters.n_threads_batch = threads == 0 ? Math.Min(Environment.ProcessorCount, 512) : threads;
        parameters.embeddings = 1;
        handle = SafeLlamaContextHandle.Create(model.Handle, parameters);
        if (LlamaNative.llama_pooling_type(handle) == PoolingNone)
        {
            // Where each token sees those before it, the last alone has seen the whole text; models that look both ways keep no memory of what came before.
            parameters.pooling_type = LlamaNative.llama_get_memory(handle) == 0 ? PoolingMean : PoolingLast;
            handle.Dispose();
            handle = SafeLlamaContextHandle.Create(model.Handle, parameters);
        }
        if (LlamaNative.llama_pooling_type(handle) == PoolingRank)
        {
            handle.Dispose();
            throw new InvalidOperationException($"'{model.FilePath}' ranks texts; it makes no embeddings.");
        }
        ContextLength = contextLength;
        Width = LlamaNative.llama_model_n_embd_out(model.Handle);
        batch = new LlamaBatch(contextLength);
    }

    /// <summary>The model.</summary>
    public LlamaModel Model { get; }

    /// <summary>Most tokens of a text.</summary>
    public int ContextLength { get; }

    /// <summary>Length of a vector.</summary>
    public int Width { get; }

    /// <summary>The vector of a text.</summary>
    /// <param name="tokens">At least one and at most <see cref="ContextLength"/>, special ones included.</param>
    /// <param name="cancellationToken">Stops within one operator.</param>
    /// <returns>[<see cref="Width"/>], not normalised.</returns>
    /// <exception cref="ArgumentException">There are none, too many, or ones that the vocabulary does not know.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="LlamaException">The computation failed.</exception>
    public float[] Embed(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        if (tokens.IsEmpty || tokens.Length > ContextLength)
            throw new ArgumentException($"A text of {tokens.Length} tokens cannot be embedded; 1 to {ContextLength} are possible.", nameof(tokens));
        batch.Clear();
        foreach (var token in tokens)
        {
            if (token < 0 || token >= Model.Vocab.Count)
                throw new ArgumentException($"The vocabulary has {Model.Vocab.Count} tokens; {token} is none of them.", nameof(tokens));
            batch.AddToken(token, batch.Count, sequence: 0, logits: true);
        }
        cancellationToken.ThrowIfCancellationRequested();
        var memory = LlamaNative.llama_get_memory(handle);
        if (memory != 0) // models that look at a text as a whole have none
            LlamaNative.llama_memory_clear(memory, data: true);

        using var log = LlamaLog.Collect();
        int code;
        handle.Abort.Set(false);
        using (cancellationToken.UnsafeRegister(static flag => ((AbortFlag)flag!).Set(true), handle.Abort))
            code = batch.Decode(handle);
        cancellationToken.ThrowIfCancellationRequested();
        if (code != 0)
            throw new LlamaException($"Computing an embedding of {tokens.Length} tokens failed with {code}.{log.Sentence()}");
        var vector = LlamaNative.llama_get_embeddings_seq(handle, 0);
        if (vector is null)
            throw new LlamaException($"'{Model.FilePath}' gave no embedding.");
        return new ReadOnlySpan<float>(vector, Width).ToArray();
    }

    /// <summary>Frees the context.</summary>
    public void Dispose() => handle.Dispose();
}
