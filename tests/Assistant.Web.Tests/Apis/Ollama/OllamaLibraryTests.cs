using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Chat.Models.Library;
using Assistant.Chat.Tests;
using Assistant.Chat.Tests.Models.Library;

namespace Assistant.Web.Tests.Apis.Ollama;

/// <summary>Pulling, copying, creating and deleting over HTTP, from a registry on this machine, to models that answer.</summary>
public sealed class OllamaLibraryTests : IAsyncLifetime
{
    private FakeRegistry? fake;
    private TinyChat? chat;
    private ApiHost? host;

    private ApiHost Host => host!;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeRegistry.StartAsync();
        var folder = "";
        chat = new TinyChat(
            settings =>
            {
                settings["Pull:OllamaRegistry"] = settings["Pull:HuggingFace"] = fake.Address;
                settings["Pull:Retries"] = "0";
            },
            library: true);
        folder = chat.Folder;
        host = await ApiHost.StartAsync(chat.Catalog, chat.Library);
    }

    [Fact]
    public async Task PulledModel_IsListed_Answers_AndGoesAgain()
    {
        var (status, type, text) = await Host.SendAsync("/api/pull", """{"model":"tiny"}""");
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (status, type));
        var lines = Lines(text);
        Assert.Equal("""{"status":"pulling manifest"}""", lines[0].ToJsonString());
        var pulled = lines.Last(line => (string?)line["digest"] == "sha256:" + FakeRegistry.Digest(fake!.Text));
        Assert.Equal((fake!.Text.Length, fake.Text.Length), ((int)pulled["total"]!, (int)pulled["completed"]!));
        Assert.Equal("""{"status":"success"}""", lines[^1].ToJsonString());

        Assert.Contains("tiny:latest", Names(await Host.GetJsonAsync("/api/tags")));
        var (_, _, answer) = await Host.SendAsync("/api/generate", """{"model":"tiny","prompt":"what is it","stream":false,"options":{"num_predict":3}}""");
        Assert.True((bool)JsonNode.Parse(answer)!["done"]!, answer);
        var (_, _, shown) = await Host.SendAsync("/api/show", """{"model":"tiny"}""");
        Assert.Equal("Do what you like.\nBut ask.", (string?)JsonNode.Parse(shown)!["license"]);
        Assert.Equal(["completion", "vision"], JsonNode.Parse(shown)!["capabilities"]!.AsArray().Select(capability => (string?)capability));
        Assert.Contains("tiny:latest", Names(await Host.GetJsonAsync("/api/ps")));

        Assert.Equal(HttpStatusCode.OK, (await DeleteAsync("""{"model":"tiny"}""")).Status);
        Assert.DoesNotContain("tiny:latest", Names(await Host.GetJsonAsync("/api/tags")));
        Assert.Empty((await Host.GetJsonAsync("/api/ps"))["models"]!.AsArray());
        Assert.Empty(Directory.EnumerateFiles(chat!.LibraryFolder, "sha256-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task FilesOfACopy_StayUntilTheLastOneGoes()
    {
        await Host.SendAsync("/api/pull", """{"model":"tiny","stream":false}""");
        Assert.Equal(HttpStatusCode.OK, (await Host.SendAsync("/api/copy", """{"source":"tiny","destination":"me/second:v1"}""")).Status);
        await DeleteAsync("""{"name":"tiny"}""");
        var (_, _, answer) = await Host.SendAsync("/api/generate", """{"model":"me/second:v1","prompt":"what is it","stream":false,"options":{"num_predict":3}}""");
        Assert.True((bool)JsonNode.Parse(answer)!["done"]!, answer);
        await DeleteAsync("""{"model":"me/second:v1"}""");
        Assert.Empty(Directory.EnumerateFiles(chat!.LibraryFolder, "sha256-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task CopyOfAConfiguredModel_MayGo_AndLeavesItsFiles()
    {
        await Host.SendAsync("/api/copy", """{"source":"seer","destination":"mine"}""");
        Assert.Contains("mine:latest", Names(await Host.GetJsonAsync("/api/tags")));
        Assert.Equal(HttpStatusCode.OK, (await DeleteAsync("""{"model":"mine"}""")).Status);
        Assert.True(File.Exists(chat!.TextPath));
        Assert.True(File.Exists(chat.ProjectorPath));
    }

    [Fact]
    public async Task CreatedModel_HasItsOwnSystemMessageAndParameters()
    {
        var (_, _, text) = await Host.SendAsync("/api/create", """{"model":"terse","from":"seer","system":"Be terse.","license":["MIT","and more"],"parameters":{"temperature":0,"num_predict":4,"stop":["a \"b\""]}}""");
        Assert.Equal("""{"status":"success"}""", Lines(text)[^1].ToJsonString());
        var (_, _, shown) = await Host.SendAsync("/api/show", """{"model":"terse"}""");
        Assert.Equal("Be terse.", (string?)JsonNode.Parse(shown)!["system"]);
        Assert.Equal("temperature                    0\nnum_predict                    4\nnum_ctx                        512\nstop                           \"a \\\"b\\\"\"", (string?)JsonNode.Parse(shown)!["parameters"]);
        Assert.Equal("MIT\nand more", (string?)JsonNode.Parse(shown)!["license"]);
        Assert.Contains("PARAMETER num_predict 4\n", (string?)JsonNode.Parse(shown)!["modelfile"], StringComparison.Ordinal);
        var (_, _, answer) = await Host.SendAsync("/api/generate", """{"model":"terse","prompt":"what is it","stream":false}""");
        Assert.Equal(4, (int)JsonNode.Parse(answer)!["eval_count"]!);
    }

    [Fact]
    public async Task CreatedModel_KeepsItsMessages_AndPutsThemFirst()
    {
        const string Messages = """[{"role":"user","content":"what is red"},{"role":"assistant","content":"a colour"}]""";
        await Host.SendAsync("/api/create", $$"""{"model":"taught","from":"seer","messages":{{Messages}}}""");
        await Host.SendAsync("/api/create", """{"model":"terse","from":"taught","system":"Be terse."}""");
        foreach (var name in (string[])["taught", "terse"])
        {
            var shown = JsonNode.Parse((await Host.SendAsync("/api/show", $$"""{"model":"{{name}}"}""")).Text)!;
            Assert.Equal(Messages, shown["messages"]!.ToJsonString());
            Assert.Contains("MESSAGE assistant \"\"\"a colour\"\"\"\n", (string?)shown["modelfile"], StringComparison.Ordinal);
        }
        var own = await ReadAsync("terse", """{"role":"user","content":"what is blue"}""");
        var spelt = await ReadAsync("seer", """{"role":"system","content":"Be terse."},{"role":"user","content":"what is red"},{"role":"assistant","content":"a colour"},{"role":"user","content":"what is blue"}""");
        Assert.Equal(spelt, own);
        Assert.Null(JsonNode.Parse((await Host.SendAsync("/api/show", """{"model":"seer"}""")).Text)!["messages"]);

        async Task<string> ReadAsync(string model, string messages) =>
            (string)JsonNode.Parse((await Host.SendAsync("/api/chat", $$"""{"model":"{{model}}","_debug_render_only":true,"messages":[{{messages}}]}""")).Text)!["_debug_info"]!["rendered_template"]!;
    }

    [Fact]
    public async Task QuantizedModel_IsSmaller_AndAnswers()
    {
        var (_, _, text) = await Host.SendAsync("/api/create", """{"model":"small","from":"seer","quantize":"q8_0"}""");
        var lines = Lines(text);
        Assert.Equal("quantizing F32 model to Q8_0", (string?)lines[0]["status"]);
        Assert.Equal(["creating new layer", "writing manifest", "success"], lines.TakeLast(3).Select(line => ((string)line["status"]!).Split(" sha256:")[0]));
        var listed = (await Host.GetJsonAsync("/api/tags"))["models"]!.AsArray().Single(model => (string?)model!["name"] == "small:latest")!;
        Assert.Equal("Q8_0", (string?)listed["details"]!["quantization_level"]);
        Assert.True((long)listed["size"]! < new FileInfo(chat!.TextPath).Length);
        var (_, _, answer) = await Host.SendAsync("/api/generate", """{"model":"small","prompt":"what is it","stream":false,"options":{"num_predict":3}}""");
        Assert.True((bool)JsonNode.Parse(answer)!["done"]!, answer);
        var (status, _, refusal) = await Host.SendAsync("/api/create", """{"model":"smaller","from":"small","quantize":"q4_K_M"}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("only possible from numbers of 32 or 16 bits", refusal, StringComparison.Ordinal);
        await DeleteAsync("""{"model":"small"}""");
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(chat.LibraryFolder, "blobs")));
    }

    [Fact]
    public async Task CreatedModel_MayBringATemplateInJinja()
    {
        const string Template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\\n{% endfor %}assistant:";
        await Host.SendAsync("/api/create", $$"""{"model":"own","from":"seer","template":"{{Template}}"}""");
        var (_, _, shown) = await Host.SendAsync("/api/show", """{"model":"own"}""");
        Assert.Equal(Template.Replace("\\n", "\n", StringComparison.Ordinal), (string?)JsonNode.Parse(shown)!["template"]);
        var (_, _, answer) = await Host.SendAsync("/api/generate", """{"model":"own","prompt":"what is it","stream":false,"options":{"num_predict":3}}""");
        Assert.True((bool)JsonNode.Parse(answer)!["done"]!, answer);
    }

    [Fact]
    public async Task SentFiles_BecomeAModel()
    {
        var digest = "sha256:" + FakeRegistry.Digest(fake!.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync($"/api/blobs/{digest}")));
        using var sent = await Host.Client.PostAsync($"/api/blobs/{digest}", new ByteArrayContent(fake.Text), ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await HeadAsync($"/api/blobs/{digest}")));
        await Host.SendAsync("/api/create", $$"""{"model":"own","files":{"own.gguf":"{{digest}}"},"template":"phi3"}""");
        var (_, _, answer) = await Host.SendAsync("/api/generate", """{"model":"own","prompt":"what is it","stream":false,"options":{"num_predict":3}}""");
        Assert.True((bool)JsonNode.Parse(answer)!["done"]!, answer);

        using var other = await Host.Client.PostAsync($"/api/blobs/{digest}", new ByteArrayContent([1, 2, 3]), ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.Contains("digest mismatch", await other.Content.ReadAsStringAsync(ApiHost.Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/pull", """{"model":"seer"}""", 400, "the model 'seer' stands in \"Models\" of appsettings.json and cannot be pulled")]
    [InlineData("/api/pull", """{"model":"nothing","stream":false}""", 502, "has no model 'nothing'")]
    [InlineData("/api/pull", """{"model":"../../etc/passwd","stream":false}""", 502, "is no name of a model")]
    [InlineData("/api/pull", "{}", 400, "model is required")]
    [InlineData("/api/copy", """{"source":"nobody","destination":"x"}""", 404, "model 'nobody' not found")]
    [InlineData("/api/copy", """{"source":"seer","destination":"../x"}""", 400, "'../x' is no name of a model")]
    [InlineData("/api/copy", """{"source":"seer","destination":"reader"}""", 400, "cannot be replaced")]
    [InlineData("/api/copy", """{"source":"seer"}""", 400, "source and destination are required")]
    [InlineData("/api/create", """{"model":"x"}""", 400, "neither from nor files was specified")]
    [InlineData("/api/create", """{"model":"x","from":"nobody"}""", 404, "model 'nobody' not found")]
    [InlineData("/api/create", """{"model":"x","from":"seer","template":"{{ odd }}"}""", 400, "the template is not a known one")]
    [InlineData("/api/create", """{"model":"x","files":{"a.gguf":"sha256:../../etc/passwd"}}""", 400, "is no SHA-256 digest")]
    [InlineData("/api/create", """{"model":"x","from":"seer","quantize":"q1"}""", 400, "unsupported quantization type 'q1'; there are Q4_0")]
    [InlineData("/api/create", """{"model":"x","from":"seer","license":7}""", 400, "license must be a string or an array of strings")]
    [InlineData("/api/create", """{"model":"x","from":"seer","messages":[{"role":"user","content":"hi"},{"role":"tool","content":"7"}]}""", 400, "message 2 of the model has the role 'tool'; there are system, user and assistant")]
    [InlineData("/api/create", """{"model":"x","from":"seer","messages":[{"role":"user"}]}""", 400, "message 1 of the model has no content")]
    [InlineData("/api/create", """{"model":"x","from":"seer","messages":[null]}""", 400, "message 1 of the model has no content")]
    [InlineData("/api/create", """{"model":"x","from":"seer","messages":[{"role":"user","content":"hi","images":["iVBORw0KGgo="]}]}""", 400, "message 1 of the model holds pictures or calls")]
    [InlineData("/api/create", """{"model":"x","from":"seer","template":"{% for m in messages %}"}""", 400, "the template cannot be executed: line 1")]
    [InlineData("/api/create", """{"model":"seer","from":"reader","stream":false}""", 400, "cannot be replaced")]
    [InlineData("/api/push", """{"model":"seer"}""", 501, "pushing models is not offered")]
    public async Task Refusals_AreSentences(string path, string body, int status, string message)
    {
        var (actual, _, text) = await Host.SendAsync(path, body);
        Assert.True(status == (int)actual, text);
        Assert.Contains(message, (string?)JsonNode.Parse(text)!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamedPull_ThatFails_EndsInAnErrorLine()
    {
        var (status, _, text) = await Host.SendAsync("/api/pull", """{"model":"nothing"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("has no model 'nothing'", (string?)Lines(text)[^1]["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfiguredModel_CannotBeDeleted_NorOneThatIsNotThere()
    {
        var (status, text) = await DeleteAsync("""{"model":"seer"}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("cannot be deleted over HTTP", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("""{"model":"nobody"}""")).Status);
    }

    [Fact]
    public async Task ModelPulledByAnotherProcess_IsSeenAtOnce()
    {
        Assert.DoesNotContain("tiny:latest", Names(await Host.GetJsonAsync("/api/tags")));
        using var puller = new ModelPuller(new ModelRegistry(chat!.LibraryFolder), fake!.Options, []);
        await foreach (var step in puller.PullAsync("tiny", ApiHost.Cancel))
            Assert.NotEqual("", step.Status);
        Assert.Contains("tiny:latest", Names(await Host.GetJsonAsync("/api/tags")));
    }

    private static JsonNode[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private static IEnumerable<string?> Names(JsonNode list) => list["models"]!.AsArray().Select(model => (string?)model!["name"]);

    private async Task<HttpStatusCode> HeadAsync(string path)
    {
        using var response = await Host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), ApiHost.Cancel);
        return response.StatusCode;
    }

    private async Task<(HttpStatusCode Status, string Text)> DeleteAsync(string body)
    {
        using var response = await Host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/delete") { Content = new StringContent(body, Encoding.UTF8) }, ApiHost.Cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(ApiHost.Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        chat!.Dispose();
        await fake!.DisposeAsync();
    }
}
