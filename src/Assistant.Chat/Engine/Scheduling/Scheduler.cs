using System.Collections.Concurrent;
using System.Diagnostics;
using Assistant.Chat.Prompts;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Serves requests side by side on one model: a thread that, step by step, lets every answer grow by a token and every prompt be read by a share.</summary>
/// <remarks>
/// Requests get slots in the order of arrival, those with new pictures once the vision tower, which runs elsewhere, is done with them.
/// What a request leaves in its slot stays there until the slot is needed for something else, and then in the host's memory while that has room.
/// </remarks>
internal sealed class Scheduler : IDisposable
{
    // Readers that wake take a core from the model's threads, which costs a small model more than a token does: so all at once, and no oftener than eyes can tell.
    private static readonly TimeSpan ReaderRest = TimeSpan.FromMilliseconds(10);

    private readonly ISequenceModel model;
    private readonly SchedulerStatistics statistics;
    private readonly SlotTable table;
    private readonly Slot[] slots;
    private readonly BatchPlan plan;
    private readonly ComputeTurn turn;
    private readonly TowerDesk tower;
    private readonly List<GenerationJob> waiting = []; // in the order of arrival
    private readonly ConcurrentQueue<GenerationJob> arrivals = new();
    private readonly CancellationTokenSource shutdown = new();
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private long flushedAt; // when readers were last handed something
    private int news; // 1 when something came from outside: an arrival, a cancellation, features

    public Scheduler(ISequenceModel model, SemaphoreSlim compute, long savedPrefixes, SchedulerStatistics statistics)
    {
        (this.model, this.statistics) = (model, statistics);
        table = new SlotTable(model, savedPrefixes);
        slots = table.Slots;
        plan = new BatchPlan(model, slots);
        turn = new ComputeTurn(compute, Tell);
        tower = new TowerDesk(model, table, Tell);
        thread = new Thread(Run) { IsBackground = true, Name = "Chat engine" };
        thread.Start();
    }

    /// <summary>Hands a request in.</summary>
    public GenerationJob Submit(GenerationRequest request, GenerationReport report, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(shutdown.IsCancellationRequested, this);
        var job = new GenerationJob(request, report, cancellationToken, shutdown.Token) { ArrivedAt = Stopwatch.GetTimestamp() };
        job.Cancellation.UnsafeRegister(static scheduler => ((Scheduler)scheduler!).Tell(), this);
        arrivals.Enqueue(job);
        Tell();
        return job;
    }

    /// <summary>Ends all requests and waits for what is under way.</summary>
    public void Dispose()
    {
        shutdown.Cancel();
        Tell();
        thread.Join();
        wake.Dispose();
        shutdown.Dispose();
    }

    private void Tell()
    {
        Volatile.Write(ref news, 1);
        try
        {
            wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // A cancellation after the end has nothing left to stop.
        }
    }

    private void Run()
    {
        while (!shutdown.IsCancellationRequested)
        {
            try
            {
                if (Interlocked.Exchange(ref news, 0) != 0)
                    ReadNews();
                if (!table.AnyBusy)
                {
                    tower.ShareCores();
                    turn.End();
                    if (Volatile.Read(ref news) == 0)
                        wake.WaitOne();
                }
                else if (turn.Begin())
                {
                    Step(rows: false);
                    Step(rows: true);
                }
                else
                    wake.WaitOne(); // for the turn, or news
            }
            catch (Exception e)
            {
                FailAll(e); // whatever went wrong must not leave readers waiting for ever
            }
        }
        turn.End();
        ReadNews();
        FailAll(new OperationCanceledException("The model is being unloaded.", shutdown.Token));
        Task.WhenAll(waiting.Select(job => job.Tower ?? Task.CompletedTask)).ContinueWith(_ => { }, TaskScheduler.Default).Wait(); // however they end
    }

    // ---- From outside: arrivals, cancellations, features.

    private void ReadNews()
    {
        while (arrivals.TryDequeue(out var arrival))
        {
            if (!arrival.MissingPictures(table.Known(arrival.Prompt.Keys)).Any())
                arrival.State = JobState.Ready;
            waiting.Add(arrival);
        }
        foreach (var slot in slots)
        {
            if (slot.Job is { Cancellation.IsCancellationRequested: true } job)
                End(job, new OperationCanceledException(job.Cancellation));
        }
        for (var i = 0; i < waiting.Count; i++)
        {
            var job = waiting[i];
            if (job.State != JobState.Done && job.Cancellation.IsCancellationRequested)
                job.Complete(new OperationCanceledException(job.Cancellation)); // at once, though its tower may take a moment to notice
            if (job.State == JobState.Encoding && job.Tower!.IsCompleted)
                TowerDesk.ReadFeatures(job);
        }
        waiting.RemoveAll(static job => job.State == JobState.Done && job.Tower is null or { IsCompleted: true });
        do
            tower.LookAhead(waiting);
        while (Assign());
    }

