using SceneExam.Judging;

namespace SceneExam.Tests.Judging;

public class RamblingTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("A red star and a red star.", false)]
    [InlineData("There are two stars. There are two stars.", false)]
    [InlineData("No, no, it is 1111111.", false)]
    [InlineData("There are two stars. There are two stars. There are two stars. ", true)]
    [InlineData("A blue square on an orange square on an orange square on an orange square", true)]
    [InlineData("label_picture(1, [\"a cat\",\"a fish\",\"a fish\",\"a fish\",\"a fish\"])", true)]
    [InlineData("label_picture(1, [\"a cat\",\"a fish\",\"a dog\",\"a fish\"])", false)]
    public void APhraseThreeTimesInARow_IsRambling(string answer, bool rambles) => Assert.Equal(rambles, Rambling.IsIn(answer));
}
