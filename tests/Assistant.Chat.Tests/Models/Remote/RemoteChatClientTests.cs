using System.Text;
using System.Text.Json.Nodes;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Remote;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Models.Remote;

public class RemoteChatClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_Streams_WhateverTheLinesLookLike()
    {
        JsonObject? asked = null;
        string? key = null;
        await using var server = await LocalServer.StartAsync(async context =>
        {
            key = context.Request.Headers.Authorization;
            Assert.Equal("/v1/chat/completions", context.Request.Path);
            asked = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body, cancellationToken: Cancel))!;
            await WriteAsync(context, ": keep-alive\r\n\r\ndata: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"hm\"}}]}\r\n\r\n");
            await WriteAsync(context, ": keep-alive\n\ndata:{\"choices\":[{\"delta\":{\"content\":\"A r\u00e9");
            await WriteAsync(context, "d \"}}]}\n\nevent: x\ndata: {\"choices\":[{\"delta\":{\"content\":\"dog.\"}}]}\n\n");
            await WriteAsync(context, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n");
            await WriteAsync(context, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":3}}}\n\ndata: [DONE]\n\n");
        });
        using var chat = Chat(server, settings => settings["Models:2:Remote:ApiKey"] = "secret");
        var options = new ChatOptions { Temperature = 0.5f, TopK = 7, MaxOutputTokens = 12, Seed = 3, StopSequences = ["X"], ResponseFormat = ChatResponseFormat.Json, AdditionalProperties = new() { ["min_p"] = 0.1f } };
        var picture = TinyChat.Picture(255, 0, 0);

        var response = await chat.Catalog.GetClient("afar").GetResponseAsync([new(ChatRole.System, "Be brief."), TinyChat.User(new TextContent("what is"), picture, new TextContent("this?"))], options, Cancel);

        Assert.Equal("A réd dog.", response.Text);
        Assert.Equal("hm", response.Messages[^1].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal((9, 3, 4), (TinyChat.Timings(response).PromptTokens, TinyChat.Timings(response).CachedTokens, TinyChat.Timings(response).AnswerTokens));
        Assert.Equal("Bearer secret", key);
        Assert.Equal(
            $$$"""{"role":"user","content":[{"type":"text","text":"what is"},{"type":"image_url","image_url":{"url":"{{{picture.Uri}}}"}},{"type":"text","text":"this?"}]}""",
            asked!["messages"]![1]!.ToJsonString(RemoteRequest.Json));
        asked.Remove("messages");
        Assert.Equal(
            """{"model":"theirs","stream":true,"stream_options":{"include_usage":true},"temperature":0.5,"top_k":7,"max_tokens":12,"seed":3,"stop":["X"],"min_p":0.1,"response_format":{"type":"json_object"}}""",
            asked.ToJsonString());
    }

    [Fact]
    public async Task ModelsOwnSystemMessageAndMessages_GoAlong()
    {
        JsonNode? asked = null;
        await using var server = await LocalServer.StartAsync(async context =>
        {
            asked = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: Cancel);
            await WriteAsync(context, "data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
        });
        using var chat = Chat(server, settings =>
        {
            settings["Models:2:System"] = "Be brief.";
            settings["Models:2:Messages:0:Role"] = "user";
            settings["Models:2:Messages:0:Content"] = "Hi.";
            settings["Models:2:Messages:1:Role"] = "assistant";
            settings["Models:2:Messages:1:Content"] = "Yes?";
        });
        var client = chat.Catalog.GetClient("afar");
        await client.GetResponseAsync([TinyChat.User("what?")], null, Cancel);
        Assert.Equal(["system Be brief.", "user Hi.", "assistant Yes?", "user what?"], asked!["messages"]!.AsArray().Select(message => $"{message!["role"]} {message["content"]}"));
        await client.GetResponseAsync([new(ChatRole.System, "Be long."), TinyChat.User("what?")], null, Cancel);
        Assert.Equal(["system Be long.", "user Hi.", "assistant Yes?", "user what?"], asked["messages"]!.AsArray().Select(message => $"{message!["role"]} {message["content"]}"));
    }

    [Fact]
    public async Task CallsOfTools_AreGathered_AndResultsGoBack()
    {
        JsonNode? asked = null;
        await using var server = await LocalServer.StartAsync(async context =>
        {
            asked = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: Cancel);
            await WriteAsync(context, """
                data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{\"at\":"}}]}}]}

                data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"dog\"}"}},{"index":1,"id":"b","function":{"name":"count","arguments":""}}]}}]}

                data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}

                data: [DONE]


                """);
        });
        using var chat = Chat(server);
        ChatMessage[] messages =
        [
            TinyChat.User("look"), new(ChatRole.Assistant, [new FunctionCallContent("z", "look", new Dictionary<string, object?> { ["at"] = "cat" })]),
            new(ChatRole.Tool, [new FunctionResultContent("z", "nothing")]),
        ];
        var tool = AIFunctionFactory.Create((string at) => at, "look", "Looks.");

        var response = await chat.Catalog.GetClient("afar").GetResponseAsync(messages, new ChatOptions { Tools = [tool], ToolMode = ChatToolMode.RequireAny }, Cancel);

        var calls = response.Messages[^1].Contents.OfType<FunctionCallContent>().ToList();
        Assert.Equal([("a", "look"), ("b", "count")], calls.Select(call => (call.CallId, call.Name)));
        Assert.Equal("dog", calls[0].Arguments!["at"]!.ToString());
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal("""{"role":"assistant","content":null,"tool_calls":[{"id":"z","type":"function","function":{"name":"look","arguments":"{\"at\":\"cat\"}"}}]}""", asked!["messages"]![1]!.ToJsonString(RemoteRequest.Json));
        Assert.Equal("""{"role":"tool","tool_call_id":"z","content":"nothing"}""", asked["messages"]![2]!.ToJsonString());
        Assert.Equal(("look", "required"), ((string?)asked["tools"]![0]!["function"]!["name"], (string?)asked["tool_choice"]));
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"too long","type":"x"}}""", typeof(ChatRequestException), "refuses the request: too long")]
    [InlineData(401, """{"error":{"message":"no"}}""", typeof(RemoteModelException), "wants another key than Remote:ApiKey (401): no")]
    [InlineData(404, """{"error":"model not here"}""", typeof(RemoteModelException), "knows no model 'theirs'")]
    [InlineData(503, "<html>", typeof(RemoteModelException), "is busy (503): it does not say why")]
    [InlineData(500, "[]", typeof(RemoteModelException), "answered 500: it does not say why")]
    [InlineData(302, "", typeof(RemoteModelException), "answered 302")]
    [InlineData(200, "data: {\"error\":{\"message\":\"out of memory\"}}\n\n", typeof(RemoteModelException), "failed: out of memory")]
    [InlineData(200, "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n", typeof(RemoteModelException), "ended its answer in the middle")]
    [InlineData(200, "data: {{\n\n", typeof(RemoteModelException), "sent something that is no JSON")]
    [InlineData(200, "data: 7\n\n", typeof(RemoteModelException), "sent something that is no part of an answer")]
    [InlineData(200, "data: {\"choices\":{\"a\":1},\"usage\":[]}\n\ndata: [DONE]\n\n", typeof(RemoteModelException), "ended its answer in the middle")]
    public async Task Failures_AreSentences(int status, string body, Type type, string message)
    {
        await using var server = await LocalServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            if (status == 302)
                context.Response.Headers.Location = "http://127.0.0.1:1/";
            await WriteAsync(context, body);
        });
        using var chat = Chat(server);
        var e = await Record.ExceptionAsync(() => chat.Catalog.GetClient("afar").GetResponseAsync([TinyChat.User("x")], null, Cancel));
        Assert.IsType(type, e);
        Assert.StartsWith("The server 127.0.0.1:", e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentServer_AndNoServer_AreSentences()
    {
        await using var server = await LocalServer.StartAsync(async context =>
        {
            await WriteAsync(context, "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n");
            await Task.Delay(10_000, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var chat = Chat(server, settings => settings["Models:2:Remote:Timeout"] = "00:00:00.3");
        var silent = await Assert.ThrowsAsync<RemoteModelException>(() => chat.Catalog.GetClient("afar").GetResponseAsync([TinyChat.User("x")], null, Cancel));
        Assert.Contains("was silent for 0.3 s", silent.Message, StringComparison.Ordinal);
        Assert.True(silent.IsBusy);

        chat.Configuration["Models:2:Remote:Url"] = "http://127.0.0.1:1/v1";
        chat.Configuration.Reload();
        var absent = await Assert.ThrowsAsync<RemoteModelException>(() => chat.Catalog.GetClient("afar").GetResponseAsync([TinyChat.User("x")], null, Cancel));
        Assert.Contains("cannot be reached", absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_LeavesTheServer()
    {
        var left = new TaskCompletionSource();
        await using var server = await LocalServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            await WriteAsync(context, "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n");
            await left.Task;
        });
        using var chat = Chat(server);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in chat.Catalog.GetClient("afar").GetStreamingResponseAsync([TinyChat.User("x")], null, stop.Token))
                await stop.CancelAsync();
        });
        await left.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }

    [Fact]
    public async Task Logprobs_AreAskedFor_AndPassedOn()
    {
        JsonNode? asked = null;
        await using var server = await LocalServer.StartAsync(async context =>
        {
            asked = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: Cancel);
            await WriteAsync(context, """
                data: {"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"b","logprob":-1.5}]},{"token":7}]},"finish_reason":"stop"}]}

                data: [DONE]


                """);
        });
        using var chat = Chat(server);
        var options = new ChatOptions { AdditionalProperties = new() { ["logprobs"] = true, ["top_logprobs"] = 1 } };
        var updates = await chat.Catalog.GetClient("afar").GetStreamingResponseAsync([TinyChat.User("x")], options, Cancel).ToListAsync(Cancel);
        var known = Assert.Single(Assert.IsType<AnswerLogprobs[]>(updates[0].AdditionalProperties![AnswerLogprobs.Key]));
        Assert.Equal(("a", -0.5f, "b"), (known.Token, known.Logprob, Assert.Single(known.Top).Token));
        Assert.Equal((true, 1), ((bool)asked!["logprobs"]!, (int)asked["top_logprobs"]!));
    }

    [Fact]
    public void RemoteModel_IsListed_AndNeedsNoMemory()
    {
        using var chat = new TinyChat(settings =>
        {
            settings["Models:2:Name"] = "afar";
            settings["Models:2:Remote:Url"] = "http://10.0.0.5:8080/v1";
            settings["Models:2:Remote:Model"] = "theirs";
            settings["Models:2:Remote:Tools"] = "false";
        });
        var model = chat.Catalog.Find("afar")!;
        Assert.Equal(("10.0.0.5:8080", true, false, (string?)null), (model.RemoteHost, model.Vision, model.Tools, model.Problem));
        Assert.Empty(chat.Catalog.Loaded());
    }

    private static TinyChat Chat(LocalServer server, Action<Dictionary<string, string?>>? configure = null) => new(settings =>
    {
        settings["Models:2:Name"] = "afar";
        settings["Models:2:Remote:Url"] = server.Address + "/v1/";
        settings["Models:2:Remote:Model"] = "theirs";
        configure?.Invoke(settings);
    });

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);
        await context.Response.Body.FlushAsync(CancellationToken.None);
    }
}
