namespace Assistant.Vision.Imaging;

/// <summary>A decoded picture: 8-bit sRGB, three interleaved channels, rows from the top, upright.</summary>
/// <remarks>The one image type of the product: what the decoder gives, the resampler changes and the processors read.</remarks>
public sealed class RgbImage
{
    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">R, G, B of each pixel, row by row: <c>3 * width * height</c> bytes.</param>
    /// <exception cref="ArgumentException">The array's length does not fit the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != 3L * width * height)
            throw new ArgumentException($"A {width} x {height} RGB image has {3L * width * height} bytes, not {pixels.LongLength}.", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>A black picture.</summary>
    public RgbImage(int width, int height) : this(width, height, new byte[3L * width * height])
    {
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>R, G, B of each pixel, row by row; shared, not a copy.</summary>
    public byte[] Pixels { get; }
}
