using Assistant.Vision.Imaging;

namespace Assistant.Vision;

/// <summary>A vision tower with its projector: turns a picture into rows that a language model takes in place of token embeddings.</summary>
public interface IImageEncoder : IDisposable
{
    /// <summary>Width of a row: the language model's embedding length.</summary>
    int EmbeddingLength { get; }

    /// <summary>Rows a picture becomes, and so the positions it takes in the context window.</summary>
    int TokensPerImage { get; }

    /// <summary>Identifies tower, projector and preprocessing: features may be shared exactly where it is equal.</summary>
    string Fingerprint { get; }

    /// <summary>Projected image features.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <param name="cancellationToken">Checked between the tower's blocks.</param>
    /// <returns>Row-major [<see cref="TokensPerImage"/>, <see cref="EmbeddingLength"/>].</returns>
    float[] Encode(RgbImage image, CancellationToken cancellationToken = default);

    /// <summary>Projected features of several images, which a small tower computes together in less time than one after the other.</summary>
    /// <param name="images">Upright pictures of any size.</param>
    /// <param name="cancellationToken">Checked between the tower's blocks.</param>
    /// <returns>For each image what <see cref="Encode(RgbImage, CancellationToken)"/> gives, up to rounding. The default calls that for one after the other.</returns>
    float[][] Encode(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return [.. images.Select(image => Encode(image, cancellationToken))];
    }

    /// <summary>Told whether something else computes meanwhile, so that both together take no more threads than there are cores. Also called while images are encoded.</summary>
    /// <remarks>The default does nothing, for encoders that do not compute with threads of their own.</remarks>
    void ShareCores(bool shared)
    {
    }
}
