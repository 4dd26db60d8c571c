using System.Security.Cryptography;
using Assistant.Training.Trainer;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>How a model of this project is made: stages in order, each with checkpoints, so that a run that was stopped goes on where it was.</summary>
public abstract class Recipe
{
    /// <summary>Folder of checkpoints, log and vocabulary.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>CPU threads; 0 takes all.</summary>
    public int Threads { get; init; }

    /// <summary>Number of the stream of pictures and texts: who trains on from finished files sees new ones with another number. A run that goes on needs the same.</summary>
    /// <value>The default is 0.</value>
    public int Stream { get; init; }

    /// <summary>What the recipe's pictures and texts start from in stream 0.</summary>
    private protected abstract ulong FirstSeed { get; }

    /// <summary>Where initial weights, pictures and texts come from.</summary>
    private protected ulong Seed => FirstSeed + ((ulong)Stream << 32);

    /// <summary>Runs what has not been run yet.</summary>
    /// <param name="progress">Told of every stage's steps.</param>
    /// <param name="cancellationToken">Stops after a step, with a checkpoint.</param>
    /// <exception cref="TrainingException">The folder holds a run that began otherwise, or the training went astray.</exception>
    public void Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(RunDirectory);
        CheckOrigin();
        if (Threads > 0)
            set_num_threads(Threads);
        manual_seed((long)Seed);
        var options = new TrainerOptions { RunDirectory = RunDirectory };
        Run(stage =>
        {
            using (stage)
                StageTrainer.Run(stage, options, progress, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>What the weights begin as, in a line; a run folder belongs to one beginning.</summary>
    private protected virtual string Origin => Nothing;

    /// <summary>Where a recipe begins that starts from no files.</summary>
    private protected const string Nothing = "nothing";

    /// <summary>Finished files to start from, told by what they hold; whoever opens them says which are missing.</summary>
    private protected static string OriginOf(params IEnumerable<string> files) => string.Join(' ', files.Where(File.Exists).Select(file =>
    {
        using var stream = File.OpenRead(file);
        return $"{Path.GetFileName(file)} {Convert.ToHexStringLower(SHA256.HashData(stream))[..16]}";
    }));

    // Checkpoints of another beginning would count as steps done, and their weights be written in place of those that were named.
    private void CheckOrigin()
    {
        var path = Path.Combine(RunDirectory, "origin.txt");
        var origin = $"{Origin}, stream {Stream}";
        if (!File.Exists(path))
            AtomicFile.WriteAllText(path, origin + "\n");
        else if (File.ReadAllText(path).Trim() is var before && before != origin)
            throw new TrainingException($"{RunDirectory} holds a run that began from {before}, and this one begins from {origin}: give it another folder (--run), or delete that one.");
    }

    /// <summary>Makes the model and exports it.</summary>
    /// <param name="train">Runs a stage, or the rest of it, and disposes of it.</param>
    /// <param name="cancellationToken">Stops what is no stage.</param>
    private protected abstract void Run(Action<ITrainingStage> train, CancellationToken cancellationToken);
}
