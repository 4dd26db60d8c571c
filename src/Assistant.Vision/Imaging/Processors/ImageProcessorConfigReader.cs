using System.Collections.Immutable;
using System.Text.Json;

namespace Assistant.Vision.Imaging.Processors;

/// <summary>Reads <c>preprocessor_config.json</c> in the forms that years of transformers have written.</summary>
/// <remarks>"size" is a number (whose meaning depends on the class), {"shortest_edge"} or {"height", "width"}; what is absent takes the default of the class named by "image_processor_type" or, before 2023, "feature_extractor_type".</remarks>
internal static class ImageProcessorConfigReader
{
    /// <summary>ConvNeXt's processors (ResNet's on Hugging Face too) enlarge by this and crop, for sizes below <see cref="ConvNextCropLimit"/>.</summary>
    private const double ConvNextCropFraction = 224.0 / 256.0;

    private const int ConvNextCropLimit = 384;

    private const int MaxSide = 16_384;

    public static ImageProcessorConfig Read(string json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException("it is not a JSON object");
            if (Path.GetFileName(file) != "processor_config.json")
                return Read(root);
            return root.TryGetProperty("image_processor", out var own) && own.ValueKind == JsonValueKind.Object
                ? Read(own)
                : throw new InvalidDataException("it has no 'image_processor', so how pictures are prepared is not known");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file}: it is not valid JSON ({exception.Message})", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{file}: {exception.Message}", exception);
        }
    }

    private static ImageProcessorConfig Read(JsonElement root)
    {
        var type = Text(root, "image_processor_type") ?? Text(root, "feature_extractor_type") ?? "";
        var config = Defaults(type);
        config = config with
        {
            DoResize = Flag(root, "do_resize", config.DoResize),
            DoCenterCrop = Flag(root, "do_center_crop", config.DoCenterCrop),
            DoRescale = Flag(root, "do_rescale", config.DoRescale),
            RescaleFactor = Number(root, "rescale_factor", config.RescaleFactor),
            DoNormalize = Flag(root, "do_normalize", config.DoNormalize),
            Resample = Filter(root, config.Resample),
            SizeDivisor = Whole(root, "size_divisor", config.SizeDivisor),
            Mean = Triple(root, "image_mean", config.Mean),
            Std = Triple(root, "image_std", config.Std),
        };
        // "do_pad" is two things: ViLT pads a batch, LLaVA a picture to a square. Elsewhere, as in BLIP's files, which were made from ViLT's, it means nothing.
        config = config.Rule switch
        {
            ResizeRule.ShortestEdgeWithinLimit => config with { DoPadBatch = Flag(root, "do_pad", config.DoPadBatch) },
            ResizeRule.ShortestEdge => config with { DoPadToSquare = Flag(root, "do_pad", config.DoPadToSquare) },
            _ => config,
        };
        config = WithSize(config, root);
        if (type.StartsWith("ConvNext", StringComparison.Ordinal) && config.ShortestEdge < ConvNextCropLimit)
        {
            var (crop, fraction) = (config.ShortestEdge, Number(root, "crop_pct", ConvNextCropFraction));
            if (fraction is not (> 0 and <= 1))
                throw new InvalidDataException($"'crop_pct' is {fraction}; it is above 0 and at most 1");
            return config with { ShortestEdge = (int)(crop / fraction), DoCenterCrop = true, CropHeight = crop, CropWidth = crop };
        }
        return config.DoCenterCrop ? WithCrop(config, root) : config;
    }

    /// <summary>What a class does where the file is silent.</summary>
    private static ImageProcessorConfig Defaults(string type)
    {
        bool Is(string name) => type.StartsWith(name, StringComparison.OrdinalIgnoreCase);
        if (Is("Vilt"))
            return ImageProcessorConfig.Vilt();
        if (Is("Blip"))
            return ImageProcessorConfig.Blip();
        if (Is("ViT") || Is("DeiT") || Is("Siglip") || Is("Beit"))
            return ImageProcessorConfig.ViT();
        if (Is("ConvNext"))
            return ImageProcessorConfig.Torchvision() with { DoCenterCrop = false, ShortestEdge = 224, CropRoundsToEven = false };
        return ImageProcessorConfig.Clip(); // CLIP, LLaVA, and the many that copy them
    }

    private static ImageProcessorConfig WithSize(ImageProcessorConfig config, JsonElement root)
    {
        if (!config.DoResize)
            return config;
        if (!root.TryGetProperty("size", out var size) || size.ValueKind == JsonValueKind.Null)
            throw new InvalidDataException("'size' is missing");
        if (size.ValueKind == JsonValueKind.Number)
        {
            var side = Side(size, "size");
            return config.Rule == ResizeRule.Exact ? config with { Height = side, Width = side } : config with { ShortestEdge = side };
        }
        if (size.ValueKind == JsonValueKind.Array && size.GetArrayLength() == 2) // [width, height]: ViT before 2023
            return config with { Rule = ResizeRule.Exact, Width = Side(size[0], "size[0]"), Height = Side(size[1], "size[1]") };
        if (size.ValueKind == JsonValueKind.Object)
        {
            if (size.TryGetProperty("height", out var height) && size.TryGetProperty("width", out var width))
                return config with { Rule = ResizeRule.Exact, Height = Side(height, "size.height"), Width = Side(width, "size.width") };
            if (size.TryGetProperty("shortest_edge", out var edge))
            {
                var rule = config.Rule == ResizeRule.Exact ? ResizeRule.ShortestEdge : config.Rule;
                return config with { Rule = rule, ShortestEdge = Side(edge, "size.shortest_edge") };
            }
        }
        throw new InvalidDataException($"'size' is {size.GetRawText()}; a number, {{\"shortest_edge\"}} or {{\"height\", \"width\"}} is understood");
    }

    private static ImageProcessorConfig WithCrop(ImageProcessorConfig config, JsonElement root)
    {
        if (!root.TryGetProperty("crop_size", out var crop) || crop.ValueKind == JsonValueKind.Null)
            throw new InvalidDataException("'crop_size' is missing, and 'do_center_crop' is on");
        if (crop.ValueKind == JsonValueKind.Number)
            return config with { CropHeight = Side(crop, "crop_size"), CropWidth = Side(crop, "crop_size") };
        if (crop.ValueKind == JsonValueKind.Object && crop.TryGetProperty("height", out var height) && crop.TryGetProperty("width", out var width))
            return config with { CropHeight = Side(height, "crop_size.height"), CropWidth = Side(width, "crop_size.width") };
        throw new InvalidDataException($"'crop_size' is {crop.GetRawText()}; a number or {{\"height\", \"width\"}} is understood");
    }

    private static ResampleFilter Filter(JsonElement root, ResampleFilter otherwise)
    {
        var number = Number(root, "resample", (int)otherwise);
        return Enum.GetValues<ResampleFilter>().Any(filter => (int)filter == number)
            ? (ResampleFilter)(int)number
            : throw new InvalidDataException($"'resample' is {number}; Pillow's filters are 0 to 5");
    }

    private static ImmutableArray<float> Triple(JsonElement root, string name, ImmutableArray<float> otherwise)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return otherwise;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3 || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.Number))
            throw new InvalidDataException($"'{name}' is {value.GetRawText()}; three numbers are needed");
        var numbers = value.EnumerateArray().Select(v => v.GetSingle()).ToImmutableArray();
        return name == "image_std" && numbers.Any(v => !(v > 0))
            ? throw new InvalidDataException($"'{name}' is {value.GetRawText()}; a standard deviation is above 0")
            : numbers;
    }

    private static int Side(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var side) && side is > 0 and <= MaxSide
            ? side
            : throw new InvalidDataException($"'{name}' is {value.GetRawText()}; a whole number from 1 to {MaxSide} is needed");

    private static int Whole(JsonElement root, string name, int otherwise) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Side(value, name) : otherwise;

    private static double Number(JsonElement root, string name, double otherwise)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return otherwise;
        return value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : throw new InvalidDataException($"'{name}' is {value.GetRawText()}; a number is needed");
    }

    private static bool Flag(JsonElement root, string name, bool otherwise)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return otherwise;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new InvalidDataException($"'{name}' is {value.GetRawText()}; true or false is needed");
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
