using System.Collections.Immutable;
using System.Globalization;

namespace Assistant.Vision.Imaging.Processors;

/// <summary>How a processor chooses the size to resize to.</summary>
public enum ResizeRule
{
    /// <summary>To exactly <see cref="ImageProcessorConfig.Height"/> x <see cref="ImageProcessorConfig.Width"/>, whatever the proportions.</summary>
    Exact,

    /// <summary>The shorter side to <see cref="ImageProcessorConfig.ShortestEdge"/>, the longer one in proportion, rounded down.</summary>
    ShortestEdge,

    /// <summary>As <see cref="ShortestEdge"/>, but with a limit on the longer side of 1333/800 of it, and both sides rounded down to multiples of <see cref="ImageProcessorConfig.SizeDivisor"/>: ViLT.</summary>
    ShortestEdgeWithinLimit,
}

/// <summary>What is done to a picture before a vision model sees it: the contents of <c>preprocessor_config.json</c>, with every default spelt out.</summary>
/// <remarks>Steps, in order: pad to a square, resize, centre crop, rescale, normalise. Reference: the PIL image processors of transformers, and torchvision's presets.</remarks>
public sealed record ImageProcessorConfig
{
    /// <summary>CLIP's means of red, green and blue.</summary>
    public static ImmutableArray<float> ClipMean { get; } = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <summary>CLIP's standard deviations of red, green and blue.</summary>
    public static ImmutableArray<float> ClipStd { get; } = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>ImageNet's means of red, green and blue.</summary>
    public static ImmutableArray<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>ImageNet's standard deviations of red, green and blue.</summary>
    public static ImmutableArray<float> ImageNetStd { get; } = [0.229f, 0.224f, 0.225f];

    private static readonly ImmutableArray<float> Halves = [0.5f, 0.5f, 0.5f];

    /// <summary>Whether a picture that is not square is first centred on a square of <see cref="PadColor"/>: LLaVA's <c>do_pad</c>.</summary>
    public bool DoPadToSquare { get; init; }

    /// <summary>Whether the picture is resized.</summary>
    public bool DoResize { get; init; } = true;

    /// <summary>How the size is chosen.</summary>
    public ResizeRule Rule { get; init; }

    /// <summary>Rows to resize to, under <see cref="ResizeRule.Exact"/>.</summary>
    public int Height { get; init; }

    /// <summary>Columns to resize to, under <see cref="ResizeRule.Exact"/>.</summary>
    public int Width { get; init; }

    /// <summary>Length of the shorter side, under the other rules.</summary>
    public int ShortestEdge { get; init; }

    /// <summary>What both sides are made multiples of, under <see cref="ResizeRule.ShortestEdgeWithinLimit"/>.</summary>
    public int SizeDivisor { get; init; } = 32;

    /// <summary>Filter of the resize.</summary>
    public ResampleFilter Resample { get; init; } = ResampleFilter.Bicubic;

    /// <summary>Whether the middle is cut out.</summary>
    public bool DoCenterCrop { get; init; }

    /// <summary>Rows cut out; a picture with fewer gets black ones.</summary>
    public int CropHeight { get; init; }

    /// <summary>Columns cut out; a picture with fewer gets black ones.</summary>
    public int CropWidth { get; init; }

    /// <summary>Whether an odd rest is split as torchvision does (half to even) instead of transformers' way (rounded down).</summary>
    public bool CropRoundsToEven { get; init; }

    /// <summary>Whether samples are multiplied by <see cref="RescaleFactor"/>.</summary>
    public bool DoRescale { get; init; } = true;

    /// <summary>What a sample of 0 to 255 is multiplied by.</summary>
    /// <value>The default is 1/255.</value>
    public double RescaleFactor { get; init; } = 1 / 255.0;

    /// <summary>Whether mean and standard deviation are applied.</summary>
    public bool DoNormalize { get; init; } = true;

    /// <summary>Subtracted from red, green and blue.</summary>
    public ImmutableArray<float> Mean { get; init; } = ClipMean;

    /// <summary>What red, green and blue are then divided by.</summary>
    public ImmutableArray<float> Std { get; init; } = ClipStd;

    /// <summary>Whether a batch is padded to a common size, with a mask: ViLT.</summary>
    public bool DoPadBatch { get; init; }

