using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>VGG: 3×3 convolutions in stages, then three linear layers.</summary>
/// <remarks>Simonyan and Zisserman 2014, arXiv:1409.1556; reference: torchvision <c>models/vgg.py</c>, the forms without batch norm. Names are torchvision's, as in its published weights.</remarks>
public sealed class Vgg : Module<Tensor, Tensor>
{
    /// <summary>Side of the map that the classifier reads.</summary>
    private const int Grid = 7;

    private readonly Sequential features;
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly Sequential classifier;

    /// <param name="stages">Widths of the convolutions, a list a stage; each stage ends in a pooling that halves the picture.</param>
    /// <param name="classes">Width of the classifier's output.</param>
    /// <param name="dropout">Share of activations dropped in training.</param>
    public Vgg(IReadOnlyList<IReadOnlyList<int>> stages, int classes = 1000, double dropout = 0.5) : base(nameof(Vgg))
    {
        var width = 3;
        var layers = new List<Module<Tensor, Tensor>>();
        foreach (var stage in stages)
        {
            foreach (var next in stage)
            {
                layers.Add(Layer.Conv2d(width, next, 3, padding: 1));
                layers.Add(ReLU());
                width = next;
            }
            layers.Add(MaxPool2d(2, stride: 2));
        }
        features = Sequential(layers.ToArray());
        avgpool = AdaptiveAvgPool2d(Grid);
        classifier = Sequential(
            Layer.Linear(width * Grid * Grid, 4096), ReLU(), Dropout(dropout),
            Layer.Linear(4096, 4096), ReLU(), Dropout(dropout),
            Layer.Linear(4096, classes));
        RegisterComponents();
    }

    /// <summary>VGG-16 (configuration D).</summary>
    public static Vgg Vgg16(int classes = 1000) => new([[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]], classes);

    /// <summary>VGG-19 (configuration E).</summary>
    public static Vgg Vgg19(int classes = 1000) => new([[64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512, 512, 512, 512]], classes);

    /// <summary>The last stage's map.</summary>
    /// <param name="pixel_values">[batch, 3, height, width].</param>
    /// <returns>[batch, 512, height / 32, width / 32].</returns>
    public Tensor Map(Tensor pixel_values) => features.call(pixel_values);

    /// <summary>What the classifier reads: the map averaged to 7 × 7, flattened.</summary>
    /// <param name="map">[batch, 512, height, width].</param>
    /// <returns>[batch, 25088].</returns>
    public Tensor Flatten(Tensor map)
    {
        using var scope = NewDisposeScope();
        return avgpool.call(map).flatten(1).MoveToOuterDisposeScope();
    }

    /// <summary>The classifier's first layers, for features: 1 is the first linear layer alone, 2 adds its ReLU, 5 ends at the second ReLU, 7 gives the logits.</summary>
    /// <param name="flat">[batch, 25088].</param>
    /// <param name="layers">How many of the seven layers run.</param>
    /// <returns>[batch, 4096], or [batch, classes] for all layers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many layers.</exception>
    public Tensor Classify(Tensor flat, int layers = 7)
    {
        if (layers < 1 || layers > classifier.Count)
            throw new ArgumentOutOfRangeException(nameof(layers), layers, string.Create(CultureInfo.InvariantCulture, $"The classifier has layers 1 to {classifier.Count}."));
        using var scope = NewDisposeScope();
        var x = flat;
        for (var index = 0; index < layers; index++)
            x = classifier[index].call(x);
        return x.MoveToOuterDisposeScope();
    }

    /// <param name="pixel_values">[batch, 3, height, width].</param>
    /// <returns>Logits, [batch, classes].</returns>
    public override Tensor forward(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return Classify(Flatten(Map(pixel_values))).MoveToOuterDisposeScope();
    }
}
