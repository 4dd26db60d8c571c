using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a ResNet as transformers describes it.</summary>
public sealed record ResNetConfig
{
    /// <summary>Kind of its blocks: basic, or bottleneck.</summary>
    public string LayerType { get; init; } = "bottleneck";
    /// <summary>Blocks of each of the four stages.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [3, 4, 6, 3];
    /// <summary>Channels that each stage gives.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init; } = [256, 512, 1024, 2048];

    /// <summary>Reads a <c>config.json</c> of model_type resnet.</summary>
    /// <exception cref="ModelConfigException">It is a variant whose widths or strides are not torchvision's.</exception>
    public static ResNetConfig From(ModelConfig json)
    {
        var defaults = new ResNetConfig();
        var config = new ResNetConfig
        {
            LayerType = json.Text("layer_type", defaults.LayerType),
            Depths = json.Has("depths") ? json.Ints("depths") : defaults.Depths,
            HiddenSizes = json.Has("hidden_sizes") ? json.Ints("hidden_sizes") : defaults.HiddenSizes,
        };
        IReadOnlyList<int> standard = config.LayerType switch
        {
            "basic" => [64, 128, 256, 512],
            "bottleneck" => defaults.HiddenSizes,
            var other => throw new ModelConfigException($"{json.Path}: 'layer_type' must be basic or bottleneck, it is {other}."),
        };
        if (config.Depths.Count != 4 || config.Depths.Any(depth => depth < 1))
            throw new ModelConfigException($"{json.Path}: 'depths' must be four numbers of blocks, it is [{string.Join(", ", config.Depths)}].");
        if (!config.HiddenSizes.SequenceEqual(standard) || json.Int("embedding_size", 64) != 64)
            throw new ModelConfigException($"{json.Path}: a {config.LayerType} ResNet with 'hidden_sizes' [{string.Join(", ", config.HiddenSizes)}] and 'embedding_size' {json.Int("embedding_size", 64)} is not supported; [{string.Join(", ", standard)}] and 64 are.");
        if (json.Flag("downsample_in_first_stage", false) || json.Flag("downsample_in_bottleneck", false) || json.Text("hidden_act", "relu") != "relu")
            throw new ModelConfigException($"{json.Path}: 'downsample_in_first_stage', 'downsample_in_bottleneck' and activations other than relu are not supported.");
        return config;
    }
}

/// <summary>Two 3×3 convolutions around a shortcut, or three (1×1, 3×3, 1×1) in the bottleneck form.</summary>
internal sealed class ResNetBlock : Module<Tensor, Tensor>
{
    /// <summary>How much wider a bottleneck's output is than its middle.</summary>
    public const int BottleneckExpansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d? conv3;
    private readonly BatchNorm2d? bn3;
    private readonly Sequential? downsample;

    /// <param name="inputWidth">Channels in.</param>
    /// <param name="width">Channels of the middle.</param>
    /// <param name="stride">2 halves the picture: in the 3×3 convolution, as torchvision (v1.5) does.</param>
    /// <param name="bottleneck">Which form.</param>
    public ResNetBlock(int inputWidth, int width, int stride, bool bottleneck) : base(nameof(ResNetBlock))
    {
        var outputWidth = bottleneck ? width * BottleneckExpansion : width;
        conv1 = bottleneck ? Layer.Conv2d(inputWidth, width, 1, bias: false) : Layer.Conv2d(inputWidth, width, 3, stride: stride, padding: 1, bias: false);
        bn1 = BatchNorm2d(width);
        conv2 = Layer.Conv2d(width, width, 3, stride: bottleneck ? stride : 1, padding: 1, bias: false);
        bn2 = BatchNorm2d(width);
        if (bottleneck)
        {
            conv3 = Layer.Conv2d(width, outputWidth, 1, bias: false);
            bn3 = BatchNorm2d(outputWidth);
        }
        if (stride != 1 || inputWidth != outputWidth)
            downsample = Sequential(Layer.Conv2d(inputWidth, outputWidth, 1, stride: stride, bias: false), BatchNorm2d(outputWidth));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = bn2.call(conv2.call(F.relu(bn1.call(conv1.call(x)))));
        if (conv3 is not null)
            y = bn3!.call(conv3.call(F.relu(y)));
        return F.relu(y + (downsample is null ? x : downsample.call(x))).MoveToOuterDisposeScope(); // [batch, output width, height / stride, width / stride]
    }
}

