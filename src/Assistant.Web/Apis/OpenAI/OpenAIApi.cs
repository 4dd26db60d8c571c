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
        group.MapPost("/chat/completions", OpenAIChat.CompleteAsync);
        group.MapPost("/completions", OpenAICompletions.CompleteAsync);
        group.MapGet("/models", OpenAIModels.List);
        group.MapGet("/models/{**id}", OpenAIModels.Get); // names may hold slashes
        group.MapPost("/embeddings", UnsupportedOperations.Embeddings);
        group.Map("/{**path}", UnsupportedOperations.Endpoint);
        return group;
    }
}
