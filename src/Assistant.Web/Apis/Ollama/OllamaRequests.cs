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

    public bool? Verbose { get; init; }
}
