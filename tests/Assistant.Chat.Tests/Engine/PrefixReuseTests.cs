using Assistant.Chat.Engine;
using Assistant.Chat.Prompts;

namespace Assistant.Chat.Tests.Engine;

public class PrefixReuseTests
{
    // Letters are tokens; a digit is a picture of three rows.
    [Theory]
    [InlineData("", "abc", 0)]
    [InlineData("abc", "abcde", 3)]
    [InlineData("abcde", "abxde", 2)]
    [InlineData("abc", "abc", 2)]
    [InlineData("a1bc", "a1bd", 5)]
    [InlineData("a1", "a1b", 4)]
    [InlineData("a1b", "a2b", 1)]
    [InlineData("a11b", "a1cd", 4)]
    [InlineData("a1", "a1", 1)]
    [InlineData("1ab", "1ab", 4)]
    public void Count_StopsAtTheFirstDifference_OutsidePictures(string known, string prompt, int expected) =>
        Assert.Equal(expected, PrefixReuse.Count(Keys(known), Keys(prompt)));

    [Fact]
    public void Count_DropsAPictureThatWasReadInPart() => Assert.Equal(1, PrefixReuse.Count(Keys("a1")[..3], Keys("a1b")));

    private static List<PositionKey> Keys(string text) =>
    [
        .. text.SelectMany(c => char.IsDigit(c)
            ? Enumerable.Range(0, 3).Select(row => new PositionKey((UInt128)c, row))
            : [new PositionKey(0, c)]),
    ];
}
