using Assistant.Vision.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Text;

public sealed class SentencePieceTrainerTests : IDisposable
{
    private static readonly string[] Texts =
    [
        .. from size in (string[])["big", "small"]
           from colour in (string[])["red", "green", "blue", "yellow", "orange", "purple", "pink", "brown"]
           from shape in (string[])["circle", "square", "triangle", "star", "heart", "diamond"]
           from text in (string[])[$"<|user|>\nWhat colour is the {shape}?<|end|>\n<|assistant|>\nThe {shape} is {colour}.<|end|>", $"A {size} {colour} {shape}; 12 of 345, isn't it? Größe ✓"]
           select text,
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Special_tokens_and_bytes_have_fixed_ids_and_the_rest_follows()
    {
        var vocabulary = Train(Texts, new SentencePieceTrainerOptions { VocabularySize = 430 });
        Assert.Equal(430, vocabulary.Count);
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x00>"], vocabulary.Tokens.Take(4));
        Assert.Equal(["<0xFF>", "<|endoftext|>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>"], vocabulary.Tokens.Skip(258).Take(6));
        Assert.Equal(SentencePieceType.Control, vocabulary.Types[260]);
        Assert.Equal(259, vocabulary.EosId);
        Assert.Equal(259, vocabulary.PaddingId);
        Assert.Equal(263, vocabulary.EndOfTurnId);
        Assert.Equal(vocabulary.Count, vocabulary.Tokens.Distinct().Count());
        foreach (var character in Enumerable.Range('!', 94))
            Assert.Contains(((char)character).ToString(), vocabulary.Tokens);
        Assert.Contains("ö", vocabulary.Tokens);
    }

    [Fact]
    public void Pieces_stay_within_words_and_digits_stay_single()
    {
        var vocabulary = Train(Texts);
        foreach (var piece in vocabulary.Tokens.Where((token, id) => vocabulary.Types[id] == SentencePieceType.Normal && token.Length > 1))
            Assert.Matches(@"^\u2581?\p{L}+$", piece);
    }

    [Fact]
    public void Frequent_words_become_one_token_and_texts_come_back()
    {
        var tokenizer = new SentencePieceTokenizer(Train(Texts));
        Assert.Equal(["\u2581the", "\u2581circle", "\u2581is", "\u2581red", "."], tokenizer.Encode("the circle is red.").Select(id => tokenizer.Vocabulary.Tokens[id]));
        Assert.Equal(["\u2581", "3", "4", "5", "\u2581triangle", "s", "?"], tokenizer.Encode("345 triangles?").Select(id => tokenizer.Vocabulary.Tokens[id]));
        foreach (var text in Texts.Append("Ωmega 漢字 \t🦙\nend"))
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, parseSpecial: false)));
    }

    [Fact]
    public void White_space_that_the_tokenizer_will_strip_is_not_learnt()
    {
        var kept = new SentencePieceTokenizer(Train(Texts));
        var stripped = new SentencePieceTokenizer(Train(Texts, new SentencePieceTrainerOptions { StripAfterSpecial = true }));
        Assert.Null(kept.Find("\u2581What")); // it always follows a line break
        Assert.NotNull(stripped.Find("\u2581What"));
        Assert.Equal([260, stripped.Find("\u2581What")!.Value], stripped.Encode("<|user|>\nWhat", parseSpecial: true));
    }

    [Fact]
    public void Training_is_repeatable_and_the_order_of_texts_does_not_matter()
    {
        var first = Train(Texts);
        var second = Train(Texts.Reverse());
        Assert.Equal(first.Tokens, second.Tokens);
        Assert.Equal(first.Scores, second.Scores);
    }

    [Fact]
    public void Every_piece_is_made_by_the_tokenizer_that_uses_it()
    {
        var vocabulary = Train(Texts);
        var tokenizer = new SentencePieceTokenizer(vocabulary);
        var used = Texts.SelectMany(text => tokenizer.Encode(text, parseSpecial: true)).ToHashSet();
        var words = vocabulary.Tokens.Where(token => token.StartsWith('\u2581') && token.Length > 1).ToList();
        foreach (var word in words)
            Assert.Equal([word], tokenizer.Encode(word[1..]).Select(id => vocabulary.Tokens[id]));
        Assert.True(used.Count > 40, $"only {used.Count} tokens are used");
    }

    [Fact]
    public void The_vocabulary_survives_json_and_gguf()
    {
        var vocabulary = Train(Texts, new SentencePieceTrainerOptions { StripAfterSpecial = true });
        vocabulary.Save(folder.File("tokenizer.json"));
        Same(vocabulary, SentencePieceVocabulary.Load(folder.File("tokenizer.json")));

        var writer = new GgufWriter();
        writer.Set("general.architecture", "phi3");
        writer.Set("general.name", "small phi3");
        vocabulary.ToGguf(writer);
        writer.Save(folder.File("vocabulary.gguf"));
        using var file = GgufFile.Open(folder.File("vocabulary.gguf"));
        Same(vocabulary, SentencePieceVocabulary.FromGguf(file));
    }

    [Fact]
    public void Impossible_settings_and_files_are_refused()
    {
        Assert.Contains("no room for 95 characters", Assert.Throws<ArgumentException>(() => Train(Texts, new SentencePieceTrainerOptions { VocabularySize = 300 })).Message, StringComparison.Ordinal);
        Assert.Contains("'<|stop|>' is not among the control tokens", Assert.Throws<ArgumentException>(() => Train(Texts, new SentencePieceTrainerOptions { EndOfTurn = "<|stop|>" })).Message, StringComparison.Ordinal);
        Assert.Contains("broken.json is not a vocabulary", Assert.Throws<WeightFileException>(() => SentencePieceVocabulary.Load(folder.Write("broken.json", "{"u8.ToArray()))).Message, StringComparison.Ordinal);
        Assert.Contains("'a' is empty or there twice", Assert.Throws<WeightFileException>(() => SentencePieceVocabulary.Load(
            folder.Write("twice.json", """{"tokens":["a","a"],"scores":[0,0],"types":[1,1]}"""u8.ToArray()))).Message, StringComparison.Ordinal);
    }

    private static SentencePieceVocabulary Train(IEnumerable<string> texts, SentencePieceTrainerOptions? options = null) =>
        SentencePieceTrainer.Train(texts, options, TestContext.Current.CancellationToken);

    private static void Same(SentencePieceVocabulary expected, SentencePieceVocabulary actual)
    {
        Assert.Equal(expected.Tokens, actual.Tokens);
        Assert.Equal(expected.Scores, actual.Scores);
        Assert.Equal(expected.Types, actual.Types);
        Assert.Equal(
            (expected.BosId, expected.EosId, expected.UnknownId, expected.PaddingId, expected.EndOfTurnId, expected.AddBos, expected.AddEos, expected.AddSpacePrefix, expected.StripAfterSpecial),
            (actual.BosId, actual.EosId, actual.UnknownId, actual.PaddingId, actual.EndOfTurnId, actual.AddBos, actual.AddEos, actual.AddSpacePrefix, actual.StripAfterSpecial));
    }
}
