using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Library;
using Assistant.Chat.Models.Remote;
using Assistant.Vision.Imaging;
using Assistant.Web.Apis.LlamaServer;
using Assistant.Web.Apis.Ollama;
using Assistant.Web.Apis.OpenAI;

namespace Assistant.Web.Apis;

/// <summary>A request that a protocol refuses. The message is for the client.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>400 with a sentence.</summary>
    public static ApiException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    /// <summary>501 with a sentence.</summary>
    public static ApiException NotImplemented(string message) => new(StatusCodes.Status501NotImplemented, message);
}

/// <summary>An error before it takes a protocol's shape.</summary>
/// <param name="Status">HTTP status, sent if nothing has been written yet.</param>
/// <param name="Message">For the client.</param>
internal sealed record ApiError(int Status, string Message)
{
    /// <summary>When the same request may succeed; null where that is not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Set where a prompt does not fit the context.</summary>
    public ContextExceededException? Exceeded { get; init; }

    /// <summary>The one table from exceptions to answers.</summary>
    public static ApiError From(Exception exception) => exception switch
    {
        ApiException e => new(e.Status, e.Message),
        ModelNotFoundException e => new(StatusCodes.Status404NotFound, e.Message),
        ContextExceededException e => new(StatusCodes.Status400BadRequest, e.Message) { Exceeded = e },
        ChatRequestException e => new(StatusCodes.Status400BadRequest, e.Message),
        ImageDecodeException e => new(StatusCodes.Status400BadRequest, e.Message),
        EngineBusyException e => new(StatusCodes.Status503ServiceUnavailable, e.Message) { RetryAfter = e.RetryAfter },
        ModelLoadException e => new(StatusCodes.Status500InternalServerError, e.Message),
        PullException e => new(StatusCodes.Status502BadGateway, e.Message),
        RemoteModelException { IsBusy: true } e => new(StatusCodes.Status503ServiceUnavailable, e.Message) { RetryAfter = TimeSpan.FromSeconds(5) },
        RemoteModelException e => new(StatusCodes.Status502BadGateway, e.Message),
        JsonException e => new(StatusCodes.Status400BadRequest, Describe(e)),
        // What the JSON reader throws for half of a surrogate pair in a value that is read late.
        InvalidOperationException { Source: "System.Text.Json.Rethrowable" } => new(StatusCodes.Status400BadRequest, "invalid request body: a text holds half of a surrogate pair"),
        BadHttpRequestException e => new(e.StatusCode, e.Message),
        OperationCanceledException => new(StatusCodes.Status503ServiceUnavailable, "the answer was interrupted: the model is being unloaded or the server stops"),
        // What else goes wrong is ours to find, in the log, and may hold paths: the client gets no text of it.
        _ => new(StatusCodes.Status500InternalServerError, "the request could not be answered; the server's log says why"),
    };

    /// <summary><see cref="From"/>, and a line in the log where the fault is the server's.</summary>
    public static ApiError Report(Exception exception, HttpContext context)
    {
        var error = From(exception);
        if (exception is PullException or RemoteModelException) // another server's fault: the sentence says it all
            context.RequestServices.GetRequiredService<ILogger<ApiError>>().LogWarning("{Method} {Path}: {Message}", context.Request.Method, context.Request.Path, exception.Message);
        else if (exception is not EngineBusyException && error.Status is >= 500 and not StatusCodes.Status501NotImplemented)
            context.RequestServices.GetRequiredService<ILogger<ApiError>>()
                .LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        return error;
    }

    // The parser's own messages name .NET types and repeat the position in a form that is hard to read.
    private static string Describe(JsonException exception)
    {
        var message = exception.Message;
        if (message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
            message = "the value has the wrong type";
        else if (message.IndexOf(" Path: ", StringComparison.Ordinal) is >= 0 and var path)
            message = message[..path].TrimEnd('.');
        var position = exception.LineNumber is { } line ? $", line {line + 1}, byte {exception.BytePositionInLine + 1}" : "";
        return $"invalid request body: {message} (at {exception.Path ?? "$"}{position})";
    }
}

/// <summary>How a protocol writes an error.</summary>
internal abstract class ErrorShape
{
    /// <summary>Writes one JSON object without line breaks.</summary>
    public abstract void Write(IBufferWriter<byte> output, ApiError error);

    /// <summary>The shape of the protocol that a path belongs to.</summary>
    public static ErrorShape For(PathString path) => path switch
    {
        _ when path.StartsWithSegments(OpenAIApi.Prefix) => OpenAIErrorShape.Instance,
        _ when LlamaServerApi.Owns(path) => LlamaServerErrorShape.Instance,
        _ => OllamaErrorShape.Instance,
    };
}

/// <summary>Answers with an error.</summary>
internal sealed class ErrorResult(ApiError error, ErrorShape shape) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        shape.Write(response.BodyWriter, error);
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
