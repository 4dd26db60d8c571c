namespace Assistant.Training.Trainer;

/// <summary>What a running training tells.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">All steps of the stage.</param>
/// <param name="Loss">Mean loss since the last report.</param>
/// <param name="LearningRate">Rate of the last step.</param>
/// <param name="SamplesPerSecond">Since the last report.</param>
/// <param name="Remaining">Time to the stage's end at this rate.</param>
/// <param name="Evaluation">Held-out figures; null where this report has none.</param>
/// <param name="Samples">Sample answers that go with an evaluation.</param>
public sealed record TrainingProgress(
    string Stage, long Step, long Steps, double Loss, double LearningRate, double SamplesPerSecond, TimeSpan Remaining,
    IReadOnlyDictionary<string, double>? Evaluation = null, IReadOnlyList<string>? Samples = null);

/// <summary>How often a training reports, evaluates and saves.</summary>
public sealed record TrainerOptions
{
    /// <summary>Folder of checkpoints and log; made if absent.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Steps between two reports.</summary>
    public long ReportEvery { get; init; } = 50;

    /// <summary>Steps between two evaluations.</summary>
    public long EvaluateEvery { get; init; } = 500;

    /// <summary>Steps between two checkpoints.</summary>
    public long CheckpointEvery { get; init; } = 500;
}
