using Assistant.Chat.Conversations;

namespace Assistant.Chat.Tests.Conversations;

public sealed class ConversationTitleTests
{
    [Theory]
    [InlineData("What is this?", 1, "What is this?")]
    [InlineData(" two\n lines\t here ", 0, "two lines here")]
    [InlineData("", 1, "Picture")]
    [InlineData("  ", 3, "3 pictures")]
    [InlineData("", 0, "New chat")]
    [InlineData("Please tell me everything that you can possibly see in this picture of mine", 1, "Please tell me everything that you can possibly see in this…")]
    public void Title_IsTheBeginningOfTheQuestion(string question, int images, string title) =>
        Assert.Equal(title, ConversationTitle.FromQuestion(question, images));

    [Fact]
    public void LongWord_IsCut_ButNoCharacterInTwo()
    {
        Assert.Equal(ConversationTitle.MaximumLength, ConversationTitle.Clean(new string('x', 500)).Length);
        for (var offset = 0; offset < 2; offset++)
        {
            var title = ConversationTitle.Clean(new string('x', offset) + string.Concat(Enumerable.Repeat("😀", 100)));
            Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(title)));
            Assert.EndsWith("…", title, StringComparison.Ordinal);
        }
    }
}
