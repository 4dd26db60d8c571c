using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Prompts;

public class ConversationWindowTests
{
    // Every character is a token.
    private static PromptSequence Tokenize(IReadOnlyList<ChatMessage> messages)
    {
        var prompt = new PromptSequence();
        prompt.Add([.. string.Concat(messages.Select(message => message.Text)).Select(character => (int)character)]);
        return prompt;
    }

    private static List<ChatMessage> Conversation(int exchanges)
    {
        List<ChatMessage> messages = [new(ChatRole.System, "S")];
        for (var i = 0; i < exchanges; i++)
        {
            messages.Add(new(ChatRole.User, $"u{i % 10}"));
            messages.Add(new(ChatRole.Assistant, $"a{i % 10}"));
        }
        messages.Add(new(ChatRole.User, "last"));
        return messages;
    }

    [Theory]
    [InlineData(3, 100, 10, 0, "Su0a0u1a1u2a2last")]
    [InlineData(3, 20, 3, 0, "Su0a0u1a1u2a2last")]
    [InlineData(3, 19, 3, 2, "Su1a1u2a2last")]
    [InlineData(3, 12, 3, 4, "Su2a2last")]
    [InlineData(3, 8, 3, 6, "Slast")]
    [InlineData(3, 6, 3, 6, "Slast")]
    [InlineData(500, 26, 9, 994, "Su7a7u8a8u9a9last")]
    public void Truncation_KeepsSystemMessageAndLatestTurn(int exchanges, int context, int reserve, int dropped, string kept)
    {
        var result = ConversationWindow.Fit(Conversation(exchanges), Tokenize, context, reserve, truncate: true);

        Assert.Equal(kept, string.Concat(result.Prompt.Keys.Select(key => (char)key.Value)));
        Assert.Equal(dropped, result.Dropped);
    }

    [Fact]
    public void LatestTurn_ThatDoesNotFit_IsRefused()
    {
        Assert.Contains("5 tokens, the context has 5", Assert.Throws<ContextExceededException>(() => Fit(Conversation(3), 5)).Message, StringComparison.Ordinal);
        Assert.Contains("4 tokens, the context has 4", Assert.Throws<ContextExceededException>(() => Fit([new(ChatRole.User, "last")], 4)).Message, StringComparison.Ordinal);
        Assert.Contains("17 tokens", Assert.Throws<ContextExceededException>(() => ConversationWindow.Fit(Conversation(3), Tokenize, 10, 1, truncate: false)).Message, StringComparison.Ordinal);

        static object Fit(List<ChatMessage> messages, int context) => ConversationWindow.Fit(messages, Tokenize, context, 1, truncate: true);
    }

    [Fact]
    public void CallsAndResults_StayWithTheirQuestion()
    {
        List<ChatMessage> messages =
        [
            new(ChatRole.User, "one"), new(ChatRole.Assistant, "call"), new(ChatRole.Tool, "result"), new(ChatRole.Assistant, "answer"),
            new(ChatRole.User, "two"), new(ChatRole.Assistant, "call"), new(ChatRole.Tool, "result"),
        ];
        var result = ConversationWindow.Fit(messages, Tokenize, 15, 1, truncate: true);
        Assert.Equal("twocallresult", string.Concat(result.Prompt.Keys.Select(key => (char)key.Value)));
        Assert.Equal(4, result.Dropped);
    }

    [Fact]
    public void ConsecutiveUserMessages_AreOneTurn()
    {
        List<ChatMessage> messages = [new(ChatRole.User, "one"), new(ChatRole.Assistant, "a"), new(ChatRole.User, "two"), new(ChatRole.User, "three")];

        var result = ConversationWindow.Fit(messages, Tokenize, 10, 1, truncate: true);

        Assert.Equal("twothree", string.Concat(result.Prompt.Keys.Select(key => (char)key.Value)));
    }
}