    /// <summary>Colour of the padding to a square: the means, as bytes rounded down; (122, 116, 104) for CLIP's.</summary>
    public (byte R, byte G, byte B) PadColor => (ToByte(Mean[0]), ToByte(Mean[1]), ToByte(Mean[2]));

    /// <summary>Every setting in one line: equal exactly where two processors give equal pixel values.</summary>
    public string Fingerprint => string.Create(CultureInfo.InvariantCulture,
        $"pad={DoPadToSquare};resize={DoResize}/{Rule}/{Height}x{Width}/{ShortestEdge}/{SizeDivisor}/{Resample};crop={DoCenterCrop}/{CropHeight}x{CropWidth}/{CropRoundsToEven};rescale={DoRescale}/{RescaleFactor};normalize={DoNormalize}/{string.Join(',', Mean)}/{string.Join(',', Std)}");

    /// <summary>CLIP: shorter side to <paramref name="size"/> (bicubic), centre crop.</summary>
    public static ImageProcessorConfig Clip(int size = 224) => new()
    {
        Rule = ResizeRule.ShortestEdge, ShortestEdge = size, DoCenterCrop = true, CropHeight = size, CropWidth = size,
    };

    /// <summary>LLaVA: padded to a square with the mean colour, then as CLIP. What LLaVA and xtuner's llava-phi3 were trained with.</summary>
    public static ImageProcessorConfig Llava(int size = 336) => Clip(size) with { DoPadToSquare = true };

    /// <summary>ViT: stretched to a square (bilinear), samples to -1..1.</summary>
    public static ImageProcessorConfig ViT(int size = 224) => new()
    {
        Height = size, Width = size, Resample = ResampleFilter.Bilinear, Mean = Halves, Std = Halves,
    };

    /// <summary>BLIP: stretched to a square (bicubic), CLIP's means.</summary>
    public static ImageProcessorConfig Blip(int size = 384) => new() { Height = size, Width = size };

    /// <summary>ViLT: shorter side to <paramref name="size"/>, sides multiples of 32, batches padded.</summary>
    public static ImageProcessorConfig Vilt(int size = 384) => new()
    {
        Rule = ResizeRule.ShortestEdgeWithinLimit, ShortestEdge = size, Mean = Halves, Std = Halves, DoPadBatch = true,
    };

    /// <summary>torchvision's classification presets (VGG16, ResNet50): shorter side to <paramref name="resize"/> (bilinear), centre crop, ImageNet means.</summary>
    public static ImageProcessorConfig Torchvision(int resize = 256, int crop = 224) => new()
    {
        Rule = ResizeRule.ShortestEdge, ShortestEdge = resize, Resample = ResampleFilter.Bilinear,
        DoCenterCrop = true, CropHeight = crop, CropWidth = crop, CropRoundsToEven = true,
        Mean = ImageNetMean, Std = ImageNetStd,
    };

    /// <summary>Reads <c>preprocessor_config.json</c>, or the <c>image_processor</c> of a <c>processor_config.json</c>, as transformers 5 writes it.</summary>
    /// <param name="path">The file, or the folder that holds one of them.</param>
    /// <exception cref="InvalidDataException">A setting is missing or makes no sense; the message names it and the file.</exception>
    /// <exception cref="FileNotFoundException">The folder holds neither file.</exception>
    public static ImageProcessorConfig Load(string path)
    {
        var file = Directory.Exists(path) ? FileIn(path) : path;
        return ImageProcessorConfigReader.Read(File.ReadAllText(file), file);
    }

    /// <summary>The file of a folder that says how pictures are prepared.</summary>
    internal static string FileIn(string folder)
    {
        string[] names = ["preprocessor_config.json", "processor_config.json"];
        return names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"The folder '{folder}' holds neither {names[0]} nor {names[1]}: how pictures are prepared is not known.");
    }

    /// <summary>Reads the text of a <c>preprocessor_config.json</c>.</summary>
    /// <exception cref="InvalidDataException">A setting is missing or makes no sense; the message names it.</exception>
    public static ImageProcessorConfig Parse(string json) => ImageProcessorConfigReader.Read(json, "preprocessor_config.json");

    private static byte ToByte(float mean) => (byte)Math.Clamp((double)mean * 255, 0, 255);
}
