namespace Assistant.Vision.Imaging.Processors;

/// <summary>Turns pictures into the pixel values of a vision model, equal to those of the reference's own processor.</summary>
/// <remarks>Immutable; safe to call from any number of threads.</remarks>
public sealed class ImageProcessor
{
    /// <summary>ViLT's limit on the longer side, relative to the shorter one: its detector's 1333 to 800.</summary>
    private const double LongestToShortest = 1333.0 / 800;

    private readonly float[][] lookup; // [channel][sample 0..255]: rescaled and normalised

    /// <summary>A processor with the given settings.</summary>
    /// <exception cref="ArgumentException">A size that the settings need is not positive.</exception>
    public ImageProcessor(ImageProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.DoResize && (config.Rule == ResizeRule.Exact ? Math.Min(config.Height, config.Width) : config.ShortestEdge) < 1)
            throw new ArgumentException($"The size to resize to is not set: {config.Fingerprint}", nameof(config));
        if (config.DoCenterCrop && Math.Min(config.CropHeight, config.CropWidth) < 1)
            throw new ArgumentException($"The size to crop to is not set: {config.Fingerprint}", nameof(config));
        Config = config;
        lookup = [.. Enumerable.Range(0, PixelValues.Channels).Select(c => Table(config, c))];
    }

    /// <summary>The settings.</summary>
    public ImageProcessorConfig Config { get; }

    /// <summary>Padding, resize and crop alone: what the model sees, still as 8-bit samples.</summary>
    public RgbImage Prepare(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (Config.DoPadToSquare)
            image = PadToSquare(image, Config.PadColor);
        if (Config.DoResize)
        {
            var (height, width) = TargetSize(image.Height, image.Width);
            if (height != image.Height || width != image.Width)
                image = Resampler.Resize(image, width, height, Config.Resample);
        }
        return Config.DoCenterCrop ? CenterCrop(image) : image;
    }

    /// <summary>All steps for one picture.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <returns>Normalised samples, [3, height, width].</returns>
    public PixelValues Process(RgbImage image)
    {
        image = Prepare(image);
        var plane = image.Width * image.Height;
        var data = new float[PixelValues.Channels * plane];
        var pixels = image.Pixels;
        var (red, green, blue) = (lookup[0], lookup[1], lookup[2]);
        for (var (i, at) = (0, 0); i < plane; i++, at += 3)
        {
            data[i] = red[pixels[at]];
            data[plane + i] = green[pixels[at + 1]];
            data[(2 * plane) + i] = blue[pixels[at + 2]];
        }
        return new PixelValues(data, image.Height, image.Width);
    }

    /// <summary>All steps for several pictures, as one input.</summary>
    /// <param name="images">At least one.</param>
    /// <exception cref="ArgumentException">The pictures come out in different sizes and the settings do not pad batches.</exception>
    public PixelBatch ProcessBatch(IReadOnlyList<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var values = images.Select(Process).ToArray();
        if (!Config.DoPadBatch && values.FirstOrDefault(v => (v.Height, v.Width) != (values[0].Height, values[0].Width)) is { } other)
            throw new ArgumentException($"Pictures of one batch need one size; {values[0].Width} x {values[0].Height} and {other.Width} x {other.Height} came out.", nameof(images));
        return PixelBatch.Pad(values);
    }

    /// <summary>Centres a picture on a square of one colour; a square picture is returned as it is.</summary>
    /// <remarks>LLaVA's <c>expand2square</c>.</remarks>
    public static RgbImage PadToSquare(RgbImage image, (byte R, byte G, byte B) color)
    {
        ArgumentNullException.ThrowIfNull(image);
        var side = Math.Max(image.Width, image.Height);
        if (image.Width == image.Height)
            return image;
        var square = new RgbImage(side, side);
        for (var at = 0; at < square.Pixels.Length; at += 3)
            (square.Pixels[at], square.Pixels[at + 1], square.Pixels[at + 2]) = color;
        var (left, top) = ((side - image.Width) / 2, (side - image.Height) / 2);
        for (var y = 0; y < image.Height; y++)
            image.Pixels.AsSpan(3 * y * image.Width, 3 * image.Width).CopyTo(square.Pixels.AsSpan(3 * (((top + y) * side) + left)));
        return square;
    }

    private (int Height, int Width) TargetSize(int height, int width)
    {
        if (Config.Rule == ResizeRule.Exact)
            return (Config.Height, Config.Width);
        var edge = Config.ShortestEdge;
        if (Config.Rule == ResizeRule.ShortestEdge)
        {
            var longer = Math.Max(1, (int)((double)((long)edge * Math.Max(height, width)) / Math.Min(height, width)));
            return height <= width ? (edge, longer) : (longer, edge);
        }
        var limit = (int)(LongestToShortest * edge);
        var scale = (double)edge / Math.Min(height, width);
        var (tall, wide) = height < width ? (edge, scale * width) : (scale * height, (double)edge);
        if (Math.Max(tall, wide) > limit)
        {
            var shrink = limit / Math.Max(tall, wide);
            (tall, wide) = (tall * shrink, wide * shrink);
        }
        return (Multiple(tall), Multiple(wide));
    }

    // An extremely long picture would come out with no rows at all in the reference; one multiple is the least here.
    private int Multiple(double side) => Math.Max(1, (int)(side + 0.5) / Config.SizeDivisor) * Config.SizeDivisor;

    private RgbImage CenterCrop(RgbImage image)
    {
        var (height, width) = (Config.CropHeight, Config.CropWidth);
        var (top, left) = (Offset(image.Height, height), Offset(image.Width, width));
        if ((top, left, height, width) == (0, 0, image.Height, image.Width))
            return image;
        var crop = new RgbImage(width, height); // black where the picture does not reach
        var (from, to) = (Math.Max(left, 0), Math.Min(left + width, image.Width));
        for (var y = Math.Max(top, 0); y < Math.Min(top + height, image.Height); y++)
            image.Pixels.AsSpan(3 * ((y * image.Width) + from), 3 * (to - from)).CopyTo(crop.Pixels.AsSpan(3 * (((y - top) * width) + from - left)));
        return crop;
    }

    private int Offset(int length, int crop) => Config.CropRoundsToEven && length >= crop
        ? (int)Math.Round((length - crop) / 2.0, MidpointRounding.ToEven)
        : (int)Math.Floor((length - crop) / 2.0);

    private static float[] Table(ImageProcessorConfig config, int channel)
    {
        var table = new float[256];
        for (var value = 0; value < table.Length; value++)
        {
            var sample = config.DoRescale ? (float)(value * config.RescaleFactor) : value;
            table[value] = config.DoNormalize ? (sample - config.Mean[channel]) / config.Std[channel] : sample;
        }
        return table;
    }
}
