using Assistant.Vision.Imaging;
using Microsoft.Extensions.AI;
using SceneExam.Questions;

namespace SceneExam.Tests;

public sealed class ExaminerTests
{
    [Fact]
    public async Task Ask_SendsPictureThenWords_AndKeepsTheConversation()
    {
        var question = QuestionMaker.Make(0, family: 10, new Random(3));
        var client = new ScriptedClient("Yes, there is one.", ModelAnswers.Good(question.Expected));

        var results = await Examiner.AskAsync(client, [question], progress: null, TestContext.Current.CancellationToken);

        Assert.True(results[0].Right);
        Assert.Equal([1, 3], client.Requests.Select(r => r.Count));
        var picture = Assert.IsType<DataContent>(client.Requests[0][0].Contents[0]);
        Assert.Equal(question.Turns[0].Picture!.Width, ImageDecoder.Decode(picture.Data.Span).Width);
        Assert.Equal(question.Turns[0].Text, client.Requests[0][0].Text);
        Assert.Equal("Yes, there is one.", client.Requests[1][1].Text);
        Assert.Equal(question.Turns[1].Text, client.Requests[1][2].Text);
    }

    [Fact]
    public void Report_CountsByFamily_AndShowsWhatWentWrong()
    {
        var questions = QuestionMaker.Make(18, seed: 2);
        var results = questions.Select(q => Examiner.Mark(q, q.Family == 5 ? [ModelAnswers.Bad(q.Expected)] : ["x", ModelAnswers.Good(q.Expected)])).ToArray();
        var table = Report.Table(results);
        Assert.Matches(@"5 is there +0 +2 +0\.0 %", table);
        Assert.Matches(@"1 caption +2 +2 +100\.0 %", table);
        Assert.Matches(@"all +16 +18 +88\.9 %", table);
        Assert.Contains("0 of 18 ramble", table, StringComparison.Ordinal);
        results[5] = results[5] with { IsCutOff = true };
        results[6] = results[6] with { Answers = ["A ring on a square on a square on a square on a square.", "yes"] };
        Assert.Contains("2 of 18 ramble", Report.Table(results), StringComparison.Ordinal);
        var failures = Report.Failures(results, "pictures");
        Assert.Equal(2 + 2, failures.Split('#').Length - 1);
        Assert.Contains(Path.Combine("pictures", "0004.png"), failures, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"yesno\"", failures, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_HasAColumnForEachTier_WhereThereAreSeveral()
    {
        Needs.Fonts();
        var questions = QuestionMaker.Make(28, seed: 2, tiers: [1, 2, 3]);
        var table = Report.Table([.. questions.Select(q => Examiner.Mark(q, [q.Tier == 2 ? "" : ModelAnswers.Good(q.Expected)]))]);
        Assert.Matches(@"family +right +asked +accuracy +tier 1 +tier 2 +tier 3", table);
        Assert.Matches(@"1 caption +2 +3 +66\.7 % +100\.0 % +0\.0 % +100\.0 %", table);
        Assert.Matches(@"9 which digit or letter +1 +1 +100\.0 % +- +- +100\.0 %", table);
        Assert.DoesNotContain("tier", Report.Table([.. questions.Take(9).Select(q => Examiner.Mark(q, [""]))]), StringComparison.Ordinal);
    }

    [Fact]
    public void Dump_WritesPicturesAndQuestions_ThatAnswersCanBeReadFor()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"exam-{Guid.NewGuid():N}");
        try
        {
            var questions = QuestionMaker.Make(9, seed: 8);
            Dump.Write(questions, folder);
            var lines = File.ReadAllLines(Path.Combine(folder, "questions.jsonl"));
            Assert.Equal(9, lines.Length);
            Assert.Contains("\"expected\":{\"kind\":\"caption\",\"objects\":[{\"shape\":", lines[0], StringComparison.Ordinal);
            Assert.Equal(questions[3].Turns[0].Picture!.Height, ImageDecoder.Identify(File.ReadAllBytes(Path.Combine(folder, "0003.png"))).Height);

            var answers = Path.Combine(folder, "answers.jsonl");
            File.WriteAllLines(answers, ["{\"id\": 4, \"answer\": \"Yes.\"}", "", "{\"id\": 5, \"answer\": \"left\"}"]);
            Assert.Equal("Yes.", Dump.ReadAnswers(answers)[4]);
            File.AppendAllText(answers, "{\"id\": 6}\n");
            var error = Assert.Throws<InvalidDataException>(() => Dump.ReadAnswers(answers));
            Assert.Contains("line 4: 'answer' is missing", error.Message, StringComparison.Ordinal);
            foreach (var line in (string[])["null", "{\"answer\": \"yes\"}"])
            {
                File.WriteAllLines(answers, [line]);
                Assert.Contains("line 1: 'id' is missing", Assert.Throws<InvalidDataException>(() => Dump.ReadAnswers(answers)).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class ScriptedClient(params string[] answers) : IChatClient
    {
        public List<IReadOnlyList<ChatMessage>> Requests { get; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Requests.Add([.. messages]);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answers[Requests.Count - 1])));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("The examiner takes whole answers.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
