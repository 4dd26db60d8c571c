using System.Text;
using Assistant.Vision.Text;

namespace Assistant.Vision.Tests.Text;

public sealed class UnicodeTextTests
{
    [Theory]
    [InlineData("é", "e\u0301")]
    [InlineData("ự", "u\u031B\u0323")]
    [InlineData("가", "\u1100\u1161")]
    [InlineData("각", "\u1100\u1161\u11A8")]
    [InlineData("\u212B", "A\u030A")] // U+212B decomposes twice
    [InlineData("ﬁ", "ﬁ")] // a compatibility decomposition only
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    public void Characters_decompose(string character, string parts)
    {
        var output = new List<Rune>();
        foreach (var rune in character.EnumerateRunes())
            UnicodeText.Decompose(rune, output);
        Assert.Equal(parts, string.Concat(output));
    }

    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("u\u0323\u031B", "ự")] // marks are put in order first
    [InlineData("\u1100\u1161\u11A8", "각")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    [InlineData("a\u0315\u0300\u05AE\u0062", "à\u05AE\u0315b")]
    [InlineData("\u1100\u0300\u1161", "\u1100\u0300\u1161")] // a mark in between blocks
    [InlineData("plain ASCII", "plain ASCII")]
    public void Texts_compose(string text, string composed) => Assert.Equal(composed, UnicodeText.Compose(text));

    [Theory]
    [InlineData("ÉCOLE İstanbul", "école i\u0307stanbul")]
    [InlineData("ΟΔΟΣ ΣΑΣ Σ", "οδος σας σ")]
    [InlineData("ΑΣ.", "ας.")]
    [InlineData("\U00010400", "\U00010428")]
    public void Lower_case_is_pythons(string text, string lower) => Assert.Equal(lower, UnicodeText.ToLower(text));
}
