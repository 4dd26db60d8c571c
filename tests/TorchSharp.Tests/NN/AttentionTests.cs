using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.NN;

/// <summary>scaled_dot_product_attention without gradients, in one pass or in parts, is what the operators give with them.</summary>
public sealed class AttentionTests
{
    [Theory]
    [InlineData(2, 3, 50, 50, 64)]   // CLIP ViT-B/32's heads
    [InlineData(1, 2, 77, 77, 64)]   // no multiple of any block
    [InlineData(1, 2, 13, 1, 16)]    // one key
    [InlineData(1, 1, 12, 65, 16)]   // as few queries as one pass takes
    [InlineData(1, 1, 11, 65, 16)]   // too few
    [InlineData(2, 2, 40, 33, 80)]   // a width of five vectors
    [InlineData(2, 2, 40, 33, 24)]   // a width that is no whole number of them
    public void ItIsTheOperatorsResult(long batch, long heads, long length, long keys, long width)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var query = 3 * randn(batch, length, heads, width).transpose(1, 2); // as a projection leaves them
        var (key, value) = (randn(batch, keys, heads, width).transpose(1, 2), randn(batch, heads, keys, width));
        var seen = randn(batch, 1, length, keys) < 1;
        seen[.., .., .., 0] = true;
        Tensor?[] masks = [null, randn(length, keys), randn(batch, 1, 1, keys), randn(1, heads, length, 1), seen];
        foreach (var mask in masks)
        {
            var wanted = F.scaled_dot_product_attention(query, key, value, mask);
            using var noGrad = no_grad();
            var given = F.scaled_dot_product_attention(query, key, value, mask);
            Assert.Equal(wanted.shape, given.shape);
            Assert.InRange((wanted - given).abs().max().item<float>(), 0, 5e-6);
        }
    }

    [Fact]
    public void LargeScoresAndHiddenKeys_StayFinite()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (query, key, value) = (full([1, 1, 16, 16], 100.0f), full([1, 1, 20, 16], 100.0f), arange(20).to(ScalarType.Float32).view(1, 1, 20, 1).expand(1, 1, 20, 16).contiguous());
        var mask = zeros(16, 20);
        mask[0] = float.MinValue;                // sees nothing: the average, as with the operators
        mask[1, ..19] = double.NegativeInfinity; // sees the last key alone
        var result = F.scaled_dot_product_attention(query, key, value, mask);
        Assert.InRange(result[0, 0, 0, 0].item<float>(), 9.499f, 9.501f);
        Assert.Equal(19, result[0, 0, 1, 0].item<float>());
        Assert.InRange(result[0, 0, 2, 5].item<float>(), 9.499f, 9.501f);
    }
}
