using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Tests.Questions;

/// <summary>Exams on pictures of the second and third tier.</summary>
public sealed class MixedQuestionTests
{
    [Fact]
    public void Exam_AsksTheFamiliesOfEachTierEquallyOften()
    {
        Needs.Fonts();
        var exam = QuestionMaker.Make(2 * 28, seed: 4, tiers: [1, 2, 3]);
        Assert.All(exam.GroupBy(q => (q.Tier, q.Family)), group => Assert.Equal(2, group.Count()));
        Assert.Equal([1, 2, 3, 3, 3], exam.Take(28).Where(q => q.Family is 1 or 9 || (q.Family == 10 && q.Tier == 3)).Select(q => q.Tier));
        Assert.Empty(QuestionMaker.Make(10, seed: 1, families: [9], tiers: [1, 2]));
        Assert.Equal(exam.Select(q => q.Turns[^1].Text), QuestionMaker.Make(2 * 28, seed: 4, tiers: [1, 2, 3]).Select(q => q.Turns[^1].Text));
    }

    [Fact]
    public void GoodAnswers_AreRight_AndWrongOnesAreNot()
    {
        Assert.All(Exam(), q => Assert.True(Examiner.Mark(q, [ModelAnswers.Good(q.Expected)]).Right, $"{q.Turns[^1].Text}: {ModelAnswers.Good(q.Expected)}"));
        Assert.All(Exam(), q => Assert.False(Examiner.Mark(q, [ModelAnswers.Bad(q.Expected)]).Right, $"{q.Turns[^1].Text}: {ModelAnswers.Bad(q.Expected)}"));
    }

    [Fact]
    public void Colors_AreAskedOnlyWhereNoThingHasSomeOfItsOwn()
    {
        var asked = Exam().Where(q => q.Family is 2 or 4 && Enum.GetValues<Hue>().Any(h => q.Turns[^1].Text.Contains(Words.Color(h), StringComparison.OrdinalIgnoreCase))).ToArray();
        Assert.NotEmpty(asked);
        Assert.All(asked, q => Assert.DoesNotContain(q.Turns[0].Picture!.Objects, o => o.Kind is ThingKind));
    }

    [Fact]
    public void WhichIsBigger_IsAskedOnlyWhereThatIsPlain() =>
        Assert.All(Exam().Where(q => q.Family == 7), q =>
        {
            var (bigger, smaller) = (((FirstNamedExpected)q.Expected).Bigger, ((FirstNamedExpected)q.Expected).Smaller);
            var objects = q.Turns[0].Picture!.Objects;
            var (a, b) = (objects.First(o => Described.Of(o) == bigger), objects.First(o => Described.Of(o) == smaller));
            Assert.True(a.Radius >= 1.3 * b.Radius && a.Box.Width * a.Box.Height > b.Box.Width * b.Box.Height, $"{q.Id}");
        });

    [Fact]
    public void NothingIsAskedFor_ThatSomethingElseLooksLike() =>
        Assert.All(Exam().Where(q => q.Family == 5), q =>
        {
            var text = q.Turns[0].Text.ToLowerInvariant();
            if (text.Contains("circle", StringComparison.Ordinal))
                Assert.DoesNotContain(q.Turns[0].Picture!.Objects, o => o.Kind is ThingKind(Thing.Ball or Thing.Moon or Thing.Sun or Thing.Clock) or GlyphKind('O' or '0'));
        });

    [Fact]
    public void Letters_KeepTheirCapital_WhereTheRestIsSmall()
    {
        var small = Exam().Select(q => q.Turns[0].Text).Where(t => char.IsAsciiLetterLower(t[0]) && t.Contains(" letter ", StringComparison.Ordinal) && t.Contains(" of the letter ", StringComparison.Ordinal));
        Assert.All(small, t => Assert.Matches("letter [A-Z]", t));
    }

    [Fact]
    public void FollowUps_LeanOnBothKindsOfTurn()
    {
        Needs.Fonts();
        var asked = QuestionMaker.Make(500, seed: 6, families: [10], tiers: [2, 3]);
        Assert.All(asked, q => Assert.Equal(2, q.Turns.Count));
        Assert.Contains(asked, q => q.Turns[1].Picture is not null);
        Assert.Contains(asked, q => q.Expected is ColorExpected && q.Turns[1].Picture is null);
        Assert.Contains(asked, q => q.Expected is GlyphsExpected);
        Assert.Contains(asked, q => q.Expected is YesNoExpected);
    }

    [Fact]
    public void Facts_NameEachKindOfObject() => Assert.Equal(
        """{"kind":"caption","objects":[{"shape":"star","color":"red"},{"thing":"dog"},{"glyph":"A","color":"blue"}],"background":"white"}""",
        Dump.Facts(new CaptionExpected([new(Shape.Star, Hue.Red), new(Thing.Dog, null), new('A', Hue.Blue)], Hue.White)));

    [Theory]
    [InlineData('A', "an A")]
    [InlineData('B', "a B")]
    [InlineData('8', "an 8")]
    [InlineData('U', "a U")]
    public void Articles_FollowTheSound(char character, string expected) => Assert.Equal(expected, Words.A(character.ToString()));

    private static IReadOnlyList<ExamQuestion> Exam()
    {
        Needs.Fonts();
        return Shared.Value;
    }

    private static readonly Lazy<IReadOnlyList<ExamQuestion>> Shared = new(() => QuestionMaker.Make(1140, seed: 4, tiers: [2, 3]));
}
