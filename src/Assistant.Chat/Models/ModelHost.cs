using Microsoft.Extensions.Logging;

namespace Assistant.Chat.Models;

/// <summary>Keeps one model in memory while it is used, and as long afterwards as asked.</summary>
internal sealed class ModelHost(IModelFiles files, ModelSurroundings surroundings) : IDisposable, IProgress<float>
{
    private readonly Lock gate = new();
    private Loading? loading; // null, under way, or done: the model in memory
    private bool disposed; // its configuration is gone or another
    private TimeSpan? keepAlive = files.Options.KeepAlive;
    private ITimer? timer;
    private float progress;

    public IModelFiles Files => files;

    public string Name => files.Options.Name;

    /// <summary>When it leaves if nobody asks; null if it stays or is in use.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>The model in memory and the bytes that it holds; null if it is not there yet.</summary>
    public (ModelInMemory Model, long Bytes)? Current
    {
        get
        {
            lock (gate)
                return loading is { Task.IsCompletedSuccessfully: true } done ? (done.Task.Result, done.Holding!.Bytes) : null;
        }
    }

    /// <summary>How much of it is loaded, 0 to 1; null if nothing is being loaded.</summary>
    public float? LoadProgress
    {
        get
        {
            lock (gate)
                return loading is { Task.IsCompleted: false } ? progress : null;
        }
    }

    /// <summary>Takes the model for one request; loads it if need be. A failure is not remembered: the next request tries again.</summary>
    /// <param name="keep">How long it stays afterwards; null: as configured.</param>
    /// <param name="contextLength">
    /// Tokens of context that the request asks for. With more than there are the model is loaded again, with as many as it was trained with
    /// at most: running answers end on the old context, later requests have the larger one until the model leaves. Null or fewer: nothing changes.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; the loading stops when nobody waits for it any more.</param>
    /// <returns>Null if the model was configured anew in the meantime: ask its successor.</returns>
    /// <exception cref="ModelLoadException">Its files cannot be used.</exception>
    /// <exception cref="ChatRequestException">The context asked for takes more memory than models may take.</exception>
    public async Task<ModelLease?> AcquireAsync(TimeSpan? keep, int? contextLength, CancellationToken cancellationToken)
    {
        var larger = Larger(contextLength);
        while (true)
        {
            Loading current;
            Loading? outgrown = null;
            lock (gate)
            {
                if (disposed)
                    return null;
                var now = files.Stamp();
                if (loading is { Task.IsCompleted: true } old)
                {
                    if (!old.Task.IsCompletedSuccessfully)
                    {
                        Unload();
                        loading = old.InUseBefore; // what it was to replace is still good
                    }
                    else if (old.Users == 0 && !now.Equals(old.Stamp))
                        Unload(); // the files were written since
                }
                if (larger is { } length && !(loading?.ContextLength >= length))
                    outgrown = Grow(now, length);
                current = loading ??= Begin(now, contextLength: null);
                current.Waiting++;
            }
            outgrown?.Abandon(); // outside the lock: who waits for it comes back here, and finds the larger one
            try
            {
                await current.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                continue; // whoever came before has left, and the loading with him
            }
            finally
            {
                StopWaiting(current);
            }
            lock (gate)
            {
                if (loading != current)
                    continue; // unloaded or outgrown in between
                current.Users++;
                current.Before = null;
                StopTimer();
                keepAlive = keep ?? files.Options.KeepAlive;
            }
            surroundings.Memory.Touch(this);
            return new ModelLease(() => Release(current), current.Task.Result);
        }
    }

    /// <summary>Takes it out of memory as soon as nobody uses it.</summary>
    public void Leave()
    {
        lock (gate)
        {
            if (loading is { Users: > 0 } used)
                used.Leaving = true;
            else
                Unload();
        }
    }

    /// <summary>Takes it out of memory if nobody uses it or waits for it.</summary>
    /// <returns>Whether it left.</returns>
    public bool LeaveIfIdle()
    {
        lock (gate)
        {
            if (loading is not { Task.IsCompletedSuccessfully: true, Users: 0, Waiting: 0 })
                return false;
            Unload();
            return true;
        }
    }

    /// <summary>Takes it out of memory as soon as nobody uses it, for good.</summary>
    public void Dispose()
    {
        lock (gate)
            disposed = true;
        Leave();
    }

    void IProgress<float>.Report(float value) => progress = value;

    private void Release(Loading used)
    {
        lock (gate)
        {
            if (--used.Users > 0)
                return;
            if (used != loading)
                used.Free(); // outgrown
            else if (used.Leaving || keepAlive == TimeSpan.Zero)
                Unload();
            else if (keepAlive is { } stay && stay != Timeout.InfiniteTimeSpan && stay > TimeSpan.Zero)
            {
                stay = TimeSpan.FromTicks(Math.Min(stay.Ticks, TimeSpan.FromDays(30).Ticks));
                ExpiresAt = surroundings.Time.GetUtcNow() + stay;
                timer = surroundings.Time.CreateTimer(_ => Expire(), null, stay, Timeout.InfiniteTimeSpan);
            }
        }
        surroundings.Memory.Touch(this);
    }

