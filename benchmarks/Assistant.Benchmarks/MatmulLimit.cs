using static TorchSharp.torch;

namespace Assistant.Benchmarks;

/// <summary>What the machine can do at best: bare matrix products.</summary>
internal static class MatmulLimit
{
    private const int Side = 2048;

    /// <summary>GFLOP of a pass of <see cref="Large"/>.</summary>
    public static double LargeGigaflops => ClipShape.Product(Side, Side, Side);

    /// <summary>One large square product.</summary>
    public static Candidate Large(ScalarType dtype)
    {
        var (a, b) = (randn(Side, Side).to(dtype), randn(Side, Side).to(dtype));
        return Candidate.Of($"limit: a matrix product of {Side} x {Side} x {Side}", () => matmul(a, b).Dispose());
    }

    /// <summary>The products of a block with its weights, [tokens, width] with four [width, width], a [width, inner] and an [inner, width]: the same shapes without the rest of the network.</summary>
    public static Candidate Linears(int tokens, int width, int inner, ScalarType dtype)
    {
        var (narrow, wide) = (randn(tokens, width).to(dtype), randn(tokens, inner).to(dtype));
        var squares = Enumerable.Range(0, 4).Select(_ => randn(width, width).to(dtype).t()).ToArray();
        var (up, down) = (randn(inner, width).to(dtype).t(), randn(width, inner).to(dtype).t());
        return Candidate.Of($"a block's products with its weights alone, {tokens} rows", () =>
        {
            foreach (var square in squares)
                matmul(narrow, square).Dispose();
            matmul(narrow, up).Dispose();
            matmul(wide, down).Dispose();
        });
    }
}
