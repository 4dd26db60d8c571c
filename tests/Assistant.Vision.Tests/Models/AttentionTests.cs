using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class AttentionTests
{
    /// <summary>Without gradients, long sequences are read a few heads at a time: the result is the same as of all at once.</summary>
    [Theory]
    [InlineData(1, 3, 700, 700, 0)] // two heads at once, then the last
    [InlineData(2, 3, 700, 700, 1)] // a mask for all pictures
    [InlineData(5, 2, 500, 600, 5)] // one picture at a time, a mask for each
    [InlineData(3, 1, 1100, 1100, 3)] // one head is more than is read at once
    public void LongSequences_AreTheSameInParts(long batch, long heads, long length, long keys, long masks)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var query = Attention.SplitHeads(randn(batch, length, heads * 8), heads);
        var (key, value) = (randn(batch, heads, keys, 8), randn(batch, heads, keys, 8));
        var mask = masks == 0 ? null : randn(masks, 1, length, keys);
        var whole = Attention.Attend(query, key, value, mask); // gradients are on
        using var noGrad = no_grad();
        var parts = Attention.Attend(query, key, value, mask);
        Assert.Equal(whole.shape, parts.shape);
        Assert.InRange((whole - parts).abs().max().item<float>(), 0, 1e-5);
        Assert.True(whole.abs().max().item<float>() > 0.1);
    }

    [Fact]
    public void GradientsFlowThroughAMask()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var query = randn(1, 2, 3, 4, requires_grad: true);
        var mask = zeros(1, 1, 3, 5, requires_grad: true);
        Attention.Attend(query, randn(1, 2, 5, 4), randn(1, 2, 5, 4), mask).sum().backward();
        Assert.True(query.grad!.abs().sum().item<float>() > 0);
        Assert.True(mask.grad!.abs().sum().item<float>() > 0);
    }
}
