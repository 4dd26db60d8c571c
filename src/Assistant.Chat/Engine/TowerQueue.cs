using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Assistant.Vision;
using Assistant.Vision.Imaging;

namespace Assistant.Chat.Engine;

/// <summary>Pictures on their way through a vision tower: first come, first served; what waits together goes through together, as long as that is quick. For several threads.</summary>
/// <remarks>
/// A small tower takes hardly longer for four pictures than for one, so those who ask at a time begin at a time. A large one takes four times as long:
/// there the first has his answer sooner, and nobody has his later, if pictures go one by one.
/// </remarks>
/// <param name="encoder">Tower and projector.</param>
/// <param name="cache">Features known already.</param>
/// <param name="pixels">Pictures decoded already.</param>
/// <param name="time">Tells how long the tower takes.</param>
internal sealed class TowerQueue(IImageEncoder encoder, ImageFeatureCache cache, DecodedImageCache pixels, TimeProvider time) : IDisposable
{
    private const double LongestRun = 0.25; // seconds, of several pictures
    private const int MostPictures = 8;

    private readonly Lock gate = new();
    private readonly List<Entry> waiting = []; // in the order of arrival
    private readonly int length = encoder.TokensPerImage * encoder.EmbeddingLength;
    private readonly AutoResetEvent wake = new(false);
    private Run? current;
    private Thread? thread; // one for good: OpenMP, which libtorch computes with, makes a team of threads for each thread that asks
    private volatile bool ended;
    private double secondsPerPicture; // as seen lately; 0 while nothing was seen

    /// <summary>Features of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="cancellationToken">Leaves; the tower stops between blocks if nobody else waits for what it computes.</param>
    /// <returns>The features, and whether the tower ran for this call rather than for one before it, or not at all.</returns>
    /// <exception cref="ChatRequestException">The data is no picture that can be read.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave something else than finite rows.</exception>
    public async Task<(float[] Features, bool Ran)> EncodeAsync(PromptImage image, CancellationToken cancellationToken)
    {
        var key = image.FeatureKey(encoder.Fingerprint);
        Entry? entry;
        bool first;
        lock (gate)
        {
            entry = waiting.Find(other => other.Key == key) ?? (current is { Abandoned: false } run ? run.Entries.Find(other => other.Key == key) : null);
            first = entry is null;
            if (entry is null)
                waiting.Add(entry = new Entry(key, image));
            PrepareNext();
            entry.Wanted++;
            if (thread is null)
                (thread = new Thread(Serve) { IsBackground = true, Name = "Vision tower" }).Start();
        }
        wake.Set();
        try
        {
            var features = await entry.Features.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return (features, first && entry.Ran);
        }
        finally
        {
            Leave(entry);
        }
    }

    /// <summary>Waits for what the tower is doing; nobody may want a picture any more.</summary>
    public void Dispose()
    {
        ended = true;
        wake.Set();
        thread?.Join();
        wake.Dispose();
    }

    /// <summary>Decodes those whose turn is next, and no others: pixels take far more memory than the file. Within the gate, whenever who waits changes.</summary>
    private void PrepareNext()
    {
        foreach (var entry in waiting.Take(MostPictures))
            entry.Prepared ??= Task.Run(() => Prepare(entry), CancellationToken.None);
    }

    private (float[]? Known, RgbImage? Picture) Prepare(Entry entry)
    {
        if (cache.Find(entry.Key, length) is { } known)
            return (known, null);
        try
        {
            return (null, pixels.Get(entry.Image));
        }
        catch (ImageDecodeException e)
        {
            throw new ChatRequestException(e.Message, e);
        }
    }

    private void Leave(Entry entry)
    {
        Run? abandoned = null;
        lock (gate)
        {
            entry.Wanted--;
            if (entry.Wanted == 0 && waiting.Remove(entry))
                PrepareNext();
            if (current is { Abandoned: false } run && run.Entries.TrueForAll(other => other.Wanted == 0))
            {
                run.Abandoned = true;
                abandoned = run;
            }
        }
        abandoned?.Stop.Cancel();
    }

