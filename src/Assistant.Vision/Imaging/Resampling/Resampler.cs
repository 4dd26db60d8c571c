using Assistant.Vision.Imaging.Resampling;

namespace Assistant.Vision.Imaging;

/// <summary>Resizes pictures exactly as Pillow's <c>Image.resize</c> does, bit for bit.</summary>
/// <remarks>Two passes over 8-bit samples, horizontal first, with rounding in between; shrinking widens the filter. Reference: Pillow <c>src/libImaging/Resample.c</c>, <c>Geometry.c</c> (nearest).</remarks>
public static class Resampler
{
    /// <summary>Resizes a picture, or the part of it inside a box.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Columns wanted, at least 1.</param>
    /// <param name="height">Rows wanted, at least 1.</param>
    /// <param name="filter">The default is bicubic, which CLIP's processors use.</param>
    /// <param name="box">The part that is read; null for the whole.</param>
    /// <exception cref="ArgumentException">The box is empty or reaches outside the picture.</exception>
    public static RgbImage Resize(RgbImage image, int width, int height, ResampleFilter filter = ResampleFilter.Bicubic, ResampleBox? box = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new RgbImage(width, height, Resize(image.Pixels, 3, image.Width, image.Height, width, height, filter, box));
    }

    /// <summary>Resizes a picture of one channel.</summary>
    /// <param name="pixels">One byte a pixel, row by row.</param>
    /// <param name="sourceWidth">Its columns.</param>
    /// <param name="sourceHeight">Its rows.</param>
    /// <param name="width">Columns wanted, at least 1.</param>
    /// <param name="height">Rows wanted, at least 1.</param>
    /// <param name="filter">The default is bicubic.</param>
    /// <param name="box">The part that is read; null for the whole.</param>
    /// <exception cref="ArgumentException">The array does not fit the size, or the box is empty or reaches outside the picture.</exception>
    public static byte[] ResizeGray(byte[] pixels, int sourceWidth, int sourceHeight, int width, int height, ResampleFilter filter = ResampleFilter.Bicubic, ResampleBox? box = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceHeight, 1);
        if (pixels.LongLength != (long)sourceWidth * sourceHeight)
            throw new ArgumentException($"A {sourceWidth} x {sourceHeight} grey image has {(long)sourceWidth * sourceHeight} bytes, not {pixels.LongLength}.", nameof(pixels));
        return Resize(pixels, 1, sourceWidth, sourceHeight, width, height, filter, box);
    }

    /// <summary>Shrinks a picture to fit a square, keeping its proportions; a picture that fits is returned as it is.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="maxSide">Longest side of the result, at least 1.</param>
    public static RgbImage Thumbnail(RgbImage image, int maxSide)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        var longest = Math.Max(image.Width, image.Height);
        if (longest <= maxSide)
            return image;
        var scale = (double)maxSide / longest;
        return Resize(image, Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)), ResampleFilter.Lanczos);
    }

    private static byte[] Resize(byte[] source, int channels, int sourceWidth, int sourceHeight, int width, int height, ResampleFilter filter, ResampleBox? part)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if ((long)width * height > Array.MaxLength / channels)
            throw new ArgumentException($"A picture of {width} x {height} pixels is too large.", nameof(width));
        var box = part ?? new ResampleBox(0, 0, sourceWidth, sourceHeight);
        if (!(box.Left >= 0 && box.Top >= 0 && box.Right <= sourceWidth && box.Bottom <= sourceHeight && box.Right > box.Left && box.Bottom > box.Top))
            throw new ArgumentException($"The box ({box.Left}, {box.Top}, {box.Right}, {box.Bottom}) is empty or outside of a picture of {sourceWidth} x {sourceHeight} pixels.", nameof(part));
        if (filter == ResampleFilter.Nearest)
            return Nearest(source, channels, sourceWidth, sourceHeight, width, height, box);
        // Pillow leaves a pass out where it would change nothing; the box's edges alone can make it necessary.
        var horizontal = width != sourceWidth || box.Left != 0 || box.Right != width;
        var vertical = height != sourceHeight || box.Top != 0 || box.Bottom != height;
        var rows = ResampleCoefficients.Create(sourceHeight, box.Top, box.Bottom, height, filter);
        var firstRow = 0;
        var result = source;
        if (horizontal)
        {
            firstRow = vertical ? rows.First[0] : 0;
            var endRow = vertical ? rows.First[^1] + rows.Count[^1] : sourceHeight;
            var columns = ResampleCoefficients.Create(sourceWidth, box.Left, box.Right, width, filter);
            result = ResamplePasses.Horizontal(source, sourceWidth, channels, firstRow, endRow - firstRow, columns);
        }
        if (vertical)
            result = ResamplePasses.Vertical(result, width * channels, firstRow, rows);
        return ReferenceEquals(result, source) ? [.. source] : result;
    }

    private static byte[] Nearest(byte[] source, int channels, int sourceWidth, int sourceHeight, int width, int height, ResampleBox box)
    {
        var columns = NearestPositions(sourceWidth, box.Left, box.Right, width);
        var rows = NearestPositions(sourceHeight, box.Top, box.Bottom, height);
        var target = new byte[width * height * channels];
        var to = 0;
        foreach (var row in rows)
        {
            foreach (var column in columns)
            {
                var from = ((row * sourceWidth) + column) * channels;
                for (var c = 0; c < channels; c++)
                    target[to++] = source[from + c];
            }
        }
        return target;
    }

    private static int[] NearestPositions(int sourceLength, float start, float end, int length)
    {
        var positions = new int[length];
        var scale = (double)(end - start) / length;
        var at = start + (scale * 0.5);
        for (var i = 0; i < length; i++)
        {
            positions[i] = Math.Clamp((int)at, 0, sourceLength - 1);
            at += scale; // summed up, not multiplied: the rounding is Pillow's
        }
        return positions;
    }
}
