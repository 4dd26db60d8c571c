using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Assistant.Web.Apis.Ollama;

/// <summary>One object of an answer's stream, or the whole answer. Durations are nanoseconds; zeros are left out.</summary>
internal abstract record OllamaAnswer
{
    /// <summary>The name as the client sent it.</summary>
    [JsonPropertyOrder(-3)]
    public required string Model { get; init; }

    /// <summary>UTC.</summary>
    [JsonPropertyOrder(-2)]
    public required DateTime CreatedAt { get; init; }

    /// <summary>How likely the tokens were, where the request asks.</summary>
    public IReadOnlyList<TokenProbability>? Logprobs { get; init; }

    public bool Done { get; init; }

    /// <summary><c>stop</c>, <c>length</c>, <c>load</c> or <c>unload</c>.</summary>
    public string? DoneReason { get; init; }

    /// <summary>Token ids of the conversation up to here, for the next request; only of <c>/api/generate</c>, and where there is no picture in it.</summary>
    public IReadOnlyList<int>? Context { get; init; }

    public long? TotalDuration { get; init; }
    public long? LoadDuration { get; init; }

    /// <summary>Tokens of the whole prompt, pictures and known parts included.</summary>
    public int? PromptEvalCount { get; init; }

    /// <summary>Reading the prompt, pictures included.</summary>
    public long? PromptEvalDuration { get; init; }

    /// <summary>The part of <see cref="PromptEvalDuration"/> that the vision tower took; not in Ollama's own protocol.</summary>
    public long? VisionDuration { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public int? EvalCount { get; init; }

    public long? EvalDuration { get; init; }

    /// <summary>Instead of an answer, where the request asks.</summary>
    [JsonPropertyName("_debug_info")]
    public OllamaDebugInfo? DebugInfo { get; init; }

    /// <summary>How many of the oldest messages did not fit the context and were left out; not in Ollama's own protocol, which tells nobody.</summary>
    public int? TruncatedMessages { get; init; }
}

/// <summary>What the model would read.</summary>
/// <param name="RenderedTemplate">The prompt; <c>[img]</c> stands for a picture.</param>
/// <param name="ImageCount">Pictures in it.</param>
internal sealed record OllamaDebugInfo(string RenderedTemplate, int? ImageCount);

/// <summary>Of <c>/api/generate</c>.</summary>
internal sealed record OllamaGenerateAnswer : OllamaAnswer
{
    [JsonPropertyOrder(-1)]
    public required string Response { get; init; }

    [JsonPropertyOrder(-1)]
    public string? Thinking { get; init; }
}

/// <summary>Of <c>/api/chat</c>.</summary>
internal sealed record OllamaChatAnswer : OllamaAnswer
{
    [JsonPropertyOrder(-1)]
    public required OllamaMessage Message { get; init; }
}

/// <summary>Answer of <c>/api/version</c>.</summary>
internal sealed record OllamaVersion(string Version);

/// <summary>Answer of <c>/api/tags</c>.</summary>
internal sealed record OllamaModelList(IReadOnlyList<OllamaModel> Models);

/// <summary>A model in a list.</summary>
internal sealed record OllamaModel
{
    public required string Name { get; init; }
    public required string Model { get; init; }
    public required DateTime ModifiedAt { get; init; }
    public required long Size { get; init; }
    public required string Digest { get; init; }
    public required OllamaModelDetails Details { get; init; }
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>The server that runs it, if that is another one.</summary>
    public string? RemoteHost { get; init; }
}

/// <summary>Answer of <c>/api/ps</c>.</summary>
/// <param name="Models">The models in memory.</param>
/// <param name="Loading">Those on their way into it; not in Ollama's own protocol.</param>
internal sealed record OllamaLoadedModelList(IReadOnlyList<OllamaLoadedModel> Models, IReadOnlyList<OllamaLoadingModel>? Loading);

/// <summary>A model on its way into memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Progress">The share that is loaded, 0 to 1.</param>
internal sealed record OllamaLoadingModel(string Name, float Progress);

/// <summary>A model in memory.</summary>
internal sealed record OllamaLoadedModel
{
    public required string Name { get; init; }
    public required string Model { get; init; }
    public required long Size { get; init; }
    public required string Digest { get; init; }
    public required OllamaModelDetails Details { get; init; }
    public required DateTime ExpiresAt { get; init; }
    public required long SizeVram { get; init; }
    public required int ContextLength { get; init; }
}

/// <summary>What a model is, in short.</summary>
internal sealed record OllamaModelDetails
{
    public string ParentModel { get; init; } = "";
    public string Format { get; init; } = "gguf";
    public required string Family { get; init; }
    public required IReadOnlyList<string> Families { get; init; }
    public required string ParameterSize { get; init; }
    public required string QuantizationLevel { get; init; }
    public int? ContextLength { get; init; }
    public int? EmbeddingLength { get; init; }
}

/// <summary>Answer of <c>/api/show</c>.</summary>
internal sealed record OllamaModelInfo
{
    public string? License { get; init; }

    public required string Modelfile { get; init; }

    /// <summary>What the model sets for requests that do not say: a name and a value a line.</summary>
    public string Parameters { get; init; } = "";

    public required string Template { get; init; }
    public string? System { get; init; }
    public required OllamaModelDetails Details { get; init; }

    /// <summary>Texts that stand before every conversation with it.</summary>
    public IReadOnlyList<OllamaMessage>? Messages { get; init; }

    /// <summary>Metadata of the text model's file. Clients crash where it is missing.</summary>
    public required JsonObject ModelInfo { get; init; }

    /// <summary>Metadata of the projector's file.</summary>
    public JsonObject? ProjectorInfo { get; init; }

    public required IReadOnlyList<OllamaTensor> Tensors { get; init; }
    public required IReadOnlyList<string> Capabilities { get; init; }
    public required DateTime ModifiedAt { get; init; }
}

/// <summary>A tensor of the text model's file.</summary>
internal sealed record OllamaTensor(string Name, string Type, IReadOnlyList<long> Shape);

/// <summary>A step of pulling or creating a model.</summary>
internal sealed record OllamaProgress
{
    public required string Status { get; init; }
    public string? Digest { get; init; }

    /// <summary>Bytes.</summary>
    public long? Total { get; init; }

    public long? Completed { get; init; }
}

/// <summary>Answer of <c>/api/embed</c>.</summary>
internal sealed record OllamaEmbedAnswer
{
    public required string Model { get; init; }
    public required IReadOnlyList<float[]> Embeddings { get; init; }
    public long? TotalDuration { get; init; }
    public long? LoadDuration { get; init; }
    public int? PromptEvalCount { get; init; }
}

/// <summary>Answer of <c>/api/embeddings</c>.</summary>
internal sealed record OllamaEmbeddingsAnswer(float[] Embedding);

/// <summary>Any error.</summary>
internal sealed record OllamaError(string Error);
