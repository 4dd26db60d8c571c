using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Assistant.Chat.Tests;
using OpenAI;
using OpenAI.Chat;

namespace Assistant.Web.Tests.Apis.OpenAI;

/// <summary>OpenAI's own client for .NET against the server.</summary>
public class OpenAIClientTests
{
    [Fact]
    public async Task Client_AsksAboutAPicture()
    {
        await using var host = await ApiHost.StartAsync("A red ", "dot 🔴.", ScriptedChatClient.Last());
        var client = Connect(host).GetChatClient("llava-phi3");
        ChatCompletion completion = await client.CompleteChatAsync(
            [
                new SystemChatMessage("Be short."),
                new UserChatMessage(
                    ChatMessageContentPart.CreateTextPart("What is this?"),
                    ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(Convert.FromBase64String(Samples.Png)), "image/png")),
            ],
            new ChatCompletionOptions { MaxOutputTokenCount = 20, Temperature = 0, StopSequences = { "END" }, ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat() },
            ApiHost.Cancel);

        Assert.Equal("A red dot 🔴.", completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal((603, 5, 608, 12), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount, completion.Usage.InputTokenDetails.CachedTokenCount));
        var (messages, options) = host.Chat.LastRequest;
        Assert.Equal(Samples.Png, messages[1].Contents.OfType<Microsoft.Extensions.AI.DataContent>().Single().Base64Data.ToString());
        Assert.Equal((20, 0f), (options.MaxOutputTokens, options.Temperature));
        Assert.IsType<Microsoft.Extensions.AI.ChatResponseFormatJson>(options.ResponseFormat);
    }

    [Fact]
    public async Task Client_StreamsWithUsage()
    {
        await using var host = await ApiHost.StartAsync("A red ", "dot 🔴.", ScriptedChatClient.Last(Microsoft.Extensions.AI.ChatFinishReason.Length));
        var (text, usage, finish) = (new StringBuilder(), (ChatTokenUsage?)null, (ChatFinishReason?)null);
        // The client asks for usage in every stream by itself.
        await foreach (var update in Connect(host).GetChatClient("llava-phi3").CompleteChatStreamingAsync([new UserChatMessage("What is this?")], cancellationToken: ApiHost.Cancel))
        {
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
            (usage, finish) = (update.Usage ?? usage, update.FinishReason ?? finish);
        }
        Assert.Equal(("A red dot 🔴.", ChatFinishReason.Length, 608), (text.ToString(), finish, usage?.TotalTokenCount));
    }

    [Fact]
    public async Task Client_ReceivesToolCalls_Streamed()
    {
        await using var host = await ApiHost.StartAsync(ToolScript.Steps);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("locate", "Finds things.", BinaryData.FromString("""{"type":"object","properties":{}}""")) } };
        var calls = new List<StreamingChatToolCallUpdate>();
        await foreach (var update in Connect(host).GetChatClient("thinker").CompleteChatStreamingAsync([new UserChatMessage("Where?")], options, ApiHost.Cancel))
            calls.AddRange(update.ToolCallUpdates);
        Assert.Equal([(0, "call_1", "locate"), (1, "call_2", "caption")], calls.Select(call => (call.Index, call.ToolCallId, call.FunctionName)));
        Assert.Contains("\"dog\"", calls[0].FunctionArgumentsUpdate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_CallsAToolAndReturnsItsResult()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var client = Connect(host).GetChatClient(TinyChat.Reader);
        var weather = ChatTool.CreateFunctionTool("weather", "Tells the weather.", BinaryData.FromString(
            """{"type":"object","properties":{"city":{"enum":["Rome","Paris"]},"days":{"type":"integer","minimum":1,"maximum":7}},"required":["city","days"]}"""));
        List<ChatMessage> messages = [new UserChatMessage("what is it")];
        var options = new ChatCompletionOptions { Tools = { weather }, ToolChoice = ChatToolChoice.CreateFunctionChoice("weather"), Temperature = 0, MaxOutputTokenCount = 200 };
        ChatCompletion asked = await client.CompleteChatAsync(messages, options, ApiHost.Cancel);
        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        var call = Assert.Single(asked.ToolCalls);
        var arguments = System.Text.Json.Nodes.JsonNode.Parse(call.FunctionArguments)!;
        Assert.Equal("weather", call.FunctionName);
        Assert.Contains((string?)arguments["city"], (string[])["Rome", "Paris"]);
        Assert.InRange((int)arguments["days"]!, 1, 7);

        messages.AddRange([new AssistantChatMessage(asked), new ToolChatMessage(call.Id, "7 degrees")]);
        ChatCompletion answer = await client.CompleteChatAsync(
            messages, new ChatCompletionOptions { Tools = { weather }, ToolChoice = ChatToolChoice.CreateNoneChoice(), Temperature = 0, MaxOutputTokenCount = 6 }, ApiHost.Cancel);
        Assert.Empty(answer.ToolCalls);
        Assert.Contains(answer.FinishReason, (ChatFinishReason[])[ChatFinishReason.Length, ChatFinishReason.Stop]);
        Assert.True(answer.Usage.InputTokenCount > asked.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Client_GetsSeveralCallsAtOnce_AndReturnsThemAll()
    {
        await using var host = await ApiHost.StartAsync(ToolScript.Steps);
        host.Chat.Then = ["Both are done.", ScriptedChatClient.Last()];
        var client = Connect(host).GetChatClient("thinker");
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("locate"), ChatTool.CreateFunctionTool("caption") }, AllowParallelToolCalls = true, ToolChoice = ChatToolChoice.CreateRequiredChoice() };
        List<ChatMessage> messages = [new UserChatMessage("Where?")];
        ChatCompletion asked = await client.CompleteChatAsync(messages, options, ApiHost.Cancel);
        Assert.Equal(["call_1", "call_2"], asked.ToolCalls.Select(call => call.Id));
        Assert.Equal(Microsoft.Extensions.AI.ChatToolMode.RequireAny, host.Chat.LastRequest.Options.ToolMode);
        Assert.True(host.Chat.LastRequest.Options.AllowMultipleToolCalls);

        messages.AddRange([new AssistantChatMessage(asked), .. asked.ToolCalls.Select(call => new ToolChatMessage(call.Id, $"done {call.FunctionName}"))]);
        ChatCompletion answer = await client.CompleteChatAsync(messages, cancellationToken: ApiHost.Cancel);
        Assert.Equal("Both are done.", answer.Content[0].Text);
        var results = host.Chat.LastRequest.Messages.SelectMany(message => message.Contents).OfType<Microsoft.Extensions.AI.FunctionResultContent>();
        Assert.Equal([("call_1", "done locate"), ("call_2", "done caption")], results.Select(result => (result.CallId, result.Result?.ToString())));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_GetsAnAnswerByItsSchema(bool stream)
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var client = Connect(host).GetChatClient(TinyChat.Reader);
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("thing", BinaryData.FromString("""
                {"type":"object","properties":{"colour":{"type":"string","enum":["red","blue"]},"sides":{"type":"array","items":{"type":"integer","minimum":1,"maximum":9},"maxItems":3}},"required":["colour","sides"],"additionalProperties":false}
                """), jsonSchemaIsStrict: true),
            MaxOutputTokenCount = 100,
        };
        var text = new StringBuilder();
        if (stream)
        {
            await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("what is it")], options, ApiHost.Cancel))
                text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
        }
        else
            text.Append((await client.CompleteChatAsync([new UserChatMessage("what is it")], options, ApiHost.Cancel)).Value.Content[0].Text);
        var thing = System.Text.Json.Nodes.JsonNode.Parse(text.ToString())!.AsObject();
        Assert.Equal(["colour", "sides"], thing.Select(property => property.Key));
        Assert.Contains((string?)thing["colour"], (string[])["red", "blue"]);
        Assert.All(thing["sides"]!.AsArray(), side => Assert.InRange((int)side!, 1, 9));
    }

    [Fact]
    public async Task Client_SeesAnUnusableSchemaAs400()
    {
        using var chat = new TinyChat();
        await using var host = await ApiHost.StartAsync(chat.Catalog);
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("thing", BinaryData.FromString("""{"not":{}}""")) };
        var exception = await Assert.ThrowsAsync<ClientResultException>(() => Connect(host).GetChatClient(TinyChat.Reader).CompleteChatAsync([new UserChatMessage("x")], options, ApiHost.Cancel));
        Assert.Equal(400, exception.Status);
        Assert.Contains("the keyword 'not'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_SeesAnUnknownModelAs404()
    {
        await using var host = await ApiHost.StartAsync();
        var exception = await Assert.ThrowsAsync<ClientResultException>(() => Connect(host).GetChatClient("nobody").CompleteChatAsync([new UserChatMessage("x")], cancellationToken: ApiHost.Cancel));
        Assert.Equal(404, exception.Status);
        Assert.Contains("model 'nobody' not found; available: llava-phi3", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ListsModels()
    {
        await using var host = await ApiHost.StartAsync();
        var models = await Connect(host).GetOpenAIModelClient().GetModelsAsync(ApiHost.Cancel);
        Assert.Equal(["llava-phi3:latest", "text-only:latest", "thinker:latest", "broken:latest"], models.Value.Select(model => model.Id));
    }

    private static OpenAIClient Connect(ApiHost host) =>
        new(new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = new Uri(host.Address, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
}
