namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Sums since the engine was made. Written by the scheduler's thread, read by anybody.</summary>
internal sealed class SchedulerStatistics
{
    private long requests, promptTokens, cachedTokens, answerTokens, batches, batchTokens;

    public EngineStatistics Snapshot(int slots, int active, int waiting) => new()
    {
        Slots = slots,
        Active = active,
        Waiting = waiting,
        Requests = Interlocked.Read(ref requests),
        PromptTokens = Interlocked.Read(ref promptTokens),
        CachedTokens = Interlocked.Read(ref cachedTokens),
        AnswerTokens = Interlocked.Read(ref answerTokens),
        Batches = Interlocked.Read(ref batches),
        BatchTokens = Interlocked.Read(ref batchTokens),
    };

    public void Started(GenerationJob job)
    {
        requests++;
        cachedTokens += job.Report.CachedTokens;
    }

    public void Read(int tokens) => promptTokens += tokens;

    public void Wrote() => answerTokens++;

    public void Decoded(int tokens)
    {
        batches++;
        batchTokens += tokens;
    }
}
