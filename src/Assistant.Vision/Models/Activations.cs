using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Activation functions under the names of Hugging Face's configurations.</summary>
/// <remarks>Reference: transformers <c>activations.py</c>, ACT2FN.</remarks>
public static class Activations
{
    /// <summary>Applies the activation of this name, element by element.</summary>
    /// <param name="name">gelu (erf form), gelu_new, gelu_pytorch_tanh (tanh form), quick_gelu, relu, silu, swish or tanh.</param>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape.</returns>
    /// <exception cref="ModelConfigException">The name is unknown.</exception>
    public static Tensor Apply(string name, Tensor x)
    {
        switch (name)
        {
            case "quick_gelu":
                using (var scope = NewDisposeScope())
                    return (x * (x * 1.702).sigmoid()).MoveToOuterDisposeScope();
            case "gelu":
                return F.gelu(x);
            case "gelu_new" or "gelu_pytorch_tanh":
                using (var scope = NewDisposeScope())
                    return (0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x.pow(3))).tanh())).MoveToOuterDisposeScope();
            case "relu":
                return F.relu(x);
            case "silu" or "swish":
                return F.silu(x);
            case "tanh":
                return x.tanh();
            default:
                throw Unknown(name);
        }
    }

    /// <summary>Checks a configuration's activation before a model is built.</summary>
    /// <exception cref="ModelConfigException">The name is unknown.</exception>
    public static string Checked(string name) =>
        name is "gelu" or "gelu_new" or "gelu_pytorch_tanh" or "quick_gelu" or "relu" or "silu" or "swish" or "tanh" ? name : throw Unknown(name);

    private static ModelConfigException Unknown(string name) =>
        new($"activation '{name}' is unknown; known: gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, silu, swish, tanh.");
}
