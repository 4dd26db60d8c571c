namespace Assistant.Chat.Models;

/// <summary>Shares the memory that models may take: who needs room waits until those that nobody uses have left, the longest unused first.</summary>
internal sealed class ModelMemory
{
    private readonly Lock gate = new();
    private readonly List<Holding> holdings = []; // the longest unused first
    private TaskCompletionSource changed = NewSignal();
    private string limitText = "";

    /// <summary>Most bytes of all models together.</summary>
    public long Limit { get; private set; } = long.MaxValue;

    /// <summary>Bytes taken.</summary>
    public long Used
    {
        get
        {
            lock (gate)
                return holdings.Sum(holding => holding.Bytes);
        }
    }

    /// <summary>Sets the bound, as configuration writes it. Models in memory stay until their room is needed.</summary>
    public void SetLimit(string text)
    {
        lock (gate)
            (Limit, limitText) = (ByteSize.Parse(text, MachineMemory) ?? long.MaxValue, text);
        Signal();
    }

    /// <summary>Bytes of the machine, or of the container that this process runs in.</summary>
    public static long MachineMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Why a model of so many bytes cannot be loaded even if all others leave; null if it can.</summary>
    public string? Refusal(long bytes)
    {
        lock (gate)
            return bytes <= Limit ? null : $"it takes about {ByteSize.Format(bytes)} of memory, models may take {ByteSize.Format(Limit)} (ModelMemoryLimit: {limitText})";
    }

    /// <summary>Takes room for a model; others leave for it if they must and nobody uses them.</summary>
    /// <param name="host">Who asks.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="cancellationToken">Stops waiting for models in use.</param>
    /// <exception cref="ModelLoadException">There is less room than that altogether.</exception>
    public async Task<Holding> TakeAsync(ModelHost host, long bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            List<Holding> others;
            lock (gate)
            {
                if (Refusal(bytes) is { } refusal)
                    throw new ModelLoadException($"The model '{host.Name}' cannot be loaded: {refusal}.");
                if (bytes <= Limit - holdings.Sum(holding => holding.Bytes))
                {
                    var taken = new Holding(this, host, bytes);
                    holdings.Add(taken);
                    return taken;
                }
                (change, others) = (changed.Task, [.. holdings]);
            }
            // Outside the lock: leaving frees native memory, and comes back here to give up its holding.
            if (!others.Exists(holding => holding.Host.LeaveIfIdle()))
                await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Notes that a model is in use now, or was until now.</summary>
    public void Touch(ModelHost host)
    {
        lock (gate)
        {
            var index = holdings.FindIndex(holding => holding.Host == host);
            if (index >= 0)
            {
                var used = holdings[index];
                holdings.RemoveAt(index);
                holdings.Add(used);
            }
        }
        Signal();
    }

    private void Release(Holding holding)
    {
        lock (gate)
            holdings.Remove(holding);
        Signal();
    }

    private void Signal()
    {
        TaskCompletionSource done;
        lock (gate)
            (done, changed) = (changed, NewSignal());
        done.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Room that a model holds until disposed.</summary>
    internal sealed class Holding(ModelMemory memory, ModelHost host, long bytes) : IDisposable
    {
        public ModelHost Host => host;

        public long Bytes => bytes;

        public void Dispose() => memory.Release(this);
    }
}