    /// <summary>The context to load it with for a request that asks for one; null if what is configured is enough.</summary>
    private int? Larger(int? contextLength)
    {
        var configured = files.Options.ContextLength; // 0: all that it was trained with
        if (contextLength is not { } asked || configured == 0 || asked <= configured)
            return null;
        var possible = files.ContextFor(asked);
        return possible > configured ? possible : null;
    }

    /// <summary>Begins to load it with a larger context. What is in use stays until it no longer is; what is not makes room.</summary>
    /// <returns>What was being loaded, and is wanted no more.</returns>
    private Loading? Grow(object stamp, int contextLength)
    {
        if (surroundings.Memory.Refusal(files.EstimateMemory(contextLength)) is { } refusal)
            throw new ChatRequestException($"A context of {contextLength} tokens is too long for the model '{Name}': {refusal}.");
        var before = loading;
        surroundings.Loggers.CreateLogger<ModelCatalog>().LogInformation(
            "A request asks for a longer context than {Before} tokens: loading the model {Model} with {ContextLength}", before?.ContextLength ?? files.Options.ContextLength, Name, contextLength);
        StopTimer();
        loading = Begin(stamp, contextLength);
        loading.Before = before is { Users: 0 } ? before.Before : before;
        if (before is { Task.IsCompleted: true, Users: 0 })
            before.Free();
        return before is { Task.IsCompleted: false } ? before : null;
    }

    private Loading Begin(object stamp, int? contextLength)
    {
        progress = 0;
        var next = new Loading(stamp, contextLength ?? files.Options.ContextLength);
        next.Task = Task.Run(() => LoadAsync(next), CancellationToken.None);
        return next;
    }

    private async Task<ModelInMemory> LoadAsync(Loading next)
    {
        // What is wrong with the files comes first: nobody has to leave for a model that cannot be loaded.
        if (files.Describe().Problem is { } problem)
            throw new ModelLoadException(problem);
        next.Holding = await surroundings.Memory.TakeAsync(this, files.EstimateMemory(next.ContextLength), next.Stop.Token).ConfigureAwait(false);
        try
        {
            return surroundings.Load(files, next.ContextLength, this, next.Stop.Token);
        }
        catch
        {
            next.Holding.Dispose();
            throw;
        }
    }

    private void StopWaiting(Loading current)
    {
        lock (gate)
        {
            if (--current.Waiting > 0 || current.Task.IsCompleted)
                return;
            if (loading == current)
                loading = current.InUseBefore;
        }
        current.Abandon();
    }

    private void Expire()
    {
        lock (gate)
        {
            if (loading is { Users: 0 } && ExpiresAt is { } end && end <= surroundings.Time.GetUtcNow())
                Unload();
        }
    }

    private void Unload()
    {
        StopTimer();
        var old = loading;
        loading = null;
        old?.Free();
    }

    private void StopTimer()
    {
        timer?.Dispose();
        (timer, ExpiresAt) = (null, null);
    }

    /// <summary>One attempt to bring the model into memory.</summary>
    private sealed class Loading(object stamp, int contextLength)
    {
        private bool freed;

        public object Stamp => stamp;

        /// <summary>Context asked for, and once it is there at least what it has; 0 for all that it was trained with.</summary>
        public int ContextLength => Task is { IsCompletedSuccessfully: true } done ? Math.Max(done.Result.ContextLength, contextLength) : contextLength;

        public CancellationTokenSource Stop { get; } = new();

        public Task<ModelInMemory> Task { get; set; } = null!;

        public ModelMemory.Holding? Holding { get; set; }

        /// <summary>Requests that wait for it.</summary>
        public int Waiting { get; set; }

        /// <summary>Requests that use it.</summary>
        public int Users { get; set; }

        /// <summary>Whether it is unloaded as soon as nobody uses it.</summary>
        public bool Leaving { get; set; }

        /// <summary>What it is to replace, until it is there.</summary>
        public Loading? Before { get; set; }

        /// <summary>What it was to replace, where running answers still keep that in memory.</summary>
        public Loading? InUseBefore => Before is { Users: > 0 } ? Before : null;

        public void Abandon()
        {
            Stop.Cancel();
            Free();
        }

        /// <summary>Frees the model; usually it is done already, one that is still being loaded is freed when it arrives.</summary>
        public void Free()
        {
            if (Interlocked.Exchange(ref freed, true))
                return; // who outgrew it and who was the last to wait for it may both come
            Task.ContinueWith(
                done =>
                {
                    _ = done.Exception; // seen: whoever waited was told
                    if (!done.IsCompletedSuccessfully)
                        return;
                    done.Result.Dispose();
                    Holding!.Dispose();
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}

/// <summary>The right to use a model in memory, until disposed.</summary>
internal sealed class ModelLease(Action release, ModelInMemory model) : IDisposable
{
    private int released;

    /// <summary>The model.</summary>
    public ModelInMemory Model => model;

    /// <summary>The model as one that answers.</summary>
    public ModelRuntime Runtime => (ModelRuntime)model;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref released, 1) == 0)
            release();
    }
}
