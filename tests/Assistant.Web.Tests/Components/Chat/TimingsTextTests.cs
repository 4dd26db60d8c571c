using Assistant.Chat.Models;
using Assistant.Web.Components.Chat;

namespace Assistant.Web.Tests.Components.Chat;

public sealed class TimingsTextTests
{
    private static readonly AnswerTimings First = new()
    {
        Total = TimeSpan.FromSeconds(2.46), Load = TimeSpan.FromMilliseconds(812), Vision = TimeSpan.FromMilliseconds(420), TowerRuns = 1, Images = 1,
        PromptTokens = 640, AnswerTokens = 38, Evaluation = TimeSpan.FromSeconds(2),
    };

    [Fact]
    public void FirstTurn_SaysThatThePictureWasEncoded() =>
        Assert.Equal("19.0 tokens/s · picture encoded in 420 ms · 640 prompt tokens · model loaded in 812 ms · 2.5 s", TimingsText.Line(First));

    [Fact]
    public void SecondTurn_SaysWhatWasKnown() =>
        Assert.Equal(
            "19.0 tokens/s · picture from cache · 612 of 640 prompt tokens cached · 1 min 1 s",
            TimingsText.Line(First with { TowerRuns = 0, Vision = TimeSpan.Zero, Load = TimeSpan.FromMilliseconds(3), CachedTokens = 612, Total = TimeSpan.FromSeconds(61) }));

    [Fact]
    public void NewPictureBesideAKnownOne_IsCounted() =>
        Assert.Contains("2 pictures encoded in 1.5 s", TimingsText.Line(First with { Images = 3, TowerRuns = 2, Vision = TimeSpan.FromSeconds(1.5) }), StringComparison.Ordinal);

    [Theory]
    [InlineData(1, "the oldest message no longer fits and was left out")]
    [InlineData(4, "the 4 oldest messages no longer fit and were left out")]
    public void MessagesLeftOut_AreToldLast(int count, string text) =>
        Assert.EndsWith("2.5 s · " + text, TimingsText.Line(First with { TruncatedMessages = count }), StringComparison.Ordinal);

    [Fact]
    public void UnknownTimings_LeaveNothingButTheModel()
    {
        Assert.Equal("", TimingsText.Line(new AnswerTimings()));
        Assert.Equal("pocket", TimingsText.Line(null, "pocket"));
    }
}
