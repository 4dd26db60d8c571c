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

    /// <summary>Told of the share of the file that is loaded, 0 to 1, on the thread that loads.</summary>
    /// <value>The default is null: nobody is told.</value>
    public IProgress<float>? Progress { get; init; }

    /// <summary>Stops loading between two tensors.</summary>
    /// <value>The default never does.</value>
    public CancellationToken CancellationToken { get; init; }
}
