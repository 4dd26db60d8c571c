using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis.Ollama;

/// <summary><c>/api/generate</c> and <c>/api/chat</c>.</summary>
internal static class OllamaChat
{
    private static readonly Framing lines = new("application/x-ndjson", [], "\n"u8.ToArray(), [], OllamaErrorShape.Instance);

    /// <summary>Answers a prompt.</summary>
    public static async Task<IResult> GenerateAsync(HttpContext context, IChatModels models, TimeProvider time)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaGenerateRequest);
        var name = request.Model ?? "";
        var model = models.Get(name);
        var options = request.ToChatOptions(model, unknown => WarnOfOption(context, unknown));
        var messages = request.ToMessages(model);
        if (string.IsNullOrEmpty(request.Prompt) && request.Images is null or { Count: 0 })
        {
            var reason = await LoadOrUnloadAsync(context, model, KeepAlive.Parse(request.KeepAlive), OllamaOptions.ContextLength(request.Options));
            var answer = new OllamaGenerateAnswer { Model = name, CreatedAt = time.GetUtcNow().UtcDateTime, Response = "", Done = true, DoneReason = reason };
            return TypedResults.Json(answer, OllamaJson.Wire.OllamaGenerateAnswer);
        }
        model.RequireCompletion("generate");
        if (request.DebugRenderOnly == true)
        {
            var answer = new OllamaGenerateAnswer { Model = name, CreatedAt = time.GetUtcNow().UtcDateTime, Response = "", DebugInfo = await RenderAsync(context, name, messages, options) };
            return TypedResults.Json(answer, OllamaJson.Wire.OllamaGenerateAnswer);
        }
        var updates = ServerTools.AskAsync(context, models, name, messages, options, request.Raw == true || request.Context is { Count: > 0 } ? false : request.VisionTools);
        return request.Stream == false
            ? TypedResults.Json((await Answer.CollectAsync(updates, time, context.RequestAborted)).ToGenerateAnswer(name, time), OllamaJson.Wire.OllamaGenerateAnswer)
            : new StreamedAnswer<OllamaGenerateAnswer>(updates.ToGenerateAnswers(name, time), OllamaJson.Wire.OllamaGenerateAnswer, lines);
    }

    /// <summary>Answers a conversation.</summary>
    public static async Task<IResult> ChatAsync(HttpContext context, IChatModels models, TimeProvider time)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaChatRequest);
        if (request.Model is not { Length: > 0 } name)
            throw ApiException.BadRequest("model is required");
        var model = models.Get(name);
        var options = request.ToChatOptions(model, unknown => WarnOfOption(context, unknown));
        var messages = request.ToMessages();
        if (messages.Count == 0)
        {
            var reason = await LoadOrUnloadAsync(context, model, KeepAlive.Parse(request.KeepAlive), OllamaOptions.ContextLength(request.Options));
            var message = new OllamaMessage { Role = "assistant", Content = "" };
            var answer = new OllamaChatAnswer { Model = name, CreatedAt = time.GetUtcNow().UtcDateTime, Message = message, Done = true, DoneReason = reason };
            return TypedResults.Json(answer, OllamaJson.Wire.OllamaChatAnswer);
        }
        if (request.DebugRenderOnly == true)
        {
            var message = new OllamaMessage { Role = "assistant", Content = "" };
            var answer = new OllamaChatAnswer { Model = name, CreatedAt = time.GetUtcNow().UtcDateTime, Message = message, DebugInfo = await RenderAsync(context, name, messages, options) };
            return TypedResults.Json(answer, OllamaJson.Wire.OllamaChatAnswer);
        }
        var updates = ServerTools.AskAsync(context, models, name, messages, options, request.VisionTools);
        return request.Stream == false
            ? TypedResults.Json((await Answer.CollectAsync(updates, time, context.RequestAborted)).ToChatAnswer(name, time), OllamaJson.Wire.OllamaChatAnswer)
            : new StreamedAnswer<OllamaChatAnswer>(updates.ToChatAnswers(name, time), OllamaJson.Wire.OllamaChatAnswer, lines);
    }

    /// <summary>The prompt that the model would read.</summary>
    private static async Task<OllamaDebugInfo> RenderAsync(HttpContext context, string name, IList<ChatMessage> messages, ChatOptions options)
    {
        var internals = context.RequestServices.GetService<IModelInternals>() ?? throw ApiException.NotImplemented("this server's models do not tell their prompts");
        var prompt = await internals.RenderAsync(name, messages, options, context.AnswerCancelled());
        return new OllamaDebugInfo(prompt.Text, prompt.Images == 0 ? null : prompt.Images);
    }

    /// <summary>What a request without a question asks for.</summary>
    /// <returns><c>load</c> or <c>unload</c>.</returns>
    private static async Task<string> LoadOrUnloadAsync(HttpContext context, ModelDescription model, TimeSpan? keepAlive, int? contextLength)
    {
        var loaded = context.RequestServices.GetService<ILoadedModels>();
        if (keepAlive == TimeSpan.Zero)
        {
            await (loaded?.UnloadAsync(model.Name, context.RequestAborted) ?? Task.CompletedTask);
            return "unload";
        }
        if (model.Problem is { } problem)
            throw new ModelLoadException(problem);
        await (loaded?.LoadAsync(model.Name, keepAlive, contextLength, context.RequestAborted) ?? Task.CompletedTask);
        return "load";
    }

    private static void WarnOfOption(HttpContext context, string name) =>
        context.Service<ILogger<OllamaAnswer>>().LogWarning("Unknown option {Option} of {Path} is ignored", name, context.Request.Path);
}
