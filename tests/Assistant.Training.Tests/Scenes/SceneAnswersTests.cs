using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class SceneAnswersTests
{
    private static readonly SceneFilter Star = new(SceneShape.Star), Circle = new(SceneShape.Circle), Red = new(Color: SceneColor.Red), Square = new(SceneShape.Square);

    // A big red circle above left, a small blue star above right, a small red star below right, on yellow.
    private static readonly Scene Scene = new(400, 400, SceneColor.Yellow,
    [
        new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.UpperLeft, 100, 100, 150, 0, 0),
        new(SceneShape.Star, SceneColor.Blue, SceneSize.Small, SceneCell.UpperRight, 300, 110, 70, 0, 0),
        new(SceneShape.Star, SceneColor.Red, SceneSize.Small, SceneCell.LowerRight, 290, 300, 70, 0, 0),
    ]);

    public static TheoryData<SceneQuery, string?> Answers
    {
        get
        {
            var (blueStar, redStar) = (Star with { Color = SceneColor.Blue }, Star with { Color = SceneColor.Red });
            return new()
            {
                { new SceneQuery.Describe(), "A big red circle, a small blue star and a small red star on a yellow background." },
                { new SceneQuery.Count(new SceneFilter()), "There are three objects." },
                { new SceneQuery.Count(Star), "There are two stars." },
                { new SceneQuery.Count(Circle), "There is one circle." },
                { new SceneQuery.Count(Square), "There are no squares." },
                { new SceneQuery.Count(Red), "There are two red objects." },
                { new SceneQuery.Count(new SceneFilter(Group: SceneGroup.Shape)), "There are three shapes." },
                { new SceneQuery.Count(new SceneFilter(Group: SceneGroup.Animal)), "There are no animals." },
                { new SceneQuery.CountOthers("elephants"), "There are no elephants." },
                { new SceneQuery.ColorOf(Circle), "The circle is red." },
                { new SceneQuery.ColorOf(Star), "The stars are blue and red." },
                { new SceneQuery.ColorOf(Square), "There is no square in the picture." },
                { new SceneQuery.BackgroundColor(), "The background is yellow." },
                { new SceneQuery.HasBackground(SceneColor.Red), "No, the background is yellow." },
                { new SceneQuery.KindOf(new SceneFilter(Color: SceneColor.Blue)), "The blue object is a star." },
                { new SceneQuery.KindOf(Red), "The red objects are a circle and a star." },
                { new SceneQuery.KindOf(new SceneFilter(Color: SceneColor.Green)), "There is no green object in the picture." },
                { new SceneQuery.KindOf(new SceneFilter(Size: SceneSize.Small)), "The small objects are two stars." },
                { new SceneQuery.Exists(redStar), "Yes, there is a red star." },
                { new SceneQuery.Exists(new SceneFilter()), "Yes, there are three objects." },
                { new SceneQuery.Exists(Star with { Color = SceneColor.Green }), "No, there is no green star." },
                { new SceneQuery.Exists(new SceneFilter(Color: SceneColor.Yellow)), "No, there is no yellow object." },
                { new SceneQuery.ExistsOther("robot"), "No, there is no robot." },
                { new SceneQuery.HasColor(Circle, SceneColor.Red), "Yes, the circle is red." },
                { new SceneQuery.HasColor(Circle, SceneColor.Blue), "No, the circle is red." },
                { new SceneQuery.Side(Circle, blueStar, true), "The circle is to the left of the blue star." },
                { new SceneQuery.Side(redStar, blueStar, false), "The red star is below the blue star." },
                { new SceneQuery.Side(redStar, blueStar, true), null },   // one above the other
                { new SceneQuery.Side(Circle, Star, true), null },        // which star?
                { new SceneQuery.Side(Circle, Square, true), "There is no square in the picture." },
                { new SceneQuery.IsBeside(Circle, redStar, SceneDirection.Below), "No, the circle is above the red star." },
                { new SceneQuery.IsBeside(Circle, redStar, SceneDirection.Left), "Yes, the circle is to the left of the red star." },
                { new SceneQuery.Beside(redStar, SceneDirection.Left), "The red circle is to the left of the red star." },
                { new SceneQuery.Beside(Circle, SceneDirection.Right), "The blue star and the red star are to the right of the circle." },
                { new SceneQuery.Beside(Circle, SceneDirection.Above), "Nothing is above the circle." },
                { new SceneQuery.Bigger(redStar, Circle), "The circle is bigger than the red star." },
                { new SceneQuery.Bigger(redStar, Circle, Smaller: true), "The red star is smaller than the circle." },
                { new SceneQuery.Bigger(redStar, blueStar), null },       // both small
                { new SceneQuery.SizeOf(Circle), "The circle is big." },
                { new SceneQuery.At(SceneCell.UpperRight), "A small blue star." },
                { new SceneQuery.At(SceneCell.LowerLeft), "There is nothing in the lower left." },
                { new SceneQuery.At(SceneCell.Middle), null },
                { new SceneQuery.CellOf(redStar), "The red star is in the lower right." },
                { new SceneQuery.Glyph(), "There is no digit or letter in the picture." },
                { new SceneQuery.Glyph(SceneGroup.Digit), "There is no digit in the picture." },
                { new SceneQuery.DescribeShapes(), "A big red circle, a small blue star and a small red star on a yellow background." },
            };
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Answers))]
    public void Answer_IsTheFixedForm(SceneQuery query, string? expected) => Assert.Equal(expected, SceneAnswers.Answer(query, Scene));

    // A dog above left, a red letter A above right, a big red circle below left and a small dog below right, on white.
    private static readonly Scene Everything = new(400, 400, SceneColor.White,
    [
        new(SceneKind.Named("dog"), null, null, SceneCell.UpperLeft, 100, 100, 180, 0, 0),
        new(SceneKind.Of('A'), SceneColor.Red, null, SceneCell.UpperRight, 300, 110, 120, 0, 0),
        new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.LowerLeft, 100, 300, 150, 0, 0),
        new(SceneKind.Named("dog"), null, null, SceneCell.LowerRight, 290, 300, 100, 0, 0),
    ]);

    public static TheoryData<SceneQuery, string?> AnswersAboutEverything
    {
        get
        {
            var (dog, letter, circle) = (new SceneFilter(SceneKind.Named("dog")), new SceneFilter(SceneKind.Of('A')), new SceneFilter(SceneShape.Circle));
            return new()
            {
                { new SceneQuery.Describe(), "A dog, a letter A, a big red circle and a dog on a white background." },
                { new SceneQuery.DescribeShapes(), null },                // they are not only shapes
                { new SceneQuery.Count(new SceneFilter()), "There are four objects." },
                { new SceneQuery.Count(new SceneFilter(Group: SceneGroup.Shape)), "There is one shape." },
                { new SceneQuery.Count(new SceneFilter(Group: SceneGroup.Animal)), "There are two animals." },
                { new SceneQuery.Count(dog), "There are two dogs." },
                { new SceneQuery.Count(new SceneFilter(Color: SceneColor.Red)), null },   // is a dog's tongue red?
                { new SceneQuery.Count(new SceneFilter(Color: SceneColor.Red, Group: SceneGroup.Shape)), "There is one red shape." },
                { new SceneQuery.Exists(new SceneFilter(SceneKind.Named("bunch of grapes"))), "No, there is no bunch of grapes." },
                { new SceneQuery.Exists(letter), "Yes, there is a letter A." },
                { new SceneQuery.ColorOf(dog), null },
                { new SceneQuery.ColorOf(letter), "The letter A is red." },
                { new SceneQuery.KindOf(new SceneFilter(Group: SceneGroup.Animal)), "The animals are two dogs." },
                { new SceneQuery.KindOf(new SceneFilter(Group: SceneGroup.Vehicle)), "There is no vehicle in the picture." },
                { new SceneQuery.Side(letter, circle, true), "The letter A is to the right of the circle." },
                { new SceneQuery.Beside(circle, SceneDirection.Above), "The dog and the letter A are above the circle." },
                { new SceneQuery.Bigger(circle, letter), null },          // about as big
                { new SceneQuery.SizeOf(letter), null },
                { new SceneQuery.At(SceneCell.UpperLeft), "A dog." },
                { new SceneQuery.Glyph(), "It is the letter A." },
                { new SceneQuery.Glyph(SceneGroup.Letter), "It is the letter A." },
                { new SceneQuery.KindOf(new SceneFilter(Group: SceneGroup.Letter)), "It is the letter A." },
                { new SceneQuery.Exists(dog), "Yes, there are two dogs." },
                { new SceneQuery.Glyph(SceneGroup.Digit), "There is no digit in the picture." },
            };
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(AnswersAboutEverything))]
    public void Answer_ToQuestionsAboutThingsAndLetters(SceneQuery query, string? expected) => Assert.Equal(expected, SceneAnswers.Answer(query, Everything));
}
