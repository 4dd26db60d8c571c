using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes;

/// <summary>First stage: the vision tower learns, patch by patch, what covers the patch.</summary>
/// <remarks>
/// A large LLaVA starts from a CLIP that has seen 400 million captions. A tower that has to start from nothing learns shapes and colours
/// far sooner from labels of every patch than from captions of the whole; the drawings come with such labels for nothing.
/// </remarks>
public sealed class TowerStage : ITrainingStage
{
    private const ulong HeldOutSeed = 0x5EED_0000_0000_0001;

    private readonly SceneGenerator generator;
    private readonly ulong seed;
    private readonly TowerWithLabels model;
    private readonly BatchPrefetcher<LabelledPictures> batches;

    /// <param name="tower">Trained in place.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="seed">Of the pictures.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="batchSize">Pictures a step.</param>
    public TowerStage(ClipVisionTransformer tower, ClipVisionConfig config, ulong seed, long steps, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(config);
        (this.seed, Steps, BatchSize) = (seed, steps, batchSize);
        generator = new SceneGenerator(seed);
        model = new TowerWithLabels(tower, config.HiddenSize);
        batches = new BatchPrefetcher<LabelledPictures>(step => LabelledPictures.Draw(generator, this.seed, (ulong)step * (ulong)BatchSize, BatchSize));
    }

    /// <inheritdoc/>
    public string Name => "tower";

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> TrainableParameters => model.parameters().ToList();

    /// <inheritdoc/>
    public OptimizerSettings Optimizer { get; init; } = new() { LearningRate = 1.5e-3, WarmupSteps = 200 };

    /// <inheritdoc/>
    public Tensor Loss(long step) => model.Loss(batches.Take(step));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        using var scope = NewDisposeScope();
        return model.Accuracy(LabelledPictures.Draw(new SceneGenerator(HeldOutSeed), HeldOutSeed, 0, 64));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Samples() => [];

    /// <summary>Releases the label heads; the tower stays with its owner.</summary>
    public void Dispose() => model.DisposeHeads();

    /// <summary>Pictures with their patches' labels, as plain memory.</summary>
    internal sealed record LabelledPictures(int Count, float[] Pixels, long[] Shape, long[] Color, long[] Size, long[] Background, float[] Centre)
    {
        /// <summary>Shape label of a patch that no object covers; those of objects follow it.</summary>
        public const int Nothing = 0;

        public static LabelledPictures Draw(SceneGenerator generator, ulong seed, ulong first, int count)
        {
            const int patches = PocketModel.Grid * PocketModel.Grid;
            const int pixels = 3 * PocketModel.ImageSize * PocketModel.ImageSize;
            var batch = new LabelledPictures(
                count, new float[count * pixels], new long[count * patches], new long[count * patches],
                new long[count * patches], new long[count * patches], new float[count * patches * 2]);
            for (var i = 0; i < count; i++)
            {
                var index = first + (ulong)i;
                var scene = generator.Generate(index);
                ScenePictures.Draw(scene, SceneRandom.For(seed ^ 0xD4A11, index), batch.Pixels.AsSpan(i * pixels, pixels));
                batch.Label(scene, i * patches);
            }
            return batch;
        }

        private void Label(Scene scene, int offset)
        {
            var labels = SceneLabels.Of(scene, PocketModel.Grid);
            var side = (double)Math.Max(scene.Width, scene.Height);
            var (left, top) = ((side - scene.Width) / 2, (side - scene.Height) / 2);
            for (var patch = 0; patch < labels.Object.Length; patch++)
            {
                var at = offset + patch;
                Shape[at] = labels.Shape[patch] + 1;
                (Color[at], Size[at], Background[at]) = (labels.Color[patch], labels.Size[patch], labels.Background[patch]);
                if (labels.Object[patch] == 0)
                    continue;
                var covering = scene.Objects[labels.Object[patch] - 1];
                (Centre[2 * at], Centre[2 * at + 1]) = ((float)((covering.X + left) / side), (float)((covering.Y + top) / side));
            }
        }

        public Tensor PixelTensor() => tensor(Pixels, [Count, 3, PocketModel.ImageSize, PocketModel.ImageSize]);
    }

    /// <summary>The tower with heads that read the labels off its patch states.</summary>
    private sealed class TowerWithLabels : nn.Module
    {
        private readonly ClipVisionTransformer tower;
        private readonly LayerNorm norm;
        private readonly Linear shape, color, size, background, centre;

        public TowerWithLabels(ClipVisionTransformer tower, int width) : base(nameof(TowerWithLabels))
        {
            this.tower = tower;
            norm = nn.LayerNorm(width);
            shape = nn.Linear(width, Enum.GetValues<SceneShape>().Length + 1);
            color = nn.Linear(width, Enum.GetValues<SceneColor>().Length);
            size = nn.Linear(width, Enum.GetValues<SceneSize>().Length);
            background = nn.Linear(width, Enum.GetValues<SceneColor>().Length);
            centre = nn.Linear(width, 2);
            RegisterComponents();
        }

        public Tensor Loss(LabelledPictures batch)
        {
            using var scope = NewDisposeScope();
            var states = States(batch); // [pictures * patches, width]
            var shapes = tensor(batch.Shape);
            var loss = F.cross_entropy(shape.call(states), shapes)
                + F.cross_entropy(color.call(states), tensor(batch.Color), ignore_index: -1)
                + 0.5 * F.cross_entropy(size.call(states), tensor(batch.Size), ignore_index: -1)
                + 0.5 * F.cross_entropy(background.call(states), tensor(batch.Background), ignore_index: -1);
            var covered = (shapes != LabelledPictures.Nothing).unsqueeze(1).to(ScalarType.Float32); // [pictures * patches, 1]
            var miss = (centre.call(states) - tensor(batch.Centre, [batch.Shape.Length, 2])).abs() * covered;
            return (loss + 5 * miss.sum() / covered.sum().clamp_min(1)).MoveToOuterDisposeScope();
        }

        public IReadOnlyDictionary<string, double> Accuracy(LabelledPictures batch)
        {
            var states = States(batch);
            return new Dictionary<string, double>
            {
                ["shape"] = Share(shape, batch.Shape),
                ["object shape"] = Share(shape, batch.Shape.Select(label => label == LabelledPictures.Nothing ? -1 : label).ToArray()),
                ["color"] = Share(color, batch.Color),
                ["size"] = Share(size, batch.Size),
                ["background"] = Share(background, batch.Background),
            };

            double Share(Linear head, long[] labels)
            {
                var guesses = head.call(states).argmax(-1).data<long>().ToArray();
                var pairs = guesses.Zip(labels).Where(pair => pair.Second >= 0).ToList();
                return pairs.Count(pair => pair.First == pair.Second) / (double)Math.Max(1, pairs.Count);
            }
        }

        public void DisposeHeads()
        {
            foreach (var head in new nn.Module[] { norm, shape, color, size, background, centre })
                head.Dispose();
        }

        private Tensor States(LabelledPictures batch)
        {
            var states = tower.HiddenState(batch.PixelTensor(), -1);
            return norm.call(states.narrow(1, 1, states.shape[1] - 1)).flatten(0, 1);
        }
    }
}
