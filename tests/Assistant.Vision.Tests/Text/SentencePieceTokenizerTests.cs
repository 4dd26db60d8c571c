using System.Text.Json;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Text;

public sealed class SentencePieceTokenizerTests
{
    [Theory]
    [InlineData("phi-3")]
    [InlineData("llama-spm")]
    public void The_published_test_inputs_give_the_published_tokens(string name)
    {
        var tokenizer = Open(name);
        var path = ReferenceData.FindData("vocab", $"ggml-vocab-{name}.gguf.inp");
        var inputs = File.ReadAllText(path).Split("\n__ggml_vocab_test__\n");
        var outputs = File.ReadAllLines(Path.ChangeExtension(path, ".out"));
        Assert.Equal(outputs.Length + 1, inputs.Length); // the last input ends with a separator too
        for (var i = 0; i < outputs.Length; i++)
        {
            var ids = tokenizer.Encode(inputs[i]);
            Assert.Equal(outputs[i].Trim(), string.Join(' ', ids));
            Assert.Equal(inputs[i], tokenizer.Decode(ids));
        }
    }

    [Theory]
    [InlineData("phi-3")]
    [InlineData("llama-spm")]
    public void Special_tokens_are_treated_as_llama_cpp_treats_them(string name)
    {
        var tokenizer = Open(name);
        var golden = Path.Combine(ReferenceData.RepositoryRoot, "tests", "Assistant.Vision.Tests", "Text", $"llama-tokens-{name}.json");
        using var cases = JsonDocument.Parse(File.ReadAllText(golden)); // from llama_tokenize of llama.cpp 0.5.0
        foreach (var expected in cases.RootElement.EnumerateArray())
        {
            var text = expected.GetProperty("text").GetString()!;
            var ids = tokenizer.Encode(text, expected.GetProperty("add_special").GetBoolean(), expected.GetProperty("parse_special").GetBoolean());
            Assert.Equal((text, string.Join(' ', expected.GetProperty("ids").EnumerateArray())), (text, string.Join(' ', ids)));
        }
    }

    [Fact]
    public void A_character_spread_over_tokens_appears_when_it_is_whole()
    {
        var tokenizer = new SentencePieceTokenizer(Small());
        var decoder = new SentencePieceDecoder(tokenizer);
        var said = tokenizer.Encode("a ✓!").Select(decoder.Append).ToArray();
        Assert.Equal(["a", " ", "", "", "✓", "!"], said);
        Assert.Equal("", decoder.Flush());
        decoder.Append(tokenizer.Find("<0xE2>")!.Value);
        Assert.Equal("\uFFFD", decoder.Flush());
    }

    [Fact]
    public void Only_the_first_space_is_the_encoders_own()
    {
        var tokenizer = new SentencePieceTokenizer(Small());
        Assert.Equal(" a a", tokenizer.Decode(tokenizer.Encode(" a a")));
        Assert.Equal("<s>a<|end|>", tokenizer.Decode([1, tokenizer.Find("\u2581a")!.Value, tokenizer.Find("<|end|>")!.Value], showSpecial: true));
        Assert.Equal("a", tokenizer.Decode([1, tokenizer.Find("\u2581a")!.Value, tokenizer.Find("<|end|>")!.Value]));
    }

    [Fact]
    public void Equal_scores_merge_from_the_left()
    {
        var tokenizer = new SentencePieceTokenizer(Small("aa"));
        Assert.Equal(["\u2581", "aa", "a"], tokenizer.Encode("aaa").Select(id => tokenizer.Vocabulary.Tokens[id] is "\u2581a" ? "\u2581" : tokenizer.Vocabulary.Tokens[id]));
    }

    [Fact]
    public void Unpaired_surrogates_become_the_replacement_character()
    {
        var tokenizer = new SentencePieceTokenizer(Small());
        Assert.Equal("\uFFFDx", tokenizer.Decode(tokenizer.Encode("\uD800x")));
    }

    [Fact]
    public void Long_texts_take_time_in_proportion()
    {
        var tokenizer = new SentencePieceTokenizer(Small("aa", "aaaa"));
        Assert.InRange(tokenizer.Encode(new string('a', 200_000)).Length, 50_000, 50_002);
    }

    [Fact]
    public void Texts_added_to_a_vocabulary_are_one_token_each_the_longest_first()
    {
        var before = Small("aa");
        var tokenizer = new SentencePieceTokenizer(before.With(["aa", "a x", "xa xa"]));
        Assert.Equal(before.Tokens, tokenizer.Vocabulary.Tokens.Take(before.Count));
        Assert.Equal(["a x", "xa xa"], tokenizer.Vocabulary.Tokens.Skip(before.Count)); // "aa" was there
        Assert.Equal(["xa xa", "a x"], tokenizer.Encode("xa xaa x").Select(id => tokenizer.Vocabulary.Tokens[id]));
        Assert.Equal(new SentencePieceTokenizer(before).Encode("aaa!"), tokenizer.Encode("aaa!"));
        Assert.Equal("xa xaa x", tokenizer.Decode(tokenizer.Encode("xa xaa x")));
    }

    [Fact]
    public void Ids_and_vocabularies_that_cannot_be_are_refused()
    {
        var tokenizer = new SentencePieceTokenizer(Small());
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([tokenizer.Vocabulary.Count]));
        Assert.Contains("2 tokens, but 1 scores", Assert.Throws<ArgumentException>(() => new SentencePieceTokenizer(
            new SentencePieceVocabulary { Tokens = ["a", "b"], Scores = [0], Types = [SentencePieceType.Normal] })).Message, StringComparison.Ordinal);
        using var file = GgufFile.Open(ReferenceData.FindData("vocab", "ggml-vocab-gpt-2.gguf"));
        Assert.Contains("'gpt2' tokenizer", Assert.Throws<WeightFileException>(() => SentencePieceTokenizer.FromGguf(file)).Message, StringComparison.Ordinal);
    }

    private static SentencePieceTokenizer Open(string name)
    {
        using var file = GgufFile.Open(ReferenceData.FindData("vocab", $"ggml-vocab-{name}.gguf"));
        return SentencePieceTokenizer.FromGguf(file);
    }

    /// <summary>A vocabulary with all bytes, a few characters and these pieces, the latter all with the same score.</summary>
    private static SentencePieceVocabulary Small(params string[] pieces)
    {
        string[] tokens = ["<unk>", "<s>", "</s>", "<|end|>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), "\u2581", "a", "x", "!", .. pieces];
        return new SentencePieceVocabulary
        {
            Tokens = pieces.Length == 0 ? [.. tokens, "\u2581a"] : tokens,
            Scores = new float[tokens.Length + (pieces.Length == 0 ? 1 : 0)],
            Types = [.. (pieces.Length == 0 ? [.. tokens, "\u2581a"] : tokens).Select(token =>
                token.StartsWith("<0x", StringComparison.Ordinal) ? SentencePieceType.Byte
                : token == "<unk>" ? SentencePieceType.Unknown
                : token.StartsWith('<') ? SentencePieceType.Control
                : SentencePieceType.Normal)],
        };
    }
}
