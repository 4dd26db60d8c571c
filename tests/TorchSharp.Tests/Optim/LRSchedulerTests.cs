using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Tests;

public sealed class LRSchedulerTests
{
    private static double[] Rates(Func<Optimizer, lr_scheduler.LRScheduler> create, int steps)
    {
        using var parameter = new Parameter(ones(1));
        using var optimizer = SGD([parameter], 1.0);
        var schedule = create(optimizer);
        var rates = new double[steps];
        for (var i = 0; i < steps; i++)
        {
            rates[i] = Math.Round(optimizer.ParamGroups.Single().LearningRate, 6);
            Assert.Equal(optimizer.ParamGroups.Single().LearningRate, schedule.get_last_lr().Single());
            schedule.step();
        }
        return rates;
    }

    [Fact]
    public void Schedules_FollowPyTorch()
    {
        Assert.Equal([1, 0.5, 0.25], Rates(o => lr_scheduler.LambdaLR(o, epoch => Math.Pow(0.5, epoch)), 3));
        Assert.Equal([1, 1, 0.1, 0.1, 0.01], Rates(o => lr_scheduler.StepLR(o, 2), 5));
        Assert.Equal([1, 0.1, 0.1, 0.01], Rates(o => lr_scheduler.MultiStepLR(o, [1, 3]), 4));
        Assert.Equal([1, 0.9, 0.81], Rates(o => lr_scheduler.ExponentialLR(o, 0.9), 3));
        Assert.Equal([0.5, 0.75, 1, 1], Rates(o => lr_scheduler.LinearLR(o, 0.5, 1, 2), 4));
        Assert.Equal([1, 0.853553, 0.5, 0.146447, 0], Rates(o => lr_scheduler.CosineAnnealingLR(o, 4), 5));
        Assert.Equal([1, 0.5, 0], Rates(o => lr_scheduler.PolynomialLR(o, 2), 3));
    }

    [Fact]
    public void OneCycle_RisesAndFalls_AndCyclesMomentum()
    {
        using var parameter = new Parameter(ones(1));
        using var optimizer = Adam([parameter]);
        var schedule = lr_scheduler.OneCycleLR(optimizer, max_lr: 1, total_steps: 10, pct_start: 0.3);
        var rates = new List<double>();
        var betas = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
            betas.Add(((IBetas)optimizer.ParamGroups.Single()).Betas.Item1);
            if (i < 9)
                schedule.step();
        }
        Assert.Equal(0.04, rates[0], 1e-9);
        Assert.Equal(1, rates[2], 1e-9);
        Assert.Equal(4e-6, rates[9], 1e-9);
        Assert.Equal(0.95, betas[0], 1e-9);
        Assert.Equal(0.85, betas[2], 1e-9);
        Assert.Equal(0.95, betas[9], 1e-9);
        Assert.Throws<InvalidOperationException>(() => schedule.step());
    }

    [Fact]
    public void Plateau_ReducesAfterPatience()
    {
        using var parameter = new Parameter(ones(1));
        using var optimizer = SGD([parameter], 1.0);
        var schedule = lr_scheduler.ReduceLROnPlateau(optimizer, patience: 1, min_lr: [0.05]);
        double[] values = [5, 4, 4, 4, 4, 4, 4];
        var rates = values.Select(value =>
        {
            schedule.step(value);
            return Math.Round(optimizer.ParamGroups.Single().LearningRate, 6);
        }).ToArray();
        Assert.Equal([1, 1, 1, 0.1, 0.1, 0.05, 0.05], rates);
        Assert.Throws<InvalidOperationException>(() => schedule.step());
    }
}
