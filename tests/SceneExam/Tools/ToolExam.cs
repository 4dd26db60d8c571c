using System.Globalization;
using System.Text;
using System.Text.Json;
using Assistant.Chat.Tools;
using Assistant.Chat.Tools.Vision;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SceneExam.Judging;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Tools;

/// <summary>Examines whether a model calls the tools that it is offered: the right one, with the right arguments, and none where none is needed.</summary>
internal static class ToolExam
{
    private const int MaxAnswerTokens = 120;

    /// <summary>How the requests of a sort went.</summary>
    /// <param name="Name">The sort.</param>
    /// <param name="RightTool">Requests for which the right tool was called, or none where none was needed.</param>
    /// <param name="Right">Those of them with the right arguments, or with the right answer.</param>
    /// <param name="Rambling">Those whose answer or call says a phrase three times in a row, or does not end.</param>
    /// <param name="Asked">Requests.</param>
    public sealed record Score(string Name, int RightTool, int Right, int Rambling, int Asked);

    /// <summary>Puts requests to a model.</summary>
    /// <param name="client">The model.</param>
    /// <param name="count">Requests of each sort.</param>
    /// <param name="seed">Which.</param>
    /// <param name="wrong">Told of each request that went wrong.</param>
    /// <param name="cancellationToken">Checked between requests.</param>
    public static async Task<IReadOnlyList<Score>> RunAsync(IChatClient client, int count, int seed, Action<string>? wrong, CancellationToken cancellationToken)
    {
        using var vision = VisionTools();
        var random = new Random(seed);
        var program = Enumerable.Range(0, count).Select(_ => ToolRequests.OfPrograms(random)).ToList();
        var pictures = Enumerable.Range(0, count).Select(_ => ToolRequests.AboutPictures(random)).ToList();
        return
        [
            await AskAsync("tools of programs", program, request => request.Tools, client, wrong, cancellationToken).ConfigureAwait(false),
            await AskAsync("vision tools", pictures, request => vision.GetRequiredService<VisionTools>().For(request.Messages), client, wrong, cancellationToken).ConfigureAwait(false),
            await AnswerAsync("questions that need none", QuestionMaker.Make(count, seed), messages => vision.GetRequiredService<VisionTools>().For(messages), client, wrong, cancellationToken).ConfigureAwait(false),
        ];
    }

    /// <summary>The scores as a table.</summary>
    public static string Table(IReadOnlyList<Score> scores)
    {
        var text = new StringBuilder("requests                       right tool  all right  rambling  asked\n");
        foreach (var score in scores)
            text.Append(CultureInfo.InvariantCulture, $"{score.Name,-30} {score.RightTool,10} {score.Right,10} {score.Rambling,9} {score.Asked,6}\n");
        return text.ToString();
    }

    private static async Task<Score> AskAsync(
        string name, List<ToolRequest> requests, Func<ToolRequest, IList<AITool>> tools, IChatClient client, Action<string>? wrong, CancellationToken cancellationToken)
    {
        var (rightTool, right, rambling) = (0, 0, 0);
        foreach (var request in requests)
        {
            var response = await client.GetResponseAsync(request.Messages, Options(tools(request)), cancellationToken).ConfigureAwait(false);
            var calls = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().ToList();
            var called = calls.Count == 1 && calls[0].Name == request.Tool;
            var exact = called && request.Arguments.All(argument => calls[0].Arguments is { } given && given.TryGetValue(argument.Key, out var value) && Same(value, argument.Value));
            (rightTool, right) = (rightTool + (called ? 1 : 0), right + (exact ? 1 : 0));
            var answer = response.Text + string.Join(" ", calls.Select(call => $"{call.Name}({string.Join(", ", call.Arguments?.Values ?? [])})"));
            rambling += response.FinishReason == ChatFinishReason.Length || Rambling.IsIn(answer) ? 1 : 0;
            if (!exact)
                wrong?.Invoke($"> {request.Messages[^1].Text}\n< {answer}");
        }
        return new Score(name, rightTool, right, rambling, requests.Count);
    }

    private static async Task<Score> AnswerAsync(
        string name, IReadOnlyList<ExamQuestion> questions, Func<IEnumerable<ChatMessage>, IList<AITool>> tools, IChatClient client, Action<string>? wrong, CancellationToken cancellationToken)
    {
        var (quiet, right, rambling) = (0, 0, 0);
        foreach (var question in questions)
        {
            var called = false;
            var result = (await Examiner.AskAsync(new Offering(client, tools, () => called = true), [question], progress: null, cancellationToken).ConfigureAwait(false))[0];
            (quiet, right, rambling) = (quiet + (called ? 0 : 1), right + (result.Right ? 1 : 0), rambling + (result.Rambles ? 1 : 0));
            if (!result.Right)
                wrong?.Invoke($"> {question.Turns[^1].Text}\n< {result.Answers[^1]}");
        }
        return new Score(name, quiet, right, rambling, questions.Count);
    }

    private static ChatOptions Options(IList<AITool> tools) => new() { Temperature = 0, MaxOutputTokens = MaxAnswerTokens, Tools = tools };

    private static bool Same(object? value, object expected) => expected is IEnumerable<string> texts
        ? value is JsonElement { ValueKind: JsonValueKind.Array } items && items.EnumerateArray().Select(item => item.ToString()).SequenceEqual(texts, StringComparer.OrdinalIgnoreCase)
        : string.Equals(value?.ToString(), Convert.ToString(expected, CultureInfo.InvariantCulture), StringComparison.OrdinalIgnoreCase);

    // The tools' networks are not asked: what is examined is the call.
    private static ServiceProvider VisionTools() => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            new[] { "Labels", "Caption", "Questions", "Similarity", "Matching" }.Select(tool => KeyValuePair.Create($"Tools:{tool}", (string?)"none"))).Build())
        .AddAssistantTools(Environment.CurrentDirectory)
        .BuildServiceProvider();

    /// <summary>Offers tools with every question; a call is counted and answered with nothing.</summary>
    private sealed class Offering(IChatClient inner, Func<IEnumerable<ChatMessage>, IList<AITool>> tools, Action called) : DelegatingChatClient(inner)
    {
        public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            List<ChatMessage> conversation = [.. messages];
            var response = await base.GetResponseAsync(conversation, Options(tools(conversation)), cancellationToken).ConfigureAwait(false);
            if (response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Any())
                called();
            return response;
        }
    }
}
