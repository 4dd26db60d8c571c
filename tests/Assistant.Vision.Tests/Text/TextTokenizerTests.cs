using Assistant.Vision.Text;

namespace Assistant.Vision.Tests.Text;

public sealed class TextTokenizerTests
{
    private static readonly BertTokenizer Small = new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "c", ".", "中", "e"]);

    [Fact]
    public void Texts_are_filled_up_to_the_longest_or_the_limit()
    {
        var batch = Small.EncodeBatch(["a", "a b c"]);
        Assert.Equal((2, 5), (batch.Rows, batch.Columns));
        Assert.Equal([2L, 5, 3, 0, 0, 2, 5, 6, 8, 3], batch.InputIds);
        Assert.Equal([1L, 1, 1, 0, 0, 1, 1, 1, 1, 1], batch.AttentionMask);
        Assert.Equal(7, Small.EncodeBatch(["a"], maxLength: 7, padToMaxLength: true).Columns);
        Assert.Equal(3, Small.EncodeBatch(["a"], maxLength: 7).Columns);
        Assert.Equal(0, Small.EncodeBatch([]).Columns);
    }

    [Theory]
    [InlineData("a a a a", "b", 7, 3, 1)] // the shorter keeps all
    [InlineData("a", "b b b b", 7, 1, 3)]
    [InlineData("a a a a", "b b b b", 8, 2, 3)] // the odd one goes to the second
    [InlineData("a a a a a", "b b b b", 8, 3, 2)]
    [InlineData("a a", "b b", 3, 0, 0)]
    [InlineData("a a", "b b", 20, 2, 2)]
    public void Of_a_pair_the_longer_text_loses_its_end(string first, string second, int length, int keepFirst, int keepSecond)
    {
        var encoding = Small.Encode(first, second, length);
        Assert.Equal((keepFirst, keepSecond), (encoding.Ids.Count(id => id == 5), encoding.Ids.Count(id => id == 6)));
        Assert.Equal(keepSecond + 1, encoding.TypeIds.Sum());
        Assert.Equal(length < 20, encoding.Truncated);
    }

    [Fact]
    public void Offsets_point_into_the_given_text()
    {
        var text = "\u00C1  bb\u0301.中[SEP]x";
        var encoding = Small.Encode(text);
        Assert.Equal(["", "\u00C1", "b", "b", ".", "中", "[SEP]", "x", ""], encoding.Offsets.Select(offset => text[offset.Start..offset.End]));
        Assert.Equal([2, 5, 6, 7, 9, 10, 3, 1, 3], encoding.Ids);
    }

    [Fact]
    public void Impossible_requests_are_refused()
    {
        Assert.Contains("2 special tokens need more room", Assert.Throws<ArgumentOutOfRangeException>(() => Small.Encode("a", maxLength: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Decode([99]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Decode([-1]));
    }

    [Fact]
    public void Words_without_pieces_or_too_long_are_unknown_as_a_whole()
    {
        Assert.Equal([1], Small.Tokenize("abx").Select(token => token.Id));
        Assert.Equal([new TextToken(1, 0, 101)], Small.Tokenize("a" + new string('b', 100)));
        Assert.Equal(100, Small.Tokenize("a" + new string('b', 99)).Count);
    }

    [Fact]
    public void Cased_models_keep_case_and_accents()
    {
        var cased = new BertTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "\u00C9"], lowerCase: false);
        Assert.Equal([4, 1], cased.Tokenize("\u00C9 \u00E9").Select(token => token.Id));
    }
}
