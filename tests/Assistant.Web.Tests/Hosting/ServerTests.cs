using System.Net;
using Assistant.Scripted;
using Assistant.Scripted.Web;

namespace Assistant.Web.Tests.Hosting;

/// <summary>The whole server as programs and browsers meet it.</summary>
public sealed class ServerTests : IAsyncLifetime
{
    private RunningAssistant? assistant;
    private HttpClient? client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("-")));
        client = new HttpClient { BaseAddress = new Uri(assistant.Address) };
    }

    [Fact]
    public async Task Root_IsThePageForBrowsers_AndAGreetingForPrograms()
    {
        Assert.Equal("Ollama is running", await Client.GetStringAsync("/", Cancel));
        var page = await SendAsync(HttpMethod.Get, "/", ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        var html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("Show me a picture and ask about it", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal); // the content security policy would drop it
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/_framework/blazor.web.js", "text/javascript")]
    [InlineData("/Assistant.Web.styles.css", "text/css")]
    [InlineData("/Components/Chat/Composer.razor.js", "text/javascript")]
    [InlineData("/app.css", "text/css")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task PartsOfThePage_AreServed_AndAskedForAgainByTag(string path, string mediaType)
    {
        var response = await Client.GetAsync(path, Cancel);
        Assert.Equal((HttpStatusCode.OK, mediaType), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(response.Headers.ETag);
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task EveryAnswer_CarriesTheSecurityHeaders()
    {
        foreach (var path in (string[])["/", "/api/version", "/images/nope"])
        {
            var headers = (await SendAsync(HttpMethod.Get, path, ("Accept", "text/html"))).Headers;
            Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
            Assert.Contains("frame-ancestors 'none'", Assert.Single(headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.False(headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("Host", "evil.example.org", "/")]
    [InlineData("Host", "evil.example.org", "/images/nope")]
    [InlineData("Origin", "https://evil.example.org", "/images")]
    [InlineData("Origin", "http://127.0.0.1:1", "/images")]
    [InlineData("Origin", "null", "/_blazor/negotiate")]
    public async Task ForeignPage_IsTurnedAway(string header, string value, string path)
    {
        var response = await SendAsync(HttpMethod.Post, path, (header, value));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains(value, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnPage_MayOpenTheCircuit() => Assert.Equal(
        HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", ("Origin", assistant!.Address))).StatusCode);

    [Theory]
    [InlineData("https://chat.example.org", "https", HttpStatusCode.OK)]
    [InlineData("https://chat.example.org", null, HttpStatusCode.Forbidden)]
    [InlineData("http://chat.example.org", "https", HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example.org", "https", HttpStatusCode.Forbidden)]
    public async Task PageBehindAProxyWithTls_MayOpenTheCircuit_WhereForwardedHeadersCount(string origin, string? scheme, HttpStatusCode expected)
    {
        await using var behind = await RunningAssistant.StartAsync(
            new ScriptedChatModels(new ScriptedAnswer("-")), settings: ["--ForwardedHeaders_Enabled=true", "--Apis:AllowedHosts:0=chat.example.org"]);
        var request = new HttpRequestMessage(HttpMethod.Post, behind.Address + "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Host = "chat.example.org";
        request.Headers.Add("Origin", origin);
        if (scheme is not null)
            request.Headers.Add("X-Forwarded-Proto", scheme);
        Assert.Equal(expected, (await Client.SendAsync(request, Cancel)).StatusCode);
    }

    [Fact]
    public async Task ForwardedScheme_CountsNotUnlessConfigured_AndTheAnswerSaysHow()
    {
        var response = await SendAsync(
            HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", ("Origin", assistant!.Address.Replace("http:", "https:", StringComparison.Ordinal)), ("X-Forwarded-Proto", "https"));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("ForwardedHeaders_Enabled", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownPath_IsNotFound() => Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync("/no/such/thing", Cancel)).StatusCode);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (assistant is not null)
            await assistant.DisposeAsync();
    }
}
