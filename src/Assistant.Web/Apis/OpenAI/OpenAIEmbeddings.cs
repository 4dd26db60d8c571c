using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Apis.OpenAI;

/// <summary><c>/v1/embeddings</c>.</summary>
internal static class OpenAIEmbeddings
{
    /// <summary>Vectors of length 1 for texts, then pictures.</summary>
    public static async Task<JsonHttpResult<EmbeddingList>> EmbedAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(OpenAIJson.Wire.EmbeddingRequest);
        if (request.Model is not { Length: > 0 } name)
            throw ApiException.BadRequest("model is required");
        if (request.EncodingFormat is not (null or "float" or "base64"))
            throw ApiException.BadRequest($"invalid encoding_format '{request.EncodingFormat}'; there are float and base64");
        var inputs = EmbeddingInputs.Read(request.Input, request.Images);
        if (inputs.Count == 0)
            throw ApiException.BadRequest("input is required: a string or an array of strings, or images");
        var result = await EmbeddingInputs.EmbedAsync(context, name, inputs, request.Dimensions, request.Truncate, KeepAlive.Parse(request.KeepAlive), request.NumCtx);
        var tokens = (int)(result.Usage?.InputTokenCount ?? 0);
        return TypedResults.Json(
            new EmbeddingList(
                "list",
                [.. result.Select((embedding, index) => new EmbeddingItem("embedding", Encode(embedding.Vector.Span, request.EncodingFormat == "base64"), index))],
                name,
                new EmbeddingUsage(tokens, tokens)),
            OpenAIJson.Wire.EmbeddingList);
    }

    private static JsonNode Encode(ReadOnlySpan<float> vector, bool base64)
    {
        if (!base64)
            return new JsonArray([.. vector.ToArray().Select(number => (JsonNode)JsonValue.Create(number))]);
        if (BitConverter.IsLittleEndian)
            return JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes(vector)));
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return JsonValue.Create(Convert.ToBase64String(bytes));
    }
}

/// <summary>Body of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingRequest
{
    public string? Model { get; init; }

    /// <summary>A string or strings.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>Pictures beside or instead of texts, as base64 or data URLs; not in OpenAI's own protocol.</summary>
    public IReadOnlyList<ImagePayload>? Images { get; init; }

    /// <summary><c>float</c> or <c>base64</c> (little-endian numbers of 4 bytes). Absent means float.</summary>
    public string? EncodingFormat { get; init; }

    public int? Dimensions { get; init; }

    /// <summary>As in Ollama's protocol; not in OpenAI's own.</summary>
    public bool? Truncate { get; init; }

    /// <summary>As in Ollama's protocol; not in OpenAI's own.</summary>
    public JsonElement? KeepAlive { get; init; }

    /// <summary>As Ollama's option of this name; not in OpenAI's own protocol.</summary>
    public int? NumCtx { get; init; }
}

/// <summary>Answer of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingList(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, EmbeddingUsage Usage);

/// <summary>One vector: an array of numbers, or a text in base64.</summary>
internal sealed record EmbeddingItem(string Object, JsonNode Embedding, int Index);

/// <summary>Tokens read; pictures count none.</summary>
internal sealed record EmbeddingUsage(int PromptTokens, int TotalTokens);