/// <summary>A residual convolutional network.</summary>
/// <remarks>He et al. 2015, arXiv:1512.03385; reference: torchvision <c>models/resnet.py</c>. Names are torchvision's, as in its published weights.</remarks>
public sealed class ResNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly MaxPool2d maxpool;
    private readonly Sequential layer1, layer2, layer3, layer4;
    private readonly Linear fc;

    /// <param name="blocks">Blocks of each of the four stages, such as 3, 4, 6, 3.</param>
    /// <param name="bottleneck">Whether blocks are bottlenecks, as from 50 layers on.</param>
    /// <param name="classes">Width of the classifier's output.</param>
    /// <exception cref="ArgumentException">There are not four stages.</exception>
    public ResNet(IReadOnlyList<int> blocks, bool bottleneck, int classes = 1000) : base(nameof(ResNet))
    {
        if (blocks.Count != 4 || blocks.Any(count => count < 1))
            throw new ArgumentException($"A ResNet has four stages of at least one block; asked for [{string.Join(", ", blocks)}].", nameof(blocks));
        FeatureWidth = bottleneck ? 512 * ResNetBlock.BottleneckExpansion : 512;
        conv1 = Layer.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        bn1 = BatchNorm2d(64);
        maxpool = MaxPool2d(3, stride: 2, padding: 1);
        var expansion = bottleneck ? ResNetBlock.BottleneckExpansion : 1;
        layer1 = Stage(64, 64, blocks[0], stride: 1, bottleneck);
        layer2 = Stage(64 * expansion, 128, blocks[1], stride: 2, bottleneck);
        layer3 = Stage(128 * expansion, 256, blocks[2], stride: 2, bottleneck);
        layer4 = Stage(256 * expansion, 512, blocks[3], stride: 2, bottleneck);
        fc = Layer.Linear(FeatureWidth, classes);
        RegisterComponents();
    }

    /// <summary>Builds the network that a <c>config.json</c> of model_type resnet describes, as microsoft/resnet-50; weights are random.</summary>
    /// <remarks>Its weights' names are <see cref="CheckpointNames.ResNet"/>'s.</remarks>
    /// <exception cref="ModelConfigException">It is a variant whose widths or strides are not torchvision's.</exception>
    public static ResNet From(ModelConfig json)
    {
        var sizes = ResNetConfig.From(json);
        return new ResNet(sizes.Depths, sizes.LayerType == "bottleneck", json.Labels().Count);
    }

    /// <summary>ResNet-18.</summary>
    public static ResNet ResNet18(int classes = 1000) => new([2, 2, 2, 2], bottleneck: false, classes);

    /// <summary>ResNet-34.</summary>
    public static ResNet ResNet34(int classes = 1000) => new([3, 4, 6, 3], bottleneck: false, classes);

    /// <summary>ResNet-50.</summary>
    public static ResNet ResNet50(int classes = 1000) => new([3, 4, 6, 3], bottleneck: true, classes);

    /// <summary>ResNet-101.</summary>
    public static ResNet ResNet101(int classes = 1000) => new([3, 4, 23, 3], bottleneck: true, classes);

    /// <summary>ResNet-152.</summary>
    public static ResNet ResNet152(int classes = 1000) => new([3, 8, 36, 3], bottleneck: true, classes);

    /// <summary>Width of <see cref="Features"/>: 2048 for bottlenecks, 512 otherwise.</summary>
    public int FeatureWidth { get; }

    /// <summary>The first convolution, normed and rectified.</summary>
    /// <param name="pixel_values">[batch, 3, height, width].</param>
    /// <returns>[batch, 64, height / 2, width / 2].</returns>
    public Tensor Stem(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return F.relu(bn1.call(conv1.call(pixel_values))).MoveToOuterDisposeScope();
    }

    /// <summary>The outputs of the four stages.</summary>
    /// <param name="pixel_values">[batch, 3, height, width].</param>
    /// <returns>Each [batch, width, height / s, width / s] with s = 4, 8, 16, 32.</returns>
    public IReadOnlyList<Tensor> StageOutputs(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var outputs = new List<Tensor>();
        var x = maxpool.call(Stem(pixel_values));
        foreach (var stage in new[] { layer1, layer2, layer3, layer4 })
        {
            x = stage.call(x);
            outputs.Add(x);
        }
        return outputs.Select(output => output.MoveToOuterDisposeScope()).ToList();
    }

    /// <summary>The last stage, averaged over the picture.</summary>
    /// <param name="pixel_values">[batch, 3, height, width].</param>
    /// <returns>[batch, <see cref="FeatureWidth"/>].</returns>
    public Tensor Features(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var x = layer2.call(layer1.call(maxpool.call(Stem(pixel_values))));
        return layer4.call(layer3.call(x)).mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>Class scores of features.</summary>
    /// <param name="features">[batch, <see cref="FeatureWidth"/>].</param>
    /// <returns>Logits, [batch, classes].</returns>
    public Tensor Classify(Tensor features) => fc.call(features);

    /// <param name="pixel_values">[batch, 3, height, width].</param>
    /// <returns>Logits, [batch, classes].</returns>
    public override Tensor forward(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return Classify(Features(pixel_values)).MoveToOuterDisposeScope();
    }

    private static Sequential Stage(int inputWidth, int width, int blocks, int stride, bool bottleneck)
    {
        var outputWidth = bottleneck ? width * ResNetBlock.BottleneckExpansion : width;
        return Sequential(Enumerable.Range(0, blocks).Select(Module<Tensor, Tensor> (index) =>
            new ResNetBlock(index == 0 ? inputWidth : outputWidth, width, index == 0 ? stride : 1, bottleneck)).ToArray());
    }
}
