using Assistant.Chat.Prompts;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Sends the pictures of waiting requests to the vision tower, which runs on threads of its own. Used by the scheduler's thread.</summary>
/// <param name="model">Shares the cores with the tower.</param>
/// <param name="table">Knows what slots and saved prefixes hold.</param>
/// <param name="tell">Wakes the scheduler.</param>
internal sealed class TowerDesk(ISequenceModel model, SlotTable table, Action tell)
{
    private int towers; // requests that wait for theirs
    private ImageFeatureSource? tower; // of the last of them; an engine has one

    /// <summary>Sends the pictures that are not known to the tower, for as many requests ahead as there are slots.</summary>
    /// <remarks>
    /// The others lose nothing by waiting with theirs, answers under way have the cores to themselves sooner, and the features of a long queue do not fill the
    /// memory (7 MB a picture with 576 rows of width 3072).
    /// </remarks>
    public void LookAhead(IReadOnlyList<GenerationJob> waiting)
    {
        var ahead = 0;
        foreach (var job in waiting)
        {
            if (job.State == JobState.Arrived && ahead < table.Slots.Length)
                Encode(job, table.Known(job.Prompt.Keys));
            if (job.State == JobState.Encoding || (job.State == JobState.Ready && job.Prompt.ImageCount > 0))
                ahead++;
        }
    }

    /// <summary>Sends a request's pictures to the tower; without any it is ready.</summary>
    /// <param name="job">The request.</param>
    /// <param name="from">The position of the prompt from which on they are missing.</param>
    public void Encode(GenerationJob job, int from)
    {
        var parts = job.MissingPictures(from).ToArray();
        job.State = parts.Length == 0 ? JobState.Ready : JobState.Encoding;
        if (parts.Length == 0)
            return;
        Interlocked.Increment(ref towers);
        tower = job.Request.Images;
        tower?.ShareCores(table.AnyBusy);
        job.Tower = SeeAsync(job, parts);
        job.Tower.ContinueWith(_ => tell(), TaskScheduler.Default);
    }

    private async Task SeeAsync(GenerationJob job, int[] parts)
    {
        try
        {
            var features = await job.Request.Images!.GetAsync([.. parts.Select(part => ((ImagePart)job.Prompt.Parts[part]).Image)], job.Report, job.Cancellation).ConfigureAwait(false);
            foreach (var (part, rows) in parts.Zip(features))
                job.Features[part] = rows;
        }
        finally
        {
            Interlocked.Decrement(ref towers);
        }
    }

    /// <summary>Lets a tower that is running and the model's threads share the cores, and either have all of them while it is alone.</summary>
    public void ShareCores()
    {
        var running = Volatile.Read(ref towers) > 0;
        model.ShareCores(running);
        if (running)
            tower?.ShareCores(table.AnyBusy);
    }

    /// <summary>Takes note of how the tower ended.</summary>
    public static void ReadFeatures(GenerationJob job)
    {
        if (job.Tower!.IsCompletedSuccessfully)
            job.State = JobState.Ready;
        else
            job.Complete(job.Tower.Exception?.InnerException ?? new OperationCanceledException(job.Cancellation));
    }
}
