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
