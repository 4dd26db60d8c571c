using Assistant.Chat.Prompts;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Where a prompt goes: the slot, and from where it gets what is known of the prompt already.</summary>
/// <param name="Target">A free slot.</param>
/// <param name="Reuse">Positions of the prompt that need not be read.</param>
/// <param name="Source">The slot that holds them, which may be the target; null where none does.</param>
/// <param name="Saved">The saved sequence that holds them; null where a slot does or nobody.</param>
internal sealed record Placement(Slot Target, int Reuse, Slot? Source, SavedPrefix? Saved)
{
    /// <summary>Fewer positions than this are read faster than a copy is made and looked after.</summary>
    public const int WorthCopying = 32;

    /// <summary>Positions that the target holds and that this prompt has no use for.</summary>
    public int Lost => Source == Target ? Target.Known.Count - Reuse : Target.Known.Count;

    /// <summary>Finds the best place.</summary>
    /// <param name="slots">All slots, one of them free.</param>
    /// <param name="saved">Sequences in the host's memory.</param>
    /// <param name="prompt">What is asked for.</param>
    /// <returns>
    /// The slot that the conversation goes on in, if there is one; otherwise an empty slot or the one unused for longest, with a copy of the longest known beginning.
    /// Null if no slot is free.
    /// </returns>
    public static Placement? Find(IReadOnlyList<Slot> slots, PrefixStore saved, IReadOnlyList<PositionKey> prompt)
    {
        Slot? victim = null, source = null;
        var best = 0;
        foreach (var slot in slots)
        {
            var reuse = PrefixReuse.Count(slot.Known, prompt);
            // Among equals a free slot, which needs no copy.
            if (reuse > best || (reuse == best && reuse > 0 && source?.Job is not null))
                (source, best) = (slot, reuse);
            if (slot.Job is null && (victim is null || Rank(slot) < Rank(victim)))
                victim = slot;
        }
        if (victim is null)
            return null;
        if (source is { Job: null } && source.Known.Count - best < WorthCopying)
            return new Placement(source, best, source, null);
        var (entry, kept) = saved.Find(prompt);
        if (entry is not null && kept > best)
            return new Placement(victim, kept, null, entry);
        return best >= WorthCopying || source == victim ? new Placement(victim, best, source, null) : new Placement(victim, 0, null, null);

        static long Rank(Slot slot) => slot.Known.Count == 0 ? -1 : slot.LastUsed;
    }
}
