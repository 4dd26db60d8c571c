using Assistant.Vision.Generation;
using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>Puts pictures into words: BLIP, BLIP-2 and ViT-GPT2 behind one face.</summary>
/// <remarks>
/// Safe for several threads: tokenizer and image preparation run side by side, the one copy of the weights is used by one call at a time, and a call that waits can be
/// cancelled. Many pictures run in pieces, so memory does not grow with their number.
/// </remarks>
public sealed class ImageCaptioner : IDisposable
{
    private readonly SharedModel<nn.Module> model;
    private readonly TextTokenizer tokenizer;
    private readonly ImageProcessor processor;
    private readonly Writer writer;

    /// <summary>Writes about pictures, [batch, 3, height, width]; each text begins with the prefix's tokens, none added, perhaps none at all.</summary>
    private delegate IReadOnlyList<IReadOnlyList<GeneratedSequence>> Writer(
        nn.Module model, Tensor pixel_values, IReadOnlyList<long> prefix, GenerationOptions options, Action<GenerationStep>? onStep, CancellationToken cancellationToken);

    private ImageCaptioner(SharedModel<nn.Module> model, TextTokenizer tokenizer, ImageProcessor processor, Writer writer) =>
        (this.model, this.tokenizer, this.processor, this.writer) = (model, tokenizer, processor, writer);

    /// <summary>Opens a folder of Salesforce/blip-image-captioning-base, Salesforce/blip2-opt-2.7b, nlpconnect/vit-gpt2-image-captioning and their like.</summary>
    /// <param name="folder">Holds config.json, preprocessor_config.json, the tokenizer's files and the weights.</param>
    /// <param name="dtype">Float32, or BFloat16: half the memory; faster where the processor has it (AVX512-BF16, AMX), slower elsewhere.</param>
    /// <exception cref="ModelConfigException">config.json cannot be used, or describes another network.</exception>
    /// <exception cref="WeightFileException">The weights or the tokenizer cannot be used.</exception>
    /// <exception cref="InvalidDataException">preprocessor_config.json cannot be used.</exception>
    /// <exception cref="FileNotFoundException">The folder or one of its files is missing.</exception>
    public static ImageCaptioner Open(string folder, ScalarType dtype = ScalarType.Float32)
    {
        var opened = PipelineFolder.Open(folder, "a captioner", dtype, "BlipForConditionalGeneration", "Blip2ForConditionalGeneration", "VisionEncoderDecoderModel");
        return opened.Sizes switch
        {
            BlipConfig sizes => OpenBlip(opened, sizes),
            Blip2Config sizes => OpenBlip2(opened, sizes),
            var sizes => OpenVitGpt2(opened, (VisionEncoderDecoderConfig)sizes),
        };
    }

    /// <summary>Captions one picture.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <param name="prefix">What the caption begins with, such as "a photography of"; null for nothing.</param>
    /// <param name="options">Length, beams and so on; null for greedy search of at most 30 new tokens.</param>
    /// <param name="onToken">Called after each token, on the calling thread.</param>
    /// <param name="cancellationToken">Checked at each token and while waiting for another call.</param>
    /// <returns>The captions, best first.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or prefix and new tokens are more than the network's positions; the message names both.</exception>
    public IReadOnlyList<ImageCaption> Caption(
        RgbImage image, string? prefix = null, GenerationOptions? options = null, Action<GenerationProgress>? onToken = null, CancellationToken cancellationToken = default) =>
        Caption([image], prefix, options, onToken, cancellationToken)[0];

