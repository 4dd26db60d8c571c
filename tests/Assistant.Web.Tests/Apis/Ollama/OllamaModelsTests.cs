using System.Net;
using System.Net.Http.Headers;
using Assistant.Web.Apis.Ollama;

namespace Assistant.Web.Tests.Apis.Ollama;

public class OllamaModelsTests(SharedApiHost shared) : IClassFixture<SharedApiHost>
{
    [Fact]
    public async Task Root_AnswersText_UnlessABrowserAsksForThePage()
    {
        var host = shared.Host;
        Assert.Equal("Ollama is running", await host.Client.GetStringAsync("/", ApiHost.Cancel));
        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"), ApiHost.Cancel);
        Assert.Equal((HttpStatusCode.OK, 17), (head.StatusCode, head.Content.Headers.ContentLength));

        var browser = new HttpRequestMessage(HttpMethod.Get, "/");
        browser.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        using var page = await host.Client.SendAsync(browser, ApiHost.Cancel);
        Assert.Equal("the page", await page.Content.ReadAsStringAsync(ApiHost.Cancel));
    }

    [Fact]
    public async Task Version_IsTheProductsWithoutTheCommit()
    {
        var host = shared.Host;
        Assert.Matches(@"^\d+\.\d+\.\d+$", (string?)(await host.GetJsonAsync("/api/version"))["version"]);
    }

    [Theory]
    [InlineData("/api/tags", "ollama-tags.json")]
    [InlineData("/api/ps", "ollama-ps.json")]
    [InlineData("/v1/models", "openai-models.json")]
    public async Task Lists_AreAsStored(string path, string sample)
    {
        var host = shared.Host;
        Samples.AssertJson(sample, await host.Client.GetStringAsync(path, ApiHost.Cancel));
    }

    [Theory]
    [InlineData("/api/tags")]
    [InlineData("/api/version")]
    public async Task Head_AnswersWithoutABody(string path)
    {
        var host = shared.Host;
        using var response = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(ApiHost.Cancel));
    }

    [Theory]
    [InlineData("""{"model":"llava-phi3"}""")]
    [InlineData("""{"name":"LLaVA-Phi3:latest","verbose":true}""")]
    public async Task Show_TellsAllThatIsKnown(string body)
    {
        var host = shared.Host;
        var (status, _, text) = await host.SendAsync("/api/show", body);
        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertJson("ollama-show.json", text);
    }

    [Fact]
    public async Task Show_HasModelInfo_WhereTheFileIsBroken()
    {
        var host = shared.Host;
        var (_, _, text) = await host.SendAsync("/api/show", """{"model":"broken"}""");
        Assert.Contains("\"model_info\":{}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("projector_info", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAIModel_IsFoundByName()
    {
        var host = shared.Host;
        Assert.Equal("text-only:latest", (string?)(await host.GetJsonAsync("/v1/models/Text-Only"))["id"]);
    }

    [Theory]
    [InlineData(3_821_079_552, "3.8B")]
    [InlineData(7_000_000_000, "7B")]
    [InlineData(12_600_000, "13M")]
    [InlineData(4_600, "5K")]
    [InlineData(12, "12")]
    public void ParameterSize_IsShort(long count, string expected) => Assert.Equal(expected, OllamaModels.ToParameterSize(count));

    [Fact]
    public async Task Json_IsServedAsJson()
    {
        var host = shared.Host;
        using var response = await host.Client.GetAsync("/api/tags", ApiHost.Cancel);
        Assert.Equal(MediaTypeHeaderValue.Parse("application/json; charset=utf-8"), response.Content.Headers.ContentType);
    }
}
