using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Apis.Ollama;

/// <summary>What <c>/api/generate</c> and <c>/api/chat</c> have in common. Every field may be absent or null.</summary>
internal abstract record OllamaRequest
{
    public string? Model { get; init; }

    /// <summary>Absent means true.</summary>
    public bool? Stream { get; init; }

    /// <summary><c>"json"</c> or a JSON schema.</summary>
    public JsonElement? Format { get; init; }

    /// <summary>See <see cref="Apis.KeepAlive"/>.</summary>
    public JsonElement? KeepAlive { get; init; }

    public Dictionary<string, JsonElement>? Options { get; init; }

    /// <summary>A boolean or a level.</summary>
    public JsonElement? Think { get; init; }

    /// <summary>False: a conversation that does not fit the context is an error. Absent means true.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Accepted for the protocol's sake: an answer ends where the context is full, and nothing is shifted out of it.</summary>
    public bool? Shift { get; init; }

    /// <summary>True: answers with the prompt as the model would read it, and writes nothing.</summary>
    [JsonPropertyName("_debug_render_only")]
    public bool? DebugRenderOnly { get; init; }

    /// <summary>Whether the server's own tools on pictures may be used; absent leaves it to the configuration. Not in Ollama's own protocol.</summary>
    public bool? VisionTools { get; init; }

    /// <summary>What the answer must follow, in llama.cpp's notation. Not in Ollama's own protocol.</summary>
    public string? Grammar { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }
}

/// <summary>Body of <c>POST /api/generate</c>.</summary>
internal sealed record OllamaGenerateRequest : OllamaRequest
{
    public string? Prompt { get; init; }
    public string? Suffix { get; init; }
    public string? System { get; init; }
    public string? Template { get; init; }

    /// <summary>What an earlier answer gave as its context: the prompt goes on from there.</summary>
    public IReadOnlyList<int>? Context { get; init; }

    /// <summary>True: the prompt is the model's whole input, no template around it.</summary>
    public bool? Raw { get; init; }

    public IReadOnlyList<ImagePayload>? Images { get; init; }
}

/// <summary>Body of <c>POST /api/chat</c>.</summary>
internal sealed record OllamaChatRequest : OllamaRequest
{
    public IReadOnlyList<OllamaMessage>? Messages { get; init; }
    public IReadOnlyList<ToolDefinition>? Tools { get; init; }

    /// <summary>As in OpenAI's protocol; not in Ollama's own.</summary>
    public JsonElement? ToolChoice { get; init; }
}

/// <summary>A message, in requests and answers.</summary>
internal sealed record OllamaMessage
{
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Content { get; init; }

    public string? Thinking { get; init; }
    public IReadOnlyList<ImagePayload>? Images { get; init; }
    public IReadOnlyList<OllamaToolCall>? ToolCalls { get; init; }
    public string? ToolName { get; init; }
    public string? ToolCallId { get; init; }
}

/// <summary>A call that the model asks for.</summary>
internal sealed record OllamaToolCall
{
    public string? Id { get; init; }
    public OllamaFunctionCall? Function { get; init; }
}

/// <summary>Which function, and with what: arguments are an object here, a string in OpenAI's protocol.</summary>
internal sealed record OllamaFunctionCall
{
    public int? Index { get; init; }
    public string? Name { get; init; }
    public System.Text.Json.Nodes.JsonObject? Arguments { get; init; }
}

/// <summary>Body of <c>POST /api/show</c>.</summary>
internal sealed record OllamaShowRequest
{
    public string? Model { get; init; }

    /// <summary>The field's older name.</summary>
    public string? Name { get; init; }

    /// <summary>True: long arrays of the metadata, such as the vocabulary, are told, too.</summary>
    public bool? Verbose { get; init; }

    /// <summary>Shown instead of the model's own.</summary>
    public string? System { get; init; }

    /// <summary>Shown among the parameters, instead of the model's own of the same name.</summary>
    public Dictionary<string, JsonElement>? Options { get; init; }
}

/// <summary>Body of <c>POST /api/pull</c>.</summary>
internal sealed record OllamaPullRequest
{
    public string? Model { get; init; }

    /// <summary>The field's older name.</summary>
    public string? Name { get; init; }

    /// <summary>Absent means true.</summary>
    public bool? Stream { get; init; }
}

/// <summary>Body of <c>POST /api/copy</c>.</summary>
internal sealed record OllamaCopyRequest
{
    public string? Source { get; init; }
    public string? Destination { get; init; }
}

/// <summary>Body of <c>POST /api/create</c>.</summary>
internal sealed record OllamaCreateRequest
{
    public string? Model { get; init; }

    /// <summary>The field's older name.</summary>
    public string? Name { get; init; }

    /// <summary>The model to start from.</summary>
    public string? From { get; init; }

    /// <summary>Digests of files that were sent before, by name.</summary>
    public Dictionary<string, string>? Files { get; init; }

    /// <summary>The same for LoRA adapters.</summary>
    public Dictionary<string, string>? Adapters { get; init; }

    public string? Template { get; init; }
    public string? System { get; init; }
    public System.Text.Json.Nodes.JsonObject? Parameters { get; init; }

    /// <summary>Texts that stand before every conversation with it.</summary>
    public IReadOnlyList<OllamaMessage>? Messages { get; init; }

    /// <summary>A text, or several.</summary>
    public JsonElement? License { get; init; }

    /// <summary>Kind of smaller numbers to write the text model with, such as <c>q4_K_M</c>.</summary>
    public string? Quantize { get; init; }

    /// <summary>The field's older name.</summary>
    public string? Quantization { get; init; }

    /// <summary>Absent means true.</summary>
    public bool? Stream { get; init; }
}

/// <summary>Body of <c>POST /api/embed</c>.</summary>
internal sealed record OllamaEmbedRequest
{
    public string? Model { get; init; }

    /// <summary>A string or strings.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>Pictures beside or instead of texts; not in Ollama's own protocol.</summary>
    public IReadOnlyList<ImagePayload>? Images { get; init; }

    /// <summary>False: a text that is too long is an error. Absent means true.</summary>
    public bool? Truncate { get; init; }

    public int? Dimensions { get; init; }
    public JsonElement? KeepAlive { get; init; }
    public Dictionary<string, JsonElement>? Options { get; init; }
}

/// <summary>Body of <c>POST /api/embeddings</c>.</summary>
internal sealed record OllamaEmbeddingsRequest
{
    public string? Model { get; init; }
    public string? Prompt { get; init; }

    /// <summary>A picture instead of the prompt; not in Ollama's own protocol.</summary>
    public IReadOnlyList<ImagePayload>? Images { get; init; }

    public JsonElement? KeepAlive { get; init; }
    public Dictionary<string, JsonElement>? Options { get; init; }
}
