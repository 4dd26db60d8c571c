using System.Globalization;
using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Pipelines;

/// <summary>Says which of the classes it was trained on a picture shows: ViT, ResNet, VGG, or a network trained here.</summary>
/// <remarks>
/// Safe for several threads: image preparation runs side by side, the one copy of the weights is used by one call at a time, and a call that waits can be cancelled.
/// Many pictures run in pieces, so memory does not grow with their number.
/// </remarks>
public sealed class ImageClassifier : IDisposable
{
    /// <summary>Pictures that go through the network together; more bring no speed on a CPU.</summary>
    private const int ImagesAtOnce = 16;

    private readonly SharedModel<Module<Tensor, Tensor>> model;
    private readonly ImageProcessor processor;
    private readonly bool independent;

    private ImageClassifier(SharedModel<Module<Tensor, Tensor>> model, ImageProcessor processor, IReadOnlyList<string> labels, bool independent = false) =>
        (this.model, this.processor, Labels, this.independent) = (model, processor, labels, independent);

    /// <summary>A classifier over a network in memory.</summary>
    /// <param name="network">From [batch, 3, height, width] to logits, [batch, classes]; from now on the classifier's.</param>
    /// <param name="processor">How pictures are prepared.</param>
    /// <param name="labels">A name for each class.</param>
    /// <param name="dtype">Float32 or BFloat16; the network is converted to it.</param>
    public ImageClassifier(Module<Tensor, Tensor> network, ImageProcessorConfig processor, IReadOnlyList<string> labels, ScalarType dtype = ScalarType.Float32)
        : this(Shared(network, dtype), new ImageProcessor(processor), labels)
    {
    }

    /// <summary>Opens a folder of google/vit-base-patch16-224, microsoft/resnet-50 and their like.</summary>
    /// <param name="folder">Holds config.json with the class names, preprocessor_config.json and the weights.</param>
    /// <param name="dtype">Float32, or BFloat16: half the memory; faster where the processor has it (AVX512-BF16, AMX), slower elsewhere.</param>
    /// <exception cref="ModelConfigException">config.json cannot be used, or describes another network.</exception>
    /// <exception cref="WeightFileException">The weights cannot be used.</exception>
    /// <exception cref="InvalidDataException">preprocessor_config.json cannot be used.</exception>
    /// <exception cref="FileNotFoundException">The folder or one of its files is missing.</exception>
    public static ImageClassifier Open(string folder, ScalarType dtype = ScalarType.Float32)
    {
        var opened = PipelineFolder.Open(folder, "an image classifier", dtype, "ViTForImageClassification", "ResNetForImageClassification");
        var (labels, independent) = (opened.Config.Labels(), opened.Config.Text("problem_type", "") == "multi_label_classification");
        var processor = opened.Processor((opened.Sizes as ViTConfig)?.ImageSize); // a ResNet takes any size
        return new ImageClassifier(opened.Load<Module<Tensor, Tensor>>(), processor, labels, independent);
    }

