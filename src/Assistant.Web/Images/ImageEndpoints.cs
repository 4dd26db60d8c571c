using Assistant.Chat.Conversations;
using Assistant.Vision.Imaging;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Assistant.Web.Images;

/// <summary>Pictures in and out: the pages upload over HTTP, since the circuit's messages are small and have no progress.</summary>
internal static class ImageEndpoints
{
    /// <summary>Maps <c>POST /images</c> (the file as the body), <c>GET /images/{hash}</c> and <c>GET /images/{hash}/thumbnail</c>.</summary>
    public static RouteGroupBuilder MapImages(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/images");
        group.MapPost("", AddAsync).DisableAntiforgery(); // no form and no cookie; SameOrigin turns foreign pages away
        group.MapGet("/{hash}", GetImage);
        group.MapGet("/{hash}/thumbnail", GetThumbnail);
        return group;
    }

    private static async Task<Results<Ok<UploadedImage>, JsonHttpResult<UploadError>>> AddAsync(HttpRequest request, ImageStore images, CancellationToken cancellationToken)
    {
        if (request.ContentLength > ImageStore.MaximumUpload)
            return TooLarge();
        using var file = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[81920];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (file.Length + read > ImageStore.MaximumUpload) // a chunked body has no declared length
                return TooLarge();
            file.Write(buffer, 0, read);
        }
        try
        {
            var image = await images.AddAsync(file.GetBuffer().AsMemory(0, (int)file.Length), cancellationToken);
            return TypedResults.Ok(new UploadedImage(image.Hash, image.Width, image.Height));
        }
        catch (ImageDecodeException exception)
        {
            return Refuse(StatusCodes.Status400BadRequest, exception.Message);
        }
    }

    private static Results<PhysicalFileHttpResult, NotFound> GetImage(string hash, ImageStore images, HttpResponse response) =>
        images.Find(hash) is var (path, mediaType) ? Serve(path, mediaType, hash, response) : TypedResults.NotFound();

    private static Results<PhysicalFileHttpResult, NotFound> GetThumbnail(string hash, ImageStore images, HttpResponse response) =>
        images.FindThumbnail(hash) is { } path ? Serve(path, "image/jpeg", hash + "-thumbnail", response) : TypedResults.NotFound();

    private static PhysicalFileHttpResult Serve(string path, string mediaType, string tag, HttpResponse response)
    {
        response.Headers.CacheControl = "private, max-age=31536000, immutable"; // the address is the content's hash
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return TypedResults.PhysicalFile(path, mediaType, entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }

    private static JsonHttpResult<UploadError> TooLarge() =>
        Refuse(StatusCodes.Status413PayloadTooLarge, $"The file is larger than {ImageStore.MaximumUpload / 1024 / 1024} MB.");

    private static JsonHttpResult<UploadError> Refuse(int status, string sentence) => TypedResults.Json(new UploadError(sentence), statusCode: status);
}

/// <summary>A picture that was taken.</summary>
internal sealed record UploadedImage(string Hash, int Width, int Height);

/// <summary>Why a file was not taken.</summary>
internal sealed record UploadError(string Error);
