using System.Runtime.InteropServices;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

public sealed class AutogradTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string> Functions => [.. Cases.Keys];

    private static readonly Dictionary<string, Func<torch.Tensor, torch.Tensor>> Cases = new()
    {
        ["product"] = x => (x * x * 3).sum(),
        ["quotient"] = x => (x / (x * x + 1)).sum(),
        ["matmul"] = x => matmul(x, x.T).exp().mean(),
        ["softmax"] = x => (x.softmax(-1) * arange(4, dtype: float64)).sum(),
        ["layer_norm"] = x => F.layer_norm(x, [4]).pow(3).sum(),
        ["gelu"] = x => x.gelu().sum(),
        ["cross_entropy"] = x => F.cross_entropy(x, tensor(new long[] { 0, 3, 1 }), label_smoothing: 0.1),
        ["indexing"] = x => x[1..].pow(2).sum() + x[TensorIndex.Ellipsis, 2].sum(),
        ["index_select"] = x => x.index_select(0, tensor(new long[] { 2, 0, 2 })).exp().sum(),
        ["norm"] = x => F.normalize(x).sum() + x.norm(),
        ["conv2d"] = x => F.conv2d(x.view(1, 1, 3, 4), ones(2, 1, 2, 2, dtype: float64), padding: [1, 1]).pow(2).sum(),
        ["where"] = x => where(x > 0, x * 2, x.pow(3)).sum(),
        ["attention"] = x => F.scaled_dot_product_attention(x, x * 2, x.sin(), is_casual: true).pow(2).sum(),
        ["logsumexp"] = x => x.logsumexp(0).sum(),
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_MatchFiniteDifferences(string name)
    {
        const double Step = 1e-5;
        manual_seed(3);
        var function = Cases[name];
        var x = randn(3, 4, dtype: float64);
        var leaf = x.clone().requires_grad_();
        function(leaf).backward();
        var gradient = leaf.grad!.view(-1);
        for (var i = 0; i < 12; i++)
        {
            double At(double delta)
            {
                var moved = x.clone();
                moved.view(-1)[i] = moved.view(-1)[i] + delta;
                return function(moved).item<double>();
            }
            Assert.Equal((At(Step) - At(-Step)) / (2 * Step), gradient[i].item<double>(), 1e-6);
        }
    }

    [Fact]
    public void Grad_ReturnsGradients_WithoutAddingThem()
    {
        var x = tensor(new float[] { 2, 3 }).requires_grad_();
        var gradient = autograd.grad([(x * x).sum()], [x]);
        Assert.Equal([4f, 6f], gradient.Single().data<float>().ToArray());
        Assert.Null(x.grad);
        var unused = ones(1).requires_grad_();
        Assert.Null(autograd.grad([(x * x).sum()], [x, unused], allow_unused: true)[1]);
    }

    [Fact]
    public void SecondDerivatives_ComeThroughCreateGraph()
    {
        var x = tensor(2.0).requires_grad_();
        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        Assert.Equal(12, first.item<double>());
        Assert.Equal(12, autograd.grad([first], [x])[0].item<double>());
    }

    [Fact]
    public void NoGrad_StopsRecording_OnThisThreadOnly()
    {
        var x = ones(1).requires_grad_();
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            var elsewhere = false;
            var thread = new Thread(() => elsewhere = is_grad_enabled());
            thread.Start();
            thread.Join();
            Assert.True(elsewhere);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }
        Assert.True((x * 2).requires_grad);
        using (inference_mode())
            Assert.False((x * 2).requires_grad);
        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void Misuse_EndsInAnException()
    {
        var x = ones(2).requires_grad_();
        Assert.Contains("scalar outputs", Assert.Throws<ExternalException>(() => (x * 2).backward()).Message, StringComparison.Ordinal);
        Assert.Contains("does not require grad", Assert.Throws<ExternalException>(() => ones(1).sum().backward()).Message, StringComparison.Ordinal);
        Assert.Contains("leaf", Assert.Throws<ExternalException>(() => x.add_(1)).Message, StringComparison.Ordinal);
        Assert.Contains("floating point", Assert.Throws<ExternalException>(() => arange(3).requires_grad_()).Message, StringComparison.Ordinal);
        var loss = x.exp().sum();
        loss.backward();
        Assert.Contains("second time", Assert.Throws<ExternalException>(() => loss.backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_AddsUp_UntilZeroed()
    {
        var x = ones(1).requires_grad_();
        (x * 2).sum().backward();
        (x * 3).sum().backward();
        Assert.Equal(5f, x.grad!.item<float>());
        x.grad = null;
        Assert.Null(x.grad);
    }
}
