using System.Reflection;
using System.Text.RegularExpressions;
using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class QuestionWordingsTests
{
    private static readonly Regex WellFormed = new(@"^[A-Z][^\[\]{}|]*[.?]$");

    public static TheoryData<SceneQuery> Queries
    {
        get
        {
            var (star, ring) = (new SceneFilter(SceneShape.Star), new SceneFilter(SceneShape.Ring, SceneColor.Red));
            return
            [
                new SceneQuery.Describe(), new SceneQuery.Count(new SceneFilter()), new SceneQuery.Count(star), new SceneQuery.CountOthers("elephants"), new SceneQuery.ColorOf(star),
                new SceneQuery.BackgroundColor(), new SceneQuery.KindOf(new SceneFilter(Color: SceneColor.Red)), new SceneQuery.Exists(ring), new SceneQuery.ExistsOther("dog"),
                new SceneQuery.HasColor(star, SceneColor.Blue), new SceneQuery.HasBackground(SceneColor.Blue), new SceneQuery.Side(star, ring, true), new SceneQuery.Side(star, ring, false),
                new SceneQuery.IsBeside(star, ring, SceneDirection.Above), new SceneQuery.Beside(star, SceneDirection.Left), new SceneQuery.Bigger(star, ring), new SceneQuery.SizeOf(star),
                new SceneQuery.At(SceneCell.UpperLeft), new SceneQuery.CellOf(star), new SceneQuery.Glyph(),
            ];
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Queries))]
    public void EveryQuery_HasManyWordings(SceneQuery query)
    {
        var random = new SceneRandom(2);
        foreach (var several in new[] { false, true })
        {
            var texts = Enumerable.Range(0, 3000).Select(_ => QuestionWordings.Ask(query, random, "the second picture", several)).ToList();
            Assert.InRange(texts.Distinct().Count(), 24, 3000);
            Assert.DoesNotContain(texts, text => text.Contains("  ", StringComparison.Ordinal) || !WellFormed.IsMatch(text));
            Assert.InRange(texts.Count(text => text.Contains("second picture", StringComparison.Ordinal)), 2700, 3000); // about a later picture, it must be said which
        }
    }

    [Fact]
    public void WhoAsksForShapesAlone_SaysSo()
    {
        var random = new SceneRandom(4);
        foreach (var query in (SceneQuery[])[new SceneQuery.Count(new SceneFilter(Group: SceneGroup.Shape)), new SceneQuery.KindOf(new SceneFilter(Color: SceneColor.Red, Group: SceneGroup.Shape)),
                     new SceneQuery.KindOf(new SceneFilter(Group: SceneGroup.Shape)), new SceneQuery.Exists(new SceneFilter(Color: SceneColor.Red, Group: SceneGroup.Shape))])
        {
            foreach (var several in new[] { false, true })
                Assert.All(Enumerable.Range(0, 1000).Select(_ => QuestionWordings.Ask(query, random, null, several)), text => Assert.Matches("(?i)shape|figure", text));
        }
        // Who asks for anything need not.
        Assert.Contains("What is the red one?", Enumerable.Range(0, 3000).Select(_ => QuestionWordings.Ask(new SceneQuery.KindOf(new SceneFilter(Color: SceneColor.Red)), random, null, false)));
    }

    [Theory]
    [InlineData("Please describe this image.")]
    [InlineData("What is in this picture?")]
    public void CommonCaptionRequests_AreAmongTheWordings(string expected)
    {
        var random = new SceneRandom(3);
        Assert.Contains(expected, Enumerable.Range(0, 3000).Select(_ => QuestionWordings.Ask(new SceneQuery.Describe(), random, null, false)));
    }

    [Theory]
    [InlineData(typeof(QuestionTemplates))]
    [InlineData(typeof(FollowUpTemplates))]
    [InlineData(typeof(OutOfDomainQuestions))]
    public void EveryList_HasAtLeastTwelveTemplates(Type templates)
    {
        var lists = templates.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.FieldType == typeof(string[])).ToList();
        Assert.NotEmpty(lists);
        Assert.All(lists, list => Assert.InRange(((string[])list.GetValue(null)!).Distinct().Count(), 12, 100));
    }
}
