namespace Assistant.Web.Hosting;

/// <summary>Keeps the pages' own channels to the pages.</summary>
internal static class SameOrigin
{
    /// <summary>Answers 403 where a page of another origin opens the circuit or sends a picture.</summary>
    /// <remarks>
    /// Browsers let any page open any web socket and post any body; cookies play no part here, so antiforgery tokens would not help.
    /// The HTTP protocols have rules of their own, since other programs' pages may use them.
    /// </remarks>
    public static void UseSameOrigin(this WebApplication application) => application.Use((context, next) =>
    {
        var request = context.Request;
        var own = request.Path.StartsWithSegments("/_blazor") || request.Path.StartsWithSegments("/images");
        if (!own || Problem(request) is not { } problem)
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(new { error = problem }, context.RequestAborted);
    });

    /// <summary>Why a request comes from another page; null where it comes from this server's, or from none.</summary>
    /// <remarks>
    /// Scheme and host count: http://host and https://host can be two servers, or one and somebody on the way to it.
    /// Where a proxy speaks TLS, the framework's forwarded headers tell the scheme; a browser lets no page set them.
    /// </remarks>
    public static string? Problem(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return null;
        var forward = origin.Equals($"https://{request.Host}", StringComparison.OrdinalIgnoreCase)
            ? "; behind a proxy that speaks TLS, ForwardedHeaders_Enabled makes its X-Forwarded-Proto count" : "";
        return $"origin '{origin}' is not this server's{forward}";
    }
}
