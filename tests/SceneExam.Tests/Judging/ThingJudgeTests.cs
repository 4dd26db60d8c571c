using SceneExam.Judging;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Tests.Judging;

public sealed class ThingJudgeTests
{
    private static readonly Described Dog = new(Thing.Dog, null), Grapes = new(Thing.Grapes, null), RedStar = new(Shape.Star, Hue.Red);

    [Theory]
    [InlineData("A dog, grapes and a big red star on a white background.", true)]
    [InlineData("A brown dog, a bunch of purple grapes and a red star on a white background.", true)]   // a thing's colours are its own
    [InlineData("A red star, a dog and a bunch of grapes. The dog is brown. The background is white.", true)]
    [InlineData("A puppy, grapes and a red star on white.", true)]
    [InlineData("A dog, grapes and a blue star on a white background.", false)]
    [InlineData("A dog, grapes and a star on a white background.", false)]                              // a shape needs its colour
    [InlineData("Two dogs, grapes and a red star on a white background.", false)]
    [InlineData("A dog and a red star on a white background.", false)]
    [InlineData("A cat, grapes and a red star on a white background.", false)]
    [InlineData("A dog, a cat, grapes and a red star on a white background.", false)]
    [InlineData("A dog, grapes and a red star on a brown background.", false)]
    public void Captions(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Describe this picture", new CaptionExpected([Dog, Grapes, RedStar], Hue.White), answer));

    [Theory]
    [InlineData("Bus", "There are two buses.")]
    [InlineData("Butterfly", "Two butterflies")]
    [InlineData("Strawberry", "Two big red strawberries.")]
    [InlineData("Fish", "There are 2 fish.")]
    [InlineData("Grapes", "Two bunches of grapes.")]
    [InlineData("Bread", "Two loaves of bread.")]
    [InlineData("Pizza", "2 slices of pizza")]
    [InlineData("Bicycle", "Two bikes.")]
    [InlineData("Airplane", "Two planes")]
    [InlineData("Ball", "Two soccer balls.")]
    [InlineData("Key", "a key and a key")]
    public void Plurals(string thing, string answer)
    {
        var two = Enumerable.Repeat(new Described(Enum.Parse<Thing>(thing), null), 2).ToArray();
        Assert.True(Judge.IsRight("What is in the picture?", new ThingsExpected(two, Hue.White), answer));
        Assert.False(Judge.IsRight("What is in the picture?", new ThingsExpected(two[..1], Hue.White), answer));
    }

    [Fact]
    public void EveryThing_IsKnownByItsWord_AloneAndInNumbers()
    {
        foreach (var thing in Enum.GetValues<Thing>())
        {
            var expected = new ThingsExpected([new(thing, null)], Hue.White);
            Assert.True(Judge.IsRight("What is in the picture?", expected, $"There is {Words.A(Words.Noun(thing))}."), $"{thing}");
            var three = new ThingsExpected([new(thing, null), new(thing, null), new(thing, null)], Hue.White);
            Assert.True(Judge.IsRight("What is in the picture?", three, $"There are three {Words.Plural(thing)}."), $"{thing}");
        }
    }

    [Theory]
    [InlineData("It is a dog.", true)]
    [InlineData("There is a brown dog in the upper left.", true)]
    [InlineData("The dog is to the left of the red star.", true)]
    [InlineData("A cat.", false)]
    [InlineData("A dog and a cat.", false)]
    [InlineData("Dogs.", false)]
    [InlineData("An animal.", false)]
    public void Object(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("What is to the left of the red star?", new ObjectExpected(Dog, ColorNeeded: false), answer));

    [Theory]
    [InlineData(2, "There are two animals: a dog and a cat.", true)]
    [InlineData(0, "There are no animals.", true)]
    [InlineData(2, "Three animals.", false)]
    public void Animals(int count, string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("How many animals are there?", new CountExpected(count), answer));
}
