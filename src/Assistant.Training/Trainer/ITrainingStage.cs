using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Training.Trainer;

/// <summary>One stage of a recipe: which parameters learn, from which batches, for how long.</summary>
/// <remarks>
/// A batch is a function of the seed and the step alone. That is what makes resuming exact: no sampler has a state
/// that a checkpoint would have to hold.
/// </remarks>
public interface ITrainingStage : IDisposable
{
    /// <summary>Short name, part of the checkpoint's file name.</summary>
    string Name { get; }

    /// <summary>Number of optimiser steps.</summary>
    long Steps { get; }

    /// <summary>Everything that a checkpoint holds: frozen parts too, so that a stage can start from the one before.</summary>
    nn.Module Model { get; }

    /// <summary>The parameters that learn, in a fixed order.</summary>
    IReadOnlyList<Parameter> TrainableParameters { get; }

    /// <summary>Samples in a batch, for the rate shown.</summary>
    int BatchSize { get; }

    /// <summary>Learning rate, weight decay and clipping.</summary>
    OptimizerSettings Optimizer { get; }

    /// <summary>The loss of a step's batch; its graph is walked back by the trainer.</summary>
    /// <param name="step">From 0.</param>
    /// <returns>A scalar tensor.</returns>
    Tensor Loss(long step);

    /// <summary>Figures on held-out samples, by name.</summary>
    IReadOnlyDictionary<string, double> Evaluate();

    /// <summary>A few answers to show how far it is; may be empty.</summary>
    IReadOnlyList<string> Samples();
}

/// <summary>AdamW with linear warm-up and cosine decay.</summary>
/// <remarks>Loshchilov and Hutter 2017, arXiv:1711.05101.</remarks>
public sealed record OptimizerSettings
{
    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Learning rate at the end, as a share of the highest.</summary>
    public double FinalShare { get; init; } = 0.05;

    /// <summary>Steps from 0 to the highest rate.</summary>
    public long WarmupSteps { get; init; } = 100;

    /// <summary>Decoupled weight decay of matrices; vectors (norms, biases) have none.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Longest gradient, as the norm over all parameters.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Decay of the gradient's and the squared gradient's averages.</summary>
    public (double Beta1, double Beta2) Betas { get; init; } = (0.9, 0.98);

    /// <summary>Learning rate of a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="steps">All steps of the stage.</param>
    public double RateAt(long step, long steps)
    {
        if (step < WarmupSteps)
            return LearningRate * (step + 1) / WarmupSteps;
        var done = (double)(step - WarmupSteps) / Math.Max(1, steps - WarmupSteps);
        return LearningRate * (FinalShare + (1 - FinalShare) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, done))));
    }
}