    // ---- Slots.

    /// <summary>Gives free slots to those who wait, in the order of arrival.</summary>
    /// <returns>Whether anybody got one.</returns>
    private bool Assign()
    {
        var assigned = false;
        foreach (var job in waiting)
        {
            if (job.State != JobState.Ready)
                continue;
            if (table.Find(job.Prompt.Keys) is not { } place)
                break; // first come, first served
            if (!IsBeingRead(job, place.Reuse))
                Guarded(job, () => Start(job, place));
            assigned |= job.State == JobState.Reading;
        }
        waiting.RemoveAll(static job => job.State is JobState.Reading or JobState.Done && job.Tower is null or { IsCompleted: true });
        return assigned;
    }

    /// <summary>Whether another request reads much of the same prompt just now: then it is quicker to wait for it and take a copy.</summary>
    private bool IsBeingRead(GenerationJob job, int reuse)
    {
        foreach (var slot in slots)
        {
            if (slot.Job is { State: JobState.Reading } other && PrefixReuse.Count(other.Prompt.Keys, job.Prompt.Keys) >= reuse + 2 * Placement.WorthCopying)
                return true;
        }
        return false;
    }

    private void Start(GenerationJob job, Placement place)
    {
        if (job.MissingPictures(place.Reuse).Any())
        {
            tower.Encode(job, 0); // a prefix has gone since it was looked for
            return;
        }
        job.StartedAt = Stopwatch.GetTimestamp();
        job.Sampler = model.CreateSampler(job.Request.Sampling, job.Request.Grammar); // before anything is forgotten for it
        Observe(job.Sampler, job.Prompt, job.Request.Sampling.RepeatLastN);
        var reuse = table.Occupy(place);
        var slot = place.Target;
        if (job.MissingPictures(reuse).Any())
        {
            job.Sampler.Dispose();
            job.Sampler = null;
            tower.Encode(job, 0); // this kind of model could not forget a part
            return;
        }
        (slot.Job, job.Slot, job.State) = (job, slot, JobState.Reading);
        job.Seek(reuse);
        job.Report.CachedTokens = reuse;
        var waited = Stopwatch.GetElapsedTime(job.ArrivedAt, job.StartedAt) - job.Report.Vision;
        job.Report.Queued = waited > TimeSpan.Zero ? waited : TimeSpan.Zero;
        statistics.Started(job);
    }

    // ---- Steps.

    private void Step(bool rows)
    {
        if (!(rows ? plan.PlanRows() : plan.PlanTokens()))
            return;
        tower.ShareCores();
        var started = Stopwatch.GetTimestamp();
        if (plan.PromptTokens > 0)
            FlushAll(started); // this step may be a long one
        try
        {
            // A request that is alone can be stopped in the middle; several are stopped between steps, which are short.
            if (Decode(plan.Jobs.Count == 1 ? plan.Jobs[0].Cancellation : shutdown.Token))
                plan.Observe(Stopwatch.GetElapsedTime(started));
        }
        catch (Exception e) when (e is LlamaException or ArgumentException && plan.Jobs.Count == 1)
        {
            Fail(plan.Jobs[0], e);
            FailLost(e);
        }
        catch (Exception e) when (e is LlamaException or ArgumentException)
        {
            FailLost(e);
            foreach (var job in plan.Jobs.ToArray()) // whose fault it is shows when they are computed one by one
            {
                if (job.Slot is null)
                    continue;
                plan.Isolate(job);
                Guarded(job, () => Decode(job.Cancellation));
            }
        }
    }

    private bool Decode(CancellationToken cancellationToken)
    {
        switch (model.Decode(plan.Batch, cancellationToken))
        {
            case DecodeResult.Cancelled:
                FailLost(new OperationCanceledException(cancellationToken));
                Volatile.Write(ref news, 1);
                return false;
            case DecodeResult.NoSpace:
                throw new LlamaException($"The KV cache had no room for {plan.Batch.Count} more positions.");
        }
        statistics.Decoded(plan.Batch.Count - plan.Bridges.Count);
        foreach (var slot in plan.Bridges)
        {
            if (!model.Remove(slot.Sequence, slot.Known.Count))
            {
                plan.CanBridge = false;
                if (slot.Job is { } job)
                    Fail(job, new LlamaException("The sequence could not be restored."));
                table.Forget(slot);
            }
        }
        var (freed, begun) = (false, false);
        for (var i = 0; i < plan.Jobs.Count; i++)
        {
            var job = plan.Jobs[i];
            if (job.Slot is null)
                continue;
            Advance(job);
            if (job.LogitsIndex >= 0)
                TryDraw(job);
            freed |= job.State == JobState.Done;
            begun |= job is { State: JobState.Writing, Report.AnswerTokens: 1 }; // a first token waits for nothing
        }
        if (freed)
            Volatile.Write(ref news, 1); // a slot for those who wait
        var now = Stopwatch.GetTimestamp();
        if (begun || Stopwatch.GetElapsedTime(flushedAt, now) >= ReaderRest)
            FlushAll(now);
        return true;
    }

