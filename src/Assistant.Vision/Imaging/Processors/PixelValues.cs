namespace Assistant.Vision.Imaging.Processors;

/// <summary>One picture as a vision model takes it: normalised samples, channels first.</summary>
/// <param name="Data">Row-major [3, <paramref name="Height"/>, <paramref name="Width"/>].</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record PixelValues(float[] Data, int Height, int Width)
{
    /// <summary>Channels: red, green, blue.</summary>
    public const int Channels = 3;
}

/// <summary>Several pictures as one input: padded with zeros at the right and the bottom to a common size.</summary>
/// <param name="Data">Row-major [<paramref name="Count"/>, 3, <paramref name="Height"/>, <paramref name="Width"/>].</param>
/// <param name="Mask">Row-major [<paramref name="Count"/>, <paramref name="Height"/>, <paramref name="Width"/>]: 1 on a picture, 0 on padding ("pixel_mask").</param>
/// <param name="Count">Pictures.</param>
/// <param name="Height">Rows of the tallest.</param>
/// <param name="Width">Columns of the widest.</param>
public sealed record PixelBatch(float[] Data, long[] Mask, int Count, int Height, int Width)
{
    /// <summary>Lays pictures into one array.</summary>
    /// <param name="images">At least one.</param>
    public static PixelBatch Pad(IReadOnlyList<PixelValues> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
            throw new ArgumentException("A batch holds at least one picture.", nameof(images));
        var (height, width) = (images.Max(i => i.Height), images.Max(i => i.Width));
        var plane = height * width;
        var data = new float[(long)images.Count * PixelValues.Channels * plane];
        var mask = new long[(long)images.Count * plane];
        for (var n = 0; n < images.Count; n++)
        {
            var image = images[n];
            for (var y = 0; y < image.Height; y++)
            {
                mask.AsSpan((n * plane) + (y * width), image.Width).Fill(1);
                for (var c = 0; c < PixelValues.Channels; c++)
                {
                    var from = ((c * image.Height) + y) * image.Width;
                    var to = (((n * PixelValues.Channels) + c) * plane) + (y * width);
                    image.Data.AsSpan(from, image.Width).CopyTo(data.AsSpan(to));
                }
            }
        }
        return new PixelBatch(data, mask, images.Count, height, width);
    }
}
