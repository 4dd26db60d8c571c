using Assistant.Vision.Text;

namespace Assistant.Vision.Tests.Text;

public class WordPieceTrainerTests
{
    private static readonly string[] Texts = ["Is the circle red?", "The circle is red, the star isn't.", "A star."];

    [Fact]
    public void RepeatedWordsAreTokens_OthersAreSpelt()
    {
        var tokenizer = new BertTokenizer(WordPieceTrainer.Train(Texts, 200, "[DEC]"));
        Assert.Equal(["the", "red", "star"], tokenizer.Tokenize("the RED star").Select(token => tokenizer.TokenOf(token.Id)));
        Assert.Equal(["b", "##l", "##u", "##e", "?"], tokenizer.Tokenize("blue?").Select(token => tokenizer.TokenOf(token.Id)));
        Assert.Equal(tokenizer.VocabularySize - 1, tokenizer.Find("[DEC]"));
        Assert.Equal(0, tokenizer.PaddingId);
    }

    [Fact]
    public void TheMostFrequentWordsComeFirst_AndTheSizeIsKept()
    {
        var all = WordPieceTrainer.Train(Texts, 500);
        Assert.Equal("the", all.First(token => token.Length > 1 && char.IsAsciiLetter(token[0])));
        Assert.DoesNotContain("a", all.Skip(all.ToList().IndexOf("the"))); // a single letter is a character already
        Assert.Equal(all.Take(145), WordPieceTrainer.Train(Texts, 145));
        Assert.Throws<ArgumentOutOfRangeException>(() => WordPieceTrainer.Train(Texts, 100));
    }
}
