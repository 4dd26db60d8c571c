using System.Text.Json.Nodes;
using Assistant.Chat.Tests;
using Assistant.Web.Tests.Apis;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Clients;

/// <summary>The npm packages <c>ollama</c> and <c>openai</c> against the server, over a scripted model and over models of random weights.</summary>
public class NpmClientsTests
{
    public static TheoryData<string> Clients => ["ollama", "openai"];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Chat_WholeAndStreamed_IsTheScript(string client)
    {
        await using var host = await ApiHost.StartAsync("A red ", "dot 🔴.", ScriptedChatClient.Last());
        foreach (var scenario in (string[])["chat", "stream", "turns"])
        {
            var result = await RunAsync(client, host, "llava-phi3", scenario);
            Assert.Equal("A red dot 🔴.", (string?)(result["content"] ?? result["second"]));
        }
        Assert.Equal(5, (int)(await RunAsync(client, host, "llava-phi3", "chat"))["tokens"]!);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Pictures_ReachTheModel(string client)
    {
        await using var host = await ApiHost.StartAsync("ok", ScriptedChatClient.Last());
        await RunAsync(client, host, "llava-phi3", "turns");
        var contents = host.Chat.LastRequest.Messages.Select(message => string.Join(",", message.Contents.Select(content => content is DataContent data ? data.MediaType : ((TextContent)content).Text)));
        Assert.Equal([client == "ollama" ? "image/png,what is it" : "what is it,image/png", "ok", "is it big"], contents);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Calls_AreAssembledFromTheStream(string client)
    {
        await using var host = await ApiHost.StartAsync(
            "Let me see.",
            new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("call_1", "weather", new Dictionary<string, object?> { ["city"] = "Rome" }), new FunctionCallContent("call_2", "weather", new Dictionary<string, object?> { ["city"] = "Paris" })]),
            ScriptedChatClient.Last(ChatFinishReason.ToolCalls));
        var result = await RunAsync(client, host, "llava-phi3", "toolsStream");
        Assert.Equal("Let me see.", (string?)result["content"]);
        Assert.Equal([("weather", "Rome"), ("weather", "Paris")], result["calls"]!.AsArray().Select(call => ((string)call!["name"]!, (string)call["arguments"]!["city"]!)));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Abort_StopsTheAnswer_AndTheNextRequestIsServed(string client)
    {
        await using var host = await ApiHost.StartAsync("A", "B", ScriptedChatClient.WaitForCancellation);
        host.Chat.Then = ["ok", ScriptedChatClient.Last()];
        var result = await RunAsync(client, host, "llava-phi3", "abort");
        await host.Chat.Cancelled.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.True((bool)result["next"]!);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Errors_AreTheClientsOwn(string client)
    {
        await using var host = await ApiHost.StartAsync();
        var error = await RunAsync(client, host, "llava-phi3", "error");
        Assert.Equal(404, (int)error["status"]!);
        Assert.Contains("model 'nobody' not found; available: llava-phi3", (string?)error["message"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Embeddings_AreTheNetworksVectors(string client)
    {
        using var chat = new TinyChat(settings =>
        {
            settings["Models:2:Name"] = "clip";
            settings["Models:2:Embedder"] = TinyClip.Folder;
        });
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var result = await RunAsync(client, host, "clip", "embed");
        Assert.Equal(2, (int)result["count"]!);
        var expected = JsonNode.Parse((await host.SendAsync("/api/embed", """{"model":"clip","input":["a","b"]}""")).Text)!["embeddings"]![0]!.AsArray();
        Assert.Equal(expected.Count, (int)result["width"]!);
        Assert.Equal((double)expected[0]!, (double)result["first"]!, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task RealModel_ChatsAboutPictures_CallsTools_AndKeepsToSchemas(string client)
    {
        using var chat = new TinyChat(settings => settings["Models:1:ContextLength"] = "1024");
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var whole = await RunAsync(client, host, TinyChat.Seer, "chat");
        var streamed = await RunAsync(client, host, TinyChat.Seer, "stream");
        Assert.Equal((string?)whole["content"], (string?)streamed["content"]);
        Assert.True((int)streamed["chunks"]! > 3);

        var turns = await RunAsync(client, host, TinyChat.Seer, "turns");
        Assert.True((int)turns["firstTokens"]! > chat.Encoder.TokensPerImage);
        Assert.True((int)turns["secondTokens"]! > (int)turns["firstTokens"]!);
        Assert.Equal(1, chat.Encoder.Runs);

        var tools = await RunAsync(client, host, TinyChat.Seer, "tools");
        Assert.Equal("weather", (string?)tools["name"]);
        Assert.Matches("^(Rome|Paris)$", (string?)tools["arguments"]!["city"]);
        Assert.Equal(client == "openai" ? "tool_calls" : "stop", (string?)tools["reason"]);

        var structured = await RunAsync(client, host, TinyChat.Seer, "structured");
        Assert.Matches("^(red|blue)$", (string?)structured["colour"]);
        Assert.InRange((int)structured["count"]!, 1, 9);
    }

    [Fact]
    public async Task Context_GoesRoundWithOllamasClient()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var result = await RunAsync("ollama", host, TinyChat.Reader, "context");
        Assert.True((bool)result["kept"]!);
        Assert.True((int)result["second"]! > (int)result["first"]! + 8);
    }

    private static Task<JsonNode> RunAsync(string client, ApiHost host, string model, string scenario) => NodeClient.RunAsync(client, host.Address.ToString().TrimEnd('/'), model, scenario);
}
