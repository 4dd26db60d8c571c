using System.Net;
using System.Text.Json.Nodes;

namespace Assistant.Web.Tests.Apis;

public class ForeignRequestGuardTests(SharedApiHost shared) : IClassFixture<SharedApiHost>
{
    [Theory]
    [InlineData("localhost:11434", 200)]
    [InlineData("127.0.0.1:11434", 200)]
    [InlineData("[::1]:11434", 200)]
    [InlineData("192.168.1.7", 200)]
    [InlineData("assistant.localhost", 200)]
    [InlineData("box.local:8080", 200)]
    [InlineData("host.docker.internal:11434", 200)]
    [InlineData("known.example", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("evil.example:11434", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("8.8.8.8", 403)]
    [InlineData("172.32.0.1", 403)]
    public async Task Hosts_MustBeLocal_OnLoopback(string hostHeader, int status)
    {
        var host = shared.Host;
        foreach (var path in new[] { "/api/version", "/v1/models", "/" })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = hostHeader;
            using var response = await host.Client.SendAsync(request, ApiHost.Cancel);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData("http://localhost", true)]
    [InlineData("https://localhost:3000", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://0.0.0.0:5173", true)]
    [InlineData("http://[::1]:5173", true)]
    [InlineData("app://obsidian.md", true)]
    [InlineData("file://", true)]
    [InlineData("tauri://localhost", true)]
    [InlineData("vscode-webview://abc", true)]
    [InlineData("https://chat.example", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("http://chat.example", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("null", false)]
    public async Task Origins_AreLocalOrConfigured(string origin, bool allowed)
    {
        var host = shared.Host;
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat")
        {
            // A form post needs no preflight: the guard itself must stop it.
            Content = new StringContent("""{"model":"llava-phi3","stream":false,"messages":[{"role":"user","content":"x"}]}""", mediaType: null!),
        };
        request.Headers.Add("Origin", origin);
        host.Chat.Requests.Clear();
        using var response = await host.Client.SendAsync(request, ApiHost.Cancel);
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(allowed ? [origin] : [], response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values : []);
        Assert.Equal(allowed, !host.Chat.Requests.IsEmpty);
    }

    [Fact]
    public async Task OwnPages_AreAllowed()
    {
        var host = shared.Host;
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = "known.example:11434";
        request.Headers.Add("Origin", "http://known.example:11434");
        using var response = await host.Client.SendAsync(request, ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Preflight_IsAnswered()
    {
        var host = shared.Host;
        var request = new HttpRequestMessage(HttpMethod.Options, "/v1/chat/completions");
        request.Headers.Add("Origin", "http://localhost:3000");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-stainless-lang");
        using var response = await host.Client.SendAsync(request, ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("POST", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Methods")));
        Assert.Equal("authorization,content-type,x-stainless-lang", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task Refusal_NamesTheSettingInItsProtocolsShape()
    {
        var host = shared.Host;
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Origin", "https://evil.example");
        using var response = await host.Client.SendAsync(request, ApiHost.Cancel);
        Assert.Equal(
            "origin 'https://evil.example' is not allowed; \"Apis:AllowedOrigins\" in appsettings.json names others",
            (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(ApiHost.Cancel))!["error"]!["message"]);
    }
}
