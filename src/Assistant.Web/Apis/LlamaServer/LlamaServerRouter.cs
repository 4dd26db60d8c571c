using Assistant.Chat.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Apis.LlamaServer;

/// <summary><c>/models</c>: which models are in memory, and how one gets in and out, as llama-server has it where it routes to several.</summary>
internal static class LlamaServerRouter
{
    /// <summary>The configured models and where each is.</summary>
    public static JsonHttpResult<RoutedModels> List(IChatModels models, IServiceProvider services)
    {
        var memory = services.GetService<ILoadedModels>();
        var loaded = (memory?.Loaded() ?? []).Select(model => model.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var loading = (memory?.Loading() ?? []).Select(model => model.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return TypedResults.Json(new RoutedModels("list", [.. models.List().Select(model => new RoutedModel(model.FullName(), "model", "llamacpp",
            Math.Max(0, model.ModifiedAt.ToUnixTimeSeconds()), new(Status(model))))]), LlamaServerJson.Wire.RoutedModels);

        string Status(ModelDescription model) => model switch
        {
            { Problem: not null } => "failed",
            _ when loading.Contains(model.Name) => "loading",
            _ when loaded.Contains(model.Name) => "loaded",
            _ => "unloaded",
        };
    }

    /// <summary>Brings a model into memory; answers when it is there.</summary>
    public static Task<JsonHttpResult<Done>> LoadAsync(HttpContext context, IChatModels models) =>
        MoveAsync(context, models, (memory, name) => memory.LoadAsync(name, keepAlive: null, contextLength: null, context.RequestAborted));

    /// <summary>Takes a model out of memory as soon as its running requests are done.</summary>
    public static Task<JsonHttpResult<Done>> UnloadAsync(HttpContext context, IChatModels models) =>
        MoveAsync(context, models, (memory, name) => memory.UnloadAsync(name, context.RequestAborted));

    private static async Task<JsonHttpResult<Done>> MoveAsync(HttpContext context, IChatModels models, Func<ILoadedModels, string, Task> move)
    {
        var request = await context.ReadJsonAsync(LlamaServerJson.Wire.RouteRequest);
        var model = models.Get(LlamaServerTexts.Name(request.Model, models));
        if (context.RequestServices.GetService<ILoadedModels>() is { } memory)
            await move(memory, model.Name);
        return TypedResults.Json(new Done(true), LlamaServerJson.Wire.Done);
    }
}
