using System.Net;
using Assistant.Scripted;
using Assistant.Scripted.Web;
using Assistant.Web.Hosting.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Tests.Hosting;

/// <summary>A server that wants a key: who gets in, and how the page does.</summary>
public sealed class ApiKeyTests : IAsyncLifetime
{
    private const string Key = "a-key-of-this-server", Second = "another-key-of-this-server";

    private RunningAssistant? assistant;
    private HttpClient? client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("-")), settings: [$"--ApiKeys:0={Key}", $"--ApiKeys:1={Second}"]);
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(assistant.Address) };
    }

    [Theory]
    [InlineData("GET", "/api/tags")]
    [InlineData("POST", "/api/generate")]
    [InlineData("GET", "/v1/models")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/openapi.json")]
    [InlineData("POST", "/images")]
    [InlineData("GET", "/_framework/blazor.web.js")]
    [InlineData("POST", "/_blazor/negotiate")]
    [InlineData("POST", "/")]
    [InlineData("GET", "/HEALTH/x")]
    public async Task WithoutAKey_NothingIsAnswered(string method, string path)
    {
        using var none = await SendAsync(method, path);
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal("Bearer", none.Headers.WwwAuthenticate.ToString());
        Assert.Contains("a key of this server is required", await none.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var wrong = await SendAsync(method, path, ("Authorization", $"Bearer {Key}x"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key)]
    [InlineData("Authorization", "bearer " + Second)]
    [InlineData("X-Api-Key", Key)]
    public async Task WithAKey_Everything(string header, string value)
    {
        using var answer = await SendAsync("GET", "/api/tags", (header, value));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task HealthAndGreeting_WantNone()
    {
        Assert.Equal("""{"status":"ok"}""", await Client.GetStringAsync("/health", Cancel));
        Assert.Equal("Ollama is running", await Client.GetStringAsync("/", Cancel));
    }

    [Fact]
    public async Task ThePage_AsksOnce_AndHasACookieThenWhichTellsNoKey()
    {
        using var first = await SendAsync("GET", "/", ("Accept", "text/html"));
        Assert.Equal((HttpStatusCode.SeeOther, "/key"), (first.StatusCode, first.Headers.Location!.ToString()));
        using var form = await SendAsync("GET", "/key", ("Accept", "text/html"));
        Assert.Contains("type=\"password\"", await form.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using var wrong = await Client.PostAsync("/key", new FormUrlEncodedContent([new("key", "guess")]), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));

        using var right = await Client.PostAsync("/key", new FormUrlEncodedContent([new("key", Key)]), Cancel);
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (right.StatusCode, right.Headers.Location!.ToString()));
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Key, cookie, StringComparison.Ordinal);

        var pair = cookie.Split(';')[0];
        using var page = await SendAsync("GET", "/", ("Accept", "text/html"), ("Cookie", pair));
        Assert.Contains("Show me a picture", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var forged = await SendAsync("GET", "/api/tags", ("Cookie", pair[..^1] + (pair[^1] == '0' ? '1' : '0')));
        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
    }

    [Fact]
    public async Task AnotherPage_CannotSendTheForm()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/key") { Content = new FormUrlEncodedContent([new("key", Key)]) };
        request.Headers.TryAddWithoutValidation("Origin", "http://localhost:9/<b>");
        using var answer = await Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("localhost:9/&lt;b&gt;", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task KeyThatCanBeGuessed_KeepsTheServerFromStarting()
    {
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("-")), settings: ["--ApiKeys:0=short"]));
        Assert.Contains("ApiKeys:0: a key must have at least 16 characters", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneKey_NeedsNoList()
    {
        await using var one = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("-")), settings: [$"--ApiKeys={Key}"]);
        using var without = await Client.GetAsync(one.Address + "/api/tags", Cancel);
        Client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        using var with = await Client.GetAsync(one.Address + "/api/tags", Cancel);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (without.StatusCode, with.StatusCode));
    }

    [Theory]
    [InlineData("gone", null)]
    [InlineData("without keys", "{}")]
    [InlineData("a key that can be guessed", """{"ApiKeys":["short"]}""")]
    public async Task ChangedSettings_TakeNoKeyAway_AndFailNoRequest(string name, string? changed)
    {
        var folder = Directory.CreateTempSubdirectory("assistant-keys-");
        var settings = Path.Combine(folder.FullName, "appsettings.json");
        await File.WriteAllTextAsync(settings, $$"""{"ApiKeys":["{{Key}}"]}""", Cancel);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddJsonFile(settings, optional: true);
        builder.Services.AddApiKeys(builder.Configuration);
        await using var application = builder.Build();
        application.UseApiKeys();
        application.MapGet("/api/tags", () => "served");
        await application.StartAsync(Cancel);
        using var http = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };

        if (changed is null)
            File.Delete(settings);
        else
            await File.WriteAllTextAsync(settings, changed, Cancel);
        ((IConfigurationRoot)application.Configuration).Reload();
        using var without = await http.GetAsync("/api/tags", Cancel);
        http.DefaultRequestHeaders.Add("X-Api-Key", Key);
        using var with = await http.GetAsync("/api/tags", Cancel);
        folder.Delete(recursive: true);

        Assert.Equal((name, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (name, without.StatusCode, with.StatusCode));
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await assistant!.DisposeAsync();
    }
}
