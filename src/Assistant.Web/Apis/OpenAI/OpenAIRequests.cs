using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Apis.OpenAI;

/// <summary>What <c>/v1/chat/completions</c> and <c>/v1/completions</c> have in common. Every field may be absent or null.</summary>
internal abstract record OpenAIRequest
{
    public string? Model { get; init; }

    /// <summary>Absent means false.</summary>
    public bool? Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }
    public int? MaxTokens { get; init; }

    /// <summary>Absent means 1.</summary>
    public float? Temperature { get; init; }

    /// <summary>Absent means 1.</summary>
    public float? TopP { get; init; }

    /// <summary>A string or strings.</summary>
    public JsonElement? Stop { get; init; }

    public long? Seed { get; init; }
    public float? FrequencyPenalty { get; init; }
    public float? PresencePenalty { get; init; }

    /// <summary>As Ollama's option of this name, as are the following; not in OpenAI's own protocol.</summary>
    public int? TopK { get; init; }

    public float? MinP { get; init; }
    public float? TypicalP { get; init; }
    public float? RepeatPenalty { get; init; }
    public int? RepeatLastN { get; init; }
    public int? LoopLimit { get; init; }

    /// <summary>Token ids and what is added to their logits, -100 to 100.</summary>
    public JsonElement? LogitBias { get; init; }

    /// <summary>What the answer must follow, in llama.cpp's notation; not in OpenAI's own protocol.</summary>
    public string? Grammar { get; init; }

    /// <summary>Choices; only one is possible.</summary>
    public int? N { get; init; }

    /// <summary>As in Ollama's protocol; not in OpenAI's own.</summary>
    public JsonElement? KeepAlive { get; init; }

    /// <summary>As Ollama's option of this name: a model with a shorter context is loaded again; not in OpenAI's own protocol.</summary>
    public int? NumCtx { get; init; }

    /// <summary>As in Ollama's protocol: false makes a conversation that does not fit the context an error. Absent means true.</summary>
    public bool? Truncate { get; init; }
}

/// <summary>Body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatCompletionRequest : OpenAIRequest
{
    public IReadOnlyList<RequestMessage>? Messages { get; init; }

    /// <summary>The newer name of <see cref="OpenAIRequest.MaxTokens"/>; it wins.</summary>
    public int? MaxCompletionTokens { get; init; }

    public bool? Logprobs { get; init; }
    public int? TopLogprobs { get; init; }
    public ResponseFormat? ResponseFormat { get; init; }
    public string? ReasoningEffort { get; init; }
    public ReasoningRequest? Reasoning { get; init; }
    public IReadOnlyList<ToolDefinition>? Tools { get; init; }

    /// <summary><c>none</c>, <c>auto</c>, <c>required</c>, or a function.</summary>
    public JsonElement? ToolChoice { get; init; }

    /// <summary>False: one call at most.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>True: a stream tells how far the prompt is read, as llama-server's does; not in OpenAI's own protocol.</summary>
    public bool? ReturnProgress { get; init; }

    /// <summary>Whether the server's own tools on pictures may be used; absent leaves it to the configuration. Not in OpenAI's own protocol.</summary>
    public bool? VisionTools { get; init; }

}

/// <summary>Body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionRequest : OpenAIRequest
{
    /// <summary>A string, or an array of one.</summary>
    public JsonElement? Prompt { get; init; }

    public string? Suffix { get; init; }

    /// <summary>How many probabilities a token.</summary>
    public int? Logprobs { get; init; }
}

/// <summary>Extras of a stream.</summary>
internal sealed record StreamOptions
{
    public bool? IncludeUsage { get; init; }
}

/// <summary>A message of a request.</summary>
internal sealed record RequestMessage
{
    public string? Role { get; init; }

    /// <summary>A string on the wire is one text part here.</summary>
    [JsonConverter(typeof(ContentPartsConverter))]
    public IReadOnlyList<ContentPart>? Content { get; init; }

    public IReadOnlyList<RequestToolCall>? ToolCalls { get; init; }
    public string? ToolCallId { get; init; }

    /// <summary>Thoughts of an earlier answer, as answers name them.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The same under llama-server's name.</summary>
    public string? ReasoningContent { get; init; }
}

/// <summary>Text or a picture.</summary>
internal sealed record ContentPart
{
    public string? Type { get; init; }
    public string? Text { get; init; }

    [JsonConverter(typeof(ImageUrlConverter))]
    public ImagePayload? ImageUrl { get; init; }
}

/// <summary>A call that the model asked for earlier.</summary>
internal sealed record RequestToolCall
{
    public string? Id { get; init; }
    public RequestFunctionCall? Function { get; init; }
}

/// <summary>Which function, and its arguments as JSON text.</summary>
internal sealed record RequestFunctionCall
{
    public string? Name { get; init; }
    public string? Arguments { get; init; }
}

/// <summary><c>text</c>, <c>json_object</c> or <c>json_schema</c>.</summary>
internal sealed record ResponseFormat
{
    public string? Type { get; init; }
    public ResponseSchema? JsonSchema { get; init; }

    /// <summary>A schema beside the type <c>json_object</c>, as llama-server takes it.</summary>
    public JsonElement? Schema { get; init; }
}

/// <summary>A named JSON schema.</summary>
internal sealed record ResponseSchema
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public JsonElement? Schema { get; init; }
}

/// <summary>The responses protocol's way to say how much to think.</summary>
internal sealed record ReasoningRequest
{
    public string? Effort { get; init; }
}

/// <summary>Reads a content that is a string or an array of parts.</summary>
internal sealed class ContentPartsConverter : JsonConverter<IReadOnlyList<ContentPart>>
{
    public override IReadOnlyList<ContentPart>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => [new ContentPart { Type = "text", Text = reader.GetString() }],
        JsonTokenType.StartArray => JsonSerializer.Deserialize(ref reader, OpenAIJson.Wire.ListContentPart),
        _ => throw new JsonException("content must be a string or an array of parts"),
    };

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<ContentPart> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are only read.");
}

/// <summary>Reads <c>{"url": "data:..."}</c>, or the bare string that LangChain sends.</summary>
internal sealed class ImageUrlConverter : JsonConverter<ImagePayload>
{
    private static readonly ImagePayloadConverter payload = new();

    public override ImagePayload? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return payload.Read(ref reader, typeToConvert, options);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("invalid image input: image_url must be an object with a url, or a string");
        ImagePayload? image = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUrl = reader.ValueTextEquals("url"u8);
            reader.Read();
            if (isUrl)
                image = payload.Read(ref reader, typeToConvert, options);
            else
                reader.Skip(); // "detail"
        }
        return image;
    }

    public override void Write(Utf8JsonWriter writer, ImagePayload value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are only read.");
}
