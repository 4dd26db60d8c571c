using System.Text.Json.Serialization;
using Assistant.Chat.Models;
using Assistant.Web.Hosting.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Hosting;

/// <summary><c>GET /health</c>: whether the server serves, and what its operator should know.</summary>
internal static class Health
{
    /// <summary>Maps it. It wants no key, and tells nothing that needs one.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes) => routes.MapMethods("/health", ["GET", "HEAD"], Get)
        .WithTags("Server").Describe("Whether the server serves.", response: HealthJson.Default.HealthAnswer);

    private static JsonHttpResult<HealthAnswer> Get(HttpContext context)
    {
        // Models are loaded when they are asked for: the server is ready as soon as it answers.
        var models = context.RequestServices.GetService<ILoadedModels>();
        var loading = models?.Loading() ?? [];
        var answer = new HealthAnswer(
            "ok", loading.Count == 0 ? null : [.. loading.Select(model => new LoadingState(model.Name, model.Progress))],
            models?.ConfigurationProblem is null ? null : "the changed appsettings.json is not in force: the log says why");
        return TypedResults.Json(answer, HealthJson.Default.HealthAnswer);
    }
}

/// <summary>Answer of <c>/health</c>.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
/// <param name="Loading">Models on their way into memory.</param>
/// <param name="Problem">What the operator should look at.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<LoadingState>? Loading, string? Problem);

/// <summary>A model on its way into memory.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Progress">The share that is loaded, 0 to 1.</param>
internal sealed record LoadingState(string Model, float Progress);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
