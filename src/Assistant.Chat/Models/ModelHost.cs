namespace Assistant.Chat.Models;

/// <summary>Keeps one configured model in memory while it is used, and as long afterwards as asked.</summary>
internal sealed class ModelHost(ModelFiles files, Func<ModelFiles, ModelRuntime> load, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private Task<ModelRuntime>? loading; // null, under way, or done: the model in memory
    private (FileStamp, FileStamp?) stamps;
    private int users;
    private bool leaving; // unload as soon as nobody uses it
    private TimeSpan? keepAlive = files.Options.KeepAlive;
    private ITimer? timer;

    public ModelFiles Files => files;

    /// <summary>When it leaves if nobody asks; null if it stays or is in use.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>The model in memory; null if it is not there yet.</summary>
    public ModelRuntime? Current
    {
        get
        {
            lock (gate)
                return loading is { IsCompletedSuccessfully: true } done ? done.Result : null;
        }
    }

    /// <summary>Takes the model for one request; loads it if need be. A failure is not remembered: the next request tries again.</summary>
    /// <param name="keep">How long it stays afterwards; null: as configured.</param>
    /// <param name="cancellationToken">Stops waiting; the loading goes on.</param>
    /// <exception cref="ModelLoadException">Its files cannot be used.</exception>
    public async Task<ModelLease> AcquireAsync(TimeSpan? keep, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<ModelRuntime> task;
            lock (gate)
            {
                var now = files.Stamps();
                if (loading is { IsCompleted: true } old && (old.IsFaulted || (users == 0 && now != stamps)))
                    Unload(); // failed before, or the files were written since
                if (loading is null)
                {
                    stamps = now;
                    loading = Task.Run(() => load(files), CancellationToken.None);
                }
                task = loading;
            }
            var runtime = await task.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                if (loading != task)
                    continue; // unloaded in between
                users++;
                StopTimer();
                keepAlive = keep ?? files.Options.KeepAlive;
                return new ModelLease(this, runtime);
            }
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

    public void Dispose() => Leave();

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
                ExpiresAt = time.GetUtcNow() + stay;
                timer = time.CreateTimer(_ => Expire(), null, stay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Expire()
    {
        lock (gate)
        {
            if (users == 0 && ExpiresAt is { } end && end <= time.GetUtcNow())
                Unload();
        }
    }

    private void Unload()
    {
        StopTimer();
        leaving = false;
        var old = loading;
        loading = null;
        // Usually done already; one that is still being loaded is freed when it arrives.
        old?.ContinueWith(done => done.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void StopTimer()
    {
        timer?.Dispose();
        (timer, ExpiresAt) = (null, null);
    }
}

/// <summary>The right to use a model in memory, until disposed.</summary>
internal sealed class ModelLease(ModelHost host, ModelRuntime runtime) : IDisposable
{
    private int released;

    public ModelRuntime Runtime => runtime;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref released, 1) == 0)
            host.Release();
    }
}
