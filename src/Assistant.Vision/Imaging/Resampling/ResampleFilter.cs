namespace Assistant.Vision.Imaging;

/// <summary>Resampling filters, with the numbers that Pillow and <c>preprocessor_config.json</c> ("resample") give them.</summary>
public enum ResampleFilter
{
    /// <summary>The source pixel under the target pixel's centre.</summary>
    Nearest = 0,

    /// <summary>Windowed sinc, three lobes.</summary>
    Lanczos = 1,

    /// <summary>Triangle; averages when shrinking.</summary>
    Bilinear = 2,

    /// <summary>Cubic convolution with a = -0.5.</summary>
    Bicubic = 3,

    /// <summary>Mean of the covered pixels.</summary>
    Box = 4,

    /// <summary>Hamming window: sharper than bilinear at the same cost.</summary>
    Hamming = 5,
}

/// <summary>A part of a picture in pixels, edges and not centres: (0, 0, width, height) is the whole. Single precision, as Pillow takes it.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Lower edge.</param>
public readonly record struct ResampleBox(float Left, float Top, float Right, float Bottom);
