using Assistant.Chat.Grammars;
using Assistant.Chat.Prompts.Thinking;
using Assistant.Chat.Tests.Grammars;
using Assistant.Chat.Tools.Schemas;

namespace Assistant.Chat.Tests.Prompts.Thinking;

public class ThoughtGrammarTests
{
    [Theory]
    [InlineData(false, "7", true)]
    [InlineData(false, "<think>\nIs it 7? <b></thin</b> é\n</think>\n\n7", true)]
    [InlineData(false, "<think></think>7", true)]
    [InlineData(false, "<think><<//</think>7", true)]
    [InlineData(false, "<think>no end 7", false)]
    [InlineData(false, "Hm. 7", false)]
    [InlineData(false, "<think>a</think>b", false)]
    [InlineData(true, "It is.</think>\n7", true)]
    [InlineData(true, "</think>7", true)]
    [InlineData(true, "a</think></think>7", false)]
    [InlineData(true, "7", false)]
    public void Thoughts_AreFree_AndTheAnswerIsBound(bool opened, string text, bool allowed) =>
        Assert.Equal(allowed, ThoughtGrammar.Before(GrammarRules.AnyJson, opened).Matches(text));
}
