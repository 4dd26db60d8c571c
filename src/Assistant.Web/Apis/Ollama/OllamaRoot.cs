namespace Assistant.Web.Apis.Ollama;

/// <summary>
/// Answers <c>GET /</c> and <c>HEAD /</c> as Ollama does, which is how clients find out whether a server is there.
/// Browsers, who ask for HTML, get the page that the next in line serves.
/// </summary>
internal sealed class OllamaRoot(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path != "/" || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || AcceptsHtml(request))
        {
            await next(context);
            return;
        }
        const string text = "Ollama is running";
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = text.Length;
        if (HttpMethods.IsGet(request.Method))
            await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static bool AcceptsHtml(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
}
