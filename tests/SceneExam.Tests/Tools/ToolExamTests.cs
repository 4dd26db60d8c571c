using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using SceneExam.Tools;

namespace SceneExam.Tests.Tools;

public class ToolExamTests
{
    [Fact]
    public async Task WordsAlone_AreRightWhereNoToolIsNeeded_AndNowhereElse()
    {
        var wrong = new List<string>();
        var scores = await ToolExam.RunAsync(new Answering(_ => [new TextContent("Hello.")]), 5, 1, wrong.Add, TestContext.Current.CancellationToken);
        Assert.Equal([(0, 0, 5), (0, 0, 5), (5, 0, 5)], scores.Select(score => (score.RightTool, score.Right, score.Asked)));
        Assert.Equal(15, wrong.Count);
        Assert.Contains("tools of programs                       0          0         0      5", ToolExam.Table(scores), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswersThatRamble_AreCounted_InWordsAndInCalls()
    {
        var words = await ToolExam.RunAsync(new Answering(_ => [new TextContent("A ring on a square on a square on a square on a square.")]), 3, 1, null, TestContext.Current.CancellationToken);
        Assert.Equal([3, 3, 3], words.Select(score => score.Rambling));
        string[] labels = [.. Enumerable.Repeat("a fish", 4)];
        var calls = await ToolExam.RunAsync(new Answering(_ => [new FunctionCallContent("1", "label_picture", new Dictionary<string, object?> { ["labels"] = JsonSerializer.SerializeToElement(labels) })]), 3, 1, null, TestContext.Current.CancellationToken);
        Assert.Equal([3, 3], calls.Take(2).Select(score => score.Rambling));
    }

    [Fact]
    public async Task CallsCount_WithTheirArguments()
    {
        // It reads the words between "from" and "to", and calls the train for everything.
        var scores = await ToolExam.RunAsync(new Answering(text =>
        {
            var words = text.TrimEnd('.').Split(' ');
            var (from, to) = (Array.IndexOf(words, "from"), Array.IndexOf(words, "to"));
            return [new FunctionCallContent("1", "find_train", from < 0 || to < 0 ? null : new Dictionary<string, object?> { ["from"] = words[from + 1], ["to"] = words[to + 1] })];
        }), 30, 2, null, TestContext.Current.CancellationToken);
        Assert.InRange(scores[0].Right, 1, 15);
        Assert.Equal(scores[0].RightTool, scores[0].Right);
        Assert.Equal((0, 0), (scores[1].RightTool, scores[2].RightTool));
    }

    private sealed class Answering(Func<string, IList<AIContent>> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Assert.NotEmpty(options!.Tools!);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer(messages.Last().Text))));
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
                yield return update;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