    private void Serve()
    {
        while (Next() is { } entry)
        {
            Task.WaitAny(entry.Prepared!); // which says nothing of how it ended
            if (Take() is not { } run)
                continue;
            Encode(run, run.Entries);
            lock (gate)
                current = null;
        }
    }

    /// <summary>Waits for who comes next; null ends the serving.</summary>
    private Entry? Next()
    {
        while (!ended)
        {
            lock (gate)
            {
                if (waiting is [var next, ..])
                    return next;
            }
            wake.WaitOne();
        }
        return null;
    }

    /// <summary>Takes the first of those who wait, and those behind them as far as they are decoded; who needs no tower is served at once.</summary>
    /// <returns>Null if nobody is left that needs one.</returns>
    private Run? Take()
    {
        lock (gate)
        {
            var most = secondsPerPicture == 0 ? 1 : (int)Math.Clamp(LongestRun / secondsPerPicture, 1, MostPictures);
            var entries = new List<Entry>();
            while (entries.Count < most && waiting is [{ Prepared: { IsCompleted: true } prepared } entry, ..])
            {
                waiting.RemoveAt(0);
                if (prepared is { IsCompletedSuccessfully: true, Result: { Known: { } known } })
                    entry.Features.TrySetResult(known);
                else if (prepared.IsCompletedSuccessfully)
                    entries.Add(entry);
                else
                    entry.Features.TrySetException(prepared.Exception!.InnerException!);
            }
            PrepareNext();
            return current = entries.Count == 0 ? null : new Run(entries);
        }
    }

    private void Encode(Run run, List<Entry> entries)
    {
        var started = time.GetTimestamp();
        try
        {
            var features = encoder.Encode([.. entries.Select(entry => entry.Prepared!.Result.Picture!)], run.Stop.Token);
            var seen = time.GetElapsedTime(started).TotalSeconds / entries.Count;
            secondsPerPicture = secondsPerPicture == 0 ? seen : (secondsPerPicture + seen) / 2;
            foreach (var (entry, rows) in entries.Zip(features))
                Finish(entry, rows);
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            entries.ForEach(entry => entry.Features.TrySetCanceled(run.Stop.Token));
        }
        catch (Exception) when (entries.Count > 1)
        {
            entries.ForEach(entry => Encode(run, [entry])); // whose fault it is shows when they go one by one
        }
        catch (Exception e)
        {
            entries.ForEach(entry => entry.Features.TrySetException(e));
        }
    }

    private void Finish(Entry entry, float[] rows)
    {
        if (rows.Length != length)
            entry.Features.TrySetException(new InvalidOperationException($"The encoder gave {rows.Length} values, not {encoder.TokensPerImage} x {encoder.EmbeddingLength}."));
        else if (Array.Exists(rows, value => !float.IsFinite(value)))
            entry.Features.TrySetException(new InvalidOperationException("The encoder gave values that are not finite."));
        else
        {
            cache.Add(entry.Key, rows);
            entry.Ran = true;
            entry.Features.TrySetResult(rows);
        }
    }

    /// <summary>A picture that somebody wants.</summary>
    private sealed class Entry(UInt128 key, PromptImage image)
    {
        public UInt128 Key => key;

        public PromptImage Image => image;

        /// <summary>The features if they are known, else the pixels; null until it is among the next.</summary>
        public Task<(float[]? Known, RgbImage? Picture)>? Prepared { get; set; }

        public TaskCompletionSource<float[]> Features { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>How many wait for it.</summary>
        public int Wanted { get; set; }

        /// <summary>Whether the tower ran for it.</summary>
        public bool Ran { get; set; }
    }

    /// <summary>Pictures in the tower.</summary>
    private sealed class Run(List<Entry> entries)
    {
        public List<Entry> Entries => entries;

        /// <summary>Never disposed of: who leaves last may cancel it when it is done, and it holds nothing but memory.</summary>
        public CancellationTokenSource Stop { get; } = new();

        /// <summary>Nobody wants any of them any more.</summary>
        public bool Abandoned { get; set; }
    }
}
