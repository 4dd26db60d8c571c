using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Assistant.Web.Apis.OpenAI;

/// <summary>OpenAI's wire format: snake_case, nulls left out but where a type says otherwise.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    PropertyNameCaseInsensitive = true,
    AllowDuplicateProperties = false, // a schema or call with a key twice is read too late for a 400
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ImagePayloadConverter), typeof(JsonObjectConverter)])]
[JsonSerializable(typeof(ChatCompletionRequest))]
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(EmbeddingRequest))]
[JsonSerializable(typeof(EmbeddingList))]
[JsonSerializable(typeof(List<ContentPart>))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(TextCompletion))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(OpenAIError))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class OpenAIJson : JsonSerializerContext
{
    private static OpenAIJson? wire;

    // Text goes out as UTF-8 where the framework allows it (emoji stay escaped), not as \u escapes three times its size;
    // the answers are never put into HTML as they are.
    // Made on first use: the generated half's static fields may be set after this half's.
    public static OpenAIJson Wire => wire ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary><c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed class OpenAIErrorShape : ErrorShape
{
    public static OpenAIErrorShape Instance { get; } = new();

    public override void Write(IBufferWriter<byte> output, ApiError error)
    {
        var type = error.Status switch
        {
            StatusCodes.Status404NotFound => "not_found_error",
            >= 400 and < 500 => "invalid_request_error",
            _ => "api_error",
        };
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = OpenAIJson.Wire.Options.Encoder });
        JsonSerializer.Serialize(json, new OpenAIError(new OpenAIErrorBody(error.Message, type, Code: error.Exceeded is null ? null : "context_length_exceeded")), OpenAIJson.Wire.OpenAIError);
    }
}
