using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>A KV cache with the buffers to compute on a model. Used by one thread at a time; two at once is an exception, not a crash.</summary>
public sealed unsafe class LlamaContext : IDisposable
{
    private const int MaxThreads = 512; // GGML_MAX_N_THREADS: more aborts

    private readonly SafeLlamaContextHandle handle;
    private readonly bool[] outputs; // by batch index: whether the last decode computed logits there
    private readonly int[] starts, next; // by sequence, of the batch being checked: where it goes on, and the position expected next; -1 while it was not met
    private readonly int? positionTable;
    private readonly int mostThreads;
    private int busy;

    /// <summary>Makes a context.</summary>
    /// <param name="model">A decoder with its weights loaded.</param>
    /// <param name="options">Sizes; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded vocabulary-only or is no plain decoder.</exception>
    /// <exception cref="LlamaException">The KV cache does not fit the machine's memory.</exception>
    public LlamaContext(LlamaModel model, LlamaContextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        if (model.VocabOnly)
            throw new InvalidOperationException($"'{model.FilePath}' was loaded without weights (vocabulary only), so it cannot get a context.");
        if (!model.IsDecoderOnly)
            throw new InvalidOperationException($"'{model.FilePath}' has an encoder; only decoders can get a context.");

        Model = model;
        var parameters = Parameters(model, options);
        handle = SafeLlamaContextHandle.Create(model.Handle, parameters);
        mostThreads = Math.Max(parameters.n_threads, parameters.n_threads_batch);
        handle.StartThreads(mostThreads, options.Poll);
        positionTable = model.HasPositionTable ? model.TrainedContextLength : null;
        ContextLength = (int)LlamaNative.llama_n_ctx(handle);
        BatchSize = (int)LlamaNative.llama_n_batch(handle);
        MicroBatchSize = (int)LlamaNative.llama_n_ubatch(handle);
        MaxSequences = (int)LlamaNative.llama_n_seq_max(handle);
        SequenceLength = (int)LlamaNative.llama_n_ctx_seq(handle);
        SharedCells = options.SharedCells || MaxSequences == 1;
        outputs = new bool[BatchSize];
        (starts, next) = (new int[MaxSequences], new int[MaxSequences]);
        Memory = new LlamaMemory(this);
    }

    /// <summary>The model.</summary>
    public LlamaModel Model { get; }

    /// <summary>Cells of the KV cache, those of all sequences together; llama.cpp may have rounded the asked-for number up.</summary>
    public int ContextLength { get; }

    /// <summary>Most positions of one sequence.</summary>
    public int SequenceLength { get; }

    /// <summary>Whether all sequences share one pool of cells.</summary>
    public bool SharedCells { get; }

    /// <summary>Most tokens in one batch.</summary>
    public int BatchSize { get; }

    /// <summary>Most tokens computed at once.</summary>
    public int MicroBatchSize { get; }

    /// <summary>Most sequences: ids run from 0 to one less.</summary>
    public int MaxSequences { get; }

    /// <summary>What the sequences hold.</summary>
    public LlamaMemory Memory { get; }

    internal SafeLlamaContextHandle Handle => handle;

