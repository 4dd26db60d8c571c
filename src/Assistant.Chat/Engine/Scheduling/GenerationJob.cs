using System.Threading.Channels;
using Assistant.Chat.Prompts;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>Where a request stands.</summary>
internal enum JobState
{
    /// <summary>Handed in; its pictures have not been sent to the vision tower yet.</summary>
    Arrived,

    /// <summary>Its pictures are in the vision tower; it has no slot.</summary>
    Encoding,

    /// <summary>Waits for a slot.</summary>
    Ready,

    /// <summary>Its prompt is being read.</summary>
    Reading,

    /// <summary>Its answer is being written.</summary>
    Writing,

    /// <summary>Ended, one way or another.</summary>
    Done,
}

/// <summary>A request inside the scheduler. All but the tokens and the two cancellations belongs to the scheduler's thread.</summary>
internal sealed class GenerationJob : IDisposable
{
    private readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> drawn = []; // not handed to the reader yet
    private readonly Channel<int> tokens = Channel.CreateUnbounded<int>(new() { SingleReader = true, SingleWriter = true });

    public GenerationJob(GenerationRequest request, GenerationReport report, CancellationToken cancellationToken, CancellationToken shutdown)
    {
        (Request, Report) = (request, report);
        Stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, shutdown);
        Cancellation = Stop.Token;
        Features = new float[]?[request.Prompt.Parts.Count];
    }

    public GenerationRequest Request { get; }

    public GenerationReport Report { get; }

    public PromptSequence Prompt => Request.Prompt;

    /// <summary>Ends it; also set when its reader leaves, and when the engine is disposed of.</summary>
    public CancellationTokenSource Stop { get; }

    /// <summary>The token of <see cref="Stop"/>.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The answer, as it grows.</summary>
    public ChannelReader<int> Tokens => tokens.Reader;

    /// <summary>Done when the scheduler holds nothing of it any more.</summary>
    public Task Completed => completed.Task;

    public JobState State { get; set; }

    public long ArrivedAt { get; init; }

    public long StartedAt { get; set; }

    public long FirstTokenAt { get; set; }

    public Slot? Slot { get; set; }

    public ITokenSampler? Sampler { get; set; }

    /// <summary>By part of the prompt: rows of its picture, where they are at hand.</summary>
    public float[]?[] Features { get; }

    /// <summary>Ends when the tower has run.</summary>
    public Task? Tower { get; set; }

    /// <summary>Part of the prompt that is read next.</summary>
    public int Part { get; set; }

    /// <summary>Drawn token that the model has not read yet.</summary>
    public int Pending { get; set; }

    /// <summary>Positions that it has in the batch being put together.</summary>
    public int Take { get; set; }

    /// <summary>Batch index of the logits to draw from; -1 where there are none.</summary>
    public int LogitsIndex { get; set; } = -1;

    /// <summary>Whether what it reads next is a picture's rows.</summary>
    public bool ReadsRows => State == JobState.Reading && Prompt.Parts[Part] is ImagePart;

    /// <summary>Positions up to the next change between tokens and rows.</summary>
    public int Readable
    {
        get
        {
            var (rows, end) = (ReadsRows, 0);
            for (var part = Part; part < Prompt.Parts.Count && Prompt.Parts[part] is ImagePart == rows; part++)
                end = Prompt.Parts[part].Start + Prompt.Parts[part].Count;
            return end - Slot!.Known.Count;
        }
    }

    /// <summary>Goes to the part that holds a position.</summary>
    public void Seek(int position)
    {
        while (Part < Prompt.Parts.Count && position >= Prompt.Parts[Part].Start + Prompt.Parts[Part].Count)
            Part++;
    }

    /// <summary>Parts at or after a position whose pictures have no rows at hand yet.</summary>
    public IEnumerable<int> MissingPictures(int from)
    {
        for (var part = 0; part < Prompt.Parts.Count; part++)
        {
            if (Prompt.Parts[part] is ImagePart && Prompt.Parts[part].Start >= from && Features[part] is null)
                yield return part;
        }
    }

    /// <summary>Adds a token to the answer; <see cref="Flush"/> hands it to the reader.</summary>
    public void Write(int token) => drawn.Add(token);

    /// <summary>Hands the reader what was written.</summary>
    public void Flush()
    {
        foreach (var token in drawn)
            tokens.Writer.TryWrite(token);
        drawn.Clear();
    }

    /// <summary>Ends it for its reader.</summary>
    public void Complete(Exception? failure)
    {
        State = JobState.Done;
        Sampler?.Dispose();
        Sampler = null;
        Flush();
        tokens.Writer.TryComplete(failure);
        completed.TrySetResult();
    }

    /// <summary>Frees what ties it to its reader; the tower may still be looking at the cancellation.</summary>
    public void Dispose()
    {
        if (Tower is { IsCompleted: false } tower)
            tower.ContinueWith(_ => Stop.Dispose(), TaskScheduler.Default);
        else
            Stop.Dispose();
    }
}
