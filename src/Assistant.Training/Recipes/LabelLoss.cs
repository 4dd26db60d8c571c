using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes;

/// <summary>Cross entropy over what has a label.</summary>
internal static class LabelLoss
{
    /// <summary>The mean over the rows whose label is not -1; 0 where there is none: a batch may hold no shape at all, and the mean of nothing is not a number.</summary>
    /// <param name="scores">[rows, classes].</param>
    /// <param name="labels">A class for each row, or -1.</param>
    /// <returns>A scalar with gradients.</returns>
    public static Tensor Of(Tensor scores, long[] labels)
    {
        using var scope = NewDisposeScope();
        var loss = F.cross_entropy(scores, tensor(labels), ignore_index: -1, reduction: nn.Reduction.Sum);
        return (loss / Math.Max(1, labels.Count(label => label >= 0))).MoveToOuterDisposeScope();
    }
}
