using SceneExam.Judging;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Tests.Judging;

public sealed class JudgeTests
{
    private static readonly Described RedStar = new(Shape.Star, Hue.Red), BlueCircle = new(Shape.Circle, Hue.Blue), GrayCross = new(Shape.Cross, Hue.Gray);

    [Theory]
    [InlineData("A big red star and a small blue circle on a white background.", true)]
    [InlineData("The picture shows a small blue circle and a big red star. The background is white.", true)]
    [InlineData("There are two objects: a red star and a blue circle. The background color is white.", true)]
    [InlineData("A star in red and a circle in blue on white.", true)]
    [InlineData("The star is red and the circle is blue, on a white background", true)]
    [InlineData("A red star left of a blue circle on a white background. The star is big.", true)]
    [InlineData("One red star, one blue circle, white background", true)]
    [InlineData("A red star and a blue circle.", false)]                                          // no background
    [InlineData("A red star and a blue circle on a gray background.", false)]                     // another background
    [InlineData("A red star on a white background.", false)]                                      // one is missing
    [InlineData("A red star, a blue circle and a green heart on a white background.", false)]     // one is invented
    [InlineData("A blue star and a red circle on a white background.", false)]                    // colours exchanged
    [InlineData("Two red stars and a blue circle on a white background.", false)]
    [InlineData("A star and a circle on a white background.", false)]                             // no colours
    [InlineData("", false)]
    public void Caption(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Describe this picture", new CaptionExpected([RedStar, BlueCircle], Hue.White), answer));

    [Theory]
    [InlineData("Two red stars on a black background.", true)]
    [InlineData("A big red star and a small red star on a black background.", true)]
    [InlineData("The picture shows 2 red stars on a black background.", true)]
    [InlineData("A red star on a black background.", false)]
    [InlineData("Three red stars on a black background.", false)]
    public void Caption_CountsEqualObjects(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Describe it", new CaptionExpected([RedStar, RedStar], Hue.Black), answer));

    [Theory]
    [InlineData("A star and a circle.", true)]
    [InlineData("There is a red star and a blue circle on a white background.", true)]
    [InlineData("There is a blue star and a circle.", false)]
    [InlineData("A star.", false)]
    [InlineData("A star, a circle and a ring.", false)]
    [InlineData("A star and a circle on a black background.", false)]
    public void Things(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("What is in the picture?", new ThingsExpected([RedStar, BlueCircle], Hue.White), answer));

    [Theory]
    [InlineData(3, "There are three objects.", true)]
    [InlineData(3, "3", true)]
    [InlineData(3, "THERE ARE THREE", true)]
    [InlineData(3, "There are two objects.", false)]
    [InlineData(3, "There are two or three.", false)]
    [InlineData(3, "Several.", false)]
    [InlineData(1, "There is one circle.", true)]
    [InlineData(2, "Two, the red one and the blue one.", true)]
    [InlineData(0, "There are no circles.", true)]
    [InlineData(0, "None.", true)]
    [InlineData(0, "Zero", true)]
    [InlineData(0, "There aren't any circles.", true)]
    [InlineData(0, "There are two circles.", false)]
    [InlineData(1, "There are no circles.", false)]
    [InlineData(0, "", false)]
    public void Count(int expected, string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("How many circles are there?", new CountExpected(expected), answer));

    [Theory]
    [InlineData("The star is gray.", true)]
    [InlineData("Grey", true)]
    [InlineData("It is GRAY.", true)]
    [InlineData("The star is black.", false)]
    [InlineData("The star is gray or black.", false)]
    [InlineData("The star is big.", false)]
    public void Color(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("What color is the star?", new ColorExpected(Hue.Gray), answer));

    [Theory]
    [InlineData("It is a star.", true)]
    [InlineData("The red one is a star.", true)]
    [InlineData("A big red star.", true)]
    [InlineData("A blue star.", false)]
    [InlineData("A circle.", false)]
    [InlineData("A star and a circle.", false)]
    [InlineData("Two stars.", false)]
    [InlineData("I do not know.", false)]
    public void Object(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("What shape is the red one?", new ObjectExpected(RedStar, ColorNeeded: false), answer));

    [Theory]
    [InlineData("The blue circle is to the left of the red circle.", true)]
    [InlineData("A blue circle", true)]
    [InlineData("A circle", false)]
    [InlineData("The red circle", false)]
    [InlineData("The green circle is to the left of the red circle.", false)]
    [InlineData("The star is to the left of the red circle.", false)]
    public void Object_MayRepeatTheQuestion_ButNeedsItsColor_WhereTheShapeIsTheSame(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("What is to the left of the red circle?", new ObjectExpected(BlueCircle, ColorNeeded: true), answer));

    [Theory]
    [InlineData("There is a plus sign in the upper left.", true)]
    [InlineData("A gray cross", true)]
    [InlineData("crosses", false)]
    public void Object_KnowsThePlusSign(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("What is in the upper left?", new ObjectExpected(GrayCross, ColorNeeded: false), answer));

    [Theory]
    [InlineData(true, "Yes, there is a red star.", true)]
    [InlineData(true, "yes", true)]
    [InlineData(true, "No.", false)]
    [InlineData(true, "There is, yes.", false)]
    [InlineData(false, "No, there is no red star.", true)]
    [InlineData(false, "Yes.", false)]
    [InlineData(false, "Nothing.", false)]
    public void YesNo(bool expected, string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Is there a red star?", new YesNoExpected(expected), answer));

    [Theory]
    [InlineData("Left", "The star is to the left of the circle.", true)]
    [InlineData("Left", "The star is to the right of the circle.", false)]
    [InlineData("Left", "The star is left or right of the circle.", false)]
    [InlineData("Left", "The star is above the circle.", false)]
    [InlineData("Left", "upper left", true)]
    [InlineData("Above", "It is over it.", true)]
    [InlineData("Below", "The star is below the circle.", true)]
    [InlineData("Below", "The star is above the circle.", false)]
    public void Side(string expected, string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Is the star ... the circle?", new SideExpected(Enum.Parse<Side>(expected)), answer));

    [Theory]
    [InlineData("The star is bigger.", true)]
    [InlineData("The red star is bigger than the blue circle.", true)]
    [InlineData("The circle is smaller than the star.", true)]
    [InlineData("star", true)]
    [InlineData("The circle is bigger than the star.", false)]
    [InlineData("The blue star is bigger.", false)]
    [InlineData("They are the same.", false)]
    public void Bigger(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Which is bigger, the star or the circle?", new FirstNamedExpected(RedStar, BlueCircle), answer));

    [Theory]
    [InlineData("The red star is bigger.", true)]
    [InlineData("The red one.", true)]
    [InlineData("The blue star is bigger.", false)]
    [InlineData("The star is bigger.", false)]
    public void Bigger_NeedsTheColor_WhereTheShapeIsTheSame(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Which is bigger, the red star or the blue star?", new FirstNamedExpected(RedStar, RedStar with { Color = Hue.Blue }), answer));
}
