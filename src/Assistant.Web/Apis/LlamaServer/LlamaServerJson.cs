using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Apis.LlamaServer;

/// <summary>llama-server's wire format: snake_case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenizeRequest))]
[JsonSerializable(typeof(TokenizeAnswer))]
[JsonSerializable(typeof(DetokenizeRequest))]
[JsonSerializable(typeof(DetokenizeAnswer))]
[JsonSerializable(typeof(PromptAnswer))]
[JsonSerializable(typeof(InputTokensAnswer))]
[JsonSerializable(typeof(PropsAnswer))]
[JsonSerializable(typeof(RouteRequest))]
[JsonSerializable(typeof(RoutedModels))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(LlamaServerError))]
internal sealed partial class LlamaServerJson : JsonSerializerContext
{
    private static LlamaServerJson? wire;

    // Made on first use, and with text as UTF-8, for the same reasons as Ollama's.
    public static LlamaServerJson Wire => wire ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary><c>{"error":{"code","message","type"}}</c>.</summary>
internal sealed class LlamaServerErrorShape : ErrorShape
{
    public static LlamaServerErrorShape Instance { get; } = new();

    public override void Write(IBufferWriter<byte> output, ApiError error)
    {
        var type = error.Status switch
        {
            _ when error.Exceeded is not null => "exceed_context_size_error",
            StatusCodes.Status401Unauthorized => "authentication_error",
            StatusCodes.Status403Forbidden => "permission_error",
            StatusCodes.Status404NotFound => "not_found_error",
            StatusCodes.Status501NotImplemented => "not_supported_error",
            StatusCodes.Status503ServiceUnavailable => "unavailable_error",
            >= 400 and < 500 => "invalid_request_error",
            _ => "server_error",
        };
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = LlamaServerJson.Wire.Options.Encoder });
        JsonSerializer.Serialize(json, new LlamaServerError(new LlamaServerErrorBody(error.Status, error.Message, type, error.Exceeded?.PromptTokens, error.Exceeded?.ContextLength)), LlamaServerJson.Wire.LlamaServerError);
    }
}
