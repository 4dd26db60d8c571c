namespace LlamaCpp;

/// <summary>How a model file is loaded (<c>llama_model_params</c>).</summary>
public sealed record LlamaModelOptions
{
    /// <summary>Loads metadata and vocabulary only; such a model tokenizes but cannot get a context.</summary>
    /// <value>The default is false.</value>
    public bool VocabOnly { get; init; }

    /// <summary>Layers kept on the GPU; negative: all.</summary>
    /// <value>The default is -1. A CPU build ignores it.</value>
    public int GpuLayers { get; init; } = -1;

    /// <summary>Maps the file into memory instead of reading it.</summary>
    /// <value>The default is true.</value>
    public bool UseMemoryMap { get; init; } = true;

    /// <summary>Looks through all tensor data for values that are not finite.</summary>
    /// <value>The default is false: it reads the whole file.</value>
    public bool CheckTensors { get; init; }
}
