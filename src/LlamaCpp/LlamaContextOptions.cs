namespace LlamaCpp;

/// <summary>When flash attention is used (<c>llama_flash_attn_type</c>).</summary>
public enum FlashAttention
{
    /// <summary>llama.cpp decides.</summary>
    Auto = -1,

    /// <summary>Never: decoding after a long prompt is about twice as fast on CPUs.</summary>
    Disabled = 0,

    /// <summary>Always: reading a prompt is about 20 % faster on CPUs.</summary>
    Enabled = 1,
}

/// <summary>Element type of the KV cache (<c>ggml_type</c>).</summary>
public enum KeyValueType
{
    /// <summary>32-bit floats.</summary>
    F32 = 0,

    /// <summary>16-bit floats.</summary>
    F16 = 1,
}

/// <summary>Sizes of a context (<c>llama_context_params</c>).</summary>
public sealed record LlamaContextOptions
{
    /// <summary>Cells of the KV cache: positions of all sequences together, or of each where they are not shared.</summary>
    /// <value>The default is 4096; 0 takes the length that the model was trained with.</value>
    public int ContextLength { get; init; } = 4096;

    /// <summary>Most tokens in one batch (n_batch).</summary>
    /// <value>The default is 512.</value>
    public int BatchSize { get; init; } = 512;

    /// <summary>Most tokens computed at once (n_ubatch); at most <see cref="BatchSize"/>.</summary>
    /// <value>The default is 512. A cancelled decode stops within one operator of such a piece.</value>
    public int MicroBatchSize { get; init; } = 512;

    /// <summary>Most sequences: ids run from 0 to one less.</summary>
    /// <value>The default is 1.</value>
    public int MaxSequences { get; init; } = 1;

    /// <summary>Whether all sequences share one pool of cells (<c>kv_unified</c>).</summary>
    /// <value>
    /// The default is true: prefixes are copied for nothing, but every token attends over the cells of all sequences, those of others masked out.
    /// False gives each sequence its own <see cref="ContextLength"/> cells, and what other sequences hold costs nothing.
    /// </value>
    public bool SharedCells { get; init; } = true;

    /// <summary>How long an idle compute thread spins for the next decode before it sleeps, 0 to 100 (ggml's <c>poll</c>).</summary>
    /// <value>The default is 50, as in llama.cpp.</value>
    public int Poll { get; init; } = 50;

    /// <summary>Threads for single tokens.</summary>
    /// <value>The default is 0: the machine's processors.</value>
    public int Threads { get; init; }

    /// <summary>Threads for batches.</summary>
    /// <value>The default is 0: as <see cref="Threads"/>.</value>
    public int BatchThreads { get; init; }

    /// <summary>When flash attention is used.</summary>
    /// <value>The default is <see cref="FlashAttention.Auto"/>.</value>
    public FlashAttention FlashAttention { get; init; } = FlashAttention.Auto;

    /// <summary>Element type of keys and values.</summary>
    /// <value>The default is <see cref="KeyValueType.F16"/>.</value>
    public KeyValueType KeyValueType { get; init; } = KeyValueType.F16;
}
