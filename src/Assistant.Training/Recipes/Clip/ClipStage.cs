using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes.Clip;

/// <summary>The contrastive stage: a picture is drawn to its caption and pushed from captions that are not true of it.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020, with two changes for a small world and small batches: captions that happen to be true of another picture of the batch
/// are left out instead of counted as wrong, and every picture brings captions that differ from its own in one word (Yuksekgonul et al. 2022, arXiv:2210.01936).
/// </remarks>
internal sealed class ClipStage : ITrainingStage
{
    private const ulong HeldOutSeed = 0x5EED_0000_0000_0003;
    private const int HeldOutPictures = 94;

    private readonly ClipModel model;
    private readonly ClipTokenizer tokenizer;
    private readonly BatchPrefetcher<CaptionBatch> batches;
    private List<(SceneCaption Right, SceneCaption Said)> saidOfThings = [];

    /// <param name="model">Trained in place.</param>
    /// <param name="tokenizer">Of its texts.</param>
    /// <param name="seed">Of pictures and captions.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="batchSize">Pictures a step.</param>
    public ClipStage(ClipModel model, ClipTokenizer tokenizer, ulong seed, long steps, int batchSize)
    {
        (this.model, this.tokenizer, Steps, BatchSize) = (model, tokenizer, steps, batchSize);
        var scenes = PocketModel.Scenes(seed);
        batches = new BatchPrefetcher<CaptionBatch>(step => CaptionBatch.Make(tokenizer, Scenes(scenes, (ulong)step, batchSize), SceneRandom.For(seed ^ 0xC11B, (ulong)step)));
    }

    /// <inheritdoc/>
    public string Name => "clip";

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public OptimizerSettings Optimizer { get; init; } = new() { LearningRate = 1e-3, WarmupSteps = 100 };

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> TrainableParameters =>
        [.. model.VisionModel.ParametersFrom(PocketClipModel.FrozenBlocks), .. model.named_parameters().Where(entry => !entry.name.StartsWith("vision_model.", StringComparison.Ordinal)).Select(entry => entry.parameter)];

    /// <inheritdoc/>
    public Tensor Loss(long step)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Take(step);
        using (no_grad())
            model.LogitScale.clamp_(0, Math.Log(100)); // as the paper bounds it
        var logits = model.Logits(ImageFeatures(batch), model.GetTextFeatures(batch.TextTensor())) + batch.Excluded(); // [pictures, texts]
        var own = tensor(batch.Own);
        var perText = logits.index_select(1, own).t(); // each picture's own text against all pictures
        // Two pictures with one text are each right for it.
        var twins = own.unsqueeze(0) == own.unsqueeze(1);
        perText = perText.masked_fill(twins.logical_and(eye(batch.Count, dtype: ScalarType.Bool).logical_not()), float.NegativeInfinity);
        return ((F.cross_entropy(logits, own) + F.cross_entropy(perText, arange(batch.Count))) / 2).MoveToOuterDisposeScope();
    }

    /// <summary>How often the right label of held-out pictures scores highest: among all things, and among all colours and shapes.</summary>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        var things = SceneKind.Things.Select(kind => new SceneCaption([new SceneFilter(kind)], null)).ToList();
        var shapes = SceneKind.Shapes.SelectMany(kind => Enum.GetValues<SceneColor>().Select(color => new SceneCaption([new SceneFilter(kind, color)], null))).ToList();
        saidOfThings = ZeroShot(things, new SceneTiers(0, 1, 0, 0));
        return new Dictionary<string, double>
        {
            ["things"] = Share(saidOfThings),
            ["colored shapes"] = Share(ZeroShot(shapes, SceneTiers.Shapes)),
        };

        static double Share(IEnumerable<(SceneCaption Right, SceneCaption Said)> answers) => answers.Average(answer => answer.Right.Text == answer.Said.Text ? 1.0 : 0.0);
    }

    /// <summary>What the last evaluation said of a few things.</summary>
    public IReadOnlyList<string> Samples() => [.. saidOfThings.Take(5).Select(answer => $"{answer.Right.Text} -> {answer.Said.Text}")];

    /// <summary>Nothing to release: the model stays with its owner.</summary>
    public void Dispose()
    {
    }

    private Tensor ImageFeatures(CaptionBatch batch)
    {
        Tensor states;
        using (no_grad())
            states = model.VisionModel.HiddenState(batch.PixelTensor(), PocketClipModel.FrozenBlocks);
        return model.ProjectImage(model.VisionModel.Continue(states, PocketClipModel.FrozenBlocks));
    }

    private List<(SceneCaption Right, SceneCaption Said)> ZeroShot(List<SceneCaption> labels, SceneTiers tiers)
    {
        using var scope = NewDisposeScope();
        var generator = new SceneGenerator(HeldOutSeed, PocketModel.FreeShare, tiers);
        var scenes = Enumerable.Range(0, 100 * HeldOutPictures).Select(i => generator.Generate((ulong)i)).Where(scene => scene.Objects.Count == 1).Take(HeldOutPictures).ToList();
        var batch = CaptionBatch.Make(tokenizer, scenes, SceneRandom.For(HeldOutSeed, 0));
        var texts = tokenizer.EncodeBatch([.. labels.Select(label => "a photo of " + label.Text)], PocketClipModel.TextLength);
        var scores = model.Logits(model.GetImageFeatures(batch.PixelTensor()), model.GetTextFeatures(tensor(texts.InputIds, [texts.Rows, texts.Columns])));
        var best = scores.argmax(1).data<long>().ToArray();
        return [.. scenes.Select((scene, i) => (labels.Single(label => label.IsTrueOf(scene)), labels[(int)best[i]]))];
    }

    // More than half of the pictures show one object: that is what zero-shot labels are about.
    private static List<Scene> Scenes(SceneGenerator generator, ulong step, int count)
    {
        var scenes = new List<Scene>(count);
        for (var i = step * (ulong)(8 * count); scenes.Count < count; i++)
        {
            var scene = generator.Generate(i);
            if (scene.Objects.Count == 1 || i % 5 == 0)
                scenes.Add(scene);
        }
        return scenes;
    }
}
