using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>Input of one decode: token ids, or rows of embeddings, with their positions and sequences.</summary>
/// <remarks>Every value is checked when it is added, except what depends on a context, which <see cref="LlamaContext.Decode"/> checks. One kind a batch: llama.cpp takes either.</remarks>
public sealed unsafe class LlamaBatch
{
    private readonly int[] tokens, positions, sequences;
    private readonly sbyte[] outputs;
    private float[] embeddings = [];

    /// <summary>An empty batch.</summary>
    /// <param name="capacity">Most tokens or rows; a context takes at most <see cref="LlamaContext.BatchSize"/>.</param>
    public LlamaBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 16);
        Capacity = capacity;
        (tokens, positions, sequences, outputs) = (new int[capacity], new int[capacity], new int[capacity], new sbyte[capacity]);
    }

    /// <summary>Most tokens or rows.</summary>
    public int Capacity { get; }

    /// <summary>Tokens or rows added.</summary>
    public int Count { get; private set; }

    /// <summary>Width of the rows; 0 while the batch is empty or holds tokens.</summary>
    public int EmbeddingLength { get; private set; }

    /// <summary>Positions of what was added.</summary>
    public ReadOnlySpan<int> Positions => positions.AsSpan(0, Count);

    /// <summary>Sequences of what was added.</summary>
    public ReadOnlySpan<int> Sequences => sequences.AsSpan(0, Count);

    internal ReadOnlySpan<int> Tokens => tokens.AsSpan(0, Count);

    /// <summary>Whether logits were asked for at this index.</summary>
    public bool WantsLogits(int index) => outputs.AsSpan(0, Count)[index] != 0;

    /// <summary>Adds a token.</summary>
    /// <param name="token">Its id.</param>
    /// <param name="position">Its position in the sequence, from 0.</param>
    /// <param name="sequence">Its sequence.</param>
    /// <param name="logits">Whether to compute the logits of what follows it.</param>
    /// <returns>Its index in the batch, by which the logits are read.</returns>
    /// <exception cref="InvalidOperationException">The batch is full or holds embeddings.</exception>
    public int AddToken(int token, int position, int sequence = 0, bool logits = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        if (EmbeddingLength != 0)
            throw new InvalidOperationException("The batch holds embeddings; tokens need a batch of their own.");
        var index = Add(position, sequence, logits);
        tokens[index] = token;
        return index;
    }

    /// <summary>Adds a row that takes a token embedding's place.</summary>
    /// <param name="embedding">[embedding_length], all finite.</param>
    /// <param name="position">Its position in the sequence, from 0.</param>
    /// <param name="sequence">Its sequence.</param>
    /// <param name="logits">Whether to compute the logits of what follows it.</param>
    /// <returns>Its index in the batch, by which the logits are read.</returns>
    /// <exception cref="ArgumentException">A value is NaN or infinite, or the width is not that of the rows before.</exception>
    /// <exception cref="InvalidOperationException">The batch is full or holds tokens.</exception>
    public int AddEmbedding(ReadOnlySpan<float> embedding, int position, int sequence = 0, bool logits = false)
    {
        if (embedding.IsEmpty)
            throw new ArgumentException("An embedding has at least one value.", nameof(embedding));
        if (Count > 0 && EmbeddingLength == 0)
            throw new InvalidOperationException("The batch holds tokens; embeddings need a batch of their own.");
        if (Count > 0 && EmbeddingLength != embedding.Length)
            throw new ArgumentException($"The rows of this batch have {EmbeddingLength} values, not {embedding.Length}.", nameof(embedding));
        // llama.cpp computes on with NaN, and every later token of the sequence is lost.
        foreach (var value in embedding)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException("An embedding holds a value that is not finite.", nameof(embedding));
        }
        var index = Add(position, sequence, logits);
        EmbeddingLength = embedding.Length;
        if (embeddings.Length < Capacity * EmbeddingLength)
            embeddings = new float[Capacity * EmbeddingLength];
        embedding.CopyTo(embeddings.AsSpan(index * EmbeddingLength));
        return index;
    }

    /// <summary>Empties the batch; it can then take either kind.</summary>
    public void Clear() => (Count, EmbeddingLength) = (0, 0);

    private int Add(int position, int sequence, bool logits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        if (Count == Capacity)
            throw new InvalidOperationException($"The batch is full: it was made for {Capacity}.");
        positions[Count] = position;
        sequences[Count] = sequence;
        outputs[Count] = logits ? (sbyte)1 : (sbyte)0;
        return Count++;
    }

    /// <summary>Runs an already checked batch: pins the arrays and builds the pointers that C wants for the length of the call.</summary>
    internal int Decode(SafeLlamaContextHandle context)
    {
        var counts = new int[Count];
        Array.Fill(counts, 1);
        var sequencePointers = new nint[Count];
        fixed (int* token = tokens, position = positions, sequence = sequences, count = counts)
        fixed (float* embedding = embeddings)
        fixed (sbyte* output = outputs)
        fixed (nint* pointers = sequencePointers)
        {
            for (var i = 0; i < Count; i++)
                pointers[i] = (nint)(sequence + i);
            var batch = new LlamaBatchNative
            {
                n_tokens = Count,
                token = EmbeddingLength == 0 ? token : null,
                embd = EmbeddingLength == 0 ? null : embedding,
                pos = position,
                n_seq_id = count,
                seq_id = (int**)pointers,
                logits = output,
            };
            return LlamaNative.llama_decode(context, batch);
        }
    }
}
