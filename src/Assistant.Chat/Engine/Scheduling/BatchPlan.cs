using Assistant.Chat.Prompts;
using LlamaCpp;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Puts batches together: a token of every answer that is being written, and shares of the prompts that are being read.</summary>
/// <remarks>llama.cpp takes tokens or rows in a batch, never both, so prompts that stand in a picture take turns with everything else.</remarks>
internal sealed class BatchPlan(ISequenceModel model, IReadOnlyList<Slot> slots)
{
    // Longer steps make streams stutter, and leave cancelled requests in their slots and other models waiting for too long.
    private const double StepBesideAnswers = 0.1, StepBesidePrompts = 0.25, StepAlone = 1; // seconds
    private const int SmallestShare = 16;

    private readonly LlamaBatch batch = new(model.BatchSize);
    private readonly List<GenerationJob> jobs = [];
    private readonly List<Slot> bridges = [];
    private double secondsPerToken; // of reading, as seen lately; 0 while nothing was seen

    /// <summary>The batch.</summary>
    public LlamaBatch Batch => batch;

    /// <summary>Requests that have positions in the batch.</summary>
    public IReadOnlyList<GenerationJob> Jobs => jobs;

    /// <summary>Idle sequences that take part with a token that is forgotten afterwards, so that one pass over the weights does for their neighbours on both sides.</summary>
    public IReadOnlyList<Slot> Bridges => bridges;

    /// <summary>Whether idle sequences may take part; not in a model that cannot forget a token.</summary>
    public bool CanBridge { get; set; } = model.PrefersNeighbours;

    /// <summary>Positions of prompts in the batch.</summary>
    public int PromptTokens { get; private set; }

    /// <summary>Plans the tokens of one step.</summary>
    /// <returns>False if nobody has any.</returns>
    public bool PlanTokens() => Plan(rows: false);

    /// <summary>Plans the rows of one step.</summary>
    /// <returns>False if nobody has any.</returns>
    public bool PlanRows() => Plan(rows: true);

    /// <summary>Narrows the plan to one of its requests.</summary>
    public void Isolate(GenerationJob job)
    {
        jobs.Clear();
        jobs.Add(job);
        Compose(job.ReadsRows);
    }

    /// <summary>Learns how long a step took.</summary>
    public void Observe(TimeSpan elapsed)
    {
        if (PromptTokens < SmallestShare)
            return;
        var seen = elapsed.TotalSeconds / PromptTokens;
        secondsPerToken = secondsPerToken == 0 ? seen : 0.7 * secondsPerToken + 0.3 * seen;
    }

    private bool Plan(bool rows)
    {
        jobs.Clear();
        var (active, writers, readers) = (0, 0, 0);
        foreach (var slot in slots)
        {
            if (slot.Job is not { } job)
                continue;
            active++;
            var writes = job.State == JobState.Writing;
            job.Take = writes && !rows ? 1 : 0;
            writers += writes ? 1 : 0;
            readers += !writes && job.ReadsRows == rows ? 1 : 0;
        }
        if (readers > 0)
            Share(rows, Budget(active, writers), readers);
        foreach (var slot in slots) // by sequence: llama.cpp computes together what ascends without a gap
        {
            if (slot.Job is { Take: > 0 } job)
                jobs.Add(job);
        }
        if (jobs.Count == 0)
            return false;
        Compose(rows);
        return true;
    }

    /// <summary>Positions of prompts that a step may hold, beside a token of each writer and room for bridges.</summary>
    private int Budget(int active, int writers)
    {
        var most = Math.Max(1, model.BatchSize - slots.Count);
        if (secondsPerToken == 0)
            return Math.Min(most, 4 * SmallestShare); // to learn how long it takes
        var (seconds, least) = active == 1 ? (StepAlone, 8 * SmallestShare) : (writers > 0 ? StepBesideAnswers : StepBesidePrompts, SmallestShare);
        return (int)Math.Min(Math.Max(seconds / secondsPerToken, least), most);
    }

    /// <summary>Equal shares; what one has no use for goes to the others.</summary>
    private void Share(bool rows, int budget, int readers)
    {
        budget = Math.Max(budget, readers);
        while (budget > 0 && readers > 0)
        {
            var share = Math.Max(1, budget / readers);
            readers = 0;
            foreach (var slot in slots)
            {
                if (budget == 0 || slot.Job is not { State: JobState.Reading } job || job.ReadsRows != rows)
                    continue;
                var more = Math.Min(Math.Min(share, budget), job.Readable - job.Take);
                job.Take += more;
                budget -= more;
                readers += job.Take < job.Readable ? 1 : 0;
            }
        }
    }

    private void Compose(bool rows)
    {
        batch.Clear();
        bridges.Clear();
        PromptTokens = 0;
        var previous = -1;
        foreach (var job in jobs)
        {
            var slot = job.Slot!;
            if (previous >= 0 && !rows && batch.Count <= slots.Count)
                Bridge(previous + 1, slot.Sequence);
            previous = slot.Sequence;
            job.LogitsIndex = -1;
            if (job.State == JobState.Writing)
                job.LogitsIndex = batch.AddToken(job.Pending, slot.Known.Count, slot.Sequence, logits: true);
            else
                Add(job, slot);
        }
    }

    private void Bridge(int from, int to)
    {
        if (!CanBridge)
            return;
        for (var sequence = from; sequence < to; sequence++)
        {
            if (slots[sequence].Known.Count >= model.SequenceLength)
                return; // no room: the batch falls into two passes
        }
        for (var sequence = from; sequence < to; sequence++)
        {
            batch.AddToken(0, slots[sequence].Known.Count, sequence);
            bridges.Add(slots[sequence]);
        }
    }

    private void Add(GenerationJob job, Slot slot)
    {
        var (position, part) = (slot.Known.Count, job.Part);
        for (var end = position + job.Take; position < end; position++)
        {
            while (position >= job.Prompt.Parts[part].Start + job.Prompt.Parts[part].Count)
                part++;
            var last = position == job.Prompt.Count - 1;
            var at = position - job.Prompt.Parts[part].Start;
            var index = job.Prompt.Parts[part] is TokenPart text
                ? batch.AddToken(text.Tokens[at], position, slot.Sequence, last)
                : batch.AddEmbedding(Row(job.Features[part]!, at, job.Prompt.Parts[part].Count), position, slot.Sequence, last);
            if (last)
                job.LogitsIndex = index;
        }
        PromptTokens += job.Take;
    }

    private static ReadOnlySpan<float> Row(float[] rows, int row, int count)
    {
        var width = rows.Length / count;
        return rows.AsSpan(row * width, width);
    }
}
