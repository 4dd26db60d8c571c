using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>Says whether texts fit pictures, with BLIP: by reading both together (ITM), and by comparing their embeddings (ITC).</summary>
/// <remarks>
/// Li et al. 2022, arXiv:2201.12086. Safe for several threads: tokenizer and image preparation run side by side, the one copy of the weights is used by one call at a
/// time, and a call that waits can be cancelled. A picture is encoded once for all its texts; many pictures and texts run in
/// pieces, so memory does not grow with their number.
/// </remarks>
public sealed class ImageTextMatcher : IDisposable
{
    /// <summary>Pictures that are encoded together.</summary>
    private const int ImagesAtOnce = 8;

    /// <summary>Texts that are read together with a picture.</summary>
    private const int TextsAtOnce = 32;

    private readonly SharedModel<BlipForImageTextRetrieval> model;
    private readonly BertTokenizer tokenizer;
    private readonly ImageProcessor processor;
    private readonly int longest; // tokens that the network reads

    private ImageTextMatcher(SharedModel<BlipForImageTextRetrieval> model, BertTokenizer tokenizer, ImageProcessor processor, int longest) =>
        (this.model, this.tokenizer, this.processor, this.longest) = (model, tokenizer, processor, longest);

    /// <summary>Opens a folder of Salesforce/blip-itm-base-coco and its like.</summary>
    /// <param name="folder">Holds config.json, preprocessor_config.json, vocab.txt or tokenizer.json, and the weights.</param>
    /// <param name="dtype">Float32, or BFloat16: half the memory; faster where the processor has it (AVX512-BF16, AMX), slower elsewhere.</param>
    /// <exception cref="ModelConfigException">config.json cannot be used, or describes another network.</exception>
    /// <exception cref="WeightFileException">The weights or the tokenizer cannot be used.</exception>
    /// <exception cref="InvalidDataException">preprocessor_config.json cannot be used.</exception>
    /// <exception cref="FileNotFoundException">The folder or one of its files is missing.</exception>
    public static ImageTextMatcher Open(string folder, ScalarType dtype = ScalarType.Float32)
    {
        var opened = PipelineFolder.Open(folder, "an image-text matcher", dtype, "BlipForImageTextRetrieval");
        var sizes = (BlipConfig)opened.Sizes;
        var processor = opened.Processor(sizes.Vision.ImageSize);
        var tokenizer = opened.Tokenizer(BertTokenizer.FromFolder, sizes.Text.Bert.VocabSize);
        return new ImageTextMatcher(opened.Load<BlipForImageTextRetrieval>(), tokenizer, processor, sizes.Text.Bert.MaxPositionEmbeddings);
    }

    /// <summary>Whether a text fits a picture.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Checked while waiting for another call.</param>
    /// <returns>Probability and cosine.</returns>
    public ImageTextMatch Match(RgbImage image, string text, CancellationToken cancellationToken = default) => Match([image], [text], cancellationToken)[0][0];

    /// <summary>Whether each of some texts fits each of some pictures.</summary>
    /// <param name="images">Upright pictures of any size.</param>
    /// <param name="texts">The texts; what is too long for the network is cut off.</param>
    /// <param name="cancellationToken">Checked between pictures and while waiting for another call.</param>
    /// <returns>For each picture a match with each text.</returns>
    public IReadOnlyList<IReadOnlyList<ImageTextMatch>> Match(IReadOnlyList<RgbImage> images, IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0)
            return [.. images.Select(_ => (IReadOnlyList<ImageTextMatch>)[])];
        var tokens = tokenizer.EncodeBatch(texts, longest);
        return [.. images.Chunk(ImagesAtOnce).SelectMany(piece => Match(processor.ProcessBatch(piece), tokens, cancellationToken))];
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => model.Dispose();

    /// <summary>Matches of prepared pictures with tokens.</summary>
    internal IReadOnlyList<IReadOnlyList<ImageTextMatch>> Match(PixelBatch pixels, TextBatch tokens, CancellationToken cancellationToken = default) => model.Run(blip =>
    {
        var (input_ids, attention_mask) = (tokens.Ids(), tokens.Mask());
        var image_embeds = blip.VisionModel.call(pixels.PixelValues(model.Precision)); // [images, positions, width]
        var image_features = blip.GetImageFeatures(image_embeds).to(ScalarType.Float32);
        var matches = Enumerable.Range(0, pixels.Count).Select(_ => new List<ImageTextMatch>(tokens.Rows)).ToList();
        for (var first = 0; first < tokens.Rows; first += TextsAtOnce)
        {
            var count = Math.Min(TextsAtOnce, tokens.Rows - first);
            using var textScope = NewDisposeScope();
            var (ids, mask) = (input_ids.narrow(0, first, count), attention_mask.narrow(0, first, count));
            var cosines = BlipForImageTextRetrieval.ContrastiveScores(image_features, blip.GetTextFeatures(ids, mask).to(ScalarType.Float32)).Rows();
            for (var image = 0; image < pixels.Count; image++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var imageScope = NewDisposeScope();
                var own = image_embeds.narrow(0, image, 1).expand(count, image_embeds.shape[1], image_embeds.shape[2]);
                var probabilities = blip.MatchLogits(own, ids, mask).to(ScalarType.Float32).softmax(-1).Rows();
                matches[image].AddRange(probabilities.Select((row, text) => new ImageTextMatch(row[1], cosines[image][text])));
            }
        }
        return matches;
    }, cancellationToken);
}
