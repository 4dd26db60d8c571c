using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class WordingTests
{
    [Fact]
    public void Expand_TakesEachAlternative_AndFillsIn()
    {
        var random = new SceneRandom(1);
        var texts = Enumerable.Range(0, 200).Select(_ => Wording.Expand("is it [[very |]big|{what}]?", random, ("what", "small"))).Distinct().Order();
        Assert.Equal(["Is it big?", "Is it small?", "Is it very big?"], texts);
    }

    [Theory]
    [InlineData("What [is?")]
    [InlineData("What is {that}?")]
    public void Expand_Throws_OnABrokenTemplate(string template) =>
        Assert.Throws<FormatException>(() => Wording.Expand(template, new SceneRandom(0)));
}
