using Assistant.Training.Export;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Clip;

/// <summary>The recipe of the bundled CLIP: vocabulary, contrastive training beside the bundled LLaVA's tower, export as a Hugging Face folder.</summary>
public sealed class PocketClipRecipe : Recipe
{
    private const ulong ModelSeed = 20261123;
    private const int VocabularySize = 1024;
    private const int CorpusCaptions = 40_000;

    private protected override ulong FirstSeed => ModelSeed;

    /// <summary>Folder of the finished model.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>The mmproj file whose tower it starts from.</summary>
    public required string Tower { get; init; }

    /// <summary>Optimiser steps.</summary>
    public long Steps { get; init; } = 3000;

    /// <summary>Pictures a step.</summary>
    public int BatchSize { get; init; } = 48;

    private protected override void Run(Action<ITrainingStage> train, CancellationToken cancellationToken)
    {
        var tokenizer = LoadOrTrainTokenizer(cancellationToken);
        using var model = new ClipModel(PocketClipModel.Text(tokenizer.VocabularySize, tokenizer.EndId!.Value), PocketClipModel.Vision, PocketClipModel.ProjectionDim);
        PocketModel.Initialize(model, PocketClipModel.Vision.NumHiddenLayers);
        LlavaImport.LoadTower(model.VisionModel, Tower);
        train(new ClipStage(model, tokenizer, Seed, Steps, BatchSize));
        ClipExport.Save(model, tokenizer, RunDirectory, OutputDirectory);
    }

    private ClipTokenizer LoadOrTrainTokenizer(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(RunDirectory, "vocab.json")))
            ClipBpeTrainer.Train(Captions(cancellationToken), VocabularySize, RunDirectory);
        return ClipTokenizer.FromFolder(RunDirectory);
    }

    private static IEnumerable<string> Captions(CancellationToken cancellationToken)
    {
        var scenes = PocketModel.Scenes(ModelSeed ^ 0x7E47);
        for (var i = 0UL; i < CorpusCaptions; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = SceneRandom.For(ModelSeed ^ 0x7E47, i);
            yield return SceneCaption.Of(scenes.Generate(i), random).Worded(random);
        }
    }
}
