namespace LlamaCpp.Tests;

public class LlamaGrammarTests
{
    [Theory]
    [InlineData("root ::= [a-z]+ (\",\" [0-9]{1,3})* # a comment ( that nests nothing")]
    [InlineData("root ::= \"(((\" [\\]\\[()]\nother ::= root?")]
    public void OrdinaryGrammars_Pass(string text) => Assert.Equal(text, new LlamaGrammar(text).Text);

    public static TheoryData<string, string> Bombs => new()
    {
        { "nests", "root ::= " + new string('(', 10_000) + "\"a\"" + new string(')', 10_000) },
        { "repeats", "root ::= \"a\"{1000000}" },
        { "repeats", "root ::= \"a\"{99999999999999999999}" },
        { "expands", "root ::= ((\"a\"{1000}){1000}){1000}" },
        { "rules", "root ::= a0\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"a{i} ::= a{i + 1}\n")) },
        { "characters", "root ::= \"" + new string('a', 300_000) + "\"" },
        { "no rule named 'root'", "other ::= \"a\"" },
        { "NUL", "root ::= \"a\0\"" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Grammars_ThatWouldExhaustStackOrMemory_AreRefused(string message, string text) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new LlamaGrammar(text)).Message, StringComparison.Ordinal);
}
