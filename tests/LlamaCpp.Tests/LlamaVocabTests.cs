namespace LlamaCpp.Tests;

public class LlamaVocabTests
{
    [Theory]
    [InlineData("phi-3", LlamaVocabType.SentencePiece)]
    [InlineData("llama-spm", LlamaVocabType.SentencePiece)]
    [InlineData("gpt-2", LlamaVocabType.BytePairEncoding)]
    [InlineData("qwen2", LlamaVocabType.BytePairEncoding)]
    public void Tokenize_AgreesWithTheReference(string name, LlamaVocabType type)
    {
        using var model = LlamaModel.Load(Shared.File($"data/vocab/ggml-vocab-{name}.gguf"), new() { VocabOnly = true });
        var inputs = File.ReadAllText(Shared.File($"data/vocab/ggml-vocab-{name}.gguf.inp")).Split("\n__ggml_vocab_test__\n");
        var outputs = File.ReadAllLines(Shared.File($"data/vocab/ggml-vocab-{name}.gguf.out"));

        Assert.Equal(type, model.Vocab.Type);
        Assert.True(inputs.Length >= 40);
        for (var i = 0; i < outputs.Length; i++)
            Assert.Equal(outputs[i].Trim(), string.Join(' ', model.Vocab.Tokenize(inputs[i], addSpecial: false, parseSpecial: false)));
    }

    [Fact]
    public void Tokenize_ReadsSpecialTokens_OnlyWhenAsked()
    {
        using var model = LlamaModel.Load(Shared.File("data/vocab/ggml-vocab-phi-3.gguf"), new() { VocabOnly = true });

        Assert.Contains(32007, model.Vocab.Tokenize("<|end|>", addSpecial: false, parseSpecial: true));
        Assert.DoesNotContain(32007, model.Vocab.Tokenize("<|end|>", addSpecial: false, parseSpecial: false));
        Assert.Equal(32007, model.Vocab.FindSpecial("<|end|>"));
        Assert.Equal(32010, model.Vocab.FindSpecial("<|user|>"));
        Assert.Null(model.Vocab.FindSpecial("hello"));
        Assert.Null(model.Vocab.FindSpecial("<|nothing|>"));
        Assert.Equal(1, model.Vocab.BeginOfSequence);
        Assert.Equal(1, model.Vocab.Tokenize("x", addSpecial: true, parseSpecial: false)[0]);
        Assert.True(model.Vocab.IsEndOfGeneration(32007));
        Assert.True(model.Vocab.IsControl(32007));
        Assert.False(model.Vocab.IsEndOfGeneration(15));
    }

    [Fact]
    public void Detokenize_GivesTheTextBack()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath, new() { VocabOnly = true });
        const string text = " the red circle: é, 字 and 😀\n\tend";

        var tokens = model.Vocab.Tokenize(text, addSpecial: false, parseSpecial: false);

        Assert.EndsWith(text, model.Vocab.Detokenize(tokens), StringComparison.Ordinal);
        Assert.Equal("<|end|>", model.Vocab.Detokenize([TinyModel.TokenOf("<|end|>")], special: true));
        Assert.Equal("", model.Vocab.Detokenize([TinyModel.TokenOf("<|end|>")]));
        Assert.Empty(model.Vocab.Tokenize("", addSpecial: false, parseSpecial: true));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Tokens_OutOfRange_AreRefused(int token)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath, new() { VocabOnly = true });

        Assert.Throws<ArgumentOutOfRangeException>(() => model.Vocab.GetBytes(token));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Vocab.GetText(token));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Vocab.IsControl(token));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Vocab.IsEndOfGeneration(token));
    }

    [Fact]
    public void UseAfterDispose_IsAnException()
    {
        var model = LlamaModel.Load(TinyModel.DefaultPath, new() { VocabOnly = true });
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.Vocab.Tokenize("x", false, false));
        Assert.Throws<ObjectDisposedException>(() => model.Description);
    }
}
