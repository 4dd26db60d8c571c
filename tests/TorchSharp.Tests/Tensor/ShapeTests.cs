using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class ShapeTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private static long[] Values(torch.Tensor tensor) => tensor.@long().data<long>().ToArray();

    [Fact]
    public void ShapeOperations_KeepTheOrderOfElements()
    {
        var a = arange(6);
        Assert.Equal([2L, 3], a.view(2, -1).shape);
        Assert.Equal([0L, 3, 1, 4, 2, 5], Values(a.view(2, 3).t()));
        Assert.Equal([3L, 1, 2], a.view(1, 2, 3).permute(2, 0, 1).shape);
        Assert.Equal([2L, 3], a.view(1, 2, 1, 3).squeeze().shape);
        Assert.Equal([2L, 3], a.view(2, 1, 3).squeeze(1).shape);
        Assert.Equal([1L, 6, 1], a.unsqueeze(0).unsqueeze(-1).shape);
        Assert.Equal([0L, 1, 2, 0, 1, 2], Values(a[..3].expand(2, -1).reshape(-1)));
        Assert.Equal([0L, 1, 0, 1], Values(a[..2].repeat(2)));
        Assert.Equal([0L, 0, 1, 1], Values(a[..2].repeat_interleave(2)));
        Assert.Equal([5L, 4, 3, 2, 1, 0], Values(a.flip(0)));
        Assert.Equal([5L, 0, 1, 2, 3, 4], Values(a.roll(1)));
        Assert.Equal([0L, 0, 3, 4], Values(a.view(2, 3)[.., ..2].tril().where(tensor(new[,] { { true, false }, { true, true } }), zeros(2, 2, dtype: int64))));
        Assert.Equal([3L, 2], a.view(2, 3).mT.shape);
        Assert.Equal([2L, 3, 2], a.view(1, 6).unflatten(1, 3, 2).expand(2, -1, -1).shape);
        Assert.Equal([12L, 4, 1], arange(24).view(2, 3, 4).stride());
        Assert.False(a.view(2, 3).t().is_contiguous());
        Assert.True(a.view(2, 3).t().contiguous().is_contiguous());
    }

    [Fact]
    public void JoiningAndSplitting_AreInverse()
    {
        var a = arange(12).view(3, 4);
        Assert.Equal([3L, 8], cat([a, a], dim: 1).shape);
        Assert.Equal([2L, 3, 4], stack([a, a]).shape);
        Assert.True(cat(a.split(3, dim: 1), dim: 1).Equals(a));
        Assert.Equal([3L, 1], a.split(3, dim: 1).Select(part => part.size(1)));
        Assert.Equal([1L, 3], a.split([1L, 3], dim: 1).Select(part => part.size(1)));
        Assert.True(stack(a.unbind(1), dim: 1).Equals(a));
        Assert.Equal(2, a.chunk(2, dim: 0).Length);
        Assert.Equal([4L, 5], Values(a.narrow(0, 1, 1).narrow(1, 0, 2)));
    }

    [Fact]
    public void Indexing_FollowsPython()
    {
        var a = arange(24).view(2, 3, 4);
        Assert.Equal([4L, 5, 6, 7], Values(a[0, 1]));
        Assert.Equal(23, a[-1, -1, -1].item<long>());
        Assert.Equal([0L, 4, 8, 12, 16, 20], Values(a[.., .., 0]));
        Assert.Equal([3L, 7, 11], Values(a[0, TensorIndex.Ellipsis, ^1]));
        Assert.Equal([1L, 2, 5, 6], Values(a[0, ..2, 1..^1]));
        Assert.Equal([1L, 3, 1, 4], a[TensorIndex.None, 0, TensorIndex.Colon, TensorIndex.Null, 0..4].shape);
        Assert.Equal([0L, 2, 4, 6, 8, 10], Values(a[0].view(-1)[TensorIndex.Slice(step: 2)]));
        Assert.Equal([20L, 21, 22, 23, 8, 9, 10, 11], Values(a[tensor(new long[] { 1, 0 }), tensor(new long[] { 2, 2 })]));
        Assert.Equal([22L, 23], Values(a[a > 21]));
        Assert.Equal([0L, 2, 12, 14], Values(a[TensorIndex.Colon, 0, TensorIndex.Tensor(tensor(new long[] { 0, 2 }))]));
        var mask = tensor(new[,] { { true, false, false }, { false, true, false } });
        Assert.Equal([0L, 16], Values(a[TensorIndex.Tensor(mask), 0]));
        Assert.Equal([2L, 18], Values(a[TensorIndex.Tensor(mask), TensorIndex.Tensor(tensor(2L))]));
        Assert.Throws<IndexOutOfRangeException>(() => a[0, 0, 0, 0]);
        Assert.Throws<ExternalException>(() => a[2]);
        Assert.Throws<ExternalException>(() => a[tensor(new long[] { 7 })]);
    }

    [Fact]
    public void IndexedAssignment_WritesThrough()
    {
        var a = zeros(2, 3, dtype: int64);
        a[0, 1] = tensor(5L);
        a[1] = tensor(new long[] { 7, 8, 9 });
        a[.., 2] = tensor(1L);
        Assert.Equal([0L, 5, 1, 7, 8, 1], Values(a));
        a[a > 6] = tensor(-1L);
        Assert.Equal([0L, 5, 1, -1, -1, 1], Values(a));
        a[TensorIndex.Tensor(tensor(new long[] { 0, 1 })), TensorIndex.Single(0)] = tensor(new long[] { 3, 4 });
        Assert.Equal([3L, 5, 1, 4, -1, 1], Values(a));
        a.index_put_(9, TensorIndex.Colon, TensorIndex.Single(1));
        Assert.Equal([3L, 9, 1, 4, 9, 1], Values(a));
    }

    [Fact]
    public void GatherAndScatter_FollowTheirIndices()
    {
        var a = arange(6).view(2, 3);
        var index = tensor(new long[,] { { 2, 0 }, { 1, 1 } });
        Assert.Equal([2L, 0, 4, 4], Values(a.gather(1, index)));
        Assert.Equal([0L, 2, 3, 5], Values(a.index_select(1, tensor(new long[] { 0, 2 }))));
        Assert.Equal([9L, 1, 9, 3, 9, 5], Values(a.scatter(1, index, full_like(index, 9))));
        Assert.Equal([1L, 0, 1, 0, 2, 0], Values(zeros_like(a).scatter_add_(1, index, ones_like(index))));
        Assert.Equal([0L, 1, 2, -1, -1, -1], Values(a.masked_fill(a > 2, -1)));
        Assert.Equal([7L, 1, 8, 3, 9, 5], Values(a.masked_scatter(a % 2 == 0, tensor(new long[] { 7, 8, 9 }))));
        Assert.Equal([1L, 0, 1, 1, 1, 2], Values((a > 2).nonzero()));
    }

    [Fact]
    public void Conversions_KeepValues_AndShareWhereTheyCan()
    {
        var a = tensor(new float[] { 1.5f, -2.5f });
        Assert.Equal([1L, -2], Values(a.to(int64)));
        Assert.Equal(new[] { (Half)1.5f, (Half)(-2.5f) }, a.half().data<Half>().ToArray());
        Assert.Equal(new[] { 1.5f, -2.5f }, a.bfloat16().data<BFloat16>().Select(value => value.ToSingle()));
        a.to(float32).fill_(3);
        Assert.Equal([3f, 3], a.data<float>().ToArray());
        a.clone().fill_(4);
        Assert.Equal(3f, a[0].item<float>());
        var column = arange(6).view(2, 3)[.., 1];
        Assert.Equal([1L, 4], column.data<long>().ToArray());
        Assert.Throws<NotImplementedException>(() => column.bytes.Length);
        Assert.Throws<ArgumentException>(() => a.data<double>());
        Assert.Throws<ArgumentException>(() => a.item<float>());
        Assert.Equal("[2], type = Float32, device = cpu", a.ToString());
    }

    [Fact]
    public void Accessors_CheckTheirIndices()
    {
        var a = arange(6, dtype: float32).view(2, 3).t();
        var data = a.data<float>();
        Assert.Equal(5f, data[2, 1]);
        data[0, 1] = 9;
        Assert.Equal(9f, a[0, 1].item<float>());
        Assert.Equal([0f, 9, 1, 4, 2, 5], data.ToArray());
        Assert.Throws<IndexOutOfRangeException>(() => data[3, 0]);
        Assert.Throws<ArgumentException>(() => data[0]);
        a.Dispose();
        Assert.Throws<InvalidOperationException>(() => data[0, 0]);
    }
}
