using System.Text.Json;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Embeddings;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis;

/// <summary>What the protocols' requests for embeddings have in common.</summary>
internal static class EmbeddingInputs
{
    private const int MostInputs = 2048; // OpenAI's bound

    /// <summary>Texts, then pictures.</summary>
    /// <exception cref="ApiException">There is something else among them, or there are too many.</exception>
    public static List<AIContent> Read(JsonElement? input, IReadOnlyList<ImagePayload>? images)
    {
        List<AIContent> texts = input switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.String } text when text.ValueEquals("") => [],
            { ValueKind: JsonValueKind.String } text => [new TextContent(text.GetString())],
            { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                [.. list.EnumerateArray().Select(item => new TextContent(item.GetString()))],
            _ => throw ApiException.BadRequest("invalid input type: a string or an array of strings was expected"),
        };
        var count = texts.Count + (images?.Count ?? 0);
        if (count > MostInputs)
            throw ApiException.BadRequest($"{count} inputs were sent; at most {MostInputs} are embedded at once");
        return [.. texts, .. (images ?? []).Select((image, index) => image?.ToContent() ?? throw ApiException.BadRequest($"invalid image input: picture {index + 1} is null"))];
    }

    /// <summary>Embeds with a model.</summary>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    /// <exception cref="ChatRequestException">The model makes no embeddings, or an input cannot be used.</exception>
    public static async Task<GeneratedEmbeddings<Embedding<float>>> EmbedAsync(
        HttpContext context, string name, List<AIContent> inputs, int? dimensions = null, bool? truncate = null, TimeSpan? keepAlive = null, int? contextLength = null)
    {
        if (dimensions < 1)
            throw ApiException.BadRequest($"{dimensions} dimensions were asked for; at least 1 is possible");
        _ = context.Service<IChatModels>().Get(name);
        var models = context.RequestServices.GetService<IEmbeddingModels>() ?? throw ApiException.NotImplemented("this server has no models that make embeddings");
        var options = new EmbeddingGenerationOptions { Dimensions = dimensions, AdditionalProperties = new() { ["truncate"] = truncate ?? true } };
        if (keepAlive is not null)
            options.AdditionalProperties[KeepAlive.Key] = keepAlive.Value;
        if (contextLength is not null)
            options.AdditionalProperties["num_ctx"] = contextLength.Value;
        using var generator = models.GetEmbeddingGenerator(name);
        return await generator.GenerateAsync(inputs, options, context.AnswerCancelled());
    }
}