    /// <summary>Notes what the batch has put into a request's slot.</summary>
    private void Advance(GenerationJob job)
    {
        var known = job.Slot!.Known;
        if (job.State == JobState.Writing)
        {
            known.Add(new PositionKey(0, job.Pending));
            return;
        }
        for (var i = 0; i < job.Take; i++)
            known.Add(job.Prompt.Keys[known.Count]);
        job.Seek(known.Count);
        statistics.Read(job.Take);
        job.Report.Progress?.TryWrite(new PromptProgress(job.Prompt.Count, job.Report.CachedTokens, known.Count, Stopwatch.GetElapsedTime(job.StartedAt)));
        if (job.LogitsIndex >= 0 && waiting.Count > 0)
            Volatile.Write(ref news, 1); // whoever waited for this prompt can copy it now
    }

    private void TryDraw(GenerationJob job) // Guarded, without a closure for each token
    {
        try
        {
            Draw(job);
        }
        catch (LlamaException e)
        {
            Fail(job, e);
        }
    }

    /// <summary>Draws the next token of an answer and ends it if that was the last.</summary>
    private void Draw(GenerationJob job)
    {
        var report = job.Report;
        var token = job.Sampler!.Sample(job.LogitsIndex);
        var now = Stopwatch.GetTimestamp();
        if (job.State == JobState.Reading)
        {
            job.State = JobState.Writing;
            job.FirstTokenAt = now;
            report.PromptEvaluation = Stopwatch.GetElapsedTime(job.StartedAt, now);
        }
        report.Evaluation = Stopwatch.GetElapsedTime(job.FirstTokenAt, now);
        if (model.IsEndOfGeneration(token) || job.Request.StopTokens.Contains(token))
        {
            report.FinishReason = ChatFinishReason.Stop;
            End(job, null);
            return;
        }
        report.AnswerTokens++;
        statistics.Wrote();
        if (job.Sampler.Logprobs is { } logprobs)
            report.Logprobs.Enqueue(logprobs);
        job.Write(token);
        job.Pending = token;
        if (report.AnswerTokens >= job.Request.MaxTokens || job.Slot!.Known.Count >= model.SequenceLength || job.Sampler.HasGivenUp)
        {
            report.FinishReason = ChatFinishReason.Length;
            End(job, null);
        }
    }

    private void FlushAll(long now)
    {
        foreach (var slot in slots)
        {
            if (slot.Job is { State: JobState.Writing } job)
                job.Flush();
        }
        flushedAt = now;
    }

    // ---- Ends.

    private void End(GenerationJob job, Exception? failure)
    {
        if (job.Slot is { } slot)
        {
            (slot.Job, job.Slot) = (null, null);
            table.Touch(slot);
            Volatile.Write(ref news, 1);
        }
        job.Complete(failure);
    }

    /// <summary>Ends a request after an error of its own; nothing is known any more of what its slot holds.</summary>
    private void Fail(GenerationJob job, Exception failure)
    {
        var slot = job.Slot;
        End(job, failure);
        if (slot is not null)
            table.Forget(slot);
    }

    /// <summary>Notices which sequences lost what they held when a step failed or was stopped.</summary>
    private void FailLost(Exception failure)
    {
        foreach (var slot in slots)
        {
            if (model.Count(slot.Sequence) >= slot.Known.Count)
                continue;
            if (slot.Job is { } job)
                Fail(job, failure);
            else
                table.Forget(slot);
        }
    }

    private void Guarded(GenerationJob job, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is LlamaException or ArgumentException or InvalidOperationException)
        {
            Fail(job, e);
        }
    }

    private void FailAll(Exception failure)
    {
        foreach (var job in waiting)
            job.Complete(failure);
        foreach (var slot in slots)
        {
            if (slot.Job is { } job)
                End(job, failure);
        }
        foreach (var slot in slots)
            table.Forget(slot);
    }

    private static void Observe(ITokenSampler sampler, PromptSequence prompt, int lastN)
    {
        for (var i = Math.Max(0, prompt.Count - lastN); i < prompt.Count; i++)
        {
            if (prompt.Keys[i].Image == 0)
                sampler.Observe(prompt.Keys[i].Value);
        }
    }
}
