using Microsoft.Extensions.AI;
using SceneExam.Questions;
using SceneExam.Tools;

namespace SceneExam.Tests;

/// <summary>What the bundled model knows, on pictures of this renderer, which its training never saw.</summary>
public class BundledModelTests
{
    // Just under what models/pocket/README.md reports; raise it with the model.
    private const int RightOf300 = 289, RightOfAllTiers = 289;

    [Fact]
    public async Task QuestionsAboutUnseenPictures_AreAnsweredAsWellAsTheModelCardSays()
    {
        using var model = ExamModel.FromSettings(name: "pocket");
        var questions = QuestionMaker.Make(300, seed: 1, families: [1, 2, 3, 5, 6, 8]);
        var results = await Examiner.AskAsync(model.Client, questions, progress: null, TestContext.Current.CancellationToken);
        Assert.True(results.Count(result => result.Right) >= RightOf300, Report.Table(results) + Report.Failures(results, folder: null));
        Assert.DoesNotContain(results, result => result.Rambles);
    }

    [Fact]
    public async Task ThingsDigitsAndLetters_AreKnownAsWellAsTheModelCardSays()
    {
        Needs.Fonts();
        using var model = ExamModel.FromSettings(name: "pocket");
        var results = await Examiner.AskAsync(model.Client, QuestionMaker.Make(300, seed: 1, tiers: QuestionMaker.Tiers), progress: null, TestContext.Current.CancellationToken);
        Assert.True(results.Count(result => result.Right) >= RightOfAllTiers, Report.Table(results) + Report.Failures(results, folder: null));
        Assert.DoesNotContain(results, result => result.Rambles);
    }

    [Fact]
    public async Task Tools_AreCalledAsWellAsTheModelCardSays()
    {
        Needs.Fonts();
        using var model = ExamModel.FromSettings(name: "pocket");
        var scores = await ToolExam.RunAsync(model.Client, 60, seed: 1, wrong: null, TestContext.Current.CancellationToken);
        Assert.Equal(3, scores.Count);
        Assert.True(scores[0].Right >= 23 && scores[1].Right >= 53 && scores[2].RightTool >= 55, ToolExam.Table(scores));
        Assert.True(scores[1].Rambling + scores[2].Rambling == 0, ToolExam.Table(scores));
    }

    [Fact]
    public async Task QuestionsOutsideItsWorld_GetAnAnswerThatDoesNotPretend()
    {
        using var model = ExamModel.FromSettings(name: "pocket");
        foreach (var question in (string[])["Who won the world cup?", "What is the capital of France?", "Who are you?"])
        {
            var response = await model.Client.GetResponseAsync([new ChatMessage(ChatRole.User, question)], cancellationToken: TestContext.Current.CancellationToken);
            // It says what it is, or asks for a picture; it names no winner and no city.
            Assert.Matches("small demonstration model|do not see a picture", response.Text);
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        }
    }
}
