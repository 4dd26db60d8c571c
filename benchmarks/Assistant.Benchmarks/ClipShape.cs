using Assistant.Vision.Models;

namespace Assistant.Benchmarks;

/// <summary>A published CLIP's sizes, and the arithmetic that they ask for.</summary>
internal sealed record ClipShape(string Name, string Title, ClipVisionConfig Vision, ClipTextConfig Text, int ProjectionDim)
{
    public static IReadOnlyList<ClipShape> All { get; } =
    [
        new("vit-b32", "CLIP ViT-B/32", new ClipVisionConfig(), new ClipTextConfig(), 512),
        new("vit-l14-336", "CLIP ViT-L/14-336",
            new ClipVisionConfig { HiddenSize = 1024, IntermediateSize = 4096, NumHiddenLayers = 24, NumAttentionHeads = 16, ImageSize = 336, PatchSize = 14 },
            new ClipTextConfig { HiddenSize = 768, IntermediateSize = 3072, NumAttentionHeads = 12 }, 768),
    ];

    /// <summary>Positions of a picture, the class token included.</summary>
    public int ImageTokens => Vision.NumPatches + 1;

    /// <summary>GFLOP of a picture: multiplications and additions of matrix products, projection included.</summary>
    public double ImageGigaflops => Block(ImageTokens, Vision.HiddenSize, Vision.IntermediateSize) * Vision.NumHiddenLayers
        + Product(Vision.NumPatches, Vision.NumChannels * Vision.PatchSize * Vision.PatchSize, Vision.HiddenSize)
        + Product(1, Vision.HiddenSize, ProjectionDim);

    /// <summary>GFLOP of a text of full length.</summary>
    public double TextGigaflops => Block(Text.MaxPositionEmbeddings, Text.HiddenSize, Text.IntermediateSize) * Text.NumHiddenLayers
        + Product(1, Text.HiddenSize, ProjectionDim);

    /// <summary>GFLOP of the product of an [m, k] and a [k, n] matrix.</summary>
    public static double Product(double m, double k, double n) => 2 * m * k * n / 1e9;

    /// <summary>GFLOP of a block's four projections and two feed-forward layers.</summary>
    public static double Linears(double tokens, double width, double inner) => 4 * Product(tokens, width, width) + 2 * Product(tokens, width, inner);

    private static double Block(double tokens, double width, double inner) => Linears(tokens, width, inner) + 2 * Product(tokens, width, tokens);
}
