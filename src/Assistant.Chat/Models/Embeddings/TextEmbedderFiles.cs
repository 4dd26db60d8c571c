using Assistant.Vision.Weights;
using LlamaCpp;

namespace Assistant.Chat.Models.Embeddings;

/// <summary>The GGUF file of a model that turns texts into vectors.</summary>
internal sealed class TextEmbedderFiles : IModelFiles
{
    private readonly ModelFiles files;

    public TextEmbedderFiles(ModelOptions options, string key, string contentRoot)
    {
        Options = options;
        // The same checks as for a text model; a template plays no part, and one text is read at a time.
        files = new ModelFiles(
            new ModelOptions { Name = options.Name, TextModel = options.Embedder!, Template = "chatml", ContextLength = options.ContextLength, Slots = 1, SavedPrefixes = "0" }, key, contentRoot);
    }

    /// <summary>Whether an embedder's path names such a file; others name folders of CLIP.</summary>
    public static bool IsFile(string path) => path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    public ModelOptions Options { get; }

    public string Path => files.TextPath;

    /// <inheritdoc/>
    public object Stamp() => files.Stamp();

    /// <inheritdoc/>
    public ModelDescription Describe() => AsEmbedder(files.Describe());

    /// <inheritdoc/>
    public ModelDescription DescribeWhole() => AsEmbedder(files.DescribeWhole());

    private static ModelDescription AsEmbedder(ModelDescription description) => description with { Completion = false, Embedding = true, Vision = false, Tools = false, Thinking = false, Template = "" };

    /// <inheritdoc/>
    public int ContextFor(int contextLength) => Math.Clamp(Math.Min(files.ContextFor(contextLength), files.Describe().ContextLength), 1, 32768);

    /// <inheritdoc/>
    public long EstimateMemory(int contextLength) => files.EstimateMemory(ContextFor(contextLength));

    /// <inheritdoc/>
    public ModelInMemory Load(int contextLength, ModelSurroundings surroundings, IProgress<float> progress, CancellationToken cancellationToken)
    {
        if (Describe().Problem is { } problem)
            throw new ModelLoadException(problem);
        try
        {
            return new TextEmbedderRuntime(this, ContextFor(contextLength), surroundings.Compute, new LlamaModelOptions { Progress = progress, CancellationToken = cancellationToken });
        }
        catch (Exception e) when (e is LlamaException or WeightFileException or IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException)
        {
            throw files.Failure(e.Message, e);
        }
    }
}
