using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Chat.Models;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Apis;

/// <summary>What the endpoints of both protocols share: reading a body, finding a model, turning exceptions into answers.</summary>
internal static class ApiEndpoints
{
    // nginx's "client closed request"; nobody reads it but the log.
    private const int ClientClosedRequest = 499;

    /// <summary>Gives exceptions of a group's handlers the shape of its protocol.</summary>
    public static RouteGroupBuilder WithErrors(this RouteGroupBuilder group, ErrorShape shape) => group.AddEndpointFilter(async (invocation, next) =>
    {
        var context = invocation.HttpContext;
        try
        {
            return await next(invocation);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.StatusCode(ClientClosedRequest);
        }
        catch (Exception exception)
        {
            return new ErrorResult(ApiError.Report(exception, context), shape);
        }
    });

    /// <summary>Reads a JSON body whatever its content type: curl's <c>-d</c> sends a form's.</summary>
    /// <exception cref="ApiException">There is no body, or it is too large.</exception>
    /// <exception cref="JsonException">The body is no JSON, or does not fit <typeparamref name="T"/>.</exception>
    public static async Task<T> ReadJsonAsync<T>(this HttpContext context, JsonTypeInfo<T> type) where T : class
    {
        var options = context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxRequestBodyBytes;
        try
        {
            var reader = context.Request.BodyReader;
            var start = await reader.ReadAsync(context.RequestAborted);
            if (start is { IsCompleted: true, Buffer.IsEmpty: true })
                throw ApiException.BadRequest("missing request body");
            reader.AdvanceTo(start.Buffer.Start);
            return await JsonSerializer.DeserializeAsync(reader, type, context.RequestAborted) ?? throw ApiException.BadRequest("missing request body");
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ApiException(exception.StatusCode,
                $"the request body is larger than {options.MaxRequestBodyMegabytes} MiB; \"{ApiOptions.Section}:{nameof(ApiOptions.MaxRequestBodyMegabytes)}\" in appsettings.json sets the limit");
        }
    }

    /// <summary>The description of a model.</summary>
    /// <exception cref="ModelNotFoundException">There is none of this name.</exception>
    public static ModelDescription Get(this IChatModels models, string name) =>
        models.Find(name) ?? throw new ModelNotFoundException(name, models.List().Select(model => model.Name));

    /// <summary>Ends an answer when its client leaves or the server stops: neither has to wait for the last word.</summary>
    public static CancellationToken AnswerCancelled(this HttpContext context)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, context.Service<IHostApplicationLifetime>().ApplicationStopping);
        context.Response.RegisterForDispose(source);
        return source.Token;
    }

    /// <summary>A service of this request.</summary>
    public static T Service<T>(this HttpContext context) where T : notnull => context.RequestServices.GetRequiredService<T>();
}
