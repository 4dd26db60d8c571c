using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>The KV cache of a context, sequence by sequence (<c>llama_memory_*</c> and <c>llama_state_seq_*</c>).</summary>
public sealed unsafe class LlamaMemory
{
    private const int HeaderSize = 4 + 32 + 32; // magic, model and context kind, SHA-256 of what follows
    private static ReadOnlySpan<byte> Magic => "LSQ1"u8;

    private readonly LlamaContext context;
    private readonly byte[] kind;

    internal LlamaMemory(LlamaContext context)
    {
        this.context = context;
        using var entered = context.Enter();
        if (LlamaNative.llama_get_memory(context.Handle) == 0)
            throw new InvalidOperationException($"'{context.Model.FilePath}' keeps no memory between tokens; it cannot generate.");
        CanShift = LlamaNative.llama_memory_can_shift(LlamaNative.llama_get_memory(context.Handle));
        var model = context.Model;
        kind = SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{model.Description}|{model.ParameterCount}|{model.LayerCount}|{model.EmbeddingLength}|{model.KeyValueHeadCount}|{model.Vocab.Count}|{LlamaBackend.Version}"));
    }

    /// <summary>Whether <see cref="Shift"/> works for this kind of model.</summary>
    public bool CanShift { get; }

    /// <summary>First position of a sequence; -1 if it is empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int FirstPosition(int sequence)
    {
        context.CheckSequence(sequence);
        using var entered = context.Enter();
        return LlamaNative.llama_memory_seq_pos_min(Pointer, sequence);
    }

    /// <summary>Last position of a sequence; -1 if it is empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int LastPosition(int sequence)
    {
        context.CheckSequence(sequence);
        using var entered = context.Enter();
        return LlamaNative.llama_memory_seq_pos_max(Pointer, sequence);
    }

    /// <summary>Empties all sequences.</summary>
    public void Clear()
    {
        using var entered = context.Enter();
        LlamaNative.llama_memory_clear(Pointer, data: false);
    }

    /// <summary>Removes positions [<paramref name="from"/>, <paramref name="to"/>) of a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="from">First position to remove.</param>
    /// <param name="to">Position after the last one to remove; null: to the end.</param>
    /// <returns>False if this kind of model cannot forget a part; then nothing was removed.</returns>
    /// <exception cref="ArgumentException">There is no such sequence or range.</exception>
    public bool Remove(int sequence, int from = 0, int? to = null)
    {
        CheckRange(sequence, from, to);
        using var entered = context.Enter();
        return LlamaNative.llama_memory_seq_rm(Pointer, sequence, from, to ?? -1);
    }

    /// <summary>Makes a sequence hold positions of another one: they share the cells, or get copies where each has cells of its own (see <see cref="LlamaContextOptions.SharedCells"/>).</summary>
    /// <param name="source">The sequence to share.</param>
    /// <param name="destination">An empty sequence.</param>
    /// <param name="to">Position after the last one to share; null: to the end.</param>
    /// <exception cref="ArgumentException">There is no such sequence, or the destination is not empty.</exception>
    /// <exception cref="LlamaException">The cells could not be copied, or this kind of model cannot share a part of a sequence; the destination is empty.</exception>
    public void Copy(int source, int destination, int? to = null)
    {
        CheckRange(source, 0, to);
        context.CheckSequence(destination);
        if (source == destination)
            return;
        if (!context.SharedCells)
        {
            CopyCells(source, destination, to);
            return;
        }
        using var entered = context.Enter();
        if (LlamaNative.llama_memory_seq_pos_max(Pointer, destination) >= 0)
            throw NotEmpty(destination);
        // All of it, and then less: asked for a part, a recurrent model's memory shares all it has without a word.
        LlamaNative.llama_memory_seq_cp(Pointer, source, destination, 0, -1);
        Shorten(source, destination, to);
    }

    /// <summary>Empties all sequences but one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public void Keep(int sequence)
    {
        context.CheckSequence(sequence);
        using var entered = context.Enter();
        LlamaNative.llama_memory_seq_keep(Pointer, sequence);
    }

    /// <summary>Removes [<paramref name="from"/>, <paramref name="to"/>) and moves what follows down to close the gap.</summary>
    /// <returns>False if this kind of model cannot forget a part; then nothing changed.</returns>
    /// <exception cref="ArgumentException">There is no such sequence or range.</exception>
    /// <exception cref="InvalidOperationException">Positions of this kind of model cannot be moved.</exception>
    /// <remarks>What follows was computed in sight of what is removed, so answers are close to, not the same as, those of a fresh prompt.</remarks>
    public bool Shift(int sequence, int from, int to)
    {
        CheckRange(sequence, from, to);
        if (!CanShift)
            throw new InvalidOperationException("Positions of this kind of model cannot be moved.");
        using var entered = context.Enter();
        if (!LlamaNative.llama_memory_seq_rm(Pointer, sequence, from, to))
            return false;
        LlamaNative.llama_memory_seq_add(Pointer, sequence, to, -1, from - to);
        return true;
    }

