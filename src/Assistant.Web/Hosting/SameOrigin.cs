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
        var origin = request.Headers.Origin.ToString();
        var own = request.Path.StartsWithSegments("/_blazor") || request.Path.StartsWithSegments("/images");
        if (!own || origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(new { error = $"origin '{origin}' is not this server's" }, context.RequestAborted);
    });
}
