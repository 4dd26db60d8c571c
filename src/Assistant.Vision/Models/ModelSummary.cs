using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace Assistant.Vision.Models;

/// <summary>A tensor of a network's state.</summary>
/// <param name="Name">Its name in the state dict.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="IsParameter">Whether it is learned; a buffer otherwise.</param>
/// <param name="Trains">Whether it takes gradients.</param>
public sealed record ModelTensor(string Name, IReadOnlyList<long> Shape, ScalarType Type, bool IsParameter, bool Trains)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>What a network is made of, as notebooks print it: every tensor with its shape, and how many parameters there are.</summary>
public sealed class ModelSummary
{
    private ModelSummary(string name, IReadOnlyList<ModelTensor> tensors) => (Name, Tensors) = (name, tensors);

    /// <summary>The network's class.</summary>
    public string Name { get; }

    /// <summary>Its state, in the order of the state dict.</summary>
    public IReadOnlyList<ModelTensor> Tensors { get; }

    /// <summary>Number of learned values; a tensor that is used twice counts once.</summary>
    public long Parameters => Tensors.Where(tensor => tensor.IsParameter).Sum(tensor => tensor.Count);

    /// <summary>Number of values that take gradients.</summary>
    public long Trainable => Tensors.Where(tensor => tensor.Trains).Sum(tensor => tensor.Count);

    /// <summary>Looks at a network.</summary>
    public static ModelSummary Of(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var learned = module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.requires_grad, StringComparer.Ordinal);
        return new ModelSummary(module.GetType().Name, module.state_dict().Select(entry => new ModelTensor(
            entry.Key, [.. entry.Value.shape], entry.Value.dtype, learned.ContainsKey(entry.Key), learned.GetValueOrDefault(entry.Key))).ToList());
    }

    /// <summary>A line a tensor, then the sums.</summary>
    public override string ToString()
    {
        var width = Tensors.Count == 0 ? 0 : Tensors.Max(tensor => tensor.Name.Length);
        var text = new StringBuilder().AppendLine(Name);
        foreach (var tensor in Tensors)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {tensor.Name.PadRight(width)}  {tensor.Type,-8}  [{string.Join(", ", tensor.Shape)}]{(tensor.IsParameter ? "" : "  (buffer)")}");
        return text.AppendLine(CultureInfo.InvariantCulture, $"{Parameters:N0} parameters, {Trainable:N0} trainable").ToString();
    }
}
