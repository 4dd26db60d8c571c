namespace Assistant.Web.Hosting;

/// <summary>Headers that keep a page from doing what this one never does.</summary>
internal static class SecurityHeaders
{
    // Everything comes from here: the only exceptions are previews of pictures that are being uploaded (blob:) and the icon in the style sheet (data:).
    private const string ContentSecurityPolicy =
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Adds the headers to every answer; an endpoint may set stricter ones.</summary>
    public static void UseSecurityHeaders(this WebApplication application) => application.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        return next(context);
    });
}
