using System.Net;
using System.Text.Json.Nodes;
using Assistant.Chat.Models;
using Assistant.Vision.Imaging;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis;

public class ApiErrorTests(SharedApiHost shared) : IClassFixture<SharedApiHost>
{
    private const string NotFound = "model 'nobody' not found; available: llava-phi3, text-only, thinker, broken";

    /// <summary>Path, body, status, and how the message begins.</summary>
    public static TheoryData<string, string, int, string> Refusals { get; } = new()
    {
        { "/api/generate", "", 400, "missing request body" },
        { "/api/generate", "null", 400, "missing request body" },
        { "/api/generate", "{\"model\":", 400, "invalid request body: Expected" },
        { "/api/generate", "{\"model\":7}", 400, "invalid request body: the value has the wrong type (at $.model, line 1, byte 11)" },
        { "/api/generate", "{}", 404, "model '' not found; available:" },
        { "/api/generate", """{"model":"nobody","prompt":"x"}""", 404, NotFound },
        { "/api/generate", """{"model":"broken","prompt":"x"}""", 500, "model 'broken': broken.gguf is not there" },
        { "/api/generate", """{"model":"broken"}""", 500, "model 'broken': broken.gguf is not there" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","raw":true,"system":"y"}""", 400, "raw mode does not support template, system, or context" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","suffix":"y"}""", 400, "llava-phi3:latest does not support insert" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","template":"{{ .Prompt }}"}""", 400, "a template in the request is not offered" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","raw":true,"context":[1,2]}""", 400, "raw mode does not support template, system, or context" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","_debug_render_only":true}""", 501, "this server's models do not tell their prompts" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","images":["not base64!"]}""", 400, "invalid request body: invalid image input: illegal base64 data (at $.images[0], line 1" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","images":[""]}""", 400, "invalid request body: invalid image input: the picture is empty (at $.images[0]" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","images":[null]}""", 400, "a picture must be a base64 string, not null" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","images":[7]}""", 400, "invalid request body: a picture must be a base64 string (at $.images[0]" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","format":"xml"}""", 400, "invalid format: expected \"json\" or a JSON schema" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","think":true}""", 400, "\"llava-phi3\" does not support thinking" },
        { "/api/generate", """{"model":"thinker","prompt":"x","think":"hard"}""", 400, "invalid think value 'hard'" },
        { "/api/generate", """{"model":"thinker","prompt":"x","think":3}""", 400, "invalid think value: expected true" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","keep_alive":"soon"}""", 400, "keep_alive must be" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","options":{"num_ctx":"x"}}""", 400, "option \"num_ctx\" must be of type integer" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","top_logprobs":21}""", 400, "top_logprobs must be between 0 and 20" },
        { "/api/chat", """{"messages":[]}""", 400, "model is required" },
        { "/api/chat", """{"model":"llava-phi3","messages":[{"role":"robot","content":"x"}]}""", 400, "message 1 has the role 'robot'; there are" },
        { "/api/chat", """{"model":"llava-phi3","messages":[null]}""", 400, "message 1 is null" },
        { "/api/chat", """{"model":"llava-phi3","messages":[{"role":"assistant","tool_calls":[null]}]}""", 400, "tool call 1 of message 1 names no function" },
        { "/api/chat", """{"model":"llava-phi3","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"a":{"b":1,"b":2}}}}]}]}""", 400, "invalid request body: Duplicate property 'b'" },
        { "/api/create", """{"model":"x","parameters":{"seed":1,"seed":2}}""", 400, "invalid request body: Duplicate property 'seed'" },
        { "/api/chat", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"f","parameters":{"type":"object","type":"object"}}}]}""", 400, "invalid request body: Duplicate property 'type'" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"f","parameters":{"properties":{"a":{},"a":{}}}}}]}""", 400, "invalid request body: Duplicate property 'a'" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1,\"a\":2}"}}]}]}""", 400, "the arguments of tool call 'f' in message 1 are no JSON object" },
        { "/api/chat", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}""", 400, "a tool must have a function with a name" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"tool_choice":"sometimes"}""", 400, "invalid tool_choice: expected" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"n":2}""", 400, "n is 2; one choice is written for a request" },
        { "/api/chat", """{"model":"thinker","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", 400, "a tool must have a function with a name" },
        { "/api/show", "{}", 400, "model is required" },
        { "/api/show", """{"model":"llava-phi3","options":{"top_k":{}}}""", 400, "option \"top_k\" must be a number, a text or true or false" },
        { "/api/show", """{"name":"nobody"}""", 404, NotFound },
        { "/api/pull", """{"model":"x"}""", 501, "this server keeps no models of its own: models are files that the section \"Models\" of appsettings.json names" },
        { "/api/push", "{}", 501, "pushing models is not offered" },
        { "/api/create", "{}", 400, "model is required" },
        { "/api/copy", "{}", 400, "source and destination are required" },
        { "/api/embed", """{"model":"llava-phi3","input":"x"}""", 501, "this server has no models that make embeddings" },
        { "/api/embeddings", "{}", 400, "model is required" },
        { "/api/blobs/sha256:00", "", 501, "this server keeps no models of its own" },
        { "/api/nonsense", "{}", 404, "there is no endpoint POST /api/nonsense" },
        { "/v1/chat/completions", "", 400, "missing request body" },
        { "/v1/chat/completions", """{"model":"nobody","messages":[{"role":"user","content":"x"}]}""", 404, NotFound },
        { "/v1/chat/completions", """{"model":"broken","messages":[{"role":"user","content":"x"}]}""", 500, "model 'broken': broken.gguf is not there" },
        { "/v1/chat/completions", """{"model":"broken","stream":true,"messages":[{"role":"user","content":"x"}]}""", 500, "model 'broken': broken.gguf is not there" },
        { "/v1/chat/completions", """{"messages":[{"role":"user","content":"x"}]}""", 400, "model is required" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[]}""", 400, "[] is too short - 'messages'" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user"}]}""", 400, "message 1 has no content" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":7}]}""", 400, "invalid request body: content must be a string or an array of parts (at $.messages[0].content" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"robot","content":"x"}]}""", 400, "message 1 has the role 'robot'" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"tool","tool_call_id":"1","content":[{"type":"image_url","image_url":"data:image/png;base64,iVBORw0KGgo="}]}]}""", 400, "message 1 is a tool's result and holds a picture" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":[{"type":"input_audio"}]}]}""", 400, "part 1 of message 1 has the type 'input_audio'" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}""", 400, "invalid image input: part 1 of message 1" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}""", 400, "invalid request body: image URLs are not currently supported, please use base64 encoded data instead (at $" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,x"}}]}]}""", 400, "invalid request body: invalid image input: a data URL of a picture looks like" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"reasoning_effort":"huge"}""", 400, "invalid reasoning_effort value 'huge'" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", 400, "invalid response_format type 'xml'" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}""", 400, "response_format of type json_schema needs" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"stop":7}""", 400, "stop must be a string or an array of strings" },
        { "/v1/chat/completions", """{"model":"thinker","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"["}}]}]}""", 400, "the arguments of tool call 'f' in message 1 are no JSON object" },
        { "/v1/completions", """{"model":"llava-phi3"}""", 400, "prompt must be a string" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"grammar":"root ::= [a-z]","response_format":{"type":"json_object"}}""", 400, "grammar and response_format were both given" },
        { "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"grammar":"root ::= [a-z]","tools":[{"type":"function","function":{"name":"f"}}]}""", 400, "grammar and tools were both given" },
        { "/api/chat", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"grammar":"root ::= [a-z]","format":"json"}""", 400, "grammar and format were both given" },
        { "/api/generate", """{"model":"llava-phi3","prompt":"x","grammar":"root ::= [a-z]","vision_tools":true}""", 400, "grammar and vision_tools were both given" },
        { "/v1/completions", """{"model":"llava-phi3","prompt":"x","n":3}""", 400, "n is 3; one choice is written for a request" },
        { "/v1/completions", """{"model":"llava-phi3","prompt":["a","b"]}""", 400, "prompt must be a string" },
        { "/v1/embeddings", "{}", 400, "model is required" },
        { "/v1/audio/speech", "{}", 404, "there is no endpoint POST /v1/audio/speech" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refusals_HaveTheirProtocolsShape(string path, string body, int status, string message)
    {
        var host = shared.Host;
        var (actualStatus, type, text) = await host.SendAsync(path, body);
        Assert.Equal((status, "application/json; charset=utf-8"), ((int)actualStatus, type));
        Assert.StartsWith(message, AssertShape(path, text, status), StringComparison.Ordinal);
        Assert.Empty(host.Chat.Requests);
    }

    [Theory]
    [InlineData("/api/generate", """{"model":"llava-phi3","prompt":"x"}""")]
    [InlineData("/api/generate", """{"model":"llava-phi3","prompt":"x","stream":false}""")]
    [InlineData("/api/chat", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}],"stream":true}""")]
    [InlineData("/v1/completions", """{"model":"llava-phi3","prompt":"x","stream":true}""")]
    public async Task FailureBeforeTheFirstWord_HasItsStatus(string path, string body)
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var (exception, status, message) in new (Exception, int, string)[]
        {
            (new ChatRequestException("the prompt has 5000 tokens, the context 4096"), 400, "the prompt has 5000 tokens, the context 4096"),
            (new ImageDecodeException("the picture is truncated"), 400, "the picture is truncated"),
            (new ModelLoadException("truncated"), 500, "truncated"),
            (new ModelNotFoundException("gone", ["a"]), 404, "model 'gone' not found; available: a"),
            (new InvalidOperationException("secret path"), 500, "the request could not be answered; the server's log says why"),
            (new OperationCanceledException(), 503, "the answer was interrupted"),
        })
        {
            host.Chat.Script = [exception];
            var (actualStatus, _, text) = await host.SendAsync(path, body);
            Assert.Equal(status, (int)actualStatus);
            Assert.StartsWith(message, AssertShape(path, text, status), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FailureInMidStream_IsTheLastLine()
    {
        await using var host = await ApiHost.StartAsync("A ", new ChatRequestException("the context is full"), "never");
        var (status, type, text) = await host.SendAsync("/api/chat", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (status, type));
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal("""{"error":"the context is full"}""", lines[1]);
    }

    [Fact]
    public async Task FailureInMidStream_IsTheLastEvent()
    {
        await using var host = await ApiHost.StartAsync("A ", new ChatResponseUpdate(ChatRole.Assistant, [new ErrorContent("upstream failed")]), "never");
        var (status, _, text) = await host.SendAsync("/v1/chat/completions", """{"model":"llava-phi3","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.EndsWith("""data: {"error":{"message":"upstream failed","type":"api_error","param":null,"code":null}}""" + "\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "/api/delete", 400)]
    [InlineData("HEAD", "/api/blobs/sha256:00", 501)]
    [InlineData("GET", "/api/chat", 404)]
    [InlineData("GET", "/v1/models/nobody", 404)]
    [InlineData("GET", "/v1/models/some/body", 404)]
    public async Task OtherMethods_AreAnsweredToo(string method, string path, int status)
    {
        var host = shared.Host;
        using var response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), ApiHost.Cancel);
        Assert.Equal(status, (int)response.StatusCode);
        if (method != "HEAD")
            AssertShape(path, await response.Content.ReadAsStringAsync(ApiHost.Cancel), status);
    }

    [Fact]
    public async Task DeepNesting_IsRefused()
    {
        var host = shared.Host;
        var body = """{"model":"llava-phi3","prompt":"x","format":""" + new string('[', 10_000);
        var (status, _, text) = await host.SendAsync("/api/generate", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("depth", AssertShape("/api", text, 400), StringComparison.Ordinal);
    }

    private static string AssertShape(string path, string text, int status)
    {
        var error = JsonNode.Parse(text)!["error"]!;
        if (!path.StartsWith("/v1", StringComparison.Ordinal))
            return (string)error!;
        Assert.Equal(status switch { 404 => "not_found_error", < 500 => "invalid_request_error", _ => "api_error" }, (string?)error["type"]);
        Assert.Equal(["message", "type", "param", "code"], error.AsObject().Select(field => field.Key));
        return (string)error["message"]!;
    }
}
