using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>A model's folder as Hugging Face serves it, opened for a pipeline: what it holds is checked, cheap things first, before the weights are read.</summary>
internal sealed class PipelineFolder
{
    private readonly string folder;
    private readonly ModelFamily family;
    private readonly ScalarType dtype;

    private PipelineFolder(string folder, ModelConfig config, ModelFamily family, ScalarType dtype) =>
        (this.folder, Config, this.family, this.dtype) = (folder, config, family, dtype);

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">Holds config.json and the rest.</param>
    /// <param name="pipeline">What it is opened for, for messages: "a captioner".</param>
    /// <param name="dtype">The precision asked for.</param>
    /// <param name="architectures">The networks that will do, as config.json names them.</param>
    /// <exception cref="ModelConfigException">config.json cannot be used or describes another network.</exception>
    /// <exception cref="FileNotFoundException">There is no such folder, or it has no config.json.</exception>
    public static PipelineFolder Open(string folder, string pipeline, ScalarType dtype, params IReadOnlyList<string> architectures)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        CheckPrecision(dtype);
        if (!Directory.Exists(folder))
            throw new FileNotFoundException($"There is no folder '{folder}'.");
        var file = Path.Combine(folder, "config.json");
        if (!File.Exists(file))
            throw new FileNotFoundException($"The folder '{folder}' holds no config.json, which says what network the weights belong to.", file);
        var config = ModelConfig.Load(file);
        var family = ModelFamily.Of(config, architectures);
        return architectures.Contains(family.Architecture)
            ? new PipelineFolder(folder, config, family, dtype)
            : throw new ModelConfigException($"{file} describes {family.Name} ({family.Architecture}); {pipeline} wants {string.Join(" or ", architectures)}.");
    }

    /// <summary>Refuses precisions in which networks are not run here.</summary>
    public static void CheckPrecision(ScalarType dtype)
    {
        if (dtype is not (ScalarType.Float32 or ScalarType.BFloat16))
            throw new ArgumentException($"A network runs in Float32 or BFloat16, not in {dtype}.", nameof(dtype));
    }

    /// <summary>config.json.</summary>
    public ModelConfig Config { get; }

    /// <summary>The network's sizes: the record of its family.</summary>
    public object Sizes => family.Sizes;

    /// <summary>Builds the network that config.json describes and loads its weights.</summary>
    public SharedModel<TModel> Load<TModel>() where TModel : nn.Module
    {
        using var scope = NewDisposeScope(); // what came before the weights is gone when it ends
        var model = (TModel)family.BuildUnfilled(dtype);
        try
        {
            Checkpoint.Load(model, folder, family.Names);
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
}
