using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>First stage: the vision tower learns, patch by patch, what covers the patch.</summary>
/// <remarks>
/// A large LLaVA starts from a CLIP that has seen 400 million captions. A tower that has to start from nothing learns shapes and colours
/// far sooner from labels of every patch than from captions of the whole; the drawings come with such labels for nothing.
/// </remarks>
internal sealed class TowerStage : ITrainingStage
{
    private const ulong HeldOutSeed = 0x5EED_0000_0000_0001;

    private readonly SceneGenerator generator;
    private readonly ulong seed;
    private readonly TowerWithLabels model;
    private readonly bool freezeTower;
    private readonly BatchPrefetcher<LabelledPictures> batches;

    /// <param name="model">The tower and its label heads, trained in place.</param>
    /// <param name="seed">Of the pictures.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="batchSize">Pictures a step.</param>
    /// <param name="freezeTower">Whether only the label heads learn: of a tower that came without its own.</param>
    public TowerStage(TowerWithLabels model, ulong seed, long steps, int batchSize, bool freezeTower = false)
    {
        (this.model, this.seed, Steps, BatchSize, this.freezeTower) = (model, seed, steps, batchSize, freezeTower);
        generator = PocketModel.Scenes(seed, SceneTiers.ForSeeing);
        batches = new BatchPrefetcher<LabelledPictures>(step => Draw(generator, this.seed, (ulong)step * (ulong)BatchSize, BatchSize));
    }

    /// <inheritdoc/>
    public string Name => freezeTower ? "heads" : "tower";

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> TrainableParameters => freezeTower ? [.. model.HeadParameters] : [.. model.parameters()];

    /// <inheritdoc/>
    public OptimizerSettings Optimizer { get; init; } = new() { LearningRate = 1.5e-3, WarmupSteps = 200 };

    /// <inheritdoc/>
    public Tensor Loss(long step)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Take(step);
        return model.Loss(Patches(batch.PixelTensor()), batch).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        using var scope = NewDisposeScope();
        return model.Accuracy(Draw(PocketModel.Scenes(HeldOutSeed), HeldOutSeed, 0, 128));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Samples() => [];

    /// <summary>Nothing to release: the model stays with its owner.</summary>
    public void Dispose()
    {
    }

    private Tensor Patches(Tensor pixel_values)
    {
        if (!freezeTower)
            return model.Patches(pixel_values);
        using var noGrad = no_grad();
        return model.Patches(pixel_values);
    }

    private static LabelledPictures Draw(SceneGenerator generator, ulong seed, ulong first, int count) => LabelledPictures.Draw(
        Enumerable.Range(0, count).Select(i => generator.Generate(first + (ulong)i)).ToList(),
        i => SceneRandom.For(seed ^ 0xD4A11, first + (ulong)i));
}
