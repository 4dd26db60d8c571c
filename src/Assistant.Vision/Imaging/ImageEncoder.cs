using System.Globalization;
using Assistant.Vision.Imaging.Native;

namespace Assistant.Vision.Imaging;

/// <summary>Writes pictures as PNG, JPEG or WebP, always without metadata: no EXIF, no position, no profile.</summary>
public static class ImageEncoder
{
    /// <summary>PNG, lossless.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="compression">zlib level, 0 (none) to 9.</param>
    public static byte[] ToPng(RgbImage image, int compression = 6)
    {
        CheckRange(compression, 0, 9, nameof(compression));
        return Encode(image, string.Create(CultureInfo.InvariantCulture, $".png[compression={compression},keep=none]"));
    }

    /// <summary>JPEG.</summary>
    /// <param name="image">The picture; at most 65,535 pixels a side.</param>
    /// <param name="quality">1 to 100; colours are stored at half resolution below 90.</param>
    /// <exception cref="ArgumentException">The picture is too large for the format.</exception>
    public static byte[] ToJpeg(RgbImage image, int quality = 85)
    {
        CheckRange(quality, 1, 100, nameof(quality));
        CheckSide(image, 65_535, "JPEG");
        return Encode(image, string.Create(CultureInfo.InvariantCulture, $".jpg[Q={quality},keep=none]"));
    }

    /// <summary>WebP, lossy.</summary>
    /// <param name="image">The picture; at most 16,383 pixels a side.</param>
    /// <param name="quality">1 to 100.</param>
    /// <exception cref="ArgumentException">The picture is too large for the format.</exception>
    public static byte[] ToWebP(RgbImage image, int quality = 80)
    {
        CheckRange(quality, 1, 100, nameof(quality));
        CheckSide(image, 16_383, "WebP");
        return Encode(image, string.Create(CultureInfo.InvariantCulture, $".webp[Q={quality},keep=none]"));
    }

    /// <summary>WebP, lossless.</summary>
    /// <param name="image">The picture; at most 16,383 pixels a side.</param>
    /// <exception cref="ArgumentException">The picture is too large for the format.</exception>
    public static byte[] ToLosslessWebP(RgbImage image)
    {
        CheckSide(image, 16_383, "WebP");
        return Encode(image, ".webp[lossless,keep=none]");
    }

    private static unsafe byte[] Encode(RgbImage image, string suffix)
    {
        ArgumentNullException.ThrowIfNull(image);
        VipsLibrary.EnsureInitialized();
        fixed (byte* pixels = image.Pixels)
        {
            using var native = VipsNative.vips_image_new_from_memory(pixels, (nuint)image.Pixels.Length, image.Width, image.Height, 3, VipsBandFormat.UChar);
            if (native.IsInvalid || VipsNative.vips_image_write_to_buffer(native, suffix, out var buffer, out var size, 0) != 0)
                throw new InvalidOperationException($"A {image.Width} x {image.Height} picture could not be written as {suffix}: {VipsLibrary.TakeError()}");
            try
            {
                return new ReadOnlySpan<byte>(buffer, checked((int)size)).ToArray();
            }
            finally
            {
                VipsNative.g_free(buffer);
            }
        }
    }

    private static void CheckRange(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {least} to {most}.");
    }

    private static void CheckSide(RgbImage image, int most, string format)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (Math.Max(image.Width, image.Height) > most)
            throw new ArgumentException($"A {format} picture has at most {most} pixels a side; this one is {image.Width} x {image.Height}.", nameof(image));
    }
}
