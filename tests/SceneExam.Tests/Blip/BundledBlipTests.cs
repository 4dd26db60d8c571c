using SceneExam.Blip;
using SceneExam.Questions;

namespace SceneExam.Tests.Blip;

/// <summary>What the bundled BLIPs see, on pictures of this renderer, which their training never saw.</summary>
public class BundledBlipTests
{
    // Just under what models/pocket-blip-caption/README.md reports; raise it with the model.
    private const int RightOf270 = 240;

    // And models/pocket-blip-vqa/README.md.
    private const int AnswersOf360 = 298;

    private static readonly string Captioner = Path.Combine(Repository.Root, "models", "pocket-blip-caption");
    private static readonly string Answerer = Path.Combine(Repository.Root, "models", "pocket-blip-vqa");

    [Fact]
    public void CaptionsOfUnseenPictures_AreAsGoodAsTheModelCardSays()
    {
        Needs.Fonts();
        var questions = QuestionMaker.Make(270, seed: 1, [1], QuestionMaker.Tiers);
        var results = BlipExam.Run(Captioner, Answerer, questions, TestContext.Current.CancellationToken);
        Assert.Equal(270, results.Count);
        Assert.True(results.Count(result => result.Right) >= RightOf270, Report.Table(results) + Report.Failures(results, folder: null));
    }

    [Fact]
    public void AnswersAboutUnseenPictures_AreAsGoodAsTheModelCardSays()
    {
        Needs.Fonts();
        var questions = QuestionMaker.Make(360, seed: 1, [.. BlipExam.Families.Where(family => family != 1)], QuestionMaker.Tiers);
        var results = BlipExam.Run(Captioner, Answerer, questions, TestContext.Current.CancellationToken);
        Assert.InRange(results.Count, 300, 360); // without enumerations of everything
        Assert.True(results.Count(result => result.Right) >= AnswersOf360, Report.Table(results) + Report.Failures(results, folder: null));
    }
}
