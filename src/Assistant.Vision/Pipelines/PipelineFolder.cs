using System.Runtime.InteropServices;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>A kind of network as config.json names it.</summary>
/// <param name="ModelType">Its <c>model_type</c>.</param>
/// <param name="Architecture">The entry of <c>architectures</c> that a pipeline wants.</param>
internal sealed record ModelKind(string ModelType, string Architecture)
{
    public override string ToString() => $"{ModelType} ({Architecture})";
}

/// <summary>A model's folder as Hugging Face serves it, opened for a pipeline: what it holds is checked, cheap things first, before the weights are read.</summary>
internal sealed class PipelineFolder
{
    private readonly string folder;
    private readonly ModelConfig config;
    private readonly ScalarType dtype;

    private PipelineFolder(string folder, ModelConfig config, string modelType, ScalarType dtype) =>
        (this.folder, this.config, ModelType, this.dtype) = (folder, config, modelType, dtype);

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">Holds config.json and the rest.</param>
    /// <param name="pipeline">What it is opened for, for messages: "a captioner".</param>
    /// <param name="dtype">The precision asked for.</param>
    /// <param name="kinds">The networks that will do; where config.json names no architecture the model_type decides.</param>
    /// <exception cref="ModelConfigException">config.json cannot be read or describes another network.</exception>
    /// <exception cref="FileNotFoundException">There is no such folder, or it has no config.json.</exception>
    public static PipelineFolder Open(string folder, string pipeline, ScalarType dtype, params ReadOnlySpan<ModelKind> kinds)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        CheckPrecision(dtype);
        if (!Directory.Exists(folder))
            throw new FileNotFoundException($"There is no folder '{folder}'.");
        var file = Path.Combine(folder, "config.json");
        if (!File.Exists(file))
            throw new FileNotFoundException($"The folder '{folder}' holds no config.json, which says what network the weights belong to.", file);
        var config = ModelConfig.Load(file);
        var (type, architectures) = (config.Text("model_type", ""), config.Texts("architectures"));
        foreach (var kind in kinds)
        {
            if (kind.ModelType == type && (architectures.Count == 0 || architectures.Contains(kind.Architecture)))
                return new PipelineFolder(folder, config, type, dtype);
        }
        var wanted = string.Join(" or ", kinds.ToArray().Select(kind => kind.ToString()));
        var found = type.Length == 0 && architectures.Count == 0 ? "names no model_type" : $"describes {(type.Length == 0 ? "a network without model_type" : type)} ({string.Join(", ", architectures)})";
        throw new ModelConfigException($"{file} {found.Replace(" ()", "", StringComparison.Ordinal)}; {pipeline} wants {wanted}.");
    }

    /// <summary>Refuses precisions in which networks are not run here.</summary>
    public static void CheckPrecision(ScalarType dtype)
    {
        if (dtype is not (ScalarType.Float32 or ScalarType.BFloat16))
            throw new ArgumentException($"A network runs in Float32 or BFloat16, not in {dtype}.", nameof(dtype));
    }

    /// <summary>The kind of network that config.json describes.</summary>
    public string ModelType { get; }

    /// <summary>config.json.</summary>
    public ModelConfig Config => config;

    /// <summary>Builds the network that config.json describes and loads its weights.</summary>
    /// <param name="build">From configuration to network, weights random.</param>
    /// <param name="names">From the file's names to the network's, as for <see cref="Checkpoint.Load"/>.</param>
    public SharedModel<TModel> Load<TModel>(Func<ModelConfig, TModel> build, Func<string, string?>? names) where TModel : nn.Module
    {
        var model = Built(build);
        try
        {
            model.to(dtype);
            Checkpoint.Load(model, folder, names);
            model.eval();
            return new SharedModel<TModel>(model, dtype);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What prepares pictures.</summary>
    /// <param name="imageSize">Side of the square that the network takes; null where it takes any size.</param>
    /// <exception cref="InvalidDataException">The file cannot be used, or makes pictures of another size.</exception>
    public ImageProcessor Processor(int? imageSize)
    {
        var settings = ImageProcessorConfig.Load(folder);
        (int Height, int Width)? made = settings.DoCenterCrop ? (settings.CropHeight, settings.CropWidth)
            : settings.DoResize && settings.Rule == ResizeRule.Exact ? (settings.Height, settings.Width) : null;
        if (made is var (height, width) && imageSize is { } side && (height, width) != (side, side))
            throw new InvalidDataException($"{ImageProcessorConfig.FileIn(folder)}: pictures come out at {width} x {height} pixels, the network of config.json takes {side} x {side}.");
        return new ImageProcessor(settings);
    }

    /// <summary>The tokenizer, if it fits the network.</summary>
    /// <param name="read">Reads it from a folder.</param>
    /// <param name="vocabSize">Rows of the network's word embedding.</param>
    /// <exception cref="ModelConfigException">The tokenizer has more tokens than the network knows.</exception>
    public TTokenizer Tokenizer<TTokenizer>(Func<string, TTokenizer> read, int vocabSize) where TTokenizer : TextTokenizer
    {
        var tokenizer = read(folder);
        return tokenizer.VocabularySize <= vocabSize
            ? tokenizer
            : throw new ModelConfigException($"The tokenizer in '{folder}' has {tokenizer.VocabularySize} tokens, the network of config.json knows {vocabSize}: they do not belong together.");
    }

    /// <summary>Any reading of config.json, its errors naming the file.</summary>
    public T Read<T>(Func<ModelConfig, T> read)
    {
        try
        {
            return read(config);
        }
        catch (ModelConfigException broken) when (!broken.Message.StartsWith(config.Path, StringComparison.Ordinal))
        {
            throw new ModelConfigException($"{config.Path}: {broken.Message}", broken);
        }
    }

    private TModel Built<TModel>(Func<ModelConfig, TModel> build) where TModel : nn.Module
    {
        try
        {
            return Read(build);
        }
        catch (Exception broken) when (broken is ExternalException or ArgumentException or OverflowException)
        {
            // Sizes that pass one by one and still make no network, such as a table of more rows than there is memory.
            throw new ModelConfigException($"{config.Path} describes a network that cannot be built: {broken.Message.Split('\n')[0]}", broken);
        }
    }
}
