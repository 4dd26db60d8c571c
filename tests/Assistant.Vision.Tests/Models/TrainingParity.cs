using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

/// <summary>Gradients and optimiser steps compared with the reference.</summary>
internal static class TrainingParity
{
    /// <summary>Asserts that all but a share of the elements differ by at most a tolerance, and those few by at most another.</summary>
    public static void AssertWithin(string name, Tensor wanted, Tensor actual, double tolerance, double share = 0, double outliers = 0)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(wanted.shape, actual.shape);
        var difference = (actual.to(ScalarType.Float64) - wanted.to(ScalarType.Float64)).abs().flatten();
        var beyond = (difference > tolerance).sum().item<long>();
        var largest = difference.max().item<double>();
        Assert.True(beyond <= share * difference.numel() && (beyond == 0 || largest <= outliers), $"{name}: {beyond} of {difference.numel()} differ by more than {tolerance:E1}, at most {largest:E2}");
    }

    /// <summary>Runs steps on one batch and returns the losses before each and after the last.</summary>
    public static List<double> Train(optim.Optimizer optimizer, int steps, Func<Tensor> loss)
    {
        var losses = new List<double>();
        for (var step = 0; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var value = loss();
            losses.Add(value.item<float>());
            if (step == steps)
                break;
            optimizer.zero_grad();
            value.backward();
            optimizer.step();
        }
        return losses;
    }

    /// <summary>Adam or AdamW with the settings of expected.json.</summary>
    public static optim.Optimizer Optimizer(string kind, JsonElement settings, IEnumerable<Parameter> parameters, string rate = "lr")
    {
        var (lr, eps, decay) = (settings.GetProperty(rate).GetDouble(), settings.GetProperty("eps").GetDouble(), settings.GetProperty("weight_decay").GetDouble());
        var (beta1, beta2) = (settings.GetProperty("betas")[0].GetDouble(), settings.GetProperty("betas")[1].GetDouble());
        return kind == "adamw"
            ? optim.AdamW(parameters, lr, beta1, beta2, eps, decay)
            : optim.Adam(parameters, lr, beta1, beta2, eps, decay);
    }

    public static void AssertLosses(JsonElement wanted, IReadOnlyList<double> actual)
    {
        Assert.Equal(wanted.GetArrayLength(), actual.Count);
        for (var step = 0; step < actual.Count; step++)
            Assert.Equal(wanted[step].GetDouble(), actual[step], 2e-5 * Math.Max(1, Math.Abs(wanted[step].GetDouble())));
    }
}
