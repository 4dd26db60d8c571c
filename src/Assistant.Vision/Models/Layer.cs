using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Vision.Models;

/// <summary>Makes the layers of networks that can be trained from nothing or filled from a file: with PyTorch's first values, or without any.</summary>
/// <remarks>
/// Drawing the first values takes longer than reading a checkpoint over them. PyTorch's <c>nn.utils.skip_init</c> is not among TorchSharp's functions; layers made of
/// given parameters do the same. Small vectors that are 0 or 1 at first are not worth it.
/// </remarks>
internal static class Layer
{
    [ThreadStatic]
    private static ScalarType? unfilled; // of the network that this thread builds for a file

    /// <summary>Builds a network whose weights are all overwritten next: they are memory as it was found, and the random numbers go on as if nothing had been built.</summary>
    /// <param name="build">Builds it, on this thread.</param>
    /// <param name="dtype">The precision of the weights; the small rest is to be converted.</param>
    public static TModel Unfilled<TModel>(Func<TModel> build, ScalarType dtype = ScalarType.Float32)
    {
        var outer = unfilled;
        unfilled = dtype;
        try
        {
            return build();
        }
        finally
        {
            unfilled = outer;
        }
    }

    /// <inheritdoc cref="nn.Linear(long, long, bool, Device?, ScalarType?)"/>
    public static Linear Linear(long inputSize, long outputSize, bool hasBias = true) => unfilled is { } dtype
        ? nn.Linear(Empty(dtype, outputSize, inputSize), hasBias ? Empty(dtype, outputSize) : null)
        : nn.Linear(inputSize, outputSize, hasBias);

    /// <summary>A table of embeddings, drawn from the standard normal distribution.</summary>
    public static Embedding Embedding(long num_embeddings, long embedding_dims)
    {
        if (unfilled is not { } dtype)
            return nn.Embedding(num_embeddings, embedding_dims);
        using var table = empty([num_embeddings, embedding_dims], dtype: dtype);
        return nn.Embedding_from_pretrained(table, freeze: false);
    }

    /// <summary>Convolution over two dimensions with a square kernel.</summary>
    public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, bool bias = true)
    {
        if (unfilled is not { } dtype)
            return nn.Conv2d(in_channels, out_channels, kernel_size, stride: stride, padding: padding, bias: bias);
        // There is none of given parameters: on the device "meta" first values cost nothing.
        var convolution = nn.Conv2d(in_channels, out_channels, kernel_size, stride: stride, padding: padding, bias: bias, device: META);
        using (convolution.weight)
            convolution.weight = Empty(dtype, out_channels, in_channels, kernel_size, kernel_size);
        using (convolution.bias)
            convolution.bias = bias ? Empty(dtype, out_channels) : null;
        return convolution;
    }

    /// <summary>A learned tensor, drawn from a normal distribution around 0.</summary>
    /// <param name="deviation">Its standard deviation.</param>
    /// <param name="shape">Sizes.</param>
    public static Parameter Normal(double deviation, params long[] shape)
    {
        if (unfilled is { } dtype)
            return Empty(dtype, shape);
        using var values = randn(shape);
        using var scaled = values * deviation;
        return nn.Parameter(scaled);
    }

    private static Parameter Empty(ScalarType dtype, params long[] shape)
    {
        using var memory = empty(shape, dtype: dtype);
        return nn.Parameter(memory);
    }
}
