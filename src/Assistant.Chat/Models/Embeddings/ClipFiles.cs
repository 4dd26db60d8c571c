using System.Text.Json;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;

namespace Assistant.Chat.Models.Embeddings;

/// <summary>The folder of a CLIP model as Hugging Face serves it.</summary>
internal sealed class ClipFiles(ModelOptions options, string key, string contentRoot) : IModelFiles
{
    private readonly DescriptionCache descriptions = new();

    public ModelOptions Options => options;

    public string Folder { get; } = Path.GetFullPath(options.Embedder!, contentRoot);

    /// <inheritdoc/>
    public object Stamp() => Stamps();

    /// <inheritdoc/>
    public ModelDescription Describe() => descriptions.Get(Stamps(), Read);

    /// <inheritdoc/>
    public int ContextFor(int contextLength) => Describe().ContextLength;

    /// <inheritdoc/>
    public long EstimateMemory(int contextLength)
    {
        // The network computes with 4 bytes a parameter, whatever its file holds.
        var description = Describe();
        return Math.Max(description.Size, 4 * description.ParameterCount);
    }

    /// <inheritdoc/>
    public ModelInMemory Load(int contextLength, ModelSurroundings surroundings, IProgress<float> progress, CancellationToken cancellationToken)
    {
        if (Describe().Problem is { } problem)
            throw new ModelLoadException(problem);
        try
        {
            return new ClipRuntime(this, surroundings.Compute);
        }
        catch (Exception e) when (IsBadFolder(e))
        {
            throw Failure(e.Message, e);
        }
    }

    private FolderStamp Stamps() => new(
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Order(StringComparer.Ordinal).Select(FileStamp.Of)] : []);

    private ModelDescription Read(FolderStamp stamp)
    {
        var description = new ModelDescription
        {
            Name = options.Name,
            Completion = false,
            Embedding = true,
            Vision = true,
            Size = stamp.Files.Sum(file => file.Length),
            ModifiedAt = stamp.Files.Length == 0 ? default : stamp.Files.Max(file => file.Written),
            Family = "clip",
        };
        try
        {
            if (!Directory.Exists(Folder))
                throw new FileNotFoundException($"there is no folder '{Folder}' ({key}:Embedder).");
            var file = Path.Combine(Folder, "config.json");
            if (!File.Exists(file))
                throw new FileNotFoundException($"the folder '{Folder}' ({key}:Embedder) holds no config.json.");
            var config = ModelConfig.Load(file);
            if (ModelFamily.Of(config, ["CLIPModel"]) is not { Sizes: ClipConfig sizes })
                throw new ModelConfigException($"'{file}' does not describe CLIP.");
            using var weights = WeightFile.Open(Folder);
            var largest = stamp.Files.Where(entry => entry.Path.EndsWith(".safetensors", StringComparison.Ordinal) || entry.Path.EndsWith(".bin", StringComparison.Ordinal)).MaxBy(entry => entry.Length);
            return description with
            {
                ParameterCount = weights.Tensors.Values.Sum(tensor => tensor.ElementCount),
                Quantization = weights.Tensors.Values.GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.ElementCount))?.Key.ToString() ?? "",
                ContextLength = sizes.TextConfig.MaxPositionEmbeddings,
                EmbeddingLength = sizes.ProjectionDim,
                Metadata = new Dictionary<string, object?>
                {
                    ["general.architecture"] = "clip",
                    ["clip.projection_dim"] = sizes.ProjectionDim,
                    ["clip.text.context_length"] = sizes.TextConfig.MaxPositionEmbeddings,
                    ["clip.vision.image_size"] = sizes.VisionConfig.ImageSize,
                },
                Tensors = [.. weights.Tensors.Values.Select(tensor => new ModelTensor(tensor.Name, tensor.Type.ToString(), [.. tensor.Shape.Reverse()]))],
                Digest = largest?.Digest() ?? "",
            };
        }
        catch (Exception e) when (IsBadFolder(e))
        {
            return description with { Problem = Failure(e.Message, e).Message };
        }
    }

    private ModelLoadException Failure(string why, Exception? inner = null) => new($"The model '{options.Name}' cannot be used: {why}", inner);

    private static bool IsBadFolder(Exception e) =>
        e is ModelConfigException or WeightFileException or InvalidDataException or IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException or System.Runtime.InteropServices.ExternalException;

    private sealed record FolderStamp(FileStamp[] Files)
    {
        public bool Equals(FolderStamp? other) => other is not null && Files.AsSpan().SequenceEqual(other.Files);

        public override int GetHashCode() => Files.Length;
    }
}
