using System.Net;
using System.Text.Json.Nodes;
using Assistant.Chat.Tests;

namespace Assistant.Web.Tests.Apis.LlamaServer;

public sealed class LlamaServerApiTests() : LocalApiTests(settings =>
{
    settings["Models:1:Slots"] = "2";
    settings["Models:1:Sampling:Temperature"] = "0.25";
    settings["Models:1:Stop:0"] = "END";
    settings["Models:2:Name"] = "clip";
    settings["Models:2:Embedder"] = TinyClip.Folder;
})
{
    [Fact]
    public async Task TextsBecomeTokens_AndTextsAgain()
    {
        var tokens = (await PostAsync("/tokenize", """{"content":"what is the red circle<|end|>"}"""))["tokens"]!.AsArray();
        var back = await PostAsync("/detokenize", $$"""{"tokens":{{tokens.ToJsonString()}}}""");
        Assert.Equal("what is the red circle<|end|>", ((string?)back["content"])!.TrimStart());
        var begun = (await PostAsync("/tokenize", """{"content":"what is the red circle<|end|>","add_special":true,"model":"reader"}"""))["tokens"]!.AsArray();
        Assert.Equal([1, .. tokens.Select(token => (int)token!)], begun.Select(token => (int)token!));
        var spelt = (await PostAsync("/tokenize", """{"content":"what is the red circle<|end|>","parse_special":false}"""))["tokens"]!.AsArray();
        Assert.True(spelt.Count > tokens.Count);
    }

    [Fact]
    public async Task Pieces_AreTextOrBytes()
    {
        var pieces = (await PostAsync("/tokenize", """{"content":"red 🔴","with_pieces":true}"""))["tokens"]!.AsArray();
        Assert.Equal("red", ((string?)pieces[0]!["piece"])!.Trim());
        var bytes = pieces.Where(piece => piece!["piece"] is JsonArray).SelectMany(piece => piece!["piece"]!.AsArray()).Select(value => (byte)(int)value!);
        Assert.Equal("🔴"u8.ToArray(), bytes.ToArray());
        Assert.All(pieces, piece => Assert.True((int)piece!["id"]! >= 0));
    }

    [Fact]
    public async Task Template_IsApplied_AndItsTokensAreCounted()
    {
        const string Body = """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"what is it"}]}""";
        Assert.Equal("<|system|>\nBe brief.<|end|>\n<|user|>\nwhat is it<|end|>\n<|assistant|>\n", (string?)(await PostAsync("/apply-template", Body))["prompt"]);
        var counted = await PostAsync("/v1/chat/completions/input_tokens", Body);
        var answered = await PostAsync("/v1/chat/completions", Body.Replace("{\"messages", "{\"model\":\"seer\",\"max_tokens\":1,\"messages", StringComparison.Ordinal));
        Assert.Equal((int)answered["usage"]!["prompt_tokens"]!, (int)counted["input_tokens"]!);
    }

    [Fact]
    public async Task Props_TellWhatAModelIsSetTo()
    {
        var asleep = await Host.GetJsonAsync("/props");
        Assert.Equal((true, "seer", null), ((bool)asleep["is_sleeping"]!, (string?)asleep["model_alias"], asleep["total_slots"]));
        var settings = asleep["default_generation_settings"]!;
        Assert.Equal((512, 0.25, 40), ((int)settings["n_ctx"]!, (double)settings["params"]!["temperature"]!, (int)settings["params"]!["top_k"]!));
        Assert.Equal(["END"], settings["params"]!["stop"]!.AsArray().Select(stop => (string?)stop));
        Assert.Equal("phi3", (string?)asleep["chat_template"]);
        Assert.True((bool)asleep["modalities"]!["vision"]!);
        Assert.DoesNotContain(Chat.Folder, asleep.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1024, (int)(await Host.GetJsonAsync("/props?model=reader"))["default_generation_settings"]!["n_ctx"]!);

        await Host.SendAsync("/api/generate", """{"model":"seer"}""");
        var awake = await Host.GetJsonAsync("/props");
        Assert.Equal((false, 2), ((bool)awake["is_sleeping"]!, (int)awake["total_slots"]!));
    }

    [Fact]
    public async Task Models_GoIntoMemoryAndOutOfIt()
    {
        Assert.Equal("unloaded", await StatusAsync("seer"));
        Assert.True((bool)(await PostAsync("/models/load", """{"model":"seer"}"""))["success"]!);
        Assert.Equal(("loaded", "unloaded"), (await StatusAsync("seer"), await StatusAsync("reader")));
        Assert.True((bool)(await PostAsync("/models/unload", """{"model":"seer"}"""))["success"]!);
        Assert.Equal("unloaded", await StatusAsync("seer"));

        async Task<string?> StatusAsync(string name) =>
            (string?)(await Host.GetJsonAsync("/models"))["data"]!.AsArray().Single(model => (string?)model!["id"] == name + ":latest")!["status"]!["value"];
    }

    [Theory]
    [InlineData("/models/load", """{"model":"nobody"}""", 404, "model 'nobody' not found", "not_found_error")]
    [InlineData("/tokenize", "{}", 400, "content is required", "invalid_request_error")]
    [InlineData("/tokenize", """{"content":"x","model":"nobody"}""", 404, "model 'nobody' not found", "not_found_error")]
    [InlineData("/tokenize", """{"content":"x","model":"clip"}""", 400, "\"clip\" reads no prompts", "invalid_request_error")]
    [InlineData("/detokenize", """{"tokens":[1,99999]}""", 400, "Entry 2 of tokens is 99999, which is no token", "invalid_request_error")]
    [InlineData("/detokenize", "{}", 400, "tokens is required", "invalid_request_error")]
    [InlineData("/apply-template", """{"messages":[]}""", 400, "[] is too short", "invalid_request_error")]
    [InlineData("/apply-template", """{"messages":[{"role":"user","content":"LONG"}]}""", 400, "The prompt takes", "exceed_context_size_error")]
    [InlineData("/slots", "", 501, "what each slot does is not told", "not_supported_error")]
    public async Task Refusals_HaveItsShape(string path, string body, int status, string message, string type)
    {
        var (actual, _, text) = await Host.SendAsync(path, body.Replace("LONG", string.Join(' ', Enumerable.Repeat("red", 600)), StringComparison.Ordinal));
        Assert.True(status == (int)actual, text);
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal(type == "exceed_context_size_error" ? (true, 512) : (false, null), ((int?)error["n_prompt_tokens"] > 600, (int?)error["n_ctx"]));
        Assert.Equal((status, type), ((int)error["code"]!, (string?)error["type"]));
        Assert.StartsWith(message, (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongTexts_AreNotTokenized()
    {
        var (status, _, text) = await Host.SendAsync("/tokenize", $$"""{"content":"{{new string('a', (1 << 20) + 1)}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("at most 1048576 become tokens at once", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PagesOfOtherOrigins_AreRefused()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/tokenize") { Content = new StringContent("""{"content":"x"}""") };
        request.Headers.Add("Origin", "https://elsewhere.example");
        using var response = await Host.Client.SendAsync(request, ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("permission_error", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(ApiHost.Cancel))!["error"]!["type"]);
    }

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        var (status, _, text) = await Host.SendAsync(path, body);
        Assert.True(status == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}
