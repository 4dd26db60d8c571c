using System.Text.Json.Nodes;
using Assistant.Chat.Tests;
using LlamaCpp.Tests;

namespace Assistant.Web.Tests.Apis;

/// <summary>From the wire to llama.cpp and back, with models of random weights: the words mean nothing, everything around them does.</summary>
public class LocalModelTests
{
    private static readonly string picture = TinyChat.Picture(255, 0, 0).Base64Data.ToString();

    [Fact]
    public async Task Generate_TellsTimeAndTokens_AndKnowsThePictureTheSecondTime()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var body = $$$"""{"model":"seer","prompt":"what is it","images":["{{{picture}}}"],"options":{"temperature":0,"num_predict":6}}""";
        var first = await LinesAsync(host, "/api/generate", body);
        var last = first[^1];
        Assert.Equal((true, "length", 6), ((bool)last["done"]!, (string?)last["done_reason"], (int)last["eval_count"]!));
        Assert.True((int)last["prompt_eval_count"]! > chat.Encoder.TokensPerImage);
        Assert.True((long)last["load_duration"]! > 0);
        Assert.True((long)last["total_duration"]! >= (long)last["eval_duration"]! + (long)last["prompt_eval_duration"]!);

        var second = await LinesAsync(host, "/api/generate", body);
        Assert.Equal(Join(first), Join(second));
        Assert.Equal((int)last["prompt_eval_count"]!, (int)second[^1]["prompt_eval_count"]!);
        Assert.Equal(1, chat.Encoder.Runs);
    }

    [Fact]
    public async Task BothProtocols_GiveTheSameAnswer_StreamedOrWhole()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var ollama = $$$"""{"model":"seer","messages":[{"role":"user","content":"what is it","images":["{{{picture}}}"]}],"options":{"temperature":0,"num_predict":8},"stream":false}""";
        var openAI = $$$$"""
            {"model":"seer","temperature":0,"max_tokens":8,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{{picture}}}}"}},{"type":"text","text":"what is it"}]}]}
            """;
        var whole = (string?)(await LinesAsync(host, "/api/chat", ollama))[0]["message"]!["content"];
        var lines = await LinesAsync(host, "/api/chat", ollama.Replace("false", "true", StringComparison.Ordinal));
        var completion = (await LinesAsync(host, "/v1/chat/completions", openAI))[0];

        Assert.NotEqual("", whole);
        Assert.Equal(whole, string.Concat(lines.Select(line => (string?)line["message"]!["content"])));
        Assert.Equal(whole, (string?)completion["choices"]![0]!["message"]!["content"]);
        Assert.Equal("length", (string?)completion["choices"]![0]!["finish_reason"]);
        Assert.True((int)completion["usage"]!["prompt_tokens_details"]!["cached_tokens"]! > 0);
    }

    [Fact]
    public async Task BothProtocols_AnswerBySchema()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        const string Schema = """{"type":"object","properties":{"colour":{"enum":["red","blue"]},"count":{"type":"integer","minimum":1,"maximum":9}},"required":["colour","count"]}""";
        var answer = (string?)(await LinesAsync(host, "/api/chat", """{"model":"seer","messages":[{"role":"user","content":"what is it"}],"stream":false,"format":""" + Schema + "}"))[0]["message"]!["content"];
        var openAI = await LinesAsync(host, "/v1/chat/completions",
            """{"model":"seer","messages":[{"role":"user","content":"what is it"}],"response_format":{"type":"json_schema","json_schema":{"name":"thing","schema":""" + Schema + "}}}");
        foreach (var text in (string?[])[answer, (string?)openAI[0]["choices"]![0]!["message"]!["content"]])
        {
            var thing = JsonNode.Parse(text!)!.AsObject();
            Assert.Matches("^(red|blue)$", (string?)thing["colour"]);
            Assert.InRange((int)thing["count"]!, 1, 9);
        }
    }

    private const string Weather = """{"type":"function","function":{"name":"weather","description":"Tells the weather.","parameters":{"type":"object","properties":{"city":{"enum":["Rome","Paris"]},"days":{"type":"integer","minimum":1,"maximum":7}},"required":["city","days"]}}}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnyModel_CallsATool_ThatItMust(bool stream)
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var lines = await LinesAsync(host, "/api/chat", $$$$"""{"model":"reader","messages":[{"role":"user","content":"what is it"}],"stream":{{{{(stream ? "true" : "false")}}}},"options":{"temperature":0},"tool_choice":"required","tools":[{{{{Weather}}}}]}""");
        var call = lines.SelectMany(line => line["message"]!["tool_calls"]?.AsArray() ?? []).First()!["function"]!;
        Assert.Equal("weather", (string?)call["name"]);
        Assert.Matches("^(Rome|Paris)$", (string?)call["arguments"]!["city"]);
        Assert.InRange((int)call["arguments"]!["days"]!, 1, 7);
        Assert.Equal("", string.Concat(lines.Select(line => (string?)line["message"]!["content"])));
        Assert.Equal("stop", (string?)lines[^1]["done_reason"]);
    }

    [Fact]
    public async Task AToolsResult_GoesBackIntoTheConversation()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        const string Question = """{"role":"user","content":"what is it"}""";
        var ask = """{"model":"reader","messages":[""" + Question + """],"max_tokens":200,"tool_choice":{"type":"function","function":{"name":"weather"}},"tools":[""" + Weather + "]}";
        var choice = (await LinesAsync(host, "/v1/chat/completions", ask))[0]["choices"]![0]!;
        Assert.Equal("tool_calls", (string?)choice["finish_reason"]);
        var call = choice["message"]!["tool_calls"]![0]!;
        Assert.Equal("weather", (string?)call["function"]!["name"]);
        Assert.NotNull(JsonNode.Parse((string)call["function"]!["arguments"]!)!["city"]);

        var back = """{"model":"reader","messages":[""" + Question + "," + choice["message"]!.ToJsonString() + ","
            + """{"role":"tool","content":"7 degrees","tool_call_id":""" + call["id"]!.ToJsonString() + """}],"max_tokens":6,"tools":[""" + Weather + "]}";
        var answer = (await LinesAsync(host, "/v1/chat/completions", back))[0];
        Assert.True((int)answer["usage"]!["prompt_tokens"]! > 100, answer.ToJsonString());
        Assert.NotEqual("", (string?)answer["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task Stream_TellsHowFarThePromptIsRead_WhereAsked_AndTheTimings()
    {
        using var chat = new TinyChat(settings => settings["Models:0:ContextLength"] = "1024");
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var words = string.Join(' ', Enumerable.Repeat("what is the red circle", 100));
        var body = """{"model":"reader","messages":[{"role":"user","content":"WORDS"}],"stream":true,"return_progress":true,"max_tokens":3}""".Replace("WORDS", words, StringComparison.Ordinal);
        foreach (var cached in (bool[])[false, true])
        {
            var (status, _, text) = await host.SendAsync("/v1/chat/completions", body);
            Assert.Equal(200, (int)status);
            var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line != "data: [DONE]").Select(line => JsonNode.Parse(line["data: ".Length..])!).ToList();
            var steps = events.TakeWhile(e => e["prompt_progress"] is not null).Select(e => e["prompt_progress"]!).ToList();
            Assert.All(events.Skip(steps.Count), e => Assert.Null(e["prompt_progress"]));
            Assert.NotEmpty(steps);
            var total = (int)steps[0]["total"]!;
            Assert.All(steps, step => Assert.Equal(total, (int)step["total"]!));
            Assert.All(steps, step => Assert.InRange((int)step["processed"]!, (int)step["cache"]!, total));
            Assert.Equal(total, (int)steps[^1]["processed"]!);
            Assert.Equal(cached, (int)steps[0]["cache"]! > 0);
            Assert.Equal("assistant", (string?)events[0]["choices"]![0]!["delta"]!["role"]);
            var timings = events[^1]["timings"]!;
            Assert.Equal((total, 3), ((int)timings["cache_n"]! + (int)timings["prompt_n"]!, (int)timings["predicted_n"]!));
            Assert.True((double)timings["predicted_per_second"]! > 0);
        }
        Assert.DoesNotContain("prompt_progress", (await host.SendAsync("/v1/chat/completions", body.Replace("true,\"max", "false,\"max", StringComparison.Ordinal))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReaderWhoLeavesWhileThePromptIsRead_FreesTheModel()
    {
        using var chat = new TinyChat(settings => (settings["Models:1:Slots"], settings["Models:1:MaxQueue"]) = ("1", "0"));
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var inTower = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        chat.Encoder.OnEncode = (_, cancelled) =>
        {
            inTower.TrySetResult();
            cancelled.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
            cancelled.ThrowIfCancellationRequested();
        };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(ApiHost.Cancel);
        var asked = host.Client.PostAsync("/v1/chat/completions", new StringContent($$$"""
            {"model":"seer","stream":true,"return_progress":true,"messages":[{"role":"user","content":[{"type":"image_url","image_url":"{{{picture}}}"},{"type":"text","text":"what is it"}]}]}
            """), leaving.Token);
        await inTower.Task.WaitAsync(TimeSpan.FromSeconds(20), ApiHost.Cancel);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        for (var attempt = 0; ; attempt++)
        {
            var (status, _, _) = await host.SendAsync("/api/generate", """{"model":"seer","prompt":"what is it","options":{"num_predict":2}}""");
            if ((int)status == 200)
                break;
            Assert.True(attempt < 200, "the model is still busy");
            await Task.Delay(20, ApiHost.Cancel);
        }
    }

    [Fact]
    public async Task Logprobs_AreWrittenInEachProtocolsShape()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        foreach (var stream in (string[])["true", "false"])
        {
            var ollama = await LinesAsync(host, "/api/chat", $$"""{"model":"seer","messages":[{"role":"user","content":"what is it"}],"logprobs":true,"top_logprobs":2,"options":{"temperature":0,"num_predict":5},"stream":{{stream}}}""");
            var tokens = ollama.SelectMany(line => line["logprobs"]?.AsArray() ?? []).ToList();
            Assert.Equal(5, tokens.Count);
            Assert.All(tokens, token => Assert.Equal(2, token!["top_logprobs"]!.AsArray().Count));
            Assert.All(tokens, token => Assert.InRange((float)token!["logprob"]!, -20, 0));
            Assert.Equal(string.Concat(ollama.Select(line => (string?)line["message"]!["content"])), string.Concat(tokens.Select(token => (string?)token!["token"])));
        }
        var completion = (await LinesAsync(host, "/v1/chat/completions", """{"model":"seer","messages":[{"role":"user","content":"what is it"}],"logprobs":true,"temperature":0,"max_tokens":5}"""))[0];
        var content = completion["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        Assert.Equal(5, content.Count);
        Assert.All(content, token => Assert.Empty(token!["top_logprobs"]!.AsArray()));
        Assert.Equal((string?)completion["choices"]![0]!["message"]!["content"], string.Concat(content.Select(token => (string?)token!["token"])));
        var text = (await LinesAsync(host, "/v1/completions", """{"model":"seer","prompt":"what is it","logprobs":3,"temperature":0,"max_tokens":5}"""))[0]["choices"]![0]!;
        Assert.Equal((string?)text["text"], string.Concat(text["logprobs"]!["tokens"]!.AsArray().Select(token => (string?)token)));
        Assert.All(text["logprobs"]!["top_logprobs"]!.AsArray(), rivals => Assert.InRange(rivals!.AsObject().Count, 1, 3));
        Assert.Null((await LinesAsync(host, "/v1/chat/completions", """{"model":"seer","messages":[{"role":"user","content":"what is it"}],"max_tokens":2}"""))[0]["choices"]![0]!["logprobs"]);
    }

    [Fact]
    public async Task FullQueue_IsRefusedWithRetryAfter()
    {
        using var chat = new TinyChat(settings => (settings["Models:1:Slots"], settings["Models:1:MaxQueue"]) = ("1", "0"));
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        using var inTower = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        chat.Encoder.OnEncode = (_, _) =>
        {
            inTower.Release();
            release.Wait(TimeSpan.FromSeconds(20), CancellationToken.None);
        };
        var first = LinesAsync(host, "/api/generate", $$$"""{"model":"seer","prompt":"what is it","images":["{{{picture}}}"],"options":{"num_predict":2}}""");
        await inTower.WaitAsync(TimeSpan.FromSeconds(20));

        foreach (var (path, body) in new[]
        {
            ("/api/generate", """{"model":"seer","prompt":"x"}"""),
            ("/v1/chat/completions", """{"model":"seer","messages":[{"role":"user","content":"x"}]}"""),
            ("/v1/chat/completions", """{"model":"seer","stream":true,"messages":[{"role":"user","content":"x"}]}"""),
        })
        {
            using var response = await host.Client.PostAsync(path, new StringContent(body));
            Assert.Equal(503, (int)response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
            Assert.Contains("server busy, please try again.  maximum pending requests exceeded", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        release.Set();
        Assert.True((bool)(await first)[^1]["done"]!);
    }

    [Theory]
    [InlineData("/api/generate", """{"model":"seer","prompt":"x","format":{"not":{}}}""", 400, "The JSON schema cannot be used: the keyword 'not'")]
    [InlineData("/api/generate", """{"model":"reader","prompt":"what is it","images":["PICTURE"]}""", 400, "The model 'reader' cannot see pictures")]
    [InlineData("/api/generate", """{"model":"seer","prompt":"what is it","images":["aGVsbG8gd29ybGQ="]}""", 400, "")]
    [InlineData("/api/generate", """{"model":"seer","prompt":"what is it","options":{"temperature":-1}}""", 400, "The option")]
    [InlineData("/api/chat", """{"model":"sear","messages":[{"role":"user","content":"x"}]}""", 404, "model 'sear' not found; available: ")]
    [InlineData("/api/chat", """{"model":"seer","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"function":{"name":"g"}}}""", 400, "The tool 'g' must be called, but is not offered; offered: f")]
    [InlineData("/api/chat", """{"model":"seer","messages":[{"role":"user","content":"x"}],"think":true}""", 400, "\"seer\" does not support thinking")]
    public async Task Refusals_LeaveTheModelReady(string path, string body, int status, string message)
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var (actual, _, text) = await host.SendAsync(path, body.Replace("PICTURE", picture, StringComparison.Ordinal));
        Assert.True(status == (int)actual, text);
        Assert.StartsWith(message, (string?)JsonNode.Parse(text)!["error"], StringComparison.Ordinal);

        var next = await LinesAsync(host, "/api/generate", """{"model":"seer","prompt":"what is it","options":{"num_predict":2}}""");
        Assert.True((bool)next[^1]["done"]!);
    }

    [Fact]
    public async Task LoadAndUnload_ShowInTheList()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        Assert.Empty((await host.GetJsonAsync("/api/ps"))["models"]!.AsArray());
        await host.SendAsync("/api/generate", """{"model":"seer","keep_alive":"10m"}""");
        var loaded = Assert.Single((await host.GetJsonAsync("/api/ps"))["models"]!.AsArray())!;
        Assert.Equal(("seer:latest", 512), ((string?)loaded["name"], (int)loaded["context_length"]!));
        await host.SendAsync("/api/generate", """{"model":"seer","keep_alive":0}""");
        Assert.Empty((await host.GetJsonAsync("/api/ps"))["models"]!.AsArray());
    }

    [Fact]
    public async Task ALongerContext_LoadsTheModelAgain_ByBothProtocols()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        foreach (var (path, body, expected) in ((string, string, int)[])
        [
            ("/api/generate", """{"model":"seer","prompt":"what","stream":false,"options":{"num_predict":2,"num_ctx":64}}""", 512),
            ("/api/generate", """{"model":"seer","options":{"num_ctx":600}}""", 600),
            ("/api/chat", """{"model":"seer","messages":[],"options":{"num_ctx":700}}""", 700),
            ("/api/chat", """{"model":"seer","messages":[{"role":"user","content":"what"}],"stream":false,"options":{"num_predict":2,"num_ctx":800}}""", 800),
            ("/v1/chat/completions", """{"model":"seer","messages":[{"role":"user","content":"what"}],"max_tokens":2,"num_ctx":900}""", 900),
            ("/v1/completions", """{"model":"seer","prompt":"what","max_tokens":2,"num_ctx":70000}""", 1024),
        ])
        {
            Assert.Equal(200, (int)(await host.SendAsync(path, body)).Status);
            Assert.Equal(expected, (int)Assert.Single((await host.GetJsonAsync("/api/ps"))["models"]!.AsArray())!["context_length"]!);
        }
        var bytes = Assert.Single(chat.Catalog.Loaded()).Memory;
        await host.SendAsync("/api/generate", """{"model":"seer","keep_alive":0}""");
        chat.Configuration["ModelMemoryLimit"] = (bytes - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        chat.Configuration.Reload();
        var (status, _, text) = await host.SendAsync("/api/generate", """{"model":"seer","prompt":"what","options":{"num_ctx":1024}}""");
        Assert.Equal(400, (int)status);
        Assert.StartsWith("A context of 1024 tokens is too long for the model 'seer': it takes about ", (string?)JsonNode.Parse(text)!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_ReadsTheFiles()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var (_, _, text) = await host.SendAsync("/api/show", """{"model":"seer"}""");
        var model = JsonNode.Parse(text)!;
        Assert.Equal("llama", (string?)model["model_info"]!["general.architecture"]);
        Assert.Equal("clip", (string?)model["projector_info"]!["general.architecture"]);
        Assert.Equal(["completion", "vision"], model["capabilities"]!.AsArray().Select(capability => (string?)capability));
        Assert.Contains(model["tensors"]!.AsArray(), tensor => (string?)tensor!["name"] == "token_embd.weight");
    }

    [Fact]
    public async Task SchemaBesideJsonObject_BindsTheAnswer()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var answer = (await LinesAsync(host, "/v1/chat/completions", """{"model":"reader","messages":[{"role":"user","content":"what is it"}],"response_format":{"type":"json_object","schema":{"enum":["red","blue"]}}}"""))[0];
        Assert.Matches("^\"(red|blue)\"$", ((string?)answer["choices"]![0]!["message"]!["content"])!.Trim());
    }

    [Fact]
    public async Task PromptThatDoesNotFit_HasACodeThatClientsKnow()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var words = string.Join(' ', Enumerable.Repeat("red", 600));
        var (status, _, text) = await host.SendAsync("/v1/chat/completions", $$$"""{"model":"seer","messages":[{"role":"user","content":"{{{words}}}"}]}""");
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal((400, "context_length_exceeded", "invalid_request_error"), ((int)status, (string?)error["code"], (string?)error["type"]));
        var (_, _, ollama) = await host.SendAsync("/api/generate", $$"""{"model":"seer","prompt":"{{words}}"}""");
        Assert.StartsWith("The prompt takes", (string?)JsonNode.Parse(ollama)!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_TellsTheVocabulary_WhereItIsVerbose()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var brief = JsonNode.Parse((await host.SendAsync("/api/show", """{"model":"seer"}""")).Text)!["model_info"]!.AsObject();
        var whole = JsonNode.Parse((await host.SendAsync("/api/show", """{"model":"seer","verbose":true}""")).Text)!["model_info"]!.AsObject();
        Assert.Equal(brief.Select(pair => pair.Key), whole.Select(pair => pair.Key));
        var tokens = TinyModel.Tokens;
        foreach (var (key, expected) in new (string, Func<int, string>)[]
        {
            ("tokens", i => JsonValue.Create(tokens[i].Text)!.ToJsonString()), ("scores", i => JsonValue.Create(tokens[i].Score).ToJsonString()), ("token_type", i => JsonValue.Create(tokens[i].Type).ToJsonString()),
        })
        {
            Assert.True(brief.ContainsKey("tokenizer.ggml." + key));
            Assert.Null(brief["tokenizer.ggml." + key]);
            var array = whole["tokenizer.ggml." + key]!.AsArray();
            Assert.Equal(tokens.Count, array.Count);
            Assert.All(Enumerable.Range(0, tokens.Count), i => Assert.Equal(expected(i), array[i]!.ToJsonString()));
        }
    }

    [Fact]
    public async Task Show_TakesAnotherSystemMessageAndParameters()
    {
        using var chat = new TinyChat(settings => settings["Models:1:Sampling:Temperature"] = "0.25");
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var shown = JsonNode.Parse((await host.SendAsync("/api/show", """{"model":"seer","system":"Be brief.","options":{"temperature":0.5,"top_k":null,"stop":["a","b"]}}""")).Text)!;
        Assert.Equal("Be brief.", (string?)shown["system"]);
        Assert.Equal(["num_ctx 512", "temperature 0.5", "stop \"a\"", "stop \"b\""], ((string)shown["parameters"]!).Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    private static async Task<JsonNode[]> LinesAsync(ApiHost host, string path, string body)
    {
        var (status, _, text) = await host.SendAsync(path, body);
        Assert.True((int)status == 200, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private static string Join(IEnumerable<JsonNode> lines) => string.Concat(lines.Select(line => (string?)line["response"]));
}
