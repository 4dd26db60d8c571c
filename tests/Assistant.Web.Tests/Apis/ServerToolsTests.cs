using System.Net;
using System.Text.Json.Nodes;
using Assistant.Chat.Tests;
using Assistant.Chat.Tests.Tools.Vision;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis;

/// <summary>The server's own tools on pictures, used by programs: a scripted model calls the tool of a real small network.</summary>
public sealed class ServerToolsTests : IDisposable
{
    private readonly NetworkFolder networks = new();

    private static readonly string picture = TinyChat.Picture(255, 0, 0).Base64Data.ToString();

    public void Dispose() => networks.Dispose();

    private Dictionary<string, string?> Tools(bool overHttp = false) => new() { ["Tools:Labels"] = Path.Combine(networks.Root, networks.Clip()), ["Tools:OverHttp"] = overHttp.ToString() };

    private static object[] Call(string name, object? number = null) =>
    [
        "Let me look. ",
        new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("call_1", name, new Dictionary<string, object?> { ["picture"] = number ?? 1, ["labels"] = new[] { "red", "blue" } })]),
        ScriptedChatClient.Last(ChatFinishReason.ToolCalls),
    ];

    private static string Ollama(string extra = "", bool stream = true) =>
        $$$"""{"model":"llava-phi3","stream":{{{(stream ? "true" : "false")}}},{{{extra}}}"messages":[{"role":"user","content":"What is it?","images":["{{{picture}}}"]}]}""";

    private static string OpenAI(string extra = "", bool stream = true) => $$$"""
        {"model":"llava-phi3","stream":{{{(stream ? "true" : "false")}}},{{{extra}}}"messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{picture}}}"}}]}]}
        """;

    [Theory]
    [InlineData("/api/chat", true)]
    [InlineData("/api/chat", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/chat/completions", false)]
    public async Task ARequestThatAsks_GetsTheAnswerWithItsToolsResult(string path, bool stream)
    {
        await using var host = await ApiHost.StartAsync(Tools(), Call("label_picture"));
        host.Chat.Then = ["It is red.", ScriptedChatClient.Last()];
        const string Ask = "\"vision_tools\":true,";
        var (status, _, text) = await host.SendAsync(path, path == "/api/chat" ? Ollama(Ask, stream) : OpenAI(Ask, stream));
        Assert.True(status == HttpStatusCode.OK, text);
        Assert.DoesNotContain("tool_calls", text, StringComparison.Ordinal); // answered here: none of the client's business
        Assert.Equal("Let me look. It is red.", Words(path, text));
        Assert.Equal(2, host.Chat.Requests.Count);
        Assert.Contains("label_picture", host.Chat.Requests.First().Options.Tools!.Select(tool => tool.Name));
        var result = Assert.Single(host.Chat.LastRequest.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        var labels = JsonNode.Parse(result.Result!.ToString()!)!["labels"]!.AsArray();
        Assert.Equal(2, labels.Count);
        Assert.InRange(labels.Sum(label => (double)label!["score"]!), 0.98, 1.02);
    }

    [Fact]
    public async Task Timings_AreThoseOfAllRounds()
    {
        await using var host = await ApiHost.StartAsync(Tools(), Call("label_picture"));
        host.Chat.Then = ["It is red.", ScriptedChatClient.Last()];
        var (_, _, text) = await host.SendAsync("/api/chat", Ollama("\"vision_tools\":true,", stream: false));
        var answer = JsonNode.Parse(text)!;
        Assert.Equal((2 * 603, 10, "stop"), ((int)answer["prompt_eval_count"]!, (int)answer["eval_count"]!, (string?)answer["done_reason"]));
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, true, true)]
    [InlineData(true, null, true)]
    [InlineData(true, false, false)]
    public async Task TheRequestDecides_ElseTheConfiguration(bool configured, bool? asked, bool used)
    {
        await using var host = await ApiHost.StartAsync(Tools(configured), ["Red.", ScriptedChatClient.Last()]);
        var extra = asked is null ? "" : $"\"vision_tools\":{(asked.Value ? "true" : "false")},";
        foreach (var (path, body) in ((string, string)[])[("/api/chat", Ollama(extra)), ("/v1/chat/completions", OpenAI(extra)), ("/api/generate", $$"""{"model":"llava-phi3",{{extra}}"prompt":"What?","images":["{{picture}}"]}""")])
        {
            await host.SendAsync(path, body);
            Assert.Equal(used, host.Chat.LastRequest.Options.Tools is { Count: > 0 });
        }
    }

    [Fact]
    public async Task ToolsOfTheClient_StayTheClients()
    {
        await using var host = await ApiHost.StartAsync(Tools(overHttp: true), Call("locate"));
        const string Own = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"locate\"}}],";
        var (_, _, text) = await host.SendAsync("/api/chat", Ollama(Own, stream: false));
        Assert.Equal("locate", (string?)JsonNode.Parse(text)!["message"]!["tool_calls"]![0]!["function"]!["name"]);
        Assert.Equal(["locate"], host.Chat.LastRequest.Options.Tools!.Select(tool => tool.Name));

        var (status, _, refusal) = await host.SendAsync("/v1/chat/completions", OpenAI(Own + "\"vision_tools\":true,"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("the request brings tools of its own", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutNetworks_ARequestThatAsksIsRefused()
    {
        await using var host = await ApiHost.StartAsync("Red.", ScriptedChatClient.Last());
        var (status, _, text) = await host.SendAsync("/api/chat", Ollama("\"vision_tools\":true,"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("this server has no tools on pictures", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("/api/chat", Ollama("\"vision_tools\":false,"))).Status);
    }

    [Fact]
    public async Task WithoutAPicture_NoToolIsOffered()
    {
        await using var host = await ApiHost.StartAsync(Tools(overHttp: true), ["Hello.", ScriptedChatClient.Last()]);
        await host.SendAsync("/api/chat", """{"model":"llava-phi3","vision_tools":true,"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Null(host.Chat.LastRequest.Options.Tools);
    }

    [Fact]
    public async Task Rounds_AreBounded()
    {
        var settings = Tools();
        settings["Tools:MaxRounds"] = "1";
        await using var host = await ApiHost.StartAsync(settings, Call("label_picture"));
        host.Chat.Then = Call("label_picture"); // it does not stop
        var (status, _, text) = await host.SendAsync("/api/chat", Ollama("\"vision_tools\":true,", stream: false));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, host.Chat.Requests.Count);
        Assert.True(host.Chat.LastRequest.Options.Tools is null or { Count: 0 }); // it has to answer without
        Assert.Equal("Let me look. Let me look. ", Words("/api/chat", text));
    }

    private static string Words(string path, string text)
    {
        var objects = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : line)
            .Where(line => line != "[DONE]").Select(line => JsonNode.Parse(line)!);
        return string.Concat(objects.Select(line => path == "/api/chat"
            ? (string?)line["message"]!["content"]
            : (string?)(line["choices"]![0]!["message"] ?? line["choices"]![0]!["delta"])!["content"]));
    }
}
