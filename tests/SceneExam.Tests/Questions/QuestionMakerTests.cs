using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Tests.Questions;

public sealed class QuestionMakerTests
{
    private static readonly IReadOnlyList<ExamQuestion> Exam = QuestionMaker.Make(900, seed: 4);

    [Fact]
    public void Exam_RepeatsWithItsSeed()
    {
        var again = QuestionMaker.Make(30, seed: 4);
        Assert.Equal(Exam.Take(30).Select(q => q.Turns[^1].Text), again.Select(q => q.Turns[^1].Text));
        Assert.NotEqual(again.Select(q => q.Turns[^1].Text), QuestionMaker.Make(30, seed: 5).Select(q => q.Turns[^1].Text));
    }

    [Fact]
    public void Exam_AsksEveryFamilyEquallyOften() =>
        Assert.All(QuestionMaker.FamiliesOf(1), family => Assert.Equal(100, Exam.Count(q => q.Family == family)));

    [Fact]
    public void GoodAnswers_AreRight_AndAnswersToOtherPicturesAreMostlyNot()
    {
        Assert.All(Exam, q => Assert.True(Examiner.Mark(q, [ModelAnswers.Good(q.Expected)]).Right, $"{q.Turns[^1].Text}: {ModelAnswers.Good(q.Expected)}"));
        Assert.All(Exam, q => Assert.False(Examiner.Mark(q, [ModelAnswers.Bad(q.Expected)]).Right, $"{q.Turns[^1].Text}: {ModelAnswers.Bad(q.Expected)}"));
    }

    [Fact]
    public void YesNoQuestions_AreBalanced() =>
        Assert.InRange(Exam.Select(q => q.Expected).OfType<YesNoExpected>().Count(e => e.Yes), 35, 65);

    [Fact]
    public void CountQuestions_IncludeZero() =>
        Assert.Contains(Exam, q => q.Expected is CountExpected { Count: 0 });

    [Fact]
    public void NamedObjects_AreUnique()
    {
        // "the star" is only said where there is one; a colour is added where it decides.
        foreach (var question in Exam.Where(q => q.Family is 3 or 6 or 7))
        {
            var scene = question.Turns[0].Picture!;
            foreach (var shape in Enum.GetValues<Shape>())
            {
                var text = question.Turns[0].Text.ToLowerInvariant();
                if (text.Contains($"the {Words.Noun(shape)}", StringComparison.Ordinal))
                    Assert.Single(scene.Objects, o => o.Kind == shape);
            }
        }
    }

    [Fact]
    public void SecondPictures_HaveAnotherAnswer()
    {
        var questions = Exam.Where(q => q.Turns is [_, { Picture: not null }]).ToArray();
        Assert.NotEmpty(questions);
        Assert.All(questions, q => Assert.True(q.Expected switch
        {
            CountExpected(var count) => q.Turns[1].Picture!.Objects.Count == count && q.Turns[0].Picture!.Objects.Count != count,
            ColorExpected(var hue) => q.Turns[1].Picture!.Background == hue && q.Turns[0].Picture!.Background != hue,
            _ => false,
        }));
    }
}
