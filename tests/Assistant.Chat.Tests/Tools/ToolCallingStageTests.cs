using Assistant.Chat.Tools;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Tools;

/// <summary>Plans played through the response and the stream alike.</summary>
public class ToolCallingStageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_AreMade_AndTheirResultsGoBack(bool stream)
    {
        var model = new PlannedModel([Call("add", ("a", 2), ("b", 3)), Call("add", ("a", 5), ("b", 1))], [new TextContent("Six.")]);
        var add = AIFunctionFactory.Create((int a, int b) => a + b, "add");
        var text = await AskAsync(model, stream, new ToolsOptions(), add);
        Assert.Equal("Six.", text);
        var results = model.Requests[1].SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(result => result.Result?.ToString());
        Assert.Equal(["5", "6"], results);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnUnknownTool_IsAnsweredWithAResultThatSaysSo(bool stream)
    {
        var model = new PlannedModel([Call("nobody")], [new TextContent("Sorry.")]);
        Assert.Equal("Sorry.", await AskAsync(model, stream, new ToolsOptions(), AIFunctionFactory.Create(() => 1, "one")));
        var result = Assert.Single(model.Requests[1].SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        Assert.Contains("nobody", result.Result?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ExceptionText_IsKeptFromTheModel_UnlessConfigured(bool told)
    {
        var model = new PlannedModel([Call("fail")], [new TextContent("It failed.")]);
        var fail = AIFunctionFactory.Create(string () => throw new InvalidOperationException("secret path"), "fail");
        Assert.Equal("It failed.", await AskAsync(model, stream: true, new ToolsOptions { ErrorDetails = told }, fail));
        var result = Assert.Single(model.Requests[1].SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        Assert.Equal(told, result.Result?.ToString()?.Contains("secret path", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rounds_AreBounded()
    {
        var model = new PlannedModel([.. Enumerable.Range(0, 50).Select(_ => (AIContent[])[Call("one")])]);
        await AskAsync(model, stream: true, new ToolsOptions { MaxRounds = 4 }, AIFunctionFactory.Create(() => 1, "one"));
        Assert.Equal(5, model.Requests.Count);
        Assert.True(model.Options[^1]?.Tools is null or { Count: 0 }, "the last round offers no tools, so that an answer comes");
    }

    [Fact]
    public async Task ErrorsInARow_AreBounded()
    {
        var model = new PlannedModel([.. Enumerable.Range(0, 50).Select(_ => (AIContent[])[Call("fail")])]);
        var fail = AIFunctionFactory.Create(string () => throw new InvalidOperationException("no"), "fail");
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(model, stream: true, new ToolsOptions { MaxConsecutiveErrors = 2, MaxRounds = 20 }, fail));
        Assert.Equal(3, model.Requests.Count);
    }

    [Fact]
    public async Task DeclaredTools_AreTheCallersToCall()
    {
        var model = new PlannedModel([Call("theirs")]);
        var declared = AIFunctionFactory.CreateDeclaration("theirs", null, System.Text.Json.JsonElement.Parse("""{"type":"object"}"""));
        using var client = model.UseToolCalling(new ToolsOptions());
        var response = await client.GetResponseAsync([new(ChatRole.User, "x")], new ChatOptions { Tools = [declared] }, TestContext.Current.CancellationToken);
        Assert.Equal("theirs", Assert.Single(response.Messages[^1].Contents.OfType<FunctionCallContent>()).Name);
        Assert.Single(model.Requests);
    }

    private static FunctionCallContent Call(string name, params (string Name, object? Value)[] arguments) =>
        new("call_" + Guid.NewGuid().ToString("N")[..8], name, arguments.ToDictionary(argument => argument.Name, argument => argument.Value));

    private static async Task<string> AskAsync(IChatClient model, bool stream, ToolsOptions bounds, params AITool[] tools)
    {
        using var client = model.UseToolCalling(bounds);
        var options = new ChatOptions { Tools = [.. tools] };
        if (!stream)
            return (await client.GetResponseAsync([new(ChatRole.User, "x")], options, TestContext.Current.CancellationToken)).Text;
        return string.Concat(await client.GetStreamingResponseAsync([new(ChatRole.User, "x")], options, TestContext.Current.CancellationToken).Select(update => update.Text).ToListAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Answers each request with the plan's next contents.</summary>
    private sealed class PlannedModel(params AIContent[][] plan) : IChatClient
    {
        public List<List<ChatMessage>> Requests { get; } = [];

        public List<ChatOptions?> Options { get; } = [];

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Requests.Add([.. messages]);
            Options.Add(options);
            await Task.Yield();
            foreach (var content in plan[Requests.Count - 1])
                yield return new ChatResponseUpdate(ChatRole.Assistant, [content]) { MessageId = $"m{Requests.Count}" };
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
