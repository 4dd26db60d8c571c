using System.Net;
using System.Text.Json.Nodes;
using Assistant.Chat.Engine;
using Assistant.Web.Apis;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis.Ollama;

public class OllamaChatTests
{
    private static readonly object[] redDot = ["A red ", "dot 🔴.", ScriptedChatClient.Last()];

    [Fact]
    public async Task Generate_StreamsLinesByDefault()
    {
        await using var host = await ApiHost.StartAsync(redDot);
        var (status, type, text) = await host.SendAsync("/api/generate", """{"model":"llava-phi3","prompt":"What is it?"}""");
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (status, type));
        Samples.AssertText("ollama-generate.ndjson", text);
    }

    [Fact]
    public async Task Generate_AnswersWithOneObject_WhenNotStreamed()
    {
        await using var host = await ApiHost.StartAsync(redDot);
        var (status, type, text) = await host.SendAsync("/api/generate", """{"model":"llava-phi3","prompt":"What is it?","stream":false}""");
        Assert.Equal((HttpStatusCode.OK, "application/json; charset=utf-8"), (status, type));
        Samples.AssertJson("ollama-generate.json", text);
    }

    [Fact]
    public async Task WorkshopClient_ReadsTheDescription()
    {
        // requests.post(url, json=...), then join "response" of every line.
        await using var host = await ApiHost.StartAsync(redDot);
        var body = new JsonObject { ["model"] = "llava-phi3", ["prompt"] = "Please describe this image.", ["images"] = new JsonArray(Samples.Png) };
        var (_, _, text) = await host.SendAsync("/api/generate", body.ToJsonString());

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
        Assert.Equal("A red dot 🔴.", string.Concat(lines.Select(line => (string?)line["response"])));
        var message = Assert.Single(host.Chat.LastRequest.Messages);
        Assert.Equal(ChatRole.User, message.Role);
        var image = Assert.IsType<DataContent>(message.Contents[0]);
        Assert.Equal(("image/png", Samples.Png), (image.MediaType, image.Base64Data.ToString()));
        Assert.Equal("Please describe this image.", Assert.IsType<TextContent>(message.Contents[1]).Text);
    }

    [Fact]
    public async Task Chat_StreamsLines_AndEchoesTheNameAsSent()
    {
        await using var host = await ApiHost.StartAsync("A red ", "dot 🔴.", ScriptedChatClient.Last(ChatFinishReason.Length));
        var (status, type, text) = await host.SendAsync("/api/chat", """{"model":"LLaVA-Phi3:latest","messages":[{"role":"user","content":"What is it?"}]}""");
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (status, type));
        Samples.AssertText("ollama-chat.ndjson", text);
    }

    [Fact]
    public async Task Chat_SendsThoughtsAndToolCallsInTheirOwnFields()
    {
        await using var host = await ApiHost.StartAsync(ToolScript.Steps);
        var (_, _, text) = await host.SendAsync("/api/chat", ToolScript.Request(stream: false));
        Samples.AssertJson("ollama-chat-tools.json", text);
        var tool = Assert.IsAssignableFrom<AIFunctionDeclaration>(Assert.Single(host.Chat.LastRequest.Options.Tools!));
        Assert.Equal(("locate", "Finds things."), (tool.Name, tool.Description));
        Assert.Equal("object", tool.JsonSchema.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Chat_StreamsToolCallsBeforeAnEmptyLastChunk()
    {
        await using var host = await ApiHost.StartAsync(ToolScript.Steps);
        var (_, _, text) = await host.SendAsync("/api/chat", ToolScript.Request(stream: true));
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(["Let me look.", null, null], lines.Select(line => (string?)line["message"]!["thinking"]));
        Assert.Equal([null, 2, null], lines.Select(line => line["message"]!["tool_calls"]?.AsArray().Count));
        Assert.Equal("", (string?)lines[1]["message"]!["content"]);
        Assert.Equal("stop", (string?)lines[2]["done_reason"]);
    }

    [Theory]
    [InlineData("/api/generate", """{"model":"llava-phi3"}""", "load", "load llava-phi3 default")]
    [InlineData("/api/generate", """{"model":"llava-phi3","options":{"num_ctx":8192}}""", "load", "load llava-phi3 default with 8192")]
    [InlineData("/api/generate", """{"model":"llava-phi3","prompt":"","keep_alive":"1h30m"}""", "load", "load llava-phi3 01:30:00")]
    [InlineData("/api/generate", """{"model":"llava-phi3","keep_alive":0}""", "unload", "unload llava-phi3")]
    [InlineData("/api/chat", """{"model":"LLAVA-PHI3:latest","messages":[],"keep_alive":-1}""", "load", "load llava-phi3 -00:00:00.0010000")]
    [InlineData("/api/chat", """{"model":"llava-phi3","keep_alive":"0"}""", "unload", "unload llava-phi3")]
    public async Task RequestWithoutQuestion_LoadsOrUnloads(string path, string body, string reason, string log)
    {
        await using var host = await ApiHost.StartAsync("never asked");
        var (status, type, text) = await host.SendAsync(path, body);
        Assert.Equal((HttpStatusCode.OK, "application/json; charset=utf-8"), (status, type));
        var answer = JsonNode.Parse(text)!;
        Assert.True((bool)answer["done"]!);
        Assert.Equal(reason, (string?)answer["done_reason"]);
        Assert.Equal("", (string?)(path == "/api/chat" ? answer["message"]!["content"] : answer["response"]));
        Assert.Equal([log], host.Models.Log);
        Assert.Empty(host.Chat.Requests);
    }

    [Fact]
    public async Task KeepAlive_TravelsAsATimeSpan()
    {
        await using var host = await ApiHost.StartAsync("ok");
        await host.SendAsync("/api/generate", """{"model":"llava-phi3","prompt":"x","keep_alive":90.5}""");
        Assert.Equal(TimeSpan.FromSeconds(90.5), host.Chat.LastRequest.Options.AdditionalProperties![KeepAlive.Key]);
    }

    [Fact]
    public async Task LeftOutMessages_AreTold()
    {
        var last = ScriptedChatClient.Last();
        last.AdditionalProperties![LlavaChatClient.TruncatedMessagesKey] = 4;
        await using var host = await ApiHost.StartAsync("Hi", last);
        var (_, _, lines) = await host.SendAsync("/api/chat", """{"model":"text-only","messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(4, (int)JsonNode.Parse(lines.TrimEnd('\n').Split('\n')[^1])!["truncated_messages"]!);
        var (_, _, whole) = await host.SendAsync("/v1/chat/completions", """{"model":"text-only","messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(4, (int)JsonNode.Parse(whole)!["usage"]!["truncated_messages"]!);
    }

    [Fact]
    public async Task Usage_ServesWhereTheClientTellsNoTimings()
    {
        var update = new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 7, OutputTokenCount = 3 })]);
        await using var host = await ApiHost.StartAsync("Hi", update);
        var (_, _, text) = await host.SendAsync("/api/chat", """{"model":"text-only","stream":false,"messages":[{"role":"user","content":"x"}]}""");
        var answer = JsonNode.Parse(text)!;
        Assert.Equal((7, 3), ((int)answer["prompt_eval_count"]!, (int)answer["eval_count"]!));
        Assert.Null(answer["load_duration"]);
        Assert.Equal("stop", (string?)answer["done_reason"]);
    }
}
