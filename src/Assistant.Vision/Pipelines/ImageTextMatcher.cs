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
/// time, and a call that waits can be cancelled. A picture is encoded once for all its texts.
/// </remarks>
public sealed class ImageTextMatcher : IDisposable
{
    private readonly SharedModel<BlipForImageTextRetrieval> model;
    private readonly BertTokenizer tokenizer;
    private readonly ImageProcessor processor;

    private ImageTextMatcher(SharedModel<BlipForImageTextRetrieval> model, BertTokenizer tokenizer, ImageProcessor processor) =>
        (this.model, this.tokenizer, this.processor) = (model, tokenizer, processor);

    /// <summary>Opens a folder of Salesforce/blip-itm-base-coco and its like.</summary>
    /// <param name="folder">Holds config.json, preprocessor_config.json, vocab.txt or tokenizer.json, and the weights.</param>
    /// <param name="dtype">Float32, or BFloat16: half the memory, and faster where the processor has it.</param>
    /// <exception cref="ModelConfigException">config.json cannot be used, or describes another network.</exception>
    /// <exception cref="WeightFileException">The weights or the tokenizer cannot be used.</exception>
    /// <exception cref="InvalidDataException">preprocessor_config.json cannot be used.</exception>
    /// <exception cref="FileNotFoundException">The folder or one of its files is missing.</exception>
    public static ImageTextMatcher Open(string folder, ScalarType dtype = ScalarType.Float32)
    {
        var opened = PipelineFolder.Open(folder, "an image-text matcher", dtype, new ModelKind("blip", "BlipForImageTextRetrieval"));
        var sizes = opened.Read(BlipConfig.From);
        var processor = opened.Processor(sizes.Vision.ImageSize);
        var tokenizer = opened.Tokenizer(BertTokenizer.FromFolder, sizes.Text.Bert.VocabSize);
        return new ImageTextMatcher(opened.Load(BlipForImageTextRetrieval.From, CheckpointNames.Blip), tokenizer, processor);
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
        var tokens = tokenizer.EncodeBatch(texts, model.Model.Config.Text.Bert.MaxPositionEmbeddings);
        return [.. images.SelectMany(image => Match(processor.ProcessBatch([image]), tokens, cancellationToken))];
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => model.Dispose();

    /// <summary>Matches of prepared pictures with tokens.</summary>
    internal IReadOnlyList<IReadOnlyList<ImageTextMatch>> Match(PixelBatch pixels, TextBatch tokens, CancellationToken cancellationToken = default) => model.Run(blip =>
    {
        var (input_ids, attention_mask) = (tokens.Ids(), tokens.Mask());
        var image_embeds = blip.VisionModel.call(pixels.PixelValues(model.Precision)); // [images, positions, width]
        var cosines = BlipForImageTextRetrieval.ContrastiveScores(
            blip.GetImageFeatures(image_embeds).to(ScalarType.Float32), blip.GetTextFeatures(input_ids, attention_mask).to(ScalarType.Float32)).Rows();
        var matches = new List<IReadOnlyList<ImageTextMatch>>();
        for (var image = 0; image < pixels.Count; image++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var own = image_embeds.narrow(0, image, 1).expand(tokens.Rows, image_embeds.shape[1], image_embeds.shape[2]);
            var probabilities = blip.MatchLogits(own, input_ids, attention_mask).to(ScalarType.Float32).softmax(-1).Rows();
            matches.Add([.. probabilities.Select((row, text) => new ImageTextMatch(row[1], cosines[image][text]))]);
        }
        return matches;
    }, cancellationToken);
}
