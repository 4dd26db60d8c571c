using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Assistant.Web.Apis;

/// <summary>How a protocol frames the objects of a stream.</summary>
/// <param name="ContentType">Media type.</param>
/// <param name="Prefix">Before each object.</param>
/// <param name="Suffix">After each object.</param>
/// <param name="End">After the last one, unless the stream ended in an error.</param>
/// <param name="Errors">Shape of an error.</param>
internal sealed record Framing(string ContentType, byte[] Prefix, byte[] Suffix, byte[] End, ErrorShape Errors);

/// <summary>
/// Streams objects as they come, each sent at once. Until the first one is there nothing is sent, so that an error
/// up to then has its real status; a later error is the stream's last object.
/// </summary>
internal sealed class StreamedAnswer<T>(IAsyncEnumerable<T> chunks, JsonTypeInfo<T> type, Framing framing) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, aborted) = (httpContext.Response, httpContext.RequestAborted);
        using var json = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true });
        try
        {
            await foreach (var chunk in chunks.WithCancellation(aborted))
            {
                if (!response.HasStarted)
                    Start(httpContext);
                response.BodyWriter.Write(framing.Prefix);
                json.Reset();
                JsonSerializer.Serialize(json, chunk, type);
                json.Flush();
                response.BodyWriter.Write(framing.Suffix);
                await response.BodyWriter.FlushAsync(aborted);
            }
            response.BodyWriter.Write(framing.End);
            await response.BodyWriter.FlushAsync(aborted);
        }
        catch (Exception) when (aborted.IsCancellationRequested)
        {
            // The client is gone; leaving the loop has stopped the generation.
        }
        catch (Exception exception)
        {
            var error = ApiError.Report(exception, httpContext);
            if (!response.HasStarted)
            {
                await new ErrorResult(error, framing.Errors).ExecuteAsync(httpContext);
                return;
            }
            response.BodyWriter.Write(framing.Prefix);
            framing.Errors.Write(response.BodyWriter, error);
            response.BodyWriter.Write(framing.Suffix);
            await response.BodyWriter.FlushAsync(aborted);
        }
    }

    private void Start(HttpContext context)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = framing.ContentType;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx holds streams back otherwise
    }
}
