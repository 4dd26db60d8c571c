using System.Reflection;

namespace Assistant.Web.Apis.Ollama;

/// <summary>Ollama's HTTP protocol.</summary>
/// <remarks>Reference: ollama/ollama <c>api/types.go</c>, <c>server/routes.go</c>.</remarks>
internal static class OllamaApi
{
    /// <summary>Where its paths begin.</summary>
    public const string Prefix = "/api";

    /// <summary>Maps <c>/api</c>. <c>GET /</c> is answered by <see cref="OllamaRoot"/>.</summary>
    public static RouteGroupBuilder MapOllamaApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).WithTags("Ollama").WithErrors(OllamaErrorShape.Instance).DisableAntiforgery();
        group.MapMethods("/version", Read, () => TypedResults.Json(new OllamaVersion(Version), OllamaJson.Wire.OllamaVersion));

        group.MapPost("/generate", OllamaChat.GenerateAsync);
        group.MapPost("/chat", OllamaChat.ChatAsync);

        group.MapMethods("/tags", Read, OllamaModels.List);
        group.MapMethods("/ps", Read, OllamaModels.ListLoaded);
        group.MapPost("/show", OllamaModels.ShowAsync);

        group.MapPost("/pull", UnsupportedOperations.Models("pulling models"));
        group.MapPost("/push", UnsupportedOperations.Models("pushing models"));
        group.MapPost("/create", UnsupportedOperations.Models("creating models over HTTP"));
        group.MapPost("/copy", UnsupportedOperations.Models("copying models over HTTP"));
        group.MapDelete("/delete", UnsupportedOperations.Models("deleting models over HTTP"));
        group.MapMethods("/blobs/{digest}", ["HEAD", "POST"], UnsupportedOperations.Models("uploading model files"));
        group.MapPost("/embed", UnsupportedOperations.Embeddings);
        group.MapPost("/embeddings", UnsupportedOperations.Embeddings);
        group.Map("/{**path}", UnsupportedOperations.Endpoint);
        return group;
    }

    private static readonly string[] Read = ["GET", "HEAD"];

    // Without the commit that the SDK appends: clients compare the numbers.
    private static string Version { get; } =
        typeof(OllamaApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
