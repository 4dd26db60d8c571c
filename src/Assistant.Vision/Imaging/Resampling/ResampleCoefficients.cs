namespace Assistant.Vision.Imaging.Resampling;

/// <summary>For each target position along one axis: which source positions it reads and with what fixed-point weights.</summary>
/// <remarks>Follows Pillow's <c>Resample.c</c> (<c>precompute_coeffs</c>, <c>normalize_coeffs_8bpc</c>) to the last rounding, which is what makes features comparable with the reference processors'.</remarks>
internal sealed class ResampleCoefficients
{
    /// <summary>Fraction bits of a weight: 32 less 8 for the sample and 2 for the overshoot of filters with negative lobes.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    private ResampleCoefficients(int targets, int size) =>
        (First, Count, Weights, Size) = (new int[targets], new int[targets], new int[targets * size], size);

    /// <summary>First source position of each target position.</summary>
    public int[] First { get; }

    /// <summary>Number of source positions of each target position.</summary>
    public int[] Count { get; }

    /// <summary>Weights, <see cref="Size"/> for each target position, zero beyond its count.</summary>
    public int[] Weights { get; }

    /// <summary>Weights stored for a target position.</summary>
    public int Size { get; }

    /// <param name="sourceLength">Source positions in all.</param>
    /// <param name="start">Left edge of the part that is read.</param>
    /// <param name="end">Its right edge.</param>
    /// <param name="targetLength">Target positions.</param>
    /// <param name="filter">Any filter but nearest.</param>
    public static ResampleCoefficients Create(int sourceLength, float start, float end, int targetLength, ResampleFilter filter)
    {
        var (kernel, radius) = Kernel(filter);
        var scale = (double)(end - start) / targetLength;
        var filterScale = Math.Max(scale, 1.0); // shrinking widens the filter, so that every source pixel counts
        var support = radius * filterScale;
        var result = new ResampleCoefficients(targetLength, ((int)Math.Ceiling(support) * 2) + 1);
        var weights = new double[result.Size];
        var step = 1.0 / filterScale;
        for (var target = 0; target < targetLength; target++)
        {
            var centre = start + ((target + 0.5) * scale);
            var first = Math.Max((int)(centre - support + 0.5), 0);
            var count = Math.Min((int)(centre + support + 0.5), sourceLength) - first;
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                weights[i] = kernel((i + first - centre + 0.5) * step);
                sum += weights[i];
            }
            for (var i = 0; i < count; i++)
            {
                var weight = sum != 0.0 ? weights[i] / sum : weights[i];
                var scaled = weight * (1 << PrecisionBits);
                result.Weights[(target * result.Size) + i] = (int)(weight < 0 ? scaled - 0.5 : scaled + 0.5);
            }
            (result.First[target], result.Count[target]) = (first, count);
        }
        return result;
    }

    private static (Func<double, double> Kernel, double Radius) Kernel(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Box => (static x => x > -0.5 && x <= 0.5 ? 1.0 : 0.0, 0.5),
        ResampleFilter.Bilinear => (static x => Math.Abs(x) < 1.0 ? 1.0 - Math.Abs(x) : 0.0, 1.0),
        ResampleFilter.Hamming => (Hamming, 1.0),
        ResampleFilter.Bicubic => (Bicubic, 2.0),
        ResampleFilter.Lanczos => (static x => x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3) : 0.0, 3.0),
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Not a resampling filter."),
    };

    private static double Hamming(double x)
    {
        x = Math.Abs(x);
        if (x == 0.0)
            return 1.0;
        if (x >= 1.0)
            return 0.0;
        x *= Math.PI;
        return Math.Sin(x) / x * (0.54f + (0.46f * Math.Cos(x))); // single-precision constants, as in the original
    }

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1.0)
            return ((((a + 2.0) * x) - (a + 3.0)) * x * x) + 1;
        return x < 2.0 ? ((((x - 5) * x) + 8) * x - 4) * a : 0.0;
    }

    private static double Sinc(double x)
    {
        if (x == 0.0)
            return 1.0;
        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
