using System.Net;
using System.Text.Json.Nodes;
using Assistant.Web.Apis;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis.OpenAI;

public class OpenAIChatTests
{
    private static readonly object[] redDot = ["A red ", "dot 🔴.", "", ScriptedChatClient.Last()];

    [Fact]
    public async Task Completion_IsOneObjectByDefault()
    {
        await using var host = await ApiHost.StartAsync(redDot);
        var (status, type, text) = await host.SendAsync("/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"What is it?"}]}""");
        Assert.Equal((HttpStatusCode.OK, "application/json; charset=utf-8"), (status, type));
        Samples.AssertJson("openai-chat.json", text);
    }

    [Fact]
    public async Task Stream_HasTheRoleFirst_ThenUsage_ThenDone()
    {
        await using var host = await ApiHost.StartAsync(redDot);
        var (status, type, text) = await host.SendAsync("/v1/chat/completions",
            """{"model":"llava-phi3","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"What is it?"}]}""");
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (status, type));
        Samples.AssertText("openai-chat.sse", text);
    }

    [Fact]
    public async Task Stream_KeepsOneId_AndSkipsUsageUnlessAsked()
    {
        await using var host = await ApiHost.StartAsync(redDot);
        var (_, _, text) = await host.SendAsync("/v1/chat/completions", """{"model":"llava-phi3","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        var events = Events(text);
        Assert.Single(events.Select(e => (string?)e["id"]).Distinct());
        Assert.DoesNotContain("usage", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OfAnEmptyAnswer_StillHasARoleAndAFinish()
    {
        await using var host = await ApiHost.StartAsync(ScriptedChatClient.Last(ChatFinishReason.Length));
        var (_, _, text) = await host.SendAsync("/v1/chat/completions", """{"model":"llava-phi3","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        var choice = Assert.Single(Events(text))["choices"]![0]!;
        Assert.Equal(("assistant", "length"), ((string?)choice["delta"]!["role"], (string?)choice["finish_reason"]));
    }

    [Fact]
    public async Task ToolCalls_CarryTheirArgumentsAsText()
    {
        await using var host = await ApiHost.StartAsync(ToolScript.Steps);
        var (_, _, text) = await host.SendAsync("/v1/chat/completions", ToolScript.Request(stream: false));
        Samples.AssertJson("openai-chat-tools.json", text);
    }

    [Fact]
    public async Task Parts_KeepTheirOrderInTheMessage()
    {
        await using var host = await ApiHost.StartAsync("ok");
        await host.SendAsync("/v1/chat/completions", $$$"""
            {"model":"llava-phi3","messages":[
              {"role":"developer","content":"Be short."},
              {"role":"user","content":[
                {"type":"text","text":"Compare "},
                {"type":"image_url","image_url":{"detail":{"any":["thing"]},"url":"data:image/png;base64,{{{Samples.Png}}}"}},
                {"type":"text","text":" with "},
                {"type":"image_url","image_url":"DATA:;base64,{{{Samples.Gif}}}"},
                {"type":"image_url","image_url":{"url":"{{{Samples.Png}}}"}},
                {"type":"text","text":"."}]}]}
            """);
        var messages = host.Chat.LastRequest.Messages;
        Assert.Equal((ChatRole.System, "Be short."), (messages[0].Role, messages[0].Text));
        Assert.Equal(
            ["Compare ", "image/png", " with ", "image/gif", "image/png", "."],
            messages[1].Contents.Select(content => content is DataContent image ? image.MediaType : content.ToString()));
    }

    [Fact]
    public async Task ToolResults_AreMatchedById()
    {
        await using var host = await ApiHost.StartAsync("ok");
        await host.SendAsync("/v1/chat/completions", """
            {"model":"thinker","messages":[
              {"role":"user","content":"Where?"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"locate","arguments":"{\"what\":\"dog\"}"}}]},
              {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"left"}]}]}
            """);
        var messages = host.Chat.LastRequest.Messages;
        var call = Assert.IsType<FunctionCallContent>(Assert.Single(messages[1].Contents));
        Assert.Equal(("c1", "locate", "dog"), (call.CallId, call.Name, call.Arguments!["what"]!.ToString()));
        var result = Assert.IsType<FunctionResultContent>(Assert.Single(messages[2].Contents));
        Assert.Equal(("c1", "left"), (result.CallId, result.Result));
    }

    [Fact]
    public async Task Options_HaveThisProtocolsDefaults()
    {
        await using var host = await ApiHost.StartAsync("ok");
        await host.SendAsync("/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}]}""");
        var options = host.Chat.LastRequest.Options;
        Assert.Equal((1f, 1f), (options.Temperature, options.TopP));
        Assert.Null(options.MaxOutputTokens);
        Assert.Null(options.Seed);
    }

    [Fact]
    public async Task Options_AreRead()
    {
        await using var host = await ApiHost.StartAsync("ok");
        await host.SendAsync("/v1/chat/completions", """
            {"model":"thinker","messages":[{"role":"user","content":"x"}],"temperature":0,"top_p":0.5,"max_tokens":5,"max_completion_tokens":6,"stop":"END","seed":7,
             "frequency_penalty":0.1,"presence_penalty":0.2,"reasoning_effort":"low","keep_alive":"2m","user":"me","n":1,"logit_bias":{},"logprobs":false,"tool_choice":"auto",
             "response_format":{"type":"json_schema","json_schema":{"name":"colour","schema":{"type":"string"}}}}
            """);
        var options = host.Chat.LastRequest.Options;
        Assert.Equal((0f, 0.5f, 6, 7L, 0.1f, 0.2f), (options.Temperature, options.TopP, options.MaxOutputTokens, options.Seed, options.FrequencyPenalty, options.PresencePenalty));
        Assert.Equal(["END"], options.StopSequences!);
        Assert.Equal(ReasoningEffort.Low, options.Reasoning!.Effort);
        Assert.Equal(TimeSpan.FromMinutes(2), options.AdditionalProperties![KeepAlive.Key]);
        var format = Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat);
        Assert.Equal(("colour", """{"type":"string"}"""), (format.SchemaName, format.Schema!.Value.GetRawText()));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """ "messages":[{"role":"user","content":"x"}] """)]
    [InlineData("/v1/completions", """ "prompt":"x" """)]
    public async Task OptionsOfOtherServers_ReachTheModel_AsOllamasDo(string path, string what)
    {
        await using var host = await ApiHost.StartAsync("ok");
        await host.SendAsync(path, $$"""{"model":"llava-phi3",{{what}},"top_k":3,"min_p":0.25,"typical_p":0.5,"repeat_penalty":1.5,"repeat_last_n":32,"loop_limit":0}""");
        var options = host.Chat.LastRequest.Options;
        Assert.Equal(3, options.TopK);
        Assert.Equal(
            new Dictionary<string, object?> { ["min_p"] = 0.25f, ["typical_p"] = 0.5f, ["repeat_penalty"] = 1.5f, ["repeat_last_n"] = 32, ["loop_limit"] = 0 },
            options.AdditionalProperties!.ToDictionary());
    }

    [Theory]
    [InlineData("/v1/chat/completions", """ "messages":[{"role":"user","content":"x"}] """)]
    [InlineData("/v1/completions", """ "prompt":"x" """)]
    [InlineData("/api/chat", """ "messages":[{"role":"user","content":"x"}] """)]
    [InlineData("/api/generate", """ "prompt":"x" """)]
    public async Task Grammar_ReachesTheModel(string path, string what)
    {
        await using var host = await ApiHost.StartAsync("ok");
        var (status, _, _) = await host.SendAsync(path, $$"""{"model":"llava-phi3",{{what}},"grammar":"root ::= \"ok\""}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("root ::= \"ok\"", host.Chat.LastRequest.Options.AdditionalProperties!["grammar"]);
    }

    [Fact]
    public async Task TextCompletion_Streams()
    {
        await using var host = await ApiHost.StartAsync(redDot);
        var (_, _, text) = await host.SendAsync("/v1/completions", """{"model":"llava-phi3","prompt":["What is it?"],"stream":true,"echo":true}""");
        Samples.AssertText("openai-completion.sse", text);
        Assert.Equal("What is it?", Assert.Single(host.Chat.LastRequest.Messages).Text);
    }

    [Fact]
    public async Task TextCompletion_AnswersWhole()
    {
        await using var host = await ApiHost.StartAsync(redDot);
        var (_, _, text) = await host.SendAsync("/v1/completions", """{"model":"llava-phi3","prompt":"What is it?","max_tokens":9,"stop":["a","b"]}""");
        var answer = JsonNode.Parse(text)!;
        Assert.Equal(("A red dot 🔴.", "stop"), ((string?)answer["choices"]![0]!["text"], (string?)answer["choices"]![0]!["finish_reason"]));
        Assert.Equal((603, 5, 608), ((int)answer["usage"]!["prompt_tokens"]!, (int)answer["usage"]!["completion_tokens"]!, (int)answer["usage"]!["total_tokens"]!));
        Assert.Equal((9, 2), (host.Chat.LastRequest.Options.MaxOutputTokens, host.Chat.LastRequest.Options.StopSequences!.Count));
    }

    private static JsonNode[] Events(string text) =>
        [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..]).Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!)];
}
