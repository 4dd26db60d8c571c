using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
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
