using System.Reflection;
using Assistant.Web.Hosting.OpenApi;

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
        var json = OllamaJson.Wire;
        group.MapMethods("/version", Read, () => TypedResults.Json(new OllamaVersion(Version), json.OllamaVersion)).Describe("The server's version.", response: json.OllamaVersion);

        group.MapPost("/generate", OllamaChat.GenerateAsync)
            .Describe("Answers a prompt; without one, loads or unloads the model.", json.OllamaGenerateRequest, json.OllamaGenerateAnswer, json.OllamaGenerateAnswer);
        group.MapPost("/chat", OllamaChat.ChatAsync)
            .Describe("Answers a conversation; without messages, loads or unloads the model.", json.OllamaChatRequest, json.OllamaChatAnswer, json.OllamaChatAnswer);
        group.MapPost("/embed", (Delegate)OllamaEmbeddings.EmbedAsync).Describe("Vectors of length 1 for texts and pictures.", json.OllamaEmbedRequest, json.OllamaEmbedAnswer);
        group.MapPost("/embeddings", (Delegate)OllamaEmbeddings.EmbedOneAsync).Describe("The vector of one text or picture.", json.OllamaEmbeddingsRequest, json.OllamaEmbeddingsAnswer);

        group.MapMethods("/tags", Read, OllamaModels.List).Describe("The models.", response: json.OllamaModelList);
        group.MapMethods("/ps", Read, OllamaModels.ListLoaded).Describe("The models in memory.", response: json.OllamaLoadedModelList);
        group.MapPost("/show", OllamaModels.ShowAsync).Describe("All that is known of a model.", json.OllamaShowRequest, json.OllamaModelInfo);

        group.MapPost("/pull", (Delegate)OllamaLibrary.PullAsync)
            .Describe("Pulls a model from Hugging Face or a registry.", json.OllamaPullRequest, json.OllamaProgress, json.OllamaProgress);
        group.MapPost("/copy", (Delegate)OllamaLibrary.CopyAsync).Describe("Gives a model a second name.", json.OllamaCopyRequest);
        group.MapDelete("/delete", (Delegate)OllamaLibrary.DeleteAsync).Describe("Removes a model that was pulled, copied or created.", json.OllamaShowRequest);
        group.MapPost("/create", (Delegate)OllamaLibrary.CreateAsync)
            .Describe("Makes a model from another one, or from files that were sent.", json.OllamaCreateRequest, json.OllamaProgress, json.OllamaProgress);
        group.MapMethods("/blobs/{digest}", ["HEAD"], OllamaLibrary.HasBlob).Describe("Whether a file was sent.");
        group.MapPost("/blobs/{digest}", OllamaLibrary.AddBlobAsync).Describe("Takes a file for /api/create.");
        group.MapPost("/push", UnsupportedOperations.Push).Describe("Not offered: 501.");
        group.Map("/{**path}", UnsupportedOperations.Endpoint);
        return group;
    }

    private static readonly string[] Read = ["GET", "HEAD"];

    // Without the commit that the SDK appends: clients compare the numbers.
    private static string Version { get; } =
        typeof(OllamaApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
