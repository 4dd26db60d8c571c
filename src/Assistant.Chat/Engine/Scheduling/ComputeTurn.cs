using System.Diagnostics;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Takes turns on the cores with other engines, in the order of asking. For one thread.</summary>
/// <param name="compute">Held during a turn.</param>
/// <param name="tell">Called, from anywhere, when a turn that was waited for has come.</param>
internal sealed class ComputeTurn(SemaphoreSlim compute, Action tell)
{
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(50); // before another engine may compute: changing over costs both of them

    private Task? waiting;
    private bool computing;
    private long started;

    /// <summary>Takes the cores, unless it has them.</summary>
    /// <returns>False if another engine has them.</returns>
    public bool Begin()
    {
        if (computing && Stopwatch.GetElapsedTime(started) < Length)
            return true;
        if (computing)
            End();
        if (waiting is null && !compute.Wait(0))
        {
            waiting = compute.WaitAsync(); // unlike Wait, it queues: whoever releases cannot take it again first
            waiting.ContinueWith(_ => tell(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        if (waiting is { IsCompleted: false })
            return false;
        (waiting, computing, started) = (null, true, Stopwatch.GetTimestamp());
        return true;
    }

    /// <summary>Leaves the cores, or the queue for them.</summary>
    public void End()
    {
        if (computing || waiting is { IsCompleted: true })
            compute.Release();
        else
            waiting?.ContinueWith(_ => compute.Release(), TaskScheduler.Default); // it comes when nobody wants it any more
        (computing, waiting) = (false, null);
    }
}
