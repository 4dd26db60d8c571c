using Assistant.Vision.Text;

namespace Assistant.Vision.Tests.Text;

public sealed class ClipBpeTrainerTests : IDisposable
{
    private static readonly string[] Texts = ["a red circle", "A red star, and a red circle!", "a blue circle", "the blue star"];
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-bpe-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void FrequentWordsBecomeOneToken_AndAnyTextCanBeSaid()
    {
        ClipBpeTrainer.Train(Texts, 560, folder);
        var tokenizer = ClipTokenizer.FromFolder(folder);
        Assert.Equal("red circle".Split(' ').Length, tokenizer.Tokenize("red circle").Count);
        foreach (var text in (string[])["a red circle", "übergröße 42", "日本"])
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text).Ids).TrimEnd().Replace("4 2", "42", StringComparison.Ordinal));
    }

    [Fact]
    public void TheResultDependsOnTheTextsAlone()
    {
        ClipBpeTrainer.Train(Texts, 540, folder);
        var first = File.ReadAllText(Path.Combine(folder, "merges.txt"));
        ClipBpeTrainer.Train(Texts.Reverse(), 540, folder);
        Assert.Equal(first, File.ReadAllText(Path.Combine(folder, "merges.txt")));
        Assert.InRange(ClipTokenizer.FromFolder(folder).VocabularySize, 515, 540); // the texts yield no more
    }

    [Fact]
    public void ATooSmallVocabularyIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => ClipBpeTrainer.Train(Texts, 500, folder));
}
