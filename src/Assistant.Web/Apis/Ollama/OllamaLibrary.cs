using System.Text.Json;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Library;
using Microsoft.AspNetCore.Http.Features;

namespace Assistant.Web.Apis.Ollama;

/// <summary><c>/api/pull</c>, <c>/api/copy</c>, <c>/api/delete</c>, <c>/api/create</c> and <c>/api/blobs</c>: the models of the data directory.</summary>
internal static class OllamaLibrary
{
    private static readonly Framing lines = new("application/x-ndjson", [], "\n"u8.ToArray(), [], OllamaErrorShape.Instance);

    /// <summary>Pulls a model.</summary>
    public static async Task<IResult> PullAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaPullRequest);
        var steps = Library(context).PullAsync(Name(request.Model, request.Name), context.AnswerCancelled()).Select(ToProgress);
        return await AnswerAsync(steps, request.Stream, context);
    }

    /// <summary>Gives a model a second name.</summary>
    public static async Task<IResult> CopyAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaCopyRequest);
        if (request.Source is not { Length: > 0 } source || request.Destination is not { Length: > 0 } destination)
            throw ApiException.BadRequest("source and destination are required");
        Library(context).Copy(source, destination);
        return TypedResults.Ok();
    }

    /// <summary>Removes a model.</summary>
    public static async Task<IResult> DeleteAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaShowRequest);
        Library(context).Delete(Name(request.Model, request.Name));
        return TypedResults.Ok();
    }

    /// <summary>Makes a model from another one, or from files that were sent.</summary>
    public static async Task<IResult> CreateAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaCreateRequest);
        var name = Name(request.Model, request.Name);
        var changes = new ModelChanges
        {
            From = request.From,
            Files = request.Files ?? [],
            Adapters = request.Adapters ?? [],
            Template = request.Template,
            System = request.System,
            Parameters = request.Parameters,
            Messages = [.. (request.Messages ?? []).Select(ToBaseMessage)],
            License = ToLicense(request.License),
            Quantize = string.IsNullOrEmpty(request.Quantize) ? request.Quantization : request.Quantize,
        };
        return await AnswerAsync(Library(context).CreateAsync(name, changes, context.AnswerCancelled()).Select(ToProgress), request.Stream, context);
    }

    /// <summary>Whether a file was sent.</summary>
    public static IResult HasBlob(string digest, HttpContext context) => Library(context).HasBlob(digest) ? TypedResults.Ok() : TypedResults.NotFound();

    /// <summary>Takes a file.</summary>
    public static async Task<IResult> AddBlobAsync(string digest, HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null; // model files are as large as they are; the disk bounds them
        await Library(context).AddBlobAsync(digest, context.Request.Body, context.RequestAborted);
        return TypedResults.Created($"{OllamaApi.Prefix}/blobs/{digest}");
    }

    private static ModelLibrary Library(HttpContext context) => context.RequestServices.GetService<ModelLibrary>()
        ?? throw ApiException.NotImplemented("this server keeps no models of its own: models are files that the section \"Models\" of appsettings.json names");

    private static string Name(string? model, string? name) =>
        (string.IsNullOrEmpty(model) ? name : model) is { Length: > 0 } given ? given : throw ApiException.BadRequest("model is required");

    private static OllamaProgress ToProgress(PullProgress step) => new() { Status = step.Status, Digest = step.Digest, Total = step.Total, Completed = step.Completed };

    private static BaseMessageOptions ToBaseMessage(OllamaMessage? message, int index) => message switch
    {
        { Images.Count: > 0 } or { ToolCalls.Count: > 0 } => throw ApiException.BadRequest($"message {index + 1} of the model holds pictures or calls; a model keeps texts"),
        { Content.Length: > 0 } when message.Role?.ToLowerInvariant() is "system" or "user" or "assistant" => new() { Role = message.Role.ToLowerInvariant(), Content = message.Content },
        { Content.Length: > 0 } => throw ApiException.BadRequest($"message {index + 1} of the model has the role '{message.Role}'; there are system, user and assistant"),
        _ => throw ApiException.BadRequest($"message {index + 1} of the model has no content"),
    };

    private static string? ToLicense(JsonElement? license) => license switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } texts when texts.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String) => string.Join('\n', texts.EnumerateArray().Select(text => text.GetString())),
        _ => throw ApiException.BadRequest("license must be a string or an array of strings"),
    };

    private static async Task<IResult> AnswerAsync(IAsyncEnumerable<OllamaProgress> steps, bool? stream, HttpContext context)
    {
        if (stream != false)
            return new StreamedAnswer<OllamaProgress>(steps, OllamaJson.Wire.OllamaProgress, lines);
        OllamaProgress? last = null;
        await foreach (var step in steps.WithCancellation(context.RequestAborted))
            last = step;
        return TypedResults.Json(last!, OllamaJson.Wire.OllamaProgress);
    }
}
