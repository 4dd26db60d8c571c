using Assistant.Web.Hosting.OpenApi;

namespace Assistant.Web.Apis.OpenAI;

/// <summary>OpenAI's HTTP protocol, as far as Ollama serves it.</summary>
/// <remarks>Reference: ollama/ollama <c>openai/openai.go</c>, <c>middleware/openai.go</c>.</remarks>
internal static class OpenAIApi
{
    /// <summary>Where its paths begin.</summary>
    public const string Prefix = "/v1";

    /// <summary>Maps <c>/v1</c>.</summary>
    public static RouteGroupBuilder MapOpenAIApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).WithTags("OpenAI").WithErrors(OpenAIErrorShape.Instance).DisableAntiforgery();
        var json = OpenAIJson.Wire;
        group.MapPost("/chat/completions", OpenAIChat.CompleteAsync)
            .Describe("Answers a conversation.", json.ChatCompletionRequest, json.ChatCompletion, json.ChatChunk, "text/event-stream");
        group.MapPost("/completions", OpenAICompletions.CompleteAsync)
            .Describe("Goes on with a prompt, put into the chat template.", json.CompletionRequest, json.TextCompletion, json.TextCompletion, "text/event-stream");
        group.MapPost("/embeddings", (Delegate)OpenAIEmbeddings.EmbedAsync).Describe("Vectors of length 1 for texts and pictures.", json.EmbeddingRequest, json.EmbeddingList);
        group.MapGet("/models", OpenAIModels.List).Describe("The models.", response: json.ModelList);
        group.MapGet("/models/{**id}", OpenAIModels.Get).Describe("One of them.", response: json.ModelCard); // names may hold slashes
        group.Map("/{**path}", UnsupportedOperations.Endpoint);
        return group;
    }
}
