using Assistant.Web.Apis.OpenAI;
using Assistant.Web.Hosting.OpenApi;

namespace Assistant.Web.Apis.LlamaServer;

/// <summary>What llama-server has besides OpenAI's protocol: tokens, prompts, what a model is set to, and which are in memory.</summary>
/// <remarks>Reference: ggml-org/llama.cpp <c>tools/server/README.md</c>. It serves one model; here each request may name one, and the default one is meant where none is named.</remarks>
internal static class LlamaServerApi
{
    private static readonly string[] paths = ["/tokenize", "/detokenize", "/apply-template", "/props", "/slots", "/models", "/models/load", "/models/unload"];

    /// <summary>Whether a path is one of its own.</summary>
    public static bool Owns(PathString path) => paths.Contains(path.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Maps it.</summary>
    public static void MapLlamaServerApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("llama-server").WithErrors(LlamaServerErrorShape.Instance).DisableAntiforgery();
        var json = LlamaServerJson.Wire;
        group.MapPost("/tokenize", LlamaServerTexts.TokenizeAsync).Describe("A text as tokens.", json.TokenizeRequest, json.TokenizeAnswer);
        group.MapPost("/detokenize", LlamaServerTexts.DetokenizeAsync).Describe("Tokens as text.", json.DetokenizeRequest, json.DetokenizeAnswer);
        group.MapPost("/apply-template", LlamaServerTexts.ApplyTemplateAsync).Describe("The prompt that a conversation becomes.", OpenAIJson.Wire.ChatCompletionRequest, json.PromptAnswer);
        group.MapMethods("/props", ["GET", "HEAD"], LlamaServerProps.Get).Describe("What a model is set to.", response: json.PropsAnswer);
        group.MapMethods("/models", ["GET", "HEAD"], LlamaServerRouter.List).Describe("The models, and which are in memory.", response: json.RoutedModels);
        group.MapPost("/models/load", LlamaServerRouter.LoadAsync).Describe("Brings a model into memory.", json.RouteRequest, json.Done);
        group.MapPost("/models/unload", LlamaServerRouter.UnloadAsync).Describe("Takes a model out of memory.", json.RouteRequest, json.Done);
        group.Map("/slots", UnsupportedOperations.Slots);
        routes.MapGroup(OpenAIApi.Prefix).WithTags("llama-server").WithErrors(OpenAIErrorShape.Instance).DisableAntiforgery()
            .MapPost("/chat/completions/input_tokens", LlamaServerTexts.CountAsync).Describe("How many tokens a conversation takes.", OpenAIJson.Wire.ChatCompletionRequest, json.InputTokensAnswer);
    }
}
