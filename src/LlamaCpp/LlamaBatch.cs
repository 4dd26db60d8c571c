using System.Runtime.CompilerServices;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>Input of one decode: token ids, or rows of embeddings, with their positions and sequences.</summary>
/// <remarks>Every value is checked when it is added, except what depends on a context, which <see cref="LlamaContext.Decode"/> checks. One kind a batch: llama.cpp takes either.</remarks>
public sealed unsafe class LlamaBatch
{
    // Pinned, so that a decode neither copies nor allocates.
    private readonly int[] tokens, positions, sequences, counts;
    private readonly nint[] sequencePointers;
    private readonly sbyte[] outputs;
    private float[] embeddings = [];

    /// <summary>An empty batch.</summary>
    /// <param name="capacity">Most tokens or rows; a context takes at most <see cref="LlamaContext.BatchSize"/>.</param>
    public LlamaBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 16);
        Capacity = capacity;
        (tokens, positions, sequences, counts) = (Pinned<int>(capacity), Pinned<int>(capacity), Pinned<int>(capacity), Pinned<int>(capacity));
        (sequencePointers, outputs) = (Pinned<nint>(capacity), Pinned<sbyte>(capacity));
        Array.Fill(counts, 1);
        for (var i = 0; i < capacity; i++)
            sequencePointers[i] = (nint)Pointer(sequences, i);
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

    /// <summary>Tokens that were added; meaningless in a batch of rows.</summary>
    public ReadOnlySpan<int> Tokens => tokens.AsSpan(0, Count);

    /// <summary>A row that was added.</summary>
    /// <returns>[<see cref="EmbeddingLength"/>]</returns>
    public ReadOnlySpan<float> Embedding(int index) => embeddings.AsSpan(0, Count * EmbeddingLength).Slice(index * EmbeddingLength, EmbeddingLength);

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
            embeddings = Pinned<float>(Capacity * EmbeddingLength);
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

    /// <summary>Runs an already checked batch.</summary>
    internal int Decode(SafeLlamaContextHandle context)
    {
        var rows = EmbeddingLength != 0;
        var code = LlamaNative.llama_decode(context, new LlamaBatchNative
        {
            n_tokens = Count,
            token = rows ? null : Pointer(tokens, 0),
            embd = rows ? Pointer(embeddings, 0) : null,
            pos = Pointer(positions, 0),
            n_seq_id = Pointer(counts, 0),
            seq_id = (int**)Pointer(sequencePointers, 0),
            logits = Pointer(outputs, 0),
        });
        GC.KeepAlive(this);
        return code;
    }

    private static T[] Pinned<T>(int length) => GC.AllocateUninitializedArray<T>(length, pinned: true);

    private static T* Pointer<T>(T[] array, int index) where T : unmanaged => (T*)Unsafe.AsPointer(ref array[index]);
}
