using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Text;

public sealed class BpeVocabularyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tokenizer_json_gives_the_same_tokens_as_its_files(bool mergesAsArrays)
    {
        var (vocabulary, merges) = (ReferenceData.FindData("gpt2", "vocab.json"), ReferenceData.FindData("gpt2", "merges.txt"));
        var rules = File.ReadLines(merges).Skip(1).Where(line => line.Length > 0).Select(line => mergesAsArrays ? (object)line.Split(' ') : line);
        using var ids = JsonDocument.Parse(File.ReadAllText(vocabulary));
        File.WriteAllText(folder.File("tokenizer.json"), JsonSerializer.Serialize(new
        {
            added_tokens = new object[] { new { id = 50256, content = "<|endoftext|>", special = true }, new { id = 50257, content = "<pad>", special = true } },
            model = new { type = "BPE", vocab = ids.RootElement, merges = rules },
        }));
        var tokenizer = new Gpt2Tokenizer(BpeVocabulary.FromTokenizerJson(folder.File("tokenizer.json")));
        var plain = new Gpt2Tokenizer(BpeVocabulary.FromFiles(vocabulary, merges));
        const string Text = "two dogs<|endoftext|> playing, Größe 12345  <pad>";
        Assert.Equal(plain.Tokenize(Text[..^5]).Select(token => token.Id).Append(50257), tokenizer.Tokenize(Text).Select(token => token.Id));
        Assert.Equal(50257, tokenizer.PaddingId);
    }

    [Fact]
    public void Clip_reads_vocab_and_merges_as_hugging_face_publishes_them()
    {
        var published = ReferenceData.FindData("clip", "bpe_simple_vocab_16e6.txt.gz");
        var vocabulary = BpeVocabulary.FromClipMerges(published);
        using var lines = new StreamReader(new GZipStream(File.OpenRead(published), CompressionMode.Decompress));
        var merges = lines.ReadToEnd().Split('\n')[1..48895]; // what CLIP uses of the file
        File.WriteAllText(folder.File("merges.txt"), $"#version: 0.2\n{string.Join('\n', merges)}\n");
        File.WriteAllText(folder.File("vocab.json"), JsonSerializer.Serialize(Enumerable.Range(0, vocabulary.Count).ToDictionary(vocabulary.TokenOf)));
        var tokenizer = new ClipTokenizer(BpeVocabulary.FromFiles(folder.File("vocab.json"), folder.File("merges.txt")));
        const string Text = "A photo of 2 dogs, isn't it? Größe";
        Assert.Equal(new ClipTokenizer(vocabulary).Encode(Text).Ids, tokenizer.Encode(Text).Ids);
        Assert.Equal(77, tokenizer.EncodeForTower([Text]).Columns);
    }

    [Fact]
    public void Bert_reads_a_tokenizer_json()
    {
        var lines = ReferenceData.FindData("bert", "vocab.txt");
        var ids = File.ReadLines(lines).Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id);
        File.WriteAllText(folder.File("tokenizer.json"), JsonSerializer.Serialize(new { model = new { type = "WordPiece", vocab = ids } }));
        const string Text = "Two dogs playing [SEP] unaffable";
        Assert.Equal(BertTokenizer.FromFile(lines).Encode(Text).Ids, BertTokenizer.FromFile(folder.File("tokenizer.json")).Encode(Text).Ids);
    }

    [Fact]
    public void Long_words_take_time_in_proportion()
    {
        var tokenizer = new Gpt2Tokenizer(BpeVocabulary.FromFiles(ReferenceData.FindData("gpt2", "vocab.json"), ReferenceData.FindData("gpt2", "merges.txt")));
        var text = new string('a', 200_000);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Tokenize(text).Select(token => token.Id)));
    }

    [Theory]
    [InlineData("""{"a":0,"b":1,"ab":2}""", "a b", null)]
    [InlineData("""{"a":0,"b":1}""", "a b", "the merge 'a b' uses or makes a token that the vocabulary lacks")]
    [InlineData("""{"a":0,"b":0}""", "", "have the same id 0")]
    [InlineData("""{"a":0,"a":1}""", "", "the token 'a' is there twice")]
    [InlineData("""{"a":-1}""", "", "ids out of range")]
    [InlineData("""{"a":2000000000}""", "", "ids out of range")]
    [InlineData("""{"a":"x"}""", "", "is not a vocabulary")]
    [InlineData("{}", "", "the vocabulary is empty")]
    [InlineData("[]", "", "is not a vocabulary")]
    [InlineData("""{"a":0,"b":1}""", "a b c", "'a b c' is not a merge of two tokens")]
    public void Vocabularies_are_checked(string vocabulary, string merges, string? sentence)
    {
        var path = folder.Write("vocab.json", Encoding.UTF8.GetBytes(vocabulary));
        var rules = folder.Write("merges.txt", Encoding.UTF8.GetBytes($"#version: 0.2\n{merges}\n"));
        if (sentence is null)
            Assert.Equal(3, BpeVocabulary.FromFiles(path, rules).Count);
        else
            Assert.Contains(sentence, Assert.Throws<WeightFileException>(() => BpeVocabulary.FromFiles(path, rules)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_refused_in_a_sentence()
    {
        Assert.Contains("clip.gz has 2 lines", Assert.Throws<WeightFileException>(() => BpeVocabulary.FromClipMerges(folder.Write("clip.gz", Zipped("#version\nx")))).Message, StringComparison.Ordinal);
        Assert.Contains("is not a vocabulary", Assert.Throws<WeightFileException>(() => BpeVocabulary.FromClipMerges(folder.Write("clip.gz", [0x1F, 0x8B, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))).Message, StringComparison.Ordinal);
        Assert.Contains("'WordPiece' tokenizer", Assert.Throws<WeightFileException>(() => BpeVocabulary.FromTokenizerJson(
            folder.Write("tokenizer.json", """{"model":{"type":"WordPiece","vocab":{}}}"""u8.ToArray()))).Message, StringComparison.Ordinal);
        Assert.Contains("no <|startoftext|>", Assert.Throws<WeightFileException>(() => new ClipTokenizer(BpeVocabulary.FromFiles(
            folder.Write("vocab.json", """{"a":0}"""u8.ToArray()), folder.Write("merges.txt", [])))).Message, StringComparison.Ordinal);
        Assert.Contains("no [UNK]", Assert.Throws<WeightFileException>(() => BertTokenizer.FromFile(folder.Write("vocab.txt", "a\nb"u8.ToArray()))).Message, StringComparison.Ordinal);
        Assert.Contains("'a' twice", Assert.Throws<WeightFileException>(() => BertTokenizer.FromFile(folder.Write("vocab.txt", "a\na"u8.ToArray()))).Message, StringComparison.Ordinal);
        Assert.Contains("have gaps", Assert.Throws<WeightFileException>(() => BertTokenizer.FromFile(
            folder.Write("tokenizer.json", """{"model":{"vocab":{"a":0,"b":2}}}"""u8.ToArray()))).Message, StringComparison.Ordinal);
    }

    private static byte[] Zipped(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }
}
