using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class ArithmeticTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private static void Values(float[] expected, torch.Tensor actual) => Assert.Equal(expected, actual.@float().contiguous().data<float>().ToArray());

    [Fact]
    public void Operators_FollowHandComputedValues()
    {
        var a = tensor(new float[] { 1, 2, 3, 4 });
        var b = tensor(new float[] { 4, 3, 2, 1 });
        Values([5, 5, 5, 5], a + b);
        Values([-3, -1, 1, 3], a - b);
        Values([4, 6, 6, 4], a * b);
        Values([0.25f, 2 / 3f, 1.5f, 4], a / b);
        Values([3, 4, 5, 6], a + 2);
        Values([1, 0, -1, -2], 2 - a);
        Values([2, 1, 2 / 3f, 0.5f], 2 / a);
        Values([0.5f, 1, 1.5f, 2], a * 0.5);
        Values([1, 0, 1, 0], a % 2);
        Values([1, 4, 9, 16], a.pow(2));
        Values([1, 1, 0, 0], a < b);
        Values([0, 1, 1, 1], a >= 2);
        Values([0, 0, 1, 1], (a > 1) & (b < 3));
    }

    [Fact]
    public void InPlaceForms_ReturnTheSameObject()
    {
        var a = ones(3);
        Assert.Same(a, a.add_(2).mul_(3).sub_(1).div_(2));
        Values([4, 4, 4], a);
        Assert.Same(a, a.exp_().log_().clamp_(0, 1));
        Values([1, 1, 1], a);
    }

    [Fact]
    public void IntegersStayIntegers_AndScalarsDoNotWidenFloats()
    {
        Assert.Equal(int64, (arange(3) + 1).dtype);
        Assert.Equal(float32, (arange(3) * 0.5).dtype);
        Assert.Equal(bfloat16, (ones(2, dtype: bfloat16) * 0.5).dtype);
        Assert.Equal(float32, (ones(2) / 3).dtype);
    }

    [Fact]
    public void Matmul_BmmAndEinsum_Agree()
    {
        var a = arange(12, dtype: float32).reshape(2, 2, 3);
        var b = arange(12, dtype: float32).reshape(2, 3, 2);
        Values([10, 13, 28, 40, 172, 193, 244, 274], matmul(a, b));
        Assert.True(a.bmm(b).Equals(matmul(a, b)));
        Assert.True(einsum("bij,bjk->bik", a, b).allclose(matmul(a, b)));
        Values([11, 14, 29, 41], addmm(ones(2, 2), a[0], b[0], 1, 1));
    }

    [Fact]
    public void Reductions_FollowHandComputedValues()
    {
        var a = tensor(new float[,] { { 1, 5, 3 }, { 4, 2, 6 } });
        Assert.Equal(21f, a.sum().item<float>());
        Values([5, 7, 9], a.sum(dim: 0));
        Values([3, 4], a.mean([1]));
        Values([2, 2], a.std(1));
        Values([4, 4], a.var(1));
        var (values, indexes) = a.max(1);
        Values([5, 6], values);
        Values([1, 2], indexes);
        Values([1, 0, 1], a.argmax(0));
        Values([0, 1], a.argmin(1));
        var (top, places) = a.topk(2);
        Values([5, 3, 6, 4], top);
        Values([1, 2, 2, 0], places);
        Values([1, 3, 5, 2, 4, 6], a.sort().Values);
        Values([1, 6, 9, 4, 6, 12], a.cumsum(1));
        Assert.Equal(Math.Sqrt(91), a.norm().ToDouble(), 1e-5);
        Assert.Equal(Math.Log(Math.Exp(1) + Math.Exp(5) + Math.Exp(3)), a.logsumexp(1)[0].ToDouble(), 1e-5);
        Assert.True((a > 0).all().item<bool>());
        Assert.False((a > 6).any().item<bool>());
    }

    [Theory]
    [InlineData("relu", new float[] { 0, 0, 2 })]
    [InlineData("sigmoid", new[] { 0.26894143f, 0.5f, 0.880797f })]
    [InlineData("tanh", new[] { -0.7615942f, 0, 0.9640276f })]
    [InlineData("silu", new[] { -0.26894143f, 0, 1.761594f })]
    [InlineData("gelu", new[] { -0.15865526f, 0, 1.9544997f })]
    [InlineData("erf", new[] { -0.8427008f, 0, 0.9953223f })]
    [InlineData("hardswish", new[] { -1 / 3f, 0, 5 / 3f })]
    [InlineData("hardsigmoid", new[] { 1 / 3f, 0.5f, 5 / 6f })]
    [InlineData("exp", new[] { 0.36787945f, 1, 7.389056f })]
    public void Functions_FollowKnownValues(string function, float[] expected)
    {
        var x = tensor(new float[] { -1, 0, 2 });
        var actual = (torch.Tensor)typeof(torch.Tensor).GetMethod(function, [])!.Invoke(x, null)!;
        Assert.True(actual.allclose(tensor(expected), 1e-5, 1e-6), actual.str());
    }

    [Fact]
    public void Softmax_SumsToOne_AndMatchesItsLogarithm()
    {
        var x = tensor(new float[,] { { 1, 2, 3 }, { 0, 0, 0 } });
        var p = x.softmax(-1);
        Values([1, 1], p.sum(1).round(5));
        Assert.True(p.log().allclose(x.log_softmax(-1)));
        Assert.Equal(Math.Exp(1) / (Math.Exp(1) + Math.Exp(2) + Math.Exp(3)), p[0, 0].ToDouble(), 1e-6);
    }

    [Fact]
    public void Misuse_EndsInLibtorchsMessage()
    {
        Assert.Contains("must match the size", Assert.Throws<ExternalException>(() => ones(2) + ones(3)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be multiplied", Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("out of range", Assert.Throws<ExternalException>(() => ones(2).select(0, 5)).Message, StringComparison.Ordinal);
        Assert.Contains("Dimension out of range", Assert.Throws<ExternalException>(() => ones(2).sum(3)).Message, StringComparison.Ordinal);
        Assert.Contains("invalid for input of size", Assert.Throws<ExternalException>(() => ones(6).reshape(4, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("expected scalar type Float but found Double", Assert.Throws<ExternalException>(() => ones(2, 2).mm(ones(2, 2, dtype: float64))).Message, StringComparison.Ordinal);
        Assert.Contains("'other' must not be null", Assert.Throws<ExternalException>(() => ones(2).add((torch.Tensor)null!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DisposedTensor_IsRefused()
    {
        var gone = ones(2);
        gone.Dispose();
        Assert.Contains("disposed", Assert.Throws<InvalidOperationException>(() => ones(2) + gone).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => gone.shape);
        Assert.True(gone.IsInvalid);
    }
}