    /// <summary>Computes a batch: appends it to its sequences and computes the logits that it asks for.</summary>
    /// <param name="batch">Tokens or rows; each sequence goes on at the position after its last one.</param>
    /// <param name="cancellationToken">Stops the computation within one operator.</param>
    /// <returns>What became of it, and what the memory then holds: see <see cref="DecodeResult"/>.</returns>
    /// <exception cref="ArgumentException">The batch does not fit this context: see the message.</exception>
    /// <exception cref="LlamaException">The computation failed.</exception>
    public DecodeResult Decode(LlamaBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var entered = Enter();
        Check(batch);
        ForgetOutputs();
        if (cancellationToken.IsCancellationRequested)
            return DecodeResult.Cancelled;

        using var log = LlamaLog.Collect();
        int code;
        handle.Abort.Set(false);
        using (cancellationToken.UnsafeRegister(static flag => ((AbortFlag)flag!).Set(true), handle.Abort))
            code = batch.Decode(handle);
        if (code == 0)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                outputs[i] = batch.WantsLogits(i);
            }
            return DecodeResult.Ok;
        }

        // Pieces computed before a failure or an abort stay in the memory: take them out again.
        var memory = LlamaNative.llama_get_memory(handle);
        for (var sequence = 0; sequence < MaxSequences; sequence++)
        {
            // What a recurrent model has read it cannot forget: half a batch is worse than nothing.
            if (starts[sequence] >= 0 && LlamaNative.llama_memory_seq_pos_max(memory, sequence) >= starts[sequence] && !LlamaNative.llama_memory_seq_rm(memory, sequence, starts[sequence], -1))
                LlamaNative.llama_memory_seq_rm(memory, sequence, -1, -1);
        }
        return code switch
        {
            1 => DecodeResult.NoSpace,
            2 => DecodeResult.Cancelled,
            _ => throw new LlamaException($"llama_decode failed with {code} on a batch of {batch.Count}.{log.Sentence()}"),
        };
    }

    /// <summary>The logits at an index of the last decoded batch, where llama.cpp keeps them until the next decode.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="CopyLogits"/>.</exception>
    internal ReadOnlySpan<float> Logits(int index)
    {
        if ((uint)index >= (uint)outputs.Length || !outputs[index]) // llama.cpp would abort or hand out null
            throw new InvalidOperationException($"There are no logits at index {index}: the last decode was not asked for them.");
        var logits = LlamaNative.llama_get_logits_ith(handle, index);
        if (logits is null)
            throw new LlamaException($"llama.cpp has no logits at index {index}.");
        return new ReadOnlySpan<float>(logits, Model.Vocab.Count);
    }

    /// <summary>Copies the logits at an index of the last decoded batch.</summary>
    /// <param name="index">The index that <see cref="LlamaBatch.AddToken"/> gave; its logits must have been asked for.</param>
    /// <param name="destination">[vocabulary size]</param>
    /// <exception cref="InvalidOperationException">No logits were asked for at this index, or another decode, a restore or a failure came between.</exception>
    public void CopyLogits(int index, Span<float> destination)
    {
        using var entered = Enter();
        if (destination.Length != Model.Vocab.Count)
            throw new ArgumentException($"There are {Model.Vocab.Count} logits, the destination takes {destination.Length}.", nameof(destination));
        Logits(index).CopyTo(destination);
    }

    /// <summary>The logits at an index of the last decoded batch, as a new array: see <see cref="CopyLogits"/>.</summary>
    public float[] GetLogits(int index)
    {
        var logits = new float[Model.Vocab.Count];
        CopyLogits(index, logits);
        return logits;
    }

    /// <summary>Sets the number of threads from the next decode on.</summary>
    /// <param name="threads">For single tokens, 1 to as many as the context was made with: the larger number of its options.</param>
    /// <param name="batchThreads">For batches, likewise.</param>
    /// <exception cref="ArgumentOutOfRangeException">The context has fewer threads.</exception>
    public void SetThreads(int threads, int batchThreads)
    {
        Between(threads, 1, mostThreads, nameof(threads));
        Between(batchThreads, 1, mostThreads, nameof(batchThreads));
        using var entered = Enter();
        LlamaNative.llama_set_n_threads(handle, threads, batchThreads);
    }

    /// <summary>Replaces the attached adapters; none detaches all. What the memory holds was computed without them: clear it if that matters.</summary>
    /// <param name="attached">Adapters of this context's model with their strength; 1 is as trained.</param>
    /// <exception cref="ArgumentException">An adapter belongs to another model, or a scale is not finite.</exception>
    public void SetAdapters(params (LoraAdapter Adapter, float Scale)[] attached)
    {
        ArgumentNullException.ThrowIfNull(attached);
        foreach (var (adapter, scale) in attached)
        {
            ArgumentNullException.ThrowIfNull(adapter);
            if (!ReferenceEquals(adapter.Model, Model))
                throw new ArgumentException($"The adapter '{adapter.FilePath}' was loaded for another model.", nameof(attached));
            if (!float.IsFinite(scale))
                throw new ArgumentException($"The scale of '{adapter.FilePath}' is not finite.", nameof(attached));
        }
        using var entered = Enter();
        var held = new List<SafeLoraAdapterHandle>();
        try
        {
            var pointers = new nint[attached.Length];
            var scales = new float[attached.Length];
            for (var i = 0; i < attached.Length; i++)
            {
                var added = false;
                attached[i].Adapter.Handle.DangerousAddRef(ref added); // until it is detached
                held.Add(attached[i].Adapter.Handle);
                (pointers[i], scales[i]) = (attached[i].Adapter.Handle.DangerousGetHandle(), attached[i].Scale);
            }
            fixed (nint* p = pointers)
            fixed (float* s = scales)
            {
                if (LlamaNative.llama_set_adapters_lora(handle, p, (nuint)pointers.Length, s) != 0)
                    throw new LlamaException("The adapters could not be attached.");
            }
            (held, handle.Adapters) = (handle.Adapters, held);
        }
        finally
        {
            SafeLoraAdapterHandle.Release(held);
        }
    }

    /// <summary>Frees the context; the model stays.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>Takes the context for one call.</summary>
    /// <exception cref="InvalidOperationException">Another thread is inside.</exception>
    internal Entered Enter()
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        if (Interlocked.Exchange(ref busy, 1) != 0)
            throw new InvalidOperationException("The context is in use by another thread; llama.cpp's contexts serve one at a time.");
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added); // what is disposed of meanwhile is freed when the call is over
        }
        finally
        {
            if (!added)
                Volatile.Write(ref busy, 0);
        }
        return new Entered(this);
    }

    internal void ForgetOutputs() => Array.Clear(outputs);

    internal int CheckSequence(int sequence)
    {
        if (sequence < 0 || sequence >= MaxSequences)
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"The context has sequences 0 to {MaxSequences - 1}.");
        return sequence;
    }

    /// <summary>What llama.cpp would abort on, or silently compute nonsense from.</summary>
    private void Check(LlamaBatch batch)
    {
        if (batch.Count == 0)
            throw new ArgumentException("The batch is empty.", nameof(batch));
        if (batch.Count > BatchSize)
            throw new ArgumentException($"The batch holds {batch.Count}, the context takes at most {BatchSize} at once.", nameof(batch));
        if (batch.EmbeddingLength != 0 && batch.EmbeddingLength != Model.EmbeddingLength)
            throw new ArgumentException($"The rows have {batch.EmbeddingLength} values, the model's embeddings {Model.EmbeddingLength}.", nameof(batch));
        if (batch.EmbeddingLength != 0 && Model.UsesMultiRope)
            throw new ArgumentException("The model has several position numbers a token (M-RoPE); embeddings cannot be fed to it.", nameof(batch));

        var memory = LlamaNative.llama_get_memory(handle);
        Array.Fill(starts, -1);
        for (var i = 0; i < batch.Count; i++)
        {
            var sequence = batch.Sequences[i];
            if (sequence >= MaxSequences)
                throw new ArgumentException($"Sequence {sequence} at index {i}: the context has 0 to {MaxSequences - 1}.", nameof(batch));
            if (batch.EmbeddingLength == 0 && batch.Tokens[i] >= Model.Vocab.Count)
                throw new ArgumentException($"Token {batch.Tokens[i]} at index {i}: the vocabulary has {Model.Vocab.Count}.", nameof(batch));
            if (starts[sequence] < 0)
                starts[sequence] = next[sequence] = LlamaNative.llama_memory_seq_pos_max(memory, sequence) + 1;
            if (batch.Positions[i] != next[sequence])
                throw new ArgumentException($"Position {batch.Positions[i]} at index {i}: sequence {sequence} goes on at {next[sequence]}.", nameof(batch));
            if (positionTable is { } most && batch.Positions[i] >= most)
                throw new ArgumentException($"Position {batch.Positions[i]} at index {i}: the model has learned {most} positions and knows no others.", nameof(batch));
            next[sequence]++;
        }
    }

    private static LlamaContextParamsNative Parameters(LlamaModel model, LlamaContextOptions options)
    {
        var length = options.ContextLength == 0 ? model.TrainedContextLength : options.ContextLength;
        Between(length, 1, 1 << 24, nameof(options.ContextLength));
        Between(options.BatchSize, 1, 1 << 16, nameof(options.BatchSize));
        Between(options.MicroBatchSize, 1, 1 << 16, nameof(options.MicroBatchSize));
        Between(options.MaxSequences, 1, LlamaBackend.MaxSequences, nameof(options.MaxSequences));
        Between(options.Poll, 0, 100, nameof(options.Poll));
        Between(options.Threads, 0, MaxThreads, nameof(options.Threads));
        Between(options.BatchThreads, 0, MaxThreads, nameof(options.BatchThreads));
        if (!Enum.IsDefined(options.FlashAttention) || !Enum.IsDefined(options.KeyValueType))
            throw new ArgumentException("FlashAttention or KeyValueType is not one of the named values.", nameof(options));
        var cells = options.SharedCells ? length : (long)length * options.MaxSequences;
        if (cells > 1 << 24)
            throw new ArgumentOutOfRangeException(nameof(options), cells, $"{options.MaxSequences} sequences of {length} cells are more than {1 << 24}.");
        CheckMemory(model, cells, options.KeyValueType);

        var threads = options.Threads == 0 ? Math.Min(Environment.ProcessorCount, MaxThreads) : options.Threads;
        var parameters = LlamaNative.llama_context_default_params();
        parameters.n_ctx = (uint)cells;
        parameters.n_batch = (uint)Math.Min(options.BatchSize, cells);
        parameters.n_ubatch = (uint)Math.Min(options.MicroBatchSize, (int)parameters.n_batch);
        parameters.n_seq_max = (uint)options.MaxSequences;
        parameters.n_outputs_max_per_seq = 0; // as many as the batch asks for
        parameters.n_threads = threads;
        parameters.n_threads_batch = options.BatchThreads == 0 ? threads : options.BatchThreads;
        parameters.flash_attn_type = (int)options.FlashAttention;
        parameters.type_k = parameters.type_v = (int)options.KeyValueType;
        parameters.kv_unified = (byte)(options.SharedCells ? 1 : 0);
        return parameters;
    }

    // llama.cpp takes any n_ctx and lets the allocator, or the kernel's out-of-memory killer, answer.
    private static void CheckMemory(LlamaModel model, long length, KeyValueType type)
    {
        var headLength = model.HeadCount > 0 ? (long)model.EmbeddingLength / model.HeadCount : model.EmbeddingLength;
        var bytes = 2L * length * model.LayerCount * Math.Max(1, model.KeyValueHeadCount) * headLength * (type == KeyValueType.F32 ? 4 : 2);
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            throw new LlamaException($"A context of {length} tokens needs about {bytes >> 20} MiB for keys and values, the machine has {available >> 20} MiB; choose a smaller context.");
    }

    private static void Between(int value, int low, int high, string name)
    {
        if (value < low || value > high)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {low} to {high}.");
    }

    internal readonly ref struct Entered(LlamaContext context)
    {
        public void Dispose()
        {
            Volatile.Write(ref context.busy, 0);
            context.handle.DangerousRelease();
        }
    }
}
