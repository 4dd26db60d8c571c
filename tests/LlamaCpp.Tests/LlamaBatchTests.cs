namespace LlamaCpp.Tests;

public class LlamaBatchTests
{
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Embeddings_ThatAreNotFinite_AreRefused(float value)
    {
        var batch = new LlamaBatch(2);
        Assert.Throws<ArgumentException>(() => batch.AddEmbedding([0, value, 0], 0));
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Kinds_DoNotMix_UntilCleared()
    {
        var batch = new LlamaBatch(4);
        batch.AddToken(1, 0);
        Assert.Throws<InvalidOperationException>(() => batch.AddEmbedding([1, 2], 1));
        batch.Clear();
        Assert.Equal(0, batch.AddEmbedding([1, 2], 0, logits: true));
        Assert.True(batch.WantsLogits(0));
        Assert.Throws<InvalidOperationException>(() => batch.AddToken(1, 1));
        Assert.Throws<ArgumentException>(() => batch.AddEmbedding([1, 2, 3], 1));
    }

    [Fact]
    public void Bounds_AreChecked()
    {
        var batch = new LlamaBatch(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.AddToken(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.AddToken(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.AddToken(0, 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LlamaBatch(0));
        batch.AddToken(0, 0);
        Assert.Throws<InvalidOperationException>(() => batch.AddToken(0, 1));
    }
}
