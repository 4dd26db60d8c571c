using SceneExam.Blip;
using SceneExam.Questions;

namespace SceneExam.Tests.Blip;

/// <summary>What the bundled captioner sees, on pictures of this renderer, which its training never saw.</summary>
public class BundledBlipTests
{
    // Just under what models/pocket-blip-caption/README.md reports; raise it with the model.
    private const int RightOf270 = 240;

    [Fact]
    public void CaptionsOfUnseenPictures_AreAsGoodAsTheModelCardSays()
    {
        Needs.Fonts();
        var questions = QuestionMaker.Make(270, seed: 1, BlipExam.Families(withAnswers: false), QuestionMaker.Tiers);
        var results = BlipExam.Run(Path.Combine(Repository.Root, "models", "pocket-blip-caption"), answerFolder: null, questions, TestContext.Current.CancellationToken);
        Assert.Equal(270, results.Count);
        Assert.True(results.Count(result => result.Right) >= RightOf270, Report.Table(results) + Report.Failures(results, folder: null));
    }
}
