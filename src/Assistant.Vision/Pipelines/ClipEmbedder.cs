using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Pipelines;

/// <summary>CLIP: texts and pictures as vectors of one space, of length 1, so that their scalar product is their cosine.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020. Safe for several threads: tokenizer and image preparation run side by side, the one copy of the weights is used by one call
/// at a time, and a call that waits can be cancelled. Large inputs run in pieces, so memory does not grow with their number.
/// </remarks>
public sealed class ClipEmbedder : IDisposable
{
    /// <summary>Pictures that go through the tower together; more bring no speed on a CPU.</summary>
    private const int ImagesAtOnce = 16;

    /// <summary>Texts that go through the tower together.</summary>
    private const int TextsAtOnce = 64;

    private readonly SharedModel<ClipModel> model;
    private readonly ClipConfig sizes;
    private readonly ClipTokenizer tokenizer;
    private readonly ImageProcessor processor;

    internal ClipEmbedder(SharedModel<ClipModel> model, ClipConfig sizes, ClipTokenizer tokenizer, ImageProcessor processor, float logitScale) =>
        (this.model, this.sizes, this.tokenizer, this.processor, LogitScale) = (model, sizes, tokenizer, processor, logitScale);

    /// <summary>Opens a folder of model_type clip, such as openai/clip-vit-base-patch32.</summary>
    /// <param name="folder">Holds config.json, preprocessor_config.json, vocab.json and merges.txt or tokenizer.json, and the weights.</param>
    /// <param name="dtype">Float32, or BFloat16: half the memory; faster where the processor has it (AVX512-BF16, AMX), slower elsewhere.</param>
    /// <exception cref="ModelConfigException">config.json cannot be used, or describes another network.</exception>
    /// <exception cref="WeightFileException">The weights or the tokenizer cannot be used.</exception>
    /// <exception cref="InvalidDataException">preprocessor_config.json cannot be used.</exception>
    /// <exception cref="FileNotFoundException">The folder or one of its files is missing.</exception>
    public static ClipEmbedder Open(string folder, ScalarType dtype = ScalarType.Float32)
    {
        var opened = PipelineFolder.Open(folder, "a CLIP pipeline", dtype, "CLIPModel");
        var sizes = (ClipConfig)opened.Sizes;
        var processor = opened.Processor(sizes.VisionConfig.ImageSize);
        var tokenizer = opened.Tokenizer(ClipTokenizer.FromFolder, sizes.TextConfig.VocabSize);
        // 2 is what old configurations say, and means: pool at the highest id.
        if (sizes.TextConfig.EosTokenId is var end && end != 2 && end != tokenizer.EndId)
            throw new ModelConfigException($"{opened.Config.Path}: 'eos_token_id' is {end}, but the tokenizer ends a text with {tokenizer.EndId}.");
        var model = opened.Load<ClipModel>();
        // Read from the file: bfloat16 would round the factor of the cosines by up to 0.4 percent.
        using var weights = WeightFile.Open(folder);
        return new ClipEmbedder(model, sizes, tokenizer, processor, MathF.Exp(weights.ReadFloats(weights.Get("logit_scale"))[0]));
    }

    /// <summary>Length of an embedding: projection_dim.</summary>
    public int Width => sizes.ProjectionDim;

    /// <summary>Most tokens of a text, the special ones at its ends included.</summary>
    public int TextLength => sizes.TextConfig.MaxPositionEmbeddings;

    /// <summary>Tokens that a text has, the special ones at its ends included; those beyond <see cref="TextLength"/> would be cut off.</summary>
    public int CountTokens(string text) => tokenizer.Tokenize(text).Count + 2;

    /// <summary>What the cosines are multiplied by before a softmax: exp(logit_scale), 100 in openai's models.</summary>
    public float LogitScale { get; }

    /// <summary>Embeddings of pictures.</summary>
    /// <param name="images">Upright pictures of any size.</param>
    /// <param name="cancellationToken">Checked between pieces and while waiting for another call.</param>
    /// <returns>A vector of <see cref="Width"/> and of length 1 for each.</returns>
    public IReadOnlyList<float[]> EmbedImages(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return [.. images.Chunk(ImagesAtOnce).SelectMany(piece => Embed(processor.ProcessBatch(piece), cancellationToken))];
    }

    /// <summary>Embeddings of texts; more tokens than the network reads are cut off, the end token kept.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Checked between pieces and while waiting for another call.</param>
    /// <returns>A vector of <see cref="Width"/> and of length 1 for each.</returns>
    public IReadOnlyList<float[]> EmbedTexts(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. texts.Chunk(TextsAtOnce).SelectMany(piece => Embed(tokenizer.EncodeBatch(piece, sizes.TextConfig.MaxPositionEmbeddings), cancellationToken))];
    }

    /// <summary>The embedding of one picture.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <param name="cancellationToken">Checked while waiting for another call.</param>
    /// <returns>A vector of <see cref="Width"/> and of length 1.</returns>
    public float[] EmbedImage(RgbImage image, CancellationToken cancellationToken = default) => EmbedImages([image], cancellationToken)[0];

    /// <summary>The embedding of one text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Checked while waiting for another call.</param>
    /// <returns>A vector of <see cref="Width"/> and of length 1.</returns>
    public float[] EmbedText(string text, CancellationToken cancellationToken = default) => EmbedTexts([text], cancellationToken)[0];

    /// <summary>Compares every text with every picture.</summary>
    /// <param name="texts">At least one.</param>
    /// <param name="images">At least one.</param>
    /// <param name="cancellationToken">Checked between pieces and while waiting for another call.</param>
    public SimilarityMatrix Compare(IReadOnlyList<string> texts, IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default) =>
        new(EmbedTexts(texts, cancellationToken), EmbedImages(images, cancellationToken), LogitScale);

    /// <summary>Releases the weights.</summary>
    public void Dispose() => model.Dispose();

    /// <summary>Embeddings of prepared pictures.</summary>
    internal float[][] Embed(PixelBatch pixels, CancellationToken cancellationToken = default) =>
        model.Run(clip => Unit(clip.GetImageFeatures(pixels.PixelValues(model.Precision))), cancellationToken);

    /// <summary>Embeddings of tokens. No mask: padding stands behind the end token, which cannot see it.</summary>
    internal float[][] Embed(TextBatch tokens, CancellationToken cancellationToken = default) =>
        model.Run(clip => Unit(clip.GetTextFeatures(tokens.Ids())), cancellationToken);

    private static float[][] Unit(Tensor features) => F.normalize(features.to(ScalarType.Float32), dim: -1).Rows();
}
