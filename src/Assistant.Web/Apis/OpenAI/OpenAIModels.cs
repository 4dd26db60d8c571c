using Assistant.Chat.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Apis.OpenAI;

/// <summary><c>/v1/models</c>.</summary>
internal static class OpenAIModels
{
    /// <summary>The configured models.</summary>
    public static JsonHttpResult<ModelList> List(IChatModels models) =>
        TypedResults.Json(new ModelList("list", [.. models.List().Select(ToCard)]), OpenAIJson.Wire.ModelList);

    /// <summary>One of them.</summary>
    public static JsonHttpResult<ModelCard> Get(string id, IChatModels models) =>
        TypedResults.Json(ToCard(models.Get(id)), OpenAIJson.Wire.ModelCard);

    private static ModelCard ToCard(ModelDescription model) => new(model.FullName(), "model", Math.Max(0, model.ModifiedAt.ToUnixTimeSeconds()), "library",
        model is { Problem: null, ParameterCount: > 0 } ? new ModelMeta(model.ContextLength, model.EmbeddingLength, model.ParameterCount, model.Size) : null);
}
