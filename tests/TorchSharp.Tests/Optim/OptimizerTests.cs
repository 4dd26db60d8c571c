using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class OptimizerTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private static OptimizerHelper Create(string kind, IEnumerable<Parameter> parameters) => kind switch
    {
        "adam" => optim.Adam(parameters, lr: 0.05, weight_decay: 0.1),
        "adamw" => optim.AdamW(parameters, lr: 0.05, weight_decay: 0.1),
        _ => optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 0.1),
    };

    private static void Step(Parameter parameter, optim.Optimizer optimizer)
    {
        optimizer.zero_grad();
        (parameter * parameter).sum().backward();
        optimizer.step();
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void SavedState_ResumesBitForBit(string kind)
    {
        var first = new Parameter(arange(7, dtype: float32) - 3);
        using var optimizer = Create(kind, [first]);
        Step(first, optimizer);
        Step(first, optimizer);
        using var stream = new MemoryStream();
        optimizer.save_state_dict(new BinaryWriter(stream));

        var second = new Parameter(first.detach().clone());
        using var resumed = Create(kind, [second]);
        stream.Position = 0;
        resumed.load_state_dict(new BinaryReader(stream));
        Step(first, optimizer);
        Step(second, resumed);
        Assert.Equal(first.data<float>().ToArray(), second.data<float>().ToArray());
    }

    [Fact]
    public void LoadedState_OfAnotherOptimizer_IsRefused()
    {
        var parameter = new Parameter(ones(2));
        using var adam = Create("adam", [parameter]);
        using var sgd = Create("sgd", [parameter]);
        using var stream = new MemoryStream();
        adam.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        Assert.Contains("Adam", Assert.Throws<InvalidOperationException>(() => sgd.load_state_dict(new BinaryReader(stream))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void OnePassKernel_AgreesWithTheOperators(bool decoupled, bool maximize)
    {
        manual_seed(9);
        var start = randn(37, dtype: float64); // no multiple of a vector's width
        var (fused, plain) = (new Parameter(start.@float()), new Parameter(start.clone())); // double precision takes the operators
        optim.Optimizer Make(Parameter parameter) => decoupled
            ? optim.AdamW([parameter], lr: 0.01, weight_decay: 0.1, maximize: maximize)
            : optim.Adam([parameter], lr: 0.01, weight_decay: 0.1, maximize: maximize);
        using var first = Make(fused);
        using var second = Make(plain);
        for (var i = 0; i < 5; i++)
        {
            var gradient = randn(37, dtype: float64);
            (fused.grad, plain.grad) = (gradient.@float(), gradient);
            first.step();
            second.step();
        }
        Assert.True(fused.@double().allclose(plain, 1e-5, 1e-6));
        Assert.False(fused.@double().allclose(start, 1e-2, 1e-2));
    }

    [Fact]
    public void StepBetweenForwardAndBackward_IsRefused()
    {
        var parameter = new Parameter(ones(2));
        using var adam = optim.Adam([parameter]);
        parameter.sum().backward();
        var loss = (parameter * parameter).sum();
        adam.step();
        Assert.Contains("modified by an inplace operation", Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => loss.backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sgd_FollowsHandComputedSteps()
    {
        var parameter = new Parameter(tensor(new float[] { 1 }));
        using var sgd = optim.SGD([parameter], 0.1, momentum: 0.5);
        Step(parameter, sgd); // gradient 2, buffer 2
        Assert.Equal(0.8f, parameter.item<float>(), 1e-6f);
        Step(parameter, sgd); // gradient 1.6, buffer 2.6
        Assert.Equal(0.54f, parameter.item<float>(), 1e-6f);
    }

    [Fact]
    public void Groups_KeepTheirOwnSettings()
    {
        var (fast, slow) = (new Parameter(ones(1)), new Parameter(ones(1)));
        using var sgd = optim.SGD([new SGD.ParamGroup([fast], lr: 0.5), new SGD.ParamGroup([slow], lr: 0.1)], 1.0);
        (fast.sum() + slow.sum()).backward();
        sgd.step();
        Assert.Equal(0.5f, fast.item<float>());
        Assert.Equal(0.9f, slow.item<float>(), 1e-6f);
        Assert.Equal([0.5, 0.1], sgd.ParamGroups.Select(group => group.LearningRate));
    }

    [Fact]
    public void FrozenParameters_AreLeftAlone_AndCorrectedForTheirOwnSteps()
    {
        var (a, b) = (new Parameter(ones(1)), new Parameter(ones(1)));
        using var adam = optim.Adam([a, b], lr: 0.1);
        a.sum().backward();
        adam.step();
        Assert.Equal(1f, b.item<float>());
        adam.zero_grad();
        b.sum().backward();
        adam.step();
        Assert.Equal(0.9f, a.item<float>(), 1e-5f); // no second step: it had no gradient
        Assert.Equal(0.9f, b.item<float>(), 1e-5f); // its first step, fully corrected
    }

    [Fact]
    public void Steps_LeaveNoTensorsBehind()
    {
        var parameter = new Parameter(ones(4));
        using var adam = optim.AdamW([parameter], lr: 0.1);
        void Once()
        {
            using var inner = NewDisposeScope();
            Step(parameter, adam);
        }
        Once();
        var before = torch.Tensor.TotalCount;
        for (var i = 0; i < 5; i++)
            Once();
        Assert.True(torch.Tensor.TotalCount <= before, $"{torch.Tensor.TotalCount} tensors live, {before} before.");
    }

    [Fact]
    public void ClipGradNorm_ScalesToTheLimit_AndReturnsTheNormBefore()
    {
        var parameter = new Parameter(tensor(new float[] { 3, 4 }));
        (parameter * parameter / 2).sum().backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([parameter], 1), 1e-5);
        Assert.Equal(1, parameter.grad!.norm().ToDouble(), 1e-5);
        Assert.Equal(1, nn.utils.clip_grad_norm_([parameter], 10), 1e-5);
    }

    [Fact]
    public void BadSettings_AreRefused()
    {
        Assert.Contains("learning rate", Assert.Throws<ArgumentException>(() => optim.Adam([new Parameter(ones(1))], lr: -1)).Message, StringComparison.Ordinal);
        var shared = new Parameter(ones(1));
        Assert.Throws<ArgumentException>(() => optim.Adam([new Adam.ParamGroup([shared]), new Adam.ParamGroup([shared])]));
    }
}
