using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class ShortAnswersTests
{
    private static readonly SceneFilter Star = new(SceneShape.Star), Circle = new(SceneShape.Circle), Dog = new(SceneKind.Named("dog"));

    private static readonly Scene Scene = new(400, 400, SceneColor.Yellow,
    [
        new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.UpperLeft, 100, 100, 150, 0, 0),
        new(SceneShape.Star, SceneColor.Blue, SceneSize.Small, SceneCell.UpperRight, 300, 110, 70, 0, 0),
        new(SceneKind.Of('A'), SceneColor.Red, null, SceneCell.LowerRight, 290, 300, 70, 0, 0),
    ]);

    public static TheoryData<SceneQuery, string?> Answers => new()
    {
        { new SceneQuery.Describe(), null },
        { new SceneQuery.Count(new SceneFilter()), "3" },
        { new SceneQuery.Count(Dog), "0" },
        { new SceneQuery.ColorOf(Star), "blue" },
        { new SceneQuery.ColorOf(new SceneFilter(SceneShape.Square)), "none" },
        { new SceneQuery.BackgroundColor(), "yellow" },
        { new SceneQuery.HasBackground(SceneColor.Red), "no" },
        { new SceneQuery.Exists(Circle), "yes" },
        { new SceneQuery.Exists(Dog), "no" },
        { new SceneQuery.KindOf(new SceneFilter(Color: SceneColor.Red)), "circle and letter A" },
        { new SceneQuery.Side(Circle, Star, true), "left" },
        { new SceneQuery.Side(Circle, Star, false), null }, // side by side
        { new SceneQuery.IsBeside(Star, Circle, SceneDirection.Right), "yes" },
        { new SceneQuery.Beside(Circle, SceneDirection.Right), "blue star and letter A" },
        { new SceneQuery.Beside(Circle, SceneDirection.Left), "nothing" },
        { new SceneQuery.Bigger(Star, Circle), "circle" },
        { new SceneQuery.Bigger(Star, Circle, Smaller: true), "star" },
        { new SceneQuery.SizeOf(Star), "small" },
        { new SceneQuery.At(SceneCell.UpperRight), "blue star" },
        { new SceneQuery.At(SceneCell.LowerLeft), "nothing" },
        { new SceneQuery.CellOf(Circle), "upper left" },
        { new SceneQuery.Glyph(), "A" },
        { new SceneQuery.Glyph(SceneGroup.Digit), "none" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Answers))]
    public void Answer_IsAWordOrTwo(SceneQuery query, string? expected) => Assert.Equal(expected, ShortAnswers.Answer(query, Scene));

    [Fact]
    public void ManyQuestionsAreAboutTwoObjects_UnlessOneIsAskedFor()
    {
        var scenes = new SceneGenerator(5, 0.3, SceneTiers.All);
        var random = new SceneRandom(3);
        Assert.InRange(Share(aboutOne: false), 0.2, 0.4);
        Assert.Equal(0, Share(aboutOne: true));

        double Share(bool aboutOne) => Enumerable.Range(0, 2000).Count(i =>
            ShortAnswers.Ask(scenes.Generate((ulong)i), random, aboutOne).Query is SceneQuery.Side or SceneQuery.IsBeside or SceneQuery.Beside or SceneQuery.Bigger) / 2000.0;
    }

    [Fact]
    public void EveryQuestionOfTheCorpusHasOne_UnlessItAsksForADescription()
    {
        var scenes = new SceneGenerator(5, 0.3, SceneTiers.All);
        var random = new SceneRandom(3);
        for (var i = 0UL; i < 3000; i++)
        {
            var turn = SceneConversationGenerator.FirstTurn(scenes.Generate(i), random);
            var answer = ShortAnswers.Answer(turn.Query!, scenes.Generate(i));
            Assert.Equal(turn.Family == QuestionFamily.Describe, answer is null);
            Assert.True(answer is null || answer.Length < 60, answer);
        }
    }
}
