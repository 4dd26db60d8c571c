using Assistant.Chat.Models;

namespace Assistant.Web.Apis.OpenAI;

/// <summary><c>/v1/chat/completions</c>.</summary>
internal static class OpenAIChat
{
    /// <summary>Server-sent events that end in <c>[DONE]</c>.</summary>
    public static readonly Framing Events = new("text/event-stream", "data: "u8.ToArray(), "\n\n"u8.ToArray(), "data: [DONE]\n\n"u8.ToArray(), OpenAIErrorShape.Instance);

    /// <summary>Answers a conversation.</summary>
    public static async Task<IResult> CompleteAsync(HttpContext context, IChatModels models, TimeProvider time)
    {
        var request = await context.ReadJsonAsync(OpenAIJson.Wire.ChatCompletionRequest);
        if (request.Model is not { Length: > 0 } name)
            throw ApiException.BadRequest("model is required");
        var model = models.Get(name);
        var (messages, options) = (request.ToMessages(), request.ToChatOptions(model));
        var updates = ServerTools.AskAsync(context, models, name, messages, options, request.VisionTools);
        return request.Stream == true
            ? new StreamedAnswer<ChatChunk>(updates.ToChunks(name, request.StreamOptions?.IncludeUsage == true, time), OpenAIJson.Wire.ChatChunk, Events)
            : TypedResults.Json((await Answer.CollectAsync(updates, time, context.RequestAborted)).ToChatCompletion(name, time), OpenAIJson.Wire.ChatCompletion);
    }
}
