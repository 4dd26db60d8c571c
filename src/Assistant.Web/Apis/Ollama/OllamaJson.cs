using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Apis.Ollama;

/// <summary>Ollama's wire format: snake_case, nulls left out, names read whatever their case.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    PropertyNameCaseInsensitive = true,
    AllowDuplicateProperties = false, // a schema or call with a key twice is read too late for a 400
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ImagePayloadConverter), typeof(JsonObjectConverter)])]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(OllamaGenerateRequest))]
[JsonSerializable(typeof(OllamaChatRequest))]
[JsonSerializable(typeof(OllamaShowRequest))]
[JsonSerializable(typeof(OllamaPullRequest))]
[JsonSerializable(typeof(OllamaCopyRequest))]
[JsonSerializable(typeof(OllamaCreateRequest))]
[JsonSerializable(typeof(OllamaEmbedRequest))]
[JsonSerializable(typeof(OllamaEmbeddingsRequest))]
[JsonSerializable(typeof(OllamaProgress))]
[JsonSerializable(typeof(OllamaEmbedAnswer))]
[JsonSerializable(typeof(OllamaEmbeddingsAnswer))]
[JsonSerializable(typeof(OllamaGenerateAnswer))]
[JsonSerializable(typeof(OllamaChatAnswer))]
[JsonSerializable(typeof(OllamaVersion))]
[JsonSerializable(typeof(OllamaModelList))]
[JsonSerializable(typeof(OllamaLoadedModelList))]
[JsonSerializable(typeof(OllamaModelInfo))]
[JsonSerializable(typeof(OllamaError))]
internal sealed partial class OllamaJson : JsonSerializerContext
{
    private static OllamaJson? wire;

    // Text goes out as UTF-8 where the framework allows it (emoji stay escaped), not as \u escapes three times its size;
    // the answers are never put into HTML as they are.
    // Made on first use: the generated half's static fields may be set after this half's.
    public static OllamaJson Wire => wire ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary><c>{"error":"text"}</c>.</summary>
internal sealed class OllamaErrorShape : ErrorShape
{
    public static OllamaErrorShape Instance { get; } = new();

    public override void Write(IBufferWriter<byte> output, ApiError error)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = OllamaJson.Wire.Options.Encoder });
        JsonSerializer.Serialize(json, new OllamaError(error.Message), OllamaJson.Wire.OllamaError);
    }
}