    /// <summary>Captions pictures.</summary>
    /// <param name="images">Upright pictures of any size.</param>
    /// <param name="prefix">What each caption begins with, such as "a photography of"; null for nothing.</param>
    /// <param name="options">Length, beams and so on; null for greedy search of at most 30 new tokens.</param>
    /// <param name="onToken">Called after each token of the pictures that are captioned together, on the calling thread.</param>
    /// <param name="cancellationToken">Checked at each token, between pieces and while waiting for another call.</param>
    /// <returns>For each picture <see cref="GenerationOptions.NumReturnSequences"/> captions, best first.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or prefix and new tokens are more than the network's positions; the message names both.</exception>
    public IReadOnlyList<IReadOnlyList<ImageCaption>> Caption(
        IReadOnlyList<RgbImage> images, string? prefix = null, GenerationOptions? options = null, Action<GenerationProgress>? onToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return
        [
            .. Enumerable.Range(0, images.Count).Chunk(TextWriting.ItemsAtOnce).SelectMany(items =>
                Caption(processor.ProcessBatch([.. items.Select(index => images[index])]), prefix, options, onToken, items, cancellationToken)),
        ];
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => model.Dispose();

    /// <summary>Captions of prepared pictures.</summary>
    internal IReadOnlyList<IReadOnlyList<ImageCaption>> Caption(
        PixelBatch pixels, string? prefix = null, GenerationOptions? options = null, Action<GenerationProgress>? onToken = null, IReadOnlyList<int>? items = null, CancellationToken cancellationToken = default)
    {
        var start = string.IsNullOrWhiteSpace(prefix) ? [] : tokenizer.IdsOf(prefix);
        var report = TextWriting.Report(onToken, tokenizer, items ?? [.. Enumerable.Range(0, pixels.Count)], start);
        return model.Run(network =>
        {
            var texts = writer(network, pixels.PixelValues(model.Precision), start, options ?? TextWriting.Defaults, report, cancellationToken);
            return texts.Select(IReadOnlyList<ImageCaption> (row) =>
                [.. row.Select(text => new ImageCaption(tokenizer.TextOf(start.Concat(text.Tokens)), text.Score, text.Tokens))]).ToList();
        }, cancellationToken);
    }

    private static ImageCaptioner OpenBlip(PipelineFolder opened, BlipConfig sizes)
    {
        var processor = opened.Processor(sizes.Vision.ImageSize);
        var tokenizer = opened.Tokenizer(BertTokenizer.FromFolder, sizes.Text.Bert.VocabSize);
        var model = opened.Load<nn.Module>();
        return new ImageCaptioner(model, tokenizer, processor, (network, pixel_values, prefix, options, onStep, cancellationToken) =>
            ((BlipForConditionalGeneration)network).Generate(
                pixel_values, options, prefix.Count == 0 ? null : [tokenizer.BeginId!.Value, .. prefix, tokenizer.EndId!.Value], onStep, cancellationToken));
    }

    private static ImageCaptioner OpenBlip2(PipelineFolder opened, Blip2Config sizes)
    {
        var processor = opened.Processor(sizes.Vision.ImageSize);
        var tokenizer = opened.Tokenizer(Gpt2Tokenizer.FromFolder, sizes.Text.VocabSize);
        var model = opened.Load<nn.Module>();
        return new ImageCaptioner(model, tokenizer, processor, (network, pixel_values, prefix, options, onStep, cancellationToken) =>
        {
            var blip2 = (Blip2ForConditionalGeneration)network;
            return blip2.Generate(pixel_values, blip2.Prompt(prefix).repeat(pixel_values.shape[0], 1), options, onStep, cancellationToken);
        });
    }

    private static ImageCaptioner OpenVitGpt2(PipelineFolder opened, VisionEncoderDecoderConfig sizes)
    {
        var processor = opened.Processor(sizes.Encoder.ImageSize);
        var tokenizer = opened.Tokenizer(Gpt2Tokenizer.FromFolder, sizes.Decoder.VocabSize);
        var model = opened.Load<nn.Module>();
        return new ImageCaptioner(model, tokenizer, processor, (network, pixel_values, prefix, options, onStep, cancellationToken) =>
            ((VisionEncoderDecoderModel)network).Generate(pixel_values, options, prefix, onStep, cancellationToken));
    }
}
