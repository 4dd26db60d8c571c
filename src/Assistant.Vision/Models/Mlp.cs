using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Linear layers with ReLUs between them: projectors between features of two networks, small classifiers over features.</summary>
/// <remarks>Layers are named as in a Sequential with the ReLUs counted: 0, 2, 4.</remarks>
public sealed class Mlp : Sequential
{
    /// <param name="widths">Width of the input, of each hidden layer, and of the output.</param>
    /// <exception cref="ArgumentException">There are fewer than two widths.</exception>
    public Mlp(params IReadOnlyList<int> widths) : base(Layers(widths))
    {
    }

    private static Module<Tensor, Tensor>[] Layers(IReadOnlyList<int> widths)
    {
        if (widths.Count < 2 || widths.Any(width => width < 1))
            throw new ArgumentException($"An MLP needs the widths of its input and its output, each at least 1; given: [{string.Join(", ", widths)}].", nameof(widths));
        var layers = new List<Module<Tensor, Tensor>>();
        for (var index = 0; index + 1 < widths.Count; index++)
        {
            if (index > 0)
                layers.Add(ReLU());
            layers.Add(Linear(widths[index], widths[index + 1]));
        }
        return layers.ToArray();
    }
}
