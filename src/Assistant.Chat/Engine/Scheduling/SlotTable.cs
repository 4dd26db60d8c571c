using Assistant.Chat.Prompts;
using LlamaCpp;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>The model's sequences and what they hold, with those that had to give up their place.</summary>
internal sealed class SlotTable
{
    private readonly ISequenceModel model;
    private readonly Slot[] slots;
    private readonly PrefixStore saved;
    private long uses;

    public SlotTable(ISequenceModel model, long savedPrefixes)
    {
        this.model = model;
        slots = new Slot[model.Sequences];
        for (var sequence = 0; sequence < slots.Length; sequence++)
            slots[sequence] = new Slot(sequence);
        saved = new PrefixStore(savedPrefixes);
    }

    /// <summary>One a sequence, in their order.</summary>
    public Slot[] Slots => slots;

    /// <summary>Whether any slot has a request.</summary>
    public bool AnyBusy
    {
        get
        {
            foreach (var slot in slots)
            {
                if (slot.Job is not null)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Positions at the start of a prompt that are known somewhere.</summary>
    public int Known(IReadOnlyList<PositionKey> prompt)
    {
        var known = saved.Find(prompt).Reuse;
        foreach (var slot in slots)
            known = Math.Max(known, PrefixReuse.Count(slot.Known, prompt));
        return known;
    }

    /// <summary>The best place for a prompt; null if no slot is free.</summary>
    public Placement? Find(IReadOnlyList<PositionKey> prompt) => Placement.Find(slots, saved, prompt);

    /// <summary>Makes a slot hold what is known of a prompt and nothing else.</summary>
    /// <returns>How many positions that are.</returns>
    public int Occupy(Placement place)
    {
        var target = place.Target;
        Touch(target);
        if (model.IdleSequencesCost)
            StoreIdle(place);
        if (place.Lost >= 2 * Placement.WorthCopying)
            Keep(target);
        if (place.Source != target)
            return Fill(place);
        if (target.Known.Count > place.Reuse && !model.Remove(target.Sequence, place.Reuse))
        {
            Forget(target); // a recurrent model cannot forget a part
            return 0;
        }
        target.Known.RemoveRange(place.Reuse, target.Known.Count - place.Reuse);
        return place.Reuse;
    }

    /// <summary>Notes a use: the longest unused slot is the first to be taken.</summary>
    public void Touch(Slot slot) => slot.LastUsed = ++uses;

    /// <summary>Empties a slot.</summary>
    public void Forget(Slot slot)
    {
        model.Remove(slot.Sequence, 0);
        slot.Known.Clear();
    }

    private int Fill(Placement place)
    {
        var target = place.Target;
        Forget(target);
        if (place.Reuse == 0)
            return 0;
        try
        {
            if (place.Saved is { } entry)
            {
                model.Restore(target.Sequence, entry.State);
                saved.Touch(entry);
                if (entry.Keys.Count > place.Reuse && !model.Remove(target.Sequence, place.Reuse))
                {
                    Forget(target);
                    return 0;
                }
                target.Known.AddRange(entry.Keys.Take(place.Reuse));
            }
            else
            {
                model.Copy(place.Source!.Sequence, target.Sequence, place.Reuse);
                target.Known.AddRange(place.Source.Known.Take(place.Reuse));
                Touch(place.Source);
            }
            return place.Reuse;
        }
        catch (LlamaException)
        {
            if (place.Saved is { } broken)
                saved.Remove(broken);
            Forget(target);
            return 0;
        }
    }

    /// <summary>Moves what idle slots hold to the host's memory, as far as that has room.</summary>
    private void StoreIdle(Placement place)
    {
        foreach (var slot in slots)
        {
            if (slot.Job is null && slot != place.Target && slot != place.Source && slot.Known.Count >= Placement.WorthCopying && Keep(slot))
                Forget(slot);
        }
    }

    private bool Keep(Slot slot)
    {
        try
        {
            return saved.Add(slot.Known, model.StateSize(slot.Sequence), () => model.Save(slot.Sequence));
        }
        catch (Exception e) when (e is LlamaException or OutOfMemoryException or OverflowException)
        {
            return false; // only the cache is poorer for it
        }
    }
}
