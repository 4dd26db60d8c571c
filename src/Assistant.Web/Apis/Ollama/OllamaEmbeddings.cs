using Assistant.Chat.Models;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis.Ollama;

/// <summary><c>/api/embed</c> and its predecessor <c>/api/embeddings</c>.</summary>
internal static class OllamaEmbeddings
{
    /// <summary>Vectors of length 1 for texts, then pictures.</summary>
    public static async Task<JsonHttpResult<OllamaEmbedAnswer>> EmbedAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaEmbedRequest);
        if (request.Model is not { Length: > 0 } name)
            throw ApiException.BadRequest("model is required");
        var inputs = EmbeddingInputs.Read(request.Input, request.Images);
        var result = await EmbeddingInputs.EmbedAsync(context, name, inputs, request.Dimensions, request.Truncate, KeepAlive.Parse(request.KeepAlive), OllamaOptions.ContextLength(request.Options));
        var timings = result.AdditionalProperties?.GetValueOrDefault(AnswerTimings.Key) as AnswerTimings ?? new AnswerTimings();
        return TypedResults.Json(
            new OllamaEmbedAnswer
            {
                Model = name,
                Embeddings = [.. result.Select(ToArray)],
                TotalDuration = Nanoseconds(timings.Total),
                LoadDuration = Nanoseconds(timings.Load),
                PromptEvalCount = timings.PromptTokens is 0 ? null : timings.PromptTokens,
            },
            OllamaJson.Wire.OllamaEmbedAnswer);
    }

    /// <summary>One vector; none for an empty prompt, which only loads the model.</summary>
    public static async Task<JsonHttpResult<OllamaEmbeddingsAnswer>> EmbedOneAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaEmbeddingsRequest);
        if (request.Model is not { Length: > 0 } name)
            throw ApiException.BadRequest("model is required");
        List<AIContent> inputs = [.. string.IsNullOrEmpty(request.Prompt) ? (AIContent[])[] : [new TextContent(request.Prompt)], .. EmbeddingInputs.Read(null, request.Images)];
        if (inputs.Count > 1)
            throw ApiException.BadRequest($"{inputs.Count} inputs were sent; /api/embeddings embeds one, /api/embed several");
        var result = await EmbeddingInputs.EmbedAsync(context, name, inputs, keepAlive: KeepAlive.Parse(request.KeepAlive), contextLength: OllamaOptions.ContextLength(request.Options));
        return TypedResults.Json(new OllamaEmbeddingsAnswer(result.Count == 0 ? [] : ToArray(result[0])), OllamaJson.Wire.OllamaEmbeddingsAnswer);
    }

    private static float[] ToArray(Embedding<float> embedding) => embedding.Vector.ToArray();

    private static long? Nanoseconds(TimeSpan duration) => duration > TimeSpan.Zero ? duration.Ticks * TimeSpan.NanosecondsPerTick : null;
}
