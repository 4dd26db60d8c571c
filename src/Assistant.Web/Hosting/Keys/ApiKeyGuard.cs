using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Assistant.Web.Apis;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Hosting.Keys;

/// <summary>
/// Where keys are configured, lets through who has one: programs in the header <c>Authorization: Bearer</c> (or <c>X-Api-Key</c>),
/// the page in a cookie, for which it asks once. Only <c>/health</c> and the greeting at <c>/</c> want none.
/// </summary>
internal sealed class ApiKeyGuard(RequestDelegate next, IOptions<ApiKeyOptions> options)
{
    private const string Cookie = "assistant-key";
    private const string Page = "/key";

    // What the page that asks for the key is made of.
    private static readonly string[] open = ["/health", "/app.css", "/icon.svg"];

    // Of the start, for good: a settings file that is gone or half written would let everybody in.
    private readonly IList<string> keys = options.Value.Keys;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (keys.Count == 0 || open.Contains(request.Path.Value, StringComparer.Ordinal) || IsAllowed(request))
            return request.Path == Page ? LeaveAsync(context) : next(context);
        if (request.Path == Page)
            return HttpMethods.IsPost(request.Method) ? EnterAsync(context) : AskAsync(context, StatusCodes.Status200OK, "");
        if (HttpMethods.IsGet(request.Method) && request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true))
            return LeaveAsync(context, Page);
        if (request.Path == "/" && !HttpMethods.IsPost(request.Method))
            return next(context); // "Ollama is running"
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return new ErrorResult(
            new ApiError(StatusCodes.Status401Unauthorized, "a key of this server is required: Authorization: Bearer ..."), ErrorShape.For(request.Path)).ExecuteAsync(context);
    }

    private bool IsAllowed(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var given = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : request.Headers["X-Api-Key"].ToString();
        if (given.Length > 0 && Matches(given, key => key))
            return true;
        return request.Cookies[Cookie] is { Length: > 0 } cookie && Matches(cookie, ToCookie);
    }

    /// <summary>Compares in a time that tells nothing about the keys: digests, and all of them.</summary>
    private bool Matches(string given, Func<string, string> expected)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes], other = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(given), digest);
        var found = false;
        foreach (var key in keys)
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(expected(key)), other);
            found |= CryptographicOperations.FixedTimeEquals(digest, other);
        }
        return found;
    }

    /// <summary>What the cookie holds: it proves the key, does not tell it, and ends with it.</summary>
    private static string ToCookie(string key) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), "assistant page"u8));

    private async Task EnterAsync(HttpContext context)
    {
        if (SameOrigin.Problem(context.Request) is { } foreign)
        {
            await AskAsync(context, StatusCodes.Status403Forbidden, HtmlEncoder.Default.Encode($"Another page sent this: {foreign}."));
            return;
        }
        var given = context.Request.HasFormContentType && context.Request.ContentLength is < 4096 ? (await context.Request.ReadFormAsync(context.RequestAborted))["key"].ToString().Trim() : "";
        if (!Matches(given, key => key))
        {
            await AskAsync(context, StatusCodes.Status401Unauthorized, "This is no key of this server.");
            return;
        }
        context.Response.Cookies.Append(Cookie, ToCookie(given), new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = TimeSpan.FromDays(30),
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
        });
        await LeaveAsync(context);
    }

    private static Task LeaveAsync(HttpContext context, string to = "/")
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther; // a post becomes a get
        context.Response.Headers.Location = to;
        return Task.CompletedTask;
    }

    private static Task AskAsync(HttpContext context, int status, string problem)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Assistant</title>
            <link rel="stylesheet" href="/app.css"><link rel="icon" href="/icon.svg"></head>
            <body class="key">
            <main><h1>Assistant</h1>
            <form method="post" action="{Page}">
            <p><label for="key">Key of this server</label></p>
            <p><input id="key" name="key" type="password" autocomplete="current-password" required autofocus> <button>Enter</button></p>
            <p role="alert">{problem}</p>
            </form></main>
            </body>
            </html>
            """,
            context.RequestAborted);
    }
}
