using Assistant.Chat.Prompts;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Sequences that had to give up their slot, kept in the host's memory within a bound; the longest unused leave first.</summary>
/// <param name="capacity">Most bytes; 0 keeps nothing.</param>
internal sealed class PrefixStore(long capacity)
{
    private readonly LinkedList<SavedPrefix> entries = []; // most recent first

    /// <summary>Bytes kept.</summary>
    public long Size { get; private set; }

    public int Count => entries.Count;

    /// <summary>The saved sequence that goes furthest into a prompt, and how far.</summary>
    public (SavedPrefix? Entry, int Reuse) Find(IReadOnlyList<PositionKey> prompt)
    {
        var best = (Entry: (SavedPrefix?)null, Reuse: 0);
        foreach (var entry in entries)
        {
            var reuse = PrefixReuse.Count(entry.Keys, prompt);
            if (reuse > best.Reuse)
                best = (entry, reuse);
        }
        return best;
    }

    /// <summary>Notes a use.</summary>
    public void Touch(SavedPrefix entry)
    {
        if (entries.Remove(entry))
            entries.AddFirst(entry);
    }

    public void Remove(SavedPrefix entry)
    {
        if (entries.Remove(entry))
            Size -= entry.State.Length;
    }

    /// <summary>Keeps a sequence, unless a saved one holds all of it or it is larger than the whole store.</summary>
    /// <param name="keys">What stands at its positions.</param>
    /// <param name="size">Bytes that it takes.</param>
    /// <param name="save">Makes the copy; called only if it is kept.</param>
    /// <returns>Whether a saved sequence holds all of it now.</returns>
    public bool Add(IReadOnlyList<PositionKey> keys, long size, Func<byte[]> save)
    {
        if (size > capacity)
            return false;
        for (var node = entries.First; node is not null;)
        {
            var (entry, next) = (node.Value, node.Next);
            if (Begins(entry.Keys, keys))
            {
                Touch(entry);
                return true;
            }
            if (Begins(keys, entry.Keys))
                Remove(entry);
            node = next;
        }
        while (Size + size > capacity && entries.Last is { } last)
            Remove(last.Value);
        var state = save();
        entries.AddFirst(new SavedPrefix([.. keys], state));
        Size += state.Length;
        return true;
    }

    private static bool Begins(IReadOnlyList<PositionKey> whole, IReadOnlyList<PositionKey> start)
    {
        if (start.Count > whole.Count)
            return false;
        for (var i = 0; i < start.Count; i++)
        {
            if (whole[i] != start[i])
                return false;
        }
        return true;
    }
}

/// <summary>A sequence in the host's memory.</summary>
/// <param name="Keys">What stands at its positions.</param>
/// <param name="State">What <see cref="ISequenceModel.Save"/> gave.</param>
internal sealed record SavedPrefix(IReadOnlyList<PositionKey> Keys, byte[] State);
