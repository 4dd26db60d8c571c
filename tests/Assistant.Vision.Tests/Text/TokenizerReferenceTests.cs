using System.Text.Json;
using Assistant.Vision.Text;

namespace Assistant.Vision.Tests.Text;

/// <summary>Ids and decoded texts of the reference implementations, compared exactly.</summary>
public sealed class TokenizerReferenceTests
{
    [Fact]
    public void Clip_gives_the_ids_of_the_reference()
    {
        var tokenizer = new ClipTokenizer(BpeVocabulary.FromClipMerges(ReferenceData.FindData("clip", "bpe_simple_vocab_16e6.txt.gz")));
        Assert.Equal(49408, tokenizer.VocabularySize);
        foreach (var expected in Cases("clip"))
        {
            var text = expected.GetProperty("text").GetString()!;
            var ids = tokenizer.Tokenize(text).Select(token => token.Id).ToList();
            Same(text, expected.GetProperty("ids"), ids);
            Assert.Equal(expected.GetProperty("decoded").GetString(), tokenizer.Decode(ids, skipSpecial: false));
            var encoding = tokenizer.Encode(text, maxLength: ClipTokenizer.ContextLength);
            Same(text, expected.GetProperty("tokenized_77"), encoding.Ids);
            Assert.Equal(expected.GetProperty("truncated").GetBoolean(), encoding.Truncated);
            var clean = ClipTokenizer.Clean(text);
            Assert.Equal(clean.Replace(" ", "", StringComparison.Ordinal), Covered(clean, tokenizer.Tokenize(text)));
        }
    }

    [Fact]
    public void Gpt2_gives_the_ids_of_the_reference()
    {
        var tokenizer = new Gpt2Tokenizer(BpeVocabulary.FromFiles(ReferenceData.FindData("gpt2", "vocab.json"), ReferenceData.FindData("gpt2", "merges.txt")));
        Assert.Equal(50257, tokenizer.VocabularySize);
        foreach (var expected in Cases("gpt2"))
        {
            var text = expected.GetProperty("text").GetString()!;
            var tokens = tokenizer.Tokenize(text);
            Same(text, expected.GetProperty("ids"), tokens.Select(token => token.Id));
            Assert.Equal(expected.GetProperty("decoded").GetString(), tokenizer.Decode(tokens.Select(token => token.Id), skipSpecial: false));
            Assert.Equal(text, Covered(text, tokens));
        }
    }

    [Fact]
    public void Bert_gives_the_ids_of_the_reference()
    {
        var tokenizer = BertTokenizer.FromFile(ReferenceData.FindData("bert", "vocab.txt"));
        Assert.Equal(30522, tokenizer.VocabularySize);
        foreach (var expected in Cases("bert"))
        {
            var text = expected.GetProperty("text").GetString()!;
            var ids = tokenizer.Encode(text).Ids;
            Same(text, expected.GetProperty("ids"), ids);
            Same(text, expected.GetProperty("tokens"), ids.Select(tokenizer.TokenOf));
            Assert.Equal(expected.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Bert_pairs_and_batches_are_those_of_the_reference()
    {
        var tokenizer = BertTokenizer.FromFile(ReferenceData.FindData("bert", "vocab.txt"));
        var reference = Reference("bert");
        foreach (var pair in reference.GetProperty("pairs").EnumerateArray())
        {
            var encoding = tokenizer.Encode(pair.GetProperty("first").GetString()!, pair.GetProperty("second").GetString());
            Same("ids", pair.GetProperty("ids"), encoding.Ids);
            Same("types", pair.GetProperty("token_type_ids"), encoding.TypeIds);
        }

        var batch = reference.GetProperty("padded_batch");
        string[] texts = [.. batch.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        var length = batch.GetProperty("max_length").GetInt32();
        var padded = tokenizer.EncodeBatch(texts, length, padToMaxLength: true);
        Assert.Equal((texts.Length, length), (padded.Rows, padded.Columns));
        Same("input_ids", batch.GetProperty("input_ids"), padded.InputIds);
        Same("attention_mask", batch.GetProperty("attention_mask"), padded.AttentionMask);
        Same("token_type_ids", batch.GetProperty("token_type_ids"), padded.TokenTypeIds);
    }

    private static JsonElement Reference(string name) => JsonDocument.Parse(File.ReadAllText(ReferenceData.Find("tokenizers", $"{name}.json"))).RootElement;

    private static JsonElement[] Cases(string name) => [.. Reference(name).GetProperty("cases").EnumerateArray()];

    private static void Same<T>(string what, JsonElement expected, IEnumerable<T> actual) =>
        Assert.Equal((what, string.Join(' ', Flat(expected))), (what, string.Join(' ', actual)));

    private static IEnumerable<string> Flat(JsonElement values) =>
        values.ValueKind == JsonValueKind.Array ? values.EnumerateArray().SelectMany(Flat) : [values.ToString()];

    /// <summary>The characters that tokens stand for, each once, in order.</summary>
    private static string Covered(string text, IReadOnlyList<TextToken> tokens)
    {
        var covered = "";
        var reached = 0;
        foreach (var token in tokens)
        {
            covered += text[Math.Max(reached, token.Start)..token.End];
            reached = token.End;
        }
        return covered;
    }
}
