using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Assistant.Chat.Models;
using Assistant.Scripted;
using Assistant.Scripted.Web;
using Assistant.Web.Apis;

namespace Assistant.Web.Tests.Hosting;

/// <summary>What an operator asks of the server: health, metrics, the description of its endpoints.</summary>
public sealed partial class HealthTests : IAsyncLifetime
{
    private static readonly AnswerTimings timings = new()
    {
        PromptTokens = 100, CachedTokens = 40, AnswerTokens = 7, Images = 2, TowerRuns = 1, PromptEvaluation = TimeSpan.FromSeconds(2), Evaluation = TimeSpan.FromSeconds(3.5),
    };

    private RunningAssistant? assistant;
    private HttpClient? client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("a", "b") { Timings = timings }));
        client = new HttpClient { BaseAddress = new Uri(assistant.Address) };
    }

    [Fact]
    public async Task Health_IsOk() => Assert.Equal("""{"status":"ok"}""", await Client.GetStringAsync("/health", Cancel));

    [Fact]
    public async Task Metrics_CountAnswersAndRequests()
    {
        for (var i = 0; i < 2; i++)
        {
            using var answer = await Client.PostAsync("/api/generate", new StringContent("""{"model":"scripted","prompt":"hi"}"""), Cancel);
            Assert.Contains("\"done\":true", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        using var lost = await Client.PostAsync("/v1/chat/completions", new StringContent("""{"model":"nobody","messages":[{"role":"user","content":"x"}]}"""), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, lost.StatusCode);

        using var response = await Client.GetAsync("/metrics", Cancel);
        Assert.StartsWith("text/plain; version=0.0.4", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        foreach (var line in (string[])
        [
            "llamacpp:prompt_tokens_total 120", "llamacpp:prompt_seconds_total 4", "llamacpp:tokens_predicted_total 14", "llamacpp:tokens_predicted_seconds_total 7",
            "llamacpp:prompt_tokens_seconds 30", "llamacpp:predicted_tokens_seconds 2", "llamacpp:requests_processing 0", "llamacpp:requests_deferred 0",
            "assistant_answers_total 2", "assistant_prompt_tokens_cached_total 80", "assistant_pictures_total 4", "assistant_tower_runs_total 2",
            "assistant_http_requests_total{route=\"/api/generate\",method=\"POST\",status=\"200\"} 2",
            "assistant_http_requests_total{route=\"/v1/chat/completions\",method=\"POST\",status=\"404\"} 1",
            "assistant_time_to_first_token_seconds_count 2", "assistant_configuration_valid 1",
        ])
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(Line(), line));
    }

    [Fact]
    public async Task Metrics_CountMethodsThatClientsMakeUp_AsOne()
    {
        foreach (var method in (string[])["MADE", "UP"])
        {
            using var answer = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/_blazor/negotiate"), Cancel);
        }
        var text = await Client.GetStringAsync("/metrics", Cancel);
        Assert.Matches("""assistant_http_requests_total\{route="/_blazor/negotiate",method="other",status="[0-9]+"\} 2\n""", text);
        Assert.DoesNotContain("MADE", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_DescribesEveryEndpointOfTheProtocols_AndNothingElse()
    {
        var document = JsonNode.Parse(await Client.GetStringAsync("/openapi.json", Cancel))!;
        Assert.Equal("3.1.0", (string?)document["openapi"]);
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")).ToHashSet();
        var mapped = assistant!.Endpoints.Where(endpoint => AssistantApis.IsApi(endpoint.Path))
            .Where(endpoint => !endpoint.Path.EndsWith("{**path}", StringComparison.Ordinal) && endpoint.Path != "/slots") // they answer with errors alone
            .Select(endpoint => $"{endpoint.Method} {endpoint.Path.Replace("{**id}", "{id}", StringComparison.Ordinal)}")
            .Concat(["GET /health", "HEAD /health", "GET /metrics", "GET /openapi.json"]).ToHashSet();
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.True(mapped.Count > 25);
    }

    [Fact]
    public async Task OpenApi_HasTheWiresNames_AndEveryReferenceLeadsSomewhere()
    {
        var document = JsonNode.Parse(await Client.GetStringAsync("/openapi.json", Cancel))!;
        var request = document["components"]!["schemas"]!["OllamaGenerateRequest"]!["properties"]!.AsObject();
        Assert.Contains("keep_alive", request.Select(property => property.Key));
        Assert.Equal("#/components/schemas/OllamaGenerateRequest", (string?)document["paths"]!["/api/generate"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Contains("\"arguments\":{\"type\":[\"object\",\"null\"]}", document.ToJsonString(), StringComparison.Ordinal);
        var references = Reference().Matches(document.ToJsonString()).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(references.Count > 20);
        Assert.All(references, reference => Assert.NotNull(reference[2..].Split('/').Aggregate(document, (node, part) => node is JsonArray list ? list[int.Parse(part, null)]! : node[part]!)));
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_:]+ .+|[a-z_:]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.]+)$""")]
    private static partial Regex Line();

    [GeneratedRegex("""
        "\$ref":"([^"]+)"
        """)]
    private static partial Regex Reference();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await assistant!.DisposeAsync();
    }
}
