namespace Assistant.Vision.Imaging.Augmentation;

/// <summary>Settings of <see cref="RandomResizedCrop"/>; the defaults are torchvision's.</summary>
public sealed record RandomResizedCropOptions
{
    /// <summary>Least part of the picture's area that a crop covers.</summary>
    public double MinScale { get; init; } = 0.08;

    /// <summary>Largest part of the picture's area that a crop covers.</summary>
    public double MaxScale { get; init; } = 1.0;

    /// <summary>Least width / height of a crop.</summary>
    public double MinRatio { get; init; } = 3.0 / 4;

    /// <summary>Largest width / height of a crop.</summary>
    public double MaxRatio { get; init; } = 4.0 / 3;

    /// <summary>How often the result is mirrored; 0 where left and right matter.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Filter of the resize.</summary>
    public ResampleFilter Filter { get; init; } = ResampleFilter.Bilinear;
}

/// <summary>The usual augmentation of a training picture: a crop of random area and proportions, resized, perhaps mirrored.</summary>
/// <remarks>Szegedy et al. 2015 (arXiv:1409.4842); reference: torchvision <c>RandomResizedCrop</c> and <c>RandomHorizontalFlip</c>.</remarks>
public sealed class RandomResizedCrop
{
    private const int Attempts = 10;

    private readonly int width, height;
    private readonly RandomResizedCropOptions options;

    /// <summary>An augmentation that gives pictures of one size.</summary>
    /// <exception cref="ArgumentException">A range is empty or not positive.</exception>
    public RandomResizedCrop(int width, int height, RandomResizedCropOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        options ??= new RandomResizedCropOptions();
        if (!(options.MinScale > 0 && options.MaxScale >= options.MinScale && options.MinRatio > 0 && options.MaxRatio >= options.MinRatio))
            throw new ArgumentException($"Scale {options.MinScale}..{options.MaxScale} and ratio {options.MinRatio}..{options.MaxRatio} must be positive ranges.", nameof(options));
        (this.width, this.height, this.options) = (width, height, options);
    }

    /// <summary>Applies it.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="random">Where the choices come from: the same seed gives the same result.</param>
    public RgbImage Apply(RgbImage image, Random random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var result = Resampler.Resize(image, width, height, options.Filter, Choose(image, random));
        return random.NextDouble() < options.FlipProbability ? Orientation.Apply(result, 2) : result;
    }

    private ResampleBox Choose(RgbImage image, Random random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = (double)image.Width * image.Height * Between(random, options.MinScale, options.MaxScale);
            var ratio = Math.Exp(Between(random, Math.Log(options.MinRatio), Math.Log(options.MaxRatio)));
            var (w, h) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            if (w < 1 || h < 1 || w > image.Width || h > image.Height)
                continue;
            var (left, top) = (random.Next(image.Width - w + 1), random.Next(image.Height - h + 1));
            return new ResampleBox(left, top, left + w, top + h);
        }
        // No luck, as with very long pictures: the largest centred crop whose proportions are allowed.
        var proportion = Math.Clamp((double)image.Width / image.Height, options.MinRatio, options.MaxRatio);
        var cropWidth = Math.Clamp((int)Math.Round(image.Height * proportion), 1, image.Width);
        var cropHeight = Math.Clamp((int)Math.Round(image.Width / proportion), 1, image.Height);
        var (x, y) = ((image.Width - cropWidth) / 2, (image.Height - cropHeight) / 2);
        return new ResampleBox(x, y, x + cropWidth, y + cropHeight);
    }

    private static double Between(Random random, double low, double high) => low + ((high - low) * random.NextDouble());
}
