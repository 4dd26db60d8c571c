using Assistant.Chat.Models;

namespace Assistant.Web.Apis.OpenAI;

/// <summary><c>/v1/completions</c>, the older protocol: a prompt, put into the model's chat template.</summary>
internal static class OpenAICompletions
{
    /// <summary>Answers a prompt.</summary>
    public static async Task<IResult> CompleteAsync(HttpContext context, IChatModels models, TimeProvider time)
    {
        var request = await context.ReadJsonAsync(OpenAIJson.Wire.CompletionRequest);
        if (request.Model is not { Length: > 0 } name)
            throw ApiException.BadRequest("model is required");
        var model = models.Get(name);
        var (messages, options) = (request.ToMessages(), request.ToChatOptions(model));
        var updates = models.GetClient(name).GetStreamingResponseAsync(messages, options, context.AnswerCancelled());
        return request.Stream == true
            ? new StreamedAnswer<TextCompletion>(updates.ToTextChunks(name, request.StreamOptions?.IncludeUsage == true, time), OpenAIJson.Wire.TextCompletion, OpenAIChat.Events)
            : TypedResults.Json((await Answer.CollectAsync(updates, time, context.RequestAborted)).ToTextCompletion(name, time), OpenAIJson.Wire.TextCompletion);
    }
}