    /// <summary>Bytes that <see cref="Save"/> of a sequence would take.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public long StateSize(int sequence)
    {
        context.CheckSequence(sequence);
        using var entered = context.Enter();
        return HeaderSize + (long)LlamaNative.llama_state_seq_get_size(context.Handle, sequence);
    }

    /// <summary>A copy of a sequence, to be put back into a context of the same model later; empty sequences have a state too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public byte[] Save(int sequence)
    {
        context.CheckSequence(sequence);
        using var entered = context.Enter();
        var size = checked((int)LlamaNative.llama_state_seq_get_size(context.Handle, sequence));
        var state = new byte[HeaderSize + size];
        fixed (byte* data = state)
        {
            if (LlamaNative.llama_state_seq_get_data(context.Handle, data + HeaderSize, (nuint)size, sequence) != (nuint)size)
                throw new LlamaException($"The state of sequence {sequence} could not be copied.");
        }
        Magic.CopyTo(state);
        kind.CopyTo(state, 4);
        SHA256.HashData(state.AsSpan(HeaderSize), state.AsSpan(36));
        return state;
    }

    /// <summary>Replaces a sequence by a saved one.</summary>
    /// <param name="sequence">The sequence; what it holds is removed.</param>
    /// <param name="state">What <see cref="Save"/> gave.</param>
    /// <exception cref="ArgumentException">It is not a state, is damaged, or comes from another model.</exception>
    /// <exception cref="LlamaException">It has no room in the KV cache; the sequence is then empty.</exception>
    public void Restore(int sequence, ReadOnlySpan<byte> state)
    {
        context.CheckSequence(sequence);
        if (state.Length <= HeaderSize || !state[..4].SequenceEqual(Magic))
            throw new ArgumentException("These bytes are not a saved sequence.", nameof(state));
        if (!state.Slice(4, 32).SequenceEqual(kind))
            throw new ArgumentException("The sequence was saved with another model or another release of llama.cpp.", nameof(state));
        // llama.cpp trusts the counts inside.
        if (!SHA256.HashData(state[HeaderSize..]).AsSpan().SequenceEqual(state.Slice(36, 32)))
            throw new ArgumentException("The saved sequence is damaged.", nameof(state));
        using var entered = context.Enter();
        context.ForgetOutputs();
        LlamaNative.llama_memory_seq_rm(Pointer, sequence, -1, -1);
        fixed (byte* data = state)
        {
            if (LlamaNative.llama_state_seq_set_data(context.Handle, data + HeaderSize, (nuint)(state.Length - HeaderSize), sequence) == 0)
            {
                LlamaNative.llama_memory_seq_rm(Pointer, sequence, -1, -1);
                throw new LlamaException($"The saved sequence does not fit the free part of a context of {context.ContextLength}.");
            }
        }
    }

    // Callers have entered the context, which keeps the handle, and so this pointer, alive.
    private nint Pointer => LlamaNative.llama_get_memory(context.Handle);

    // llama.cpp aborts when a part of a sequence is copied between buffers, and copies whole ones at the next decode, used cells or not.
    private void CopyCells(int source, int destination, int? to)
    {
        using var entered = context.Enter();
        if (LlamaNative.llama_memory_seq_pos_max(Pointer, destination) >= 0)
            throw NotEmpty(destination);
        context.ForgetOutputs();
        var size = LlamaNative.llama_state_seq_get_size(context.Handle, source);
        var data = (byte*)NativeMemory.Alloc(size);
        try
        {
            if (LlamaNative.llama_state_seq_get_data(context.Handle, data, size, source) != size || LlamaNative.llama_state_seq_set_data(context.Handle, data, size, destination) == 0)
            {
                LlamaNative.llama_memory_seq_rm(Pointer, destination, -1, -1);
                throw new LlamaException($"Sequence {source} could not be copied to {destination}.");
            }
        }
        finally
        {
            NativeMemory.Free(data);
        }
        Shorten(source, destination, to);
    }

    // Leaves a copy its first positions.
    private void Shorten(int source, int destination, int? to)
    {
        if (to is { } end && end <= LlamaNative.llama_memory_seq_pos_max(Pointer, source) && !LlamaNative.llama_memory_seq_rm(Pointer, destination, end, -1))
        {
            LlamaNative.llama_memory_seq_rm(Pointer, destination, -1, -1);
            throw new LlamaException($"This kind of model cannot forget a part of a sequence, so {end} positions of sequence {source} cannot be copied alone.");
        }
    }

    private static ArgumentException NotEmpty(int sequence) => new($"Sequence {sequence} is not empty; remove its positions first.");

    private void CheckRange(int sequence, int from, int? to)
    {
        context.CheckSequence(sequence);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        if (to < from)
            throw new ArgumentException($"[{from}, {to}) is not a range of positions.", nameof(to));
    }
}
