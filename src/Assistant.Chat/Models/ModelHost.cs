namespace Assistant.Chat.Models;

/// <summary>Keeps one model in memory while it is used, and as long afterwards as asked.</summary>
internal sealed class ModelHost(IModelFiles files, ModelSurroundings surroundings) : IDisposable, IProgress<float>
{
    private readonly Lock gate = new();
    private Loading? loading; // null, under way, or done: the model in memory
    private int users;
    private bool leaving; // unload as soon as nobody uses it
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
    /// <param name="cancellationToken">Stops waiting; the loading stops when nobody waits for it any more.</param>
    /// <returns>Null if the model was configured anew in the meantime: ask its successor.</returns>
    /// <exception cref="ModelLoadException">Its files cannot be used.</exception>
    public async Task<ModelLease?> AcquireAsync(TimeSpan? keep, CancellationToken cancellationToken)
    {
        while (true)
        {
            Loading current;
            lock (gate)
            {
                if (disposed)
                    return null;
                var now = files.Stamp();
                if (loading is { Task.IsCompleted: true } old && (!old.Task.IsCompletedSuccessfully || (users == 0 && !now.Equals(old.Stamp))))
                    Unload(); // failed before, or the files were written since
                current = loading ??= Begin(now);
                current.Waiting++;
            }
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
                    continue; // unloaded in between
                users++;
                StopTimer();
                keepAlive = keep ?? files.Options.KeepAlive;
            }
            surroundings.Memory.Touch(this);
            return new ModelLease(this, current.Task.Result);
        }
    }

    /// <summary>Takes it out of memory as soon as nobody uses it.</summary>
    public void Leave()
    {
        lock (gate)
        {
            if (users > 0)
                leaving = true;
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
            if (users > 0 || loading is not { Task.IsCompletedSuccessfully: true, Waiting: 0 })
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

    internal void Release()
    {
        lock (gate)
        {
            if (--users > 0)
                return;
            if (leaving || keepAlive == TimeSpan.Zero)
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

    private Loading Begin(object stamp)
    {
        progress = 0;
        var next = new Loading(stamp);
        next.Task = Task.Run(() => LoadAsync(next), CancellationToken.None);
        return next;
    }

    private async Task<ModelInMemory> LoadAsync(Loading next)
    {
        // What is wrong with the files comes first: nobody has to leave for a model that cannot be loaded.
        if (files.Describe().Problem is { } problem)
            throw new ModelLoadException(problem);
        next.Holding = await surroundings.Memory.TakeAsync(this, files.EstimateMemory(), next.Stop.Token).ConfigureAwait(false);
        try
        {
            return surroundings.Load(files, this, next.Stop.Token);
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
                loading = null;
        }
        current.Abandon();
    }

    private void Expire()
    {
        lock (gate)
        {
            if (users == 0 && ExpiresAt is { } end && end <= surroundings.Time.GetUtcNow())
                Unload();
        }
    }

    private void Unload()
    {
        StopTimer();
        leaving = false;
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
    private sealed class Loading(object stamp)
    {
        public object Stamp => stamp;

        public CancellationTokenSource Stop { get; } = new();

        public Task<ModelInMemory> Task { get; set; } = null!;

        public ModelMemory.Holding? Holding { get; set; }

        /// <summary>Requests that wait for it.</summary>
        public int Waiting { get; set; }

        public void Abandon()
        {
            Stop.Cancel();
            Free();
        }

        /// <summary>Frees the model; usually it is done already, one that is still being loaded is freed when it arrives.</summary>
        public void Free() => Task.ContinueWith(
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

/// <summary>The right to use a model in memory, until disposed.</summary>
internal sealed class ModelLease(ModelHost host, ModelInMemory model) : IDisposable
{
    private int released;

    /// <summary>The model.</summary>
    public ModelInMemory Model => model;

    /// <summary>The model as one that answers.</summary>
    public ModelRuntime Runtime => (ModelRuntime)model;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref released, 1) == 0)
            host.Release();
    }
}
