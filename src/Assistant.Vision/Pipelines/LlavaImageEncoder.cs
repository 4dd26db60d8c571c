using System.Security.Cryptography;
using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Pipelines;

/// <summary>The tower and projector of a LLaVA, ready to encode pictures; float32, on the CPU.</summary>
/// <remarks>Safe to call from several threads; pictures are encoded one after the other, since one already uses every core.</remarks>
public sealed class LlavaImageEncoder : IImageEncoder
{
    private static readonly int AllThreads = get_num_threads(); // before anybody halves them

    private readonly Lock gate = new();
    private readonly ClipVisionTransformer tower;
    private readonly LayerNorm? postNorm;
    private readonly Module<Tensor, Tensor> projector;
    private readonly ClipVisionConfig config;
    private readonly IReadOnlyList<int> featureLayers;
    private readonly ImageProcessor processor;
    private volatile bool shared;

    private LlavaImageEncoder(LlavaProjectorFile description, string fingerprint)
    {
        (config, featureLayers, EmbeddingLength, Fingerprint) = (description.Config, description.FeatureLayers, description.ProjectionWidth, fingerprint);
        (tower, postNorm, projector) = description.Load();
        tower.eval();
        projector.eval();
        // Padding, not cropping: LLaVA and its Phi-3 variant were trained on padded squares.
        processor = new ImageProcessor(ImageProcessorConfig.Llava(config.ImageSize) with { Mean = [.. description.ImageMean], Std = [.. description.ImageStd] });
    }

    /// <summary>Loads a projector file.</summary>
    /// <param name="path">A GGUF file with a CLIP tower and an MLP projector.</param>
    /// <exception cref="WeightFileException">The file cannot be used; the message says why.</exception>
    public static LlavaImageEncoder Load(string path)
    {
        using var file = GgufFile.Open(path);
        var description = LlavaProjectorFile.Describe(file);
        using var stream = File.OpenRead(path);
        return new LlavaImageEncoder(description, "llava-pad:" + Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <inheritdoc/>
    public int EmbeddingLength { get; }

    /// <inheritdoc/>
    public int TokensPerImage => config.NumPatches;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public float[] Encode(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Encode([image], cancellationToken)[0];
    }

    /// <inheritdoc/>
    public float[][] Encode(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
            return [];
        float[] pixels = [.. images.SelectMany(image => processor.Process(image).Data)];
        lock (gate)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            TakeThreads();
            try
            {
                var pixel_values = tensor(pixels, [images.Count, 3, config.ImageSize, config.ImageSize]);
                var rows = projector.call(Features(pixel_values, cancellationToken)); // [images, patches, text width]
                var values = rows.contiguous().data<float>().ToArray();
                return [.. values.Chunk(values.Length / images.Count)];
            }
            finally
            {
                UseThreads(AllThreads);
            }
        }
    }

    /// <inheritdoc/>
    public void ShareCores(bool shared) => this.shared = shared;

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            tower.Dispose();
            postNorm?.Dispose();
            projector.Dispose();
        }
    }

    private void TakeThreads() => UseThreads(shared ? Math.Max(1, AllThreads / 2) : AllThreads);

    private static void UseThreads(int count)
    {
        if (get_num_threads() != count)
            set_num_threads(count);
    }

    /// <summary>[images, patches, vision width times the number of layers], the class token dropped.</summary>
    private Tensor Features(Tensor pixel_values, CancellationToken cancellationToken)
    {
        var states = featureLayers.Count == 1
            ? tower.HiddenState(pixel_values, featureLayers[0], TakeThreads, cancellationToken)
            : cat(featureLayers.Select(layer => tower.HiddenState(pixel_values, layer, TakeThreads, cancellationToken)).ToArray(), -1);
        if (postNorm is not null && featureLayers is [var only] && only == config.NumHiddenLayers)
            states = postNorm.call(states);
        return states.narrow(1, 1, states.shape[1] - 1);
    }
}
