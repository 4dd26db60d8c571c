using System.Text;
using System.Text.Json.Nodes;
using Assistant.Chat.Models;
using Assistant.Web.Apis.OpenAI;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Apis.LlamaServer;

/// <summary><c>/tokenize</c>, <c>/detokenize</c>, <c>/apply-template</c> and <c>/v1/chat/completions/input_tokens</c>: a model's vocabulary and template at work, without an answer.</summary>
internal static class LlamaServerTexts
{
    private const int LongestText = 1 << 20; // no context is as long, and a tokenizer cannot be stopped

    private static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A text as tokens.</summary>
    public static async Task<JsonHttpResult<TokenizeAnswer>> TokenizeAsync(HttpContext context, IChatModels models)
    {
        var request = await context.ReadJsonAsync(LlamaServerJson.Wire.TokenizeRequest);
        if (request.Content is not { } content)
            throw ApiException.BadRequest("content is required: a string");
        if (content.Length > LongestText)
            throw ApiException.BadRequest($"content has {content.Length} characters; at most {LongestText} become tokens at once");
        var tokens = await Internals(context).TokenizeAsync(Name(request.Model, models), content, request.AddSpecial ?? false, request.ParseSpecial ?? true, context.AnswerCancelled());
        return TypedResults.Json(
            new TokenizeAnswer([.. tokens.Select(JsonNode (token) => request.WithPieces == true ? ToPiece(token) : JsonValue.Create(token.Id))]), LlamaServerJson.Wire.TokenizeAnswer);
    }

    /// <summary>Tokens as text.</summary>
    public static async Task<JsonHttpResult<DetokenizeAnswer>> DetokenizeAsync(HttpContext context, IChatModels models)
    {
        var request = await context.ReadJsonAsync(LlamaServerJson.Wire.DetokenizeRequest);
        if (request.Tokens is not { } tokens)
            throw ApiException.BadRequest("tokens is required: an array of numbers");
        if (tokens.Count > LongestText)
            throw ApiException.BadRequest($"{tokens.Count} tokens were sent; at most {LongestText} become text at once");
        return TypedResults.Json(
            new DetokenizeAnswer(await Internals(context).DetokenizeAsync(Name(request.Model, models), tokens, context.AnswerCancelled())), LlamaServerJson.Wire.DetokenizeAnswer);
    }

    /// <summary>The prompt that a conversation becomes.</summary>
    public static async Task<JsonHttpResult<PromptAnswer>> ApplyTemplateAsync(HttpContext context, IChatModels models) =>
        TypedResults.Json(new PromptAnswer((await RenderAsync(context, models)).Text), LlamaServerJson.Wire.PromptAnswer);

    /// <summary>How many tokens a conversation takes.</summary>
    public static async Task<JsonHttpResult<InputTokensAnswer>> CountAsync(HttpContext context, IChatModels models) =>
        TypedResults.Json(new InputTokensAnswer("response.input_tokens", (await RenderAsync(context, models)).Tokens), LlamaServerJson.Wire.InputTokensAnswer);

    /// <summary>The model that a request means.</summary>
    public static string Name(string? named, IChatModels models) => string.IsNullOrEmpty(named) ? models.DefaultModel : named;

    private static async Task<RenderedPrompt> RenderAsync(HttpContext context, IChatModels models)
    {
        var request = await context.ReadJsonAsync(OpenAIJson.Wire.ChatCompletionRequest);
        var model = models.Get(Name(request.Model, models));
        return await Internals(context).RenderAsync(model.Name, request.ToMessages(), request.ToChatOptions(model), context.AnswerCancelled());
    }

    private static IModelInternals Internals(HttpContext context) => context.RequestServices.GetService<IModelInternals>()
        ?? throw ApiException.NotImplemented("this server's models do not tell their tokens");

    /// <summary>The piece is a string where it is one, else its bytes.</summary>
    private static JsonObject ToPiece(TokenPiece token)
    {
        JsonNode piece;
        try
        {
            piece = JsonValue.Create(strict.GetString(token.Bytes));
        }
        catch (DecoderFallbackException)
        {
            piece = new JsonArray([.. token.Bytes.Select(value => (JsonNode)value)]);
        }
        return new JsonObject { ["id"] = token.Id, ["piece"] = piece };
    }
}
