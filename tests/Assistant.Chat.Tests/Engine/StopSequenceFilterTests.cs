using Assistant.Chat.Engine;

namespace Assistant.Chat.Tests.Engine;

public class StopSequenceFilterTests
{
    [Theory]
    [InlineData("STOP", "one ST|OP two", "one ", true)]
    [InlineData("STOP", "one ST|AR two", "one STAR two", false)]
    [InlineData("STOP", "end S|T", "end ST", false)]
    [InlineData("aab", "aa|aab", "aa", true)]
    [InlineData("\n\n", "a\n|b\n|\nc", "a\nb", true)]
    [InlineData("x,xyz", "wx|yz", "w", true)]
    [InlineData("xyz,y", "wx|yz", "w", true)]
    [InlineData("", "nothing| stops", "nothing stops", false)]
    public void Add_NeverLeaksAPartOfAStopSequence(string stops, string pieces, string expected, bool stopped)
    {
        var filter = new StopSequenceFilter(stops.Split(','));
        var answer = "";
        foreach (var piece in pieces.Split('|'))
        {
            answer += filter.Add(piece);
            Assert.StartsWith(answer, expected, StringComparison.Ordinal); // nothing has to be taken back
        }
        answer += filter.Flush();

        Assert.Equal(expected, answer);
        Assert.Equal(stopped, filter.Stopped);
    }

    [Fact]
    public void OneCharacterAtATime_GivesTheSame()
    {
        var filter = new StopSequenceFilter(["USER:", "</s>"]);
        var answer = string.Concat("It is < red </ and US USERS.</s> more".Select(c => filter.Add(c.ToString())));

        Assert.Equal("It is < red </ and US USERS.", answer);
        Assert.True(filter.Stopped);
        Assert.Equal("", filter.Flush());
    }
}
