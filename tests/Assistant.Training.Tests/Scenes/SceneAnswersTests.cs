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
                { new SceneQuery.Count(new SceneFilter()), "There are three shapes." },
                { new SceneQuery.Count(Star), "There are two stars." },
                { new SceneQuery.Count(Circle), "There is one circle." },
                { new SceneQuery.Count(Square), "There are no squares." },
                { new SceneQuery.Count(Red), "There are two red shapes." },
                { new SceneQuery.CountOthers("animals"), "There are no animals." },
                { new SceneQuery.ColorOf(Circle), "The circle is red." },
                { new SceneQuery.ColorOf(Star), "The stars are blue and red." },
                { new SceneQuery.ColorOf(Square), "There is no square in the picture." },
                { new SceneQuery.BackgroundColor(), "The background is yellow." },
                { new SceneQuery.HasBackground(SceneColor.Red), "No, the background is yellow." },
                { new SceneQuery.ShapeOf(new SceneFilter(Color: SceneColor.Blue)), "The blue shape is a star." },
                { new SceneQuery.ShapeOf(Red), "The red shapes are a circle and a star." },
                { new SceneQuery.ShapeOf(new SceneFilter(Color: SceneColor.Green)), "There is no green shape in the picture." },
                { new SceneQuery.ShapeOf(new SceneFilter(Size: SceneSize.Small)), "The small shapes are two stars." },
                { new SceneQuery.Exists(redStar), "Yes, there is a red star." },
                { new SceneQuery.Exists(Star with { Color = SceneColor.Green }), "No, there is no green star." },
                { new SceneQuery.Exists(new SceneFilter(Color: SceneColor.Yellow)), "No, there is no yellow shape." },
                { new SceneQuery.ExistsOther("dog"), "No, there is no dog." },
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
            };
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Answers))]
    public void Answer_IsTheFixedForm(SceneQuery query, string? expected) => Assert.Equal(expected, SceneAnswers.Answer(query, Scene));
}
