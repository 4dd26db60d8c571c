namespace LlamaCpp.Tests;

public class LlamaEmbedderTests
{
    [Fact]
    public void Vector_DependsOnTheTextAlone()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var embedder = new LlamaEmbedder(model, contextLength: 32, threads: 1);
        var first = embedder.Embed([1, 270, 280]);
        Assert.Equal(64, first.Length);
        Assert.Equal(embedder.Width, first.Length);
        Assert.Contains(first, value => value != 0);
        var other = embedder.Embed([1, 290]);
        Assert.NotEqual(first, other);
        Assert.All(first.Zip(embedder.Embed([1, 270, 280])), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory]
    [InlineData(1, "mean")]
    [InlineData(2, "first")]
    [InlineData(3, "last")]
    [InlineData(0, "mean")]
    [InlineData(null, "mean")] // a model that looks both ways has no last word
    public void Bert_PoolsAsItsFileSays(int? pooling, string expected)
    {
        var bert = new TinyBert { Pooling = pooling };
        using var model = LlamaModel.Load(bert.WriteTo($"tiny-bert-{pooling}.gguf"));
        var tokens = model.Vocab.Tokenize("a red dogs", addSpecial: true, parseSpecial: false);
        Assert.Equal([2, 5, 6, 7, 10, 3], tokens); // [CLS] a red dog ##s [SEP]
        using var embedder = new LlamaEmbedder(model, contextLength: TinyBert.ContextLength, threads: 1);
        foreach (var text in (int[][])[tokens, [2, 8, 9, 3]])
        {
            var states = bert.Forward(text);
            var vector = expected switch
            {
                "mean" => [.. Enumerable.Range(0, states[0].Length).Select(i => states.Average(state => state[i]))],
                "first" => states[0],
                _ => states[^1],
            };
            var actual = embedder.Embed(text);
            Assert.Equal(vector.Length, actual.Length);
            Assert.All(vector.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 0.02)); // llama.cpp's GELU is a table of half floats
        }
    }

    [Fact]
    public void WhatCannotBeEmbedded_IsRefused()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var embedder = new LlamaEmbedder(model, contextLength: 4, threads: 1);
        Assert.Throws<ArgumentException>(() => embedder.Embed([]));
        Assert.Contains("5 tokens cannot be embedded; 1 to 4", Assert.Throws<ArgumentException>(() => embedder.Embed([1, 2, 3, 4, 5])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => embedder.Embed([1_000_000]));
        Assert.ThrowsAny<OperationCanceledException>(() => embedder.Embed([1], new CancellationToken(canceled: true)));
        Assert.Equal(64, embedder.Embed([1, 2, 3, 4]).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LlamaEmbedder(model, contextLength: 0));
        using var vocabulary = LlamaModel.Load(TinyModel.DefaultPath, new LlamaModelOptions { VocabOnly = true });
        Assert.Throws<InvalidOperationException>(() => new LlamaEmbedder(vocabulary, contextLength: 4));
    }
}