    /// <summary>Opens weights that torchvision publishes, such as resnet50-0676ba61.pth; they come without configuration.</summary>
    /// <param name="architecture">resnet18, resnet34, resnet50, resnet101, resnet152, vgg16 or vgg19.</param>
    /// <param name="weights">The file. It decides how many classes there are.</param>
    /// <param name="labels">A name for each class; null for those of a config.json beside the file, or "class 0" and so on.</param>
    /// <param name="processor">How pictures are prepared; null for torchvision's own way: the shorter side to 256, 224 cut out.</param>
    /// <param name="dtype">Float32, or BFloat16: half the memory; faster where the processor has it (AVX512-BF16, AMX), slower elsewhere.</param>
    /// <exception cref="ArgumentException">The architecture is not known, or there are not as many labels as classes.</exception>
    /// <exception cref="ModelConfigException">A config.json beside the file cannot be read.</exception>
    /// <exception cref="WeightFileException">The weights cannot be used.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ImageClassifier OpenTorchvision(
        string architecture, string weights, IReadOnlyList<string>? labels = null, ImageProcessorConfig? processor = null, ScalarType dtype = ScalarType.Float32)
    {
        PipelineFolder.CheckPrecision(dtype);
        (Func<int, Module<Tensor, Tensor>> Build, string Head) known = architecture switch
        {
            "resnet18" => (ResNet.ResNet18, "fc.weight"),
            "resnet34" => (ResNet.ResNet34, "fc.weight"),
            "resnet50" => (ResNet.ResNet50, "fc.weight"),
            "resnet101" => (ResNet.ResNet101, "fc.weight"),
            "resnet152" => (ResNet.ResNet152, "fc.weight"),
            "vgg16" => (Vgg.Vgg16, "classifier.6.weight"),
            "vgg19" => (Vgg.Vgg19, "classifier.6.weight"),
            _ => throw new ArgumentException($"The architecture '{architecture}' is not known; known: resnet18, resnet34, resnet50, resnet101, resnet152, vgg16, vgg19.", nameof(architecture)),
        };
        var classes = ClassesOf(weights, known.Head);
        labels ??= LabelsBeside(weights) ?? [.. Enumerable.Range(0, classes).Select(index => string.Create(CultureInfo.InvariantCulture, $"class {index}"))];
        if (labels.Count != classes)
            throw new ArgumentException($"{Path.GetFileName(weights)} has {classes} classes, there are {labels.Count} labels.", nameof(labels));
        using var scope = NewDisposeScope(); // what came before the weights is gone when it ends
        var network = Layer.Unfilled(() => known.Build(classes), dtype);
        try
        {
            network.to(dtype);
            Checkpoint.Load(network, weights);
            return new ImageClassifier(network, processor ?? ImageProcessorConfig.Torchvision(), labels, dtype);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The names of the classes, in the order of their numbers.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Classifies one picture.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <param name="topK">How many classes are given, at most.</param>
    /// <param name="cancellationToken">Checked while waiting for another call.</param>
    /// <returns>The likeliest classes, best first.</returns>
    public IReadOnlyList<Classification> Classify(RgbImage image, int topK = 5, CancellationToken cancellationToken = default) => Classify([image], topK, cancellationToken)[0];

    /// <summary>Classifies pictures.</summary>
    /// <param name="images">Upright pictures of any size.</param>
    /// <param name="topK">How many classes are given for each, at most.</param>
    /// <param name="cancellationToken">Checked between pieces and while waiting for another call.</param>
    /// <returns>For each picture the likeliest classes, best first. Scores are a softmax, or a sigmoid each where config.json says multi_label_classification.</returns>
    public IReadOnlyList<IReadOnlyList<Classification>> Classify(IReadOnlyList<RgbImage> images, int topK = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return [.. images.Chunk(ImagesAtOnce).SelectMany(piece => Classify(processor.ProcessBatch(piece), topK, cancellationToken))];
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => model.Dispose();

    /// <summary>Classes of prepared pictures.</summary>
    internal IReadOnlyList<IReadOnlyList<Classification>> Classify(PixelBatch pixels, int topK, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        var logits = model.Run(network => network.call(pixels.PixelValues(model.Precision)).Rows(), cancellationToken);
        return [.. logits.Select(row =>
        {
            float[] scores = independent ? [.. row.Select(VectorMath.Sigmoid)] : VectorMath.Softmax(row);
            return (IReadOnlyList<Classification>)[.. row.Best(topK).Select(index => new Classification(index, Labels[index], scores[index]))];
        })];
    }

    private static SharedModel<Module<Tensor, Tensor>> Shared(Module<Tensor, Tensor> network, ScalarType dtype)
    {
        ArgumentNullException.ThrowIfNull(network);
        PipelineFolder.CheckPrecision(dtype);
        using var scope = NewDisposeScope();
        network.to(dtype);
        network.eval();
        return new SharedModel<Module<Tensor, Tensor>>(network, dtype);
    }

    private static int ClassesOf(string weights, string head)
    {
        using var file = WeightFile.Open(weights);
        return (int)file.Get(head).Shape[0];
    }

    private static IReadOnlyList<string>? LabelsBeside(string weights)
    {
        var config = Path.Combine(Directory.Exists(weights) ? weights : Path.GetDirectoryName(Path.GetFullPath(weights))!, "config.json");
        return File.Exists(config) ? ModelConfig.Load(config).Labels() : null;
    }
}
