using Assistant.Training.Export;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Clip;

/// <summary>The recipe of the bundled CLIP: vocabulary, contrastive training beside the bundled LLaVA's tower, export as a Hugging Face folder.</summary>
public sealed class PocketClipRecipe
{
    private const ulong Seed = 20261123;
    private const int VocabularySize = 1024;
    private const int CorpusCaptions = 40_000;

    /// <summary>Folder of checkpoints, log and vocabulary.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Folder of the finished model.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>The mmproj file whose tower it starts from.</summary>
    public required string Tower { get; init; }

    /// <summary>Optimiser steps.</summary>
    public long Steps { get; init; } = 3000;

    /// <summary>Pictures a step.</summary>
    public int BatchSize { get; init; } = 48;

    /// <summary>CPU threads; 0 takes all.</summary>
    public int Threads { get; init; }

    /// <summary>Runs what has not been run yet.</summary>
    /// <param name="progress">Told of the steps.</param>
    /// <param name="cancellationToken">Stops after a step, with a checkpoint.</param>
    public void Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(RunDirectory);
        if (Threads > 0)
            set_num_threads(Threads);
        manual_seed((long)Seed);
        var tokenizer = LoadOrTrainTokenizer();
        using var model = new ClipModel(PocketClipModel.Text(tokenizer.VocabularySize, tokenizer.EndId!.Value), PocketClipModel.Vision, PocketClipModel.ProjectionDim);
        PocketModel.Initialize(model, PocketClipModel.Vision.NumHiddenLayers);
        LlavaImport.LoadTower(model.VisionModel, Tower);
        using (var stage = new ClipStage(model, tokenizer, Seed, Steps, BatchSize))
            StageTrainer.Run(stage, new TrainerOptions { RunDirectory = RunDirectory }, progress, cancellationToken);
        ClipExport.Save(model, tokenizer, RunDirectory, OutputDirectory);
    }

    private ClipTokenizer LoadOrTrainTokenizer()
    {
        if (!File.Exists(Path.Combine(RunDirectory, "vocab.json")))
            ClipBpeTrainer.Train(Captions(), VocabularySize, RunDirectory);
        return ClipTokenizer.FromFolder(RunDirectory);
    }

    private static IEnumerable<string> Captions()
    {
        var scenes = PocketModel.Scenes(Seed ^ 0x7E47);
        for (var i = 0UL; i < CorpusCaptions; i++)
        {
            var random = SceneRandom.For(Seed ^ 0x7E47, i);
            yield return SceneCaption.Of(scenes.Generate(i), random).Worded(random);
        }
    }
}
