using Assistant.Vision.Imaging.Native;

namespace Assistant.Vision.Imaging;

/// <summary>How a decoder's samples lie in memory, and how they become RGB.</summary>
/// <param name="Bands">Samples a pixel.</param>
/// <param name="SixteenBit">Whether a sample is 16 bits wide, native byte order.</param>
/// <param name="Cmyk">Whether the first four bands are ink: cyan, magenta, yellow, black.</param>
internal readonly record struct SampleLayout(int Bands, bool SixteenBit, bool Cmyk)
{
    public int BytesPerPixel => SixteenBit ? 2 * Bands : Bands;

    /// <summary>The layout of an image, or null if it is none that the allowed loaders deliver.</summary>
    public static SampleLayout? Of(SafeVipsImageHandle image)
    {
        var format = VipsNative.vips_image_get_format(image);
        var bands = VipsNative.vips_image_get_bands(image);
        var cmyk = VipsNative.vips_image_get_interpretation(image) == VipsInterpretation.Cmyk;
        return format is VipsBandFormat.UChar or VipsBandFormat.UShort && bands >= (cmyk ? 4 : 1) && bands <= 5
            ? new SampleLayout(bands, format == VipsBandFormat.UShort, cmyk)
            : null;
    }

    /// <summary>Converts all pixels. 16-bit samples keep their high byte, grey is repeated, ink becomes light as in Pillow.</summary>
    /// <param name="samples">Pixels row by row, <see cref="BytesPerPixel"/> each.</param>
    /// <param name="rgb">Receives 3 bytes a pixel.</param>
    /// <param name="alpha">What a band beyond the colours does.</param>
    public unsafe void ToRgb(byte* samples, Span<byte> rgb, AlphaHandling alpha)
    {
        if (this is { Bands: 3, SixteenBit: false })
        {
            new ReadOnlySpan<byte>(samples, rgb.Length).CopyTo(rgb);
            return;
        }
        var colours = Cmyk ? 4 : Bands >= 3 ? 3 : 1;
        var blend = alpha != AlphaHandling.Drop && Bands > colours;
        var behind = alpha == AlphaHandling.White ? 255 : 0;
        var (step, stride) = (SixteenBit ? 2 : 1, BytesPerPixel);
        var high = SixteenBit && BitConverter.IsLittleEndian ? 1 : 0;
        var pixel = samples + high;
        for (var at = 0; at < rgb.Length; at += 3, pixel += stride)
        {
            var (r, g, b) = (pixel[0], pixel[0], pixel[0]);
            if (Cmyk)
            {
                var light = 255 - pixel[3 * step];
                (r, g, b) = (Ink(light, pixel[0]), Ink(light, pixel[step]), Ink(light, pixel[2 * step]));
            }
            else if (colours == 3)
            {
                (g, b) = (pixel[step], pixel[2 * step]);
            }
            if (blend)
            {
                var opacity = pixel[colours * step];
                (r, g, b) = (Over(behind, r, opacity), Over(behind, g, opacity), Over(behind, b, opacity));
            }
            (rgb[at], rgb[at + 1], rgb[at + 2]) = (r, g, b);
        }
    }

    private static byte Ink(int light, int ink) => (byte)(light - DivideBy255(ink * light));

    private static byte Over(int behind, int value, int opacity) => (byte)DivideBy255((value * opacity) + (behind * (255 - opacity)));

    /// <summary>x / 255, rounded, for 0 &lt;= x &lt;= 255².</summary>
    private static int DivideBy255(int x)
    {
        x += 128;
        return (x + (x >> 8)) >> 8;
    }
}
