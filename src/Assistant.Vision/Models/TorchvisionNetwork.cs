using System.Globalization;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a VGG, read off its weights.</summary>
public sealed record VggSizes
{
    /// <summary>Widths of the convolutions, a list a stage.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Stages { get; init; }
    /// <summary>Width of the classifier's output.</summary>
    public required int Classes { get; init; }
}

/// <summary>Sizes of a ResNet, read off its weights.</summary>
public sealed record ResNetSizes
{
    /// <summary>Kind of its blocks: basic, or bottleneck.</summary>
    public required string LayerType { get; init; }
    /// <summary>Blocks of each of the four stages.</summary>
    public required IReadOnlyList<int> Depths { get; init; }
    /// <summary>Width of the classifier's output.</summary>
    public required int Classes { get; init; }
}

/// <summary>Recognises the weight files that torchvision publishes: they come without a configuration, but names and shapes say it all.</summary>
/// <remarks>Reference: torchvision <c>models/resnet.py</c> and <c>models/vgg.py</c>.</remarks>
internal sealed record TorchvisionNetwork(string Name, string ModelType, string Architecture, object Sizes, Func<nn.Module> Build)
{
    /// <summary>Null for any other weights.</summary>
    public static TorchvisionNetwork? Of(WeightFile file) => ResNet(file) ?? Vgg(file);

    private static TorchvisionNetwork? ResNet(WeightFile file)
    {
        // Wide ResNets and ResNeXts differ in the first block's inner convolution.
        var bottleneck = file.Tensors.ContainsKey("layer1.0.conv3.weight");
        if (!Is(file, "conv1.weight", 64, 3, 7, 7) || Shape(file, "fc.weight") is not [_, _] classifier
            || !Is(file, bottleneck ? "layer1.0.conv2.weight" : "layer1.0.conv1.weight", 64, 64, 3, 3))
            return null;
        var depths = Enumerable.Range(1, 4).Select(stage => Count(block => file.Tensors.ContainsKey($"layer{stage}.{block}.conv1.weight"))).ToList();
        if (depths.Contains(0))
            return null;
        var sizes = new ResNetSizes { LayerType = bottleneck ? "bottleneck" : "basic", Depths = depths, Classes = (int)classifier[0] };
        var layers = depths.Sum() * (bottleneck ? 3 : 2) + 2; // the first convolution and the classifier count too
        return new("ResNet", "resnet", Title("resnet", layers), sizes, () => new ResNet(depths, bottleneck, sizes.Classes));
    }

    private static TorchvisionNetwork? Vgg(WeightFile file)
    {
        if (!Is(file, "features.0.weight", 64, 3, 3, 3) || Shape(file, "classifier.6.weight") is not [_, 4096] classifier || file.Tensors.ContainsKey("features.1.weight"))
            return null; // a batch norm, in the forms that have one, is the second layer
        var stages = new List<List<int>> { new() };
        var next = 0;
        foreach (var (index, width) in Convolutions(file))
        {
            if (index == next + 1 && next > 0)
                stages.Add([]); // a pooling lies between
            else if (index != next)
                return null;
            stages[^1].Add(width);
            next = index + 2; // the convolution and its ReLU
        }
        var sizes = new VggSizes { Stages = stages, Classes = (int)classifier[0] };
        return new("VGG", "vgg", Title("vgg", stages.Sum(stage => stage.Count) + 3), sizes, () => new Vgg(stages, sizes.Classes));
    }

    private static IEnumerable<(int Index, int Width)> Convolutions(WeightFile file) => file.Tensors.Values
        .Where(tensor => tensor.Shape.Count == 4 && tensor.Name.Split('.') is ["features", var index, "weight"] && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(tensor => (int.Parse(tensor.Name.Split('.')[1], CultureInfo.InvariantCulture), (int)tensor.Shape[0]))
        .Order();

    private static bool Is(WeightFile file, string name, params long[] shape) => Shape(file, name)?.SequenceEqual(shape) ?? false;

    private static long[]? Shape(WeightFile file, string name) => file.Tensors.TryGetValue(name, out var tensor) ? [.. tensor.Shape] : null;

    private static int Count(Predicate<int> has)
    {
        var count = 0;
        while (has(count))
            count++;
        return count;
    }

    private static string Title(string name, int layers) => string.Create(CultureInfo.InvariantCulture, $"{name}{layers}");
}
