using System.Collections.Concurrent;

namespace Assistant.Training.Trainer;

/// <summary>Prepares the batches of the next steps on another thread while a step computes.</summary>
/// <typeparam name="T">A batch; plain memory, so that it can be made on any thread.</typeparam>
public sealed class BatchPrefetcher<T>(Func<long, T> make, int ahead = 3)
{
    private readonly ConcurrentDictionary<long, Task<T>> pending = new();

    /// <summary>The batch of a step; the following ones are started.</summary>
    /// <param name="step">Any step; asking in order is what pays.</param>
    public T Take(long step)
    {
        for (var next = step; next <= step + ahead; next++)
            pending.GetOrAdd(next, key => Task.Run(() => make(key)));
        pending.TryRemove(step, out var task);
        foreach (var stale in pending.Keys.Where(key => key < step))
            pending.TryRemove(stale, out _);
        return task!.GetAwaiter().GetResult();
    }
}
