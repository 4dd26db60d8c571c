using SceneExam.Judging;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Tests.Judging;

/// <summary>Characters in answers: "A" is an article and a letter, "7" a number and a digit, "I" a pronoun and a letter.</summary>
public sealed class GlyphJudgeTests
{
    [Theory]
    [InlineData("A", "It is the letter A.", true)]
    [InlineData("A", "A", true)]
    [InlineData("A", "a", true)]
    [InlineData("A", "It is A.", true)]
    [InlineData("A", "It's an A.", true)]
    [InlineData("A", "There is an a.", true)]
    [InlineData("A", "I see an A.", true)]
    [InlineData("A", "A capital A is in the picture.", true)]
    [InlineData("A", "A is in the picture.", true)]
    [InlineData("A", "THERE IS A LETTER A.", true)]
    [InlineData("A", "There is a letter.", false)]
    [InlineData("A", "There is a dog.", false)]
    [InlineData("A", "A dog", false)]
    [InlineData("A", "THERE IS A DOG.", false)]
    [InlineData("A", "The letter B.", false)]
    [InlineData("A", "A B", false)]
    [InlineData("B", "A B.", true)]
    [InlineData("B", "There is a red B.", true)]
    [InlineData("B", "the letter b", true)]
    [InlineData("B", "It isn't clear, but B.", true)]
    [InlineData("I", "The letter I.", true)]
    [InlineData("I", "I see an I.", true)]
    [InlineData("I", "It is I.", true)]
    [InlineData("I", "I don't know.", false)]
    [InlineData("K", "I see the letter K.", true)]
    [InlineData("S", "It's an S.", true)]
    [InlineData("K", "It's a K.", true)]
    [InlineData("7", "It is a 7.", true)]
    [InlineData("7", "It is the digit 7.", true)]
    [InlineData("7", "It is the digit seven.", true)]
    [InlineData("7", "seven", true)]
    [InlineData("7", "7", true)]
    [InlineData("7", "The number 7 is shown.", true)]
    [InlineData("7", "It is the digit 1.", false)]
    [InlineData("7", "There are 7 objects.", false)]
    [InlineData("1", "It is the digit 1.", true)]
    [InlineData("1", "The digit one.", true)]
    [InlineData("1", "There is one digit.", false)]
    [InlineData("0", "The digit 0.", true)]
    [InlineData("0", "The letter O.", false)]
    [InlineData("7A", "The digit 7 and the letter A.", true)]
    [InlineData("7A", "A and 7.", true)]
    [InlineData("7A", "7, A", true)]
    [InlineData("7A", "A 7 and an A.", true)]
    [InlineData("7A", "There are two: a 7 and an A.", true)]
    [InlineData("7A", "There are two characters, 7 and A.", true)]
    [InlineData("7A", "A 7.", false)]
    [InlineData("7A", "7, A and B", false)]
    [InlineData("AB", "The letters are A and B.", true)]
    [InlineData("AB", "letters A, B", true)]
    public void Characters(string expected, string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Which digit or letter do you see?", new GlyphsExpected(expected), answer));

    [Theory]
    [InlineData("A red A and a dog on a white background.", true)]
    [InlineData("The letter A and a dog on a white background.", true)]
    [InlineData("There is an A and a dog on a white background.", true)]
    [InlineData("Two objects: the letter A and a dog. The background is white.", true)]
    [InlineData("A dog and the letter A in red on a white background.", true)]
    [InlineData("A blue A and a dog on a white background.", false)]              // its colour need not be said, but is wrong
    [InlineData("A dog on a white background.", false)]                          // an article is no letter
    [InlineData("A big dog and a letter on a white background.", false)]
    [InlineData("The letters A and B and a dog on a white background.", false)]
    [InlineData("The letter A and two dogs on a white background.", false)]
    [InlineData("The letter A, a dog and a 7 on a white background.", false)]
    public void Captions(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Describe this picture", new CaptionExpected([new('A', Hue.Red), new(Thing.Dog, null)], Hue.White), answer));

    [Theory]
    [InlineData("A 7 and three dogs", true)]
    [InlineData("7 and 3 dogs", true)]
    [InlineData("Three dogs and the digit seven", true)]
    [InlineData("A seven, and 3 dogs.", true)]
    [InlineData("7 dogs", false)]
    [InlineData("A 7 and a dog", false)]
    [InlineData("Three dogs", false)]
    public void Digits_AreToldFromNumbers(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("What is in the picture?", new ThingsExpected([new('7', Hue.Red), new(Thing.Dog, null), new(Thing.Dog, null), new(Thing.Dog, null)], Hue.White), answer));

    [Theory]
    [InlineData(2, "There are two objects: a 7 and an A.", true)]
    [InlineData(2, "There are 2 objects: 7 and A.", true)]
    [InlineData(2, "Two, a 7 and a red star.", true)]
    [InlineData(2, "There are 7.", false)]
    [InlineData(7, "There are 7.", true)]
    public void Counts_LeaveDigitsOut(int expected, string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("How many objects are there?", new CountExpected(expected), answer));

    [Theory]
    [InlineData("The letter A is above the letter B.", true)]
    [InlineData("An A", true)]
    [InlineData("A is above B.", true)]
    [InlineData("the letter B", false)]
    [InlineData("A dog", false)]
    [InlineData("A C", false)]
    public void Objects_MayRepeatTheQuestionsLetter(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("WHAT IS ABOVE THE LETTER B?", new ObjectExpected(new('A', Hue.Red), ColorNeeded: false), answer));

    [Theory]
    [InlineData("The letter A is bigger.", true)]
    [InlineData("The A is bigger than the dog.", true)]
    [InlineData("The dog is smaller than the A.", true)]
    [InlineData("A dog is bigger.", false)]
    [InlineData("The dog is bigger than the letter A.", false)]
    public void Bigger(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Which is bigger, the A or the dog?", new FirstNamedExpected(new('A', Hue.Red), new(Thing.Dog, null)), answer));

    [Theory]
    [InlineData("A red star on a white background.", true)]
    [InlineData("There are 2: a red star. The background is white.", true)]
    [InlineData("I see a red star. I think the background is white.", true)]
    [InlineData("A red star and the letter A on a white background.", false)]
    [InlineData("A red star and a 7 on a white background.", false)]
    public void PicturesOfShapes_HaveNoCharacters_UnlessTheyAreNamedAsSuch(string answer, bool right) =>
        Assert.Equal(right, Judge.IsRight("Describe this picture", new CaptionExpected([new(Shape.Star, Hue.Red)], Hue.White), answer));
}
