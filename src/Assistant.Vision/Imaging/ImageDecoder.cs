using Assistant.Vision.Imaging.Native;

namespace Assistant.Vision.Imaging;

/// <summary>Reads pictures: JPEG, PNG, WebP, GIF (first frame) and AVIF, recognised by their bytes.</summary>
/// <remarks>
/// Colour profiles are not applied and CMYK is converted by Pillow's formula, since the reference processors see pictures so.
/// Safe to call from any number of threads; a decode takes one core.
/// </remarks>
public static class ImageDecoder
{
    // A sequential reader needs no second copy of the pixels (and no temporary file for large ones): it is read once, top to bottom.
    private const string LoadOptions = "access=sequential,fail_on=error";

    /// <summary>Decodes a picture, upright, as 8-bit RGB.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="options">Limits and choices; null for <see cref="ImageDecoderOptions.Default"/>.</param>
    /// <exception cref="ImageDecodeException">The data is not a picture of a readable format, is damaged or cut off, or declares more pixels than allowed.</exception>
    public static unsafe RgbImage Decode(ReadOnlySpan<byte> data, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        fixed (byte* start = data) // the native image reads from here until it is disposed
        {
            using var image = Open(start, data, out var format);
            var (width, height) = CheckSize(image, options.MaxPixels);
            var layout = SampleLayout.Of(image)
                ?? throw new ImageDecodeException($"The {Name(format)} picture has samples of a kind that cannot be read.");
            var samples = VipsNative.vips_image_write_to_memory(image, out var size);
            if (samples is null)
                throw Damaged(format);
            try
            {
                if (size != (nuint)layout.BytesPerPixel * (nuint)width * (nuint)height)
                    throw new ImageDecodeException($"The {Name(format)} picture decodes to {size} bytes, which do not fit {width} x {height} pixels.");
                var rgb = new RgbImage(width, height);
                layout.ToRgb(samples, rgb.Pixels, options.Alpha);
                return Orientation.Apply(rgb, VipsNative.vips_image_get_orientation(image));
            }
            finally
            {
                VipsNative.g_free(samples);
            }
        }
    }

    /// <summary>Reads a picture file.</summary>
    /// <exception cref="ImageDecodeException">As for <see cref="Decode"/>; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RgbImage DecodeFile(string path, ImageDecoderOptions? options = null)
    {
        var data = File.ReadAllBytes(path);
        try
        {
            return Decode(data, options);
        }
        catch (ImageDecodeException exception)
        {
            throw new ImageDecodeException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the header alone: format, size and orientation, without a limit on the size.</summary>
    /// <exception cref="ImageDecodeException">The data is not a picture of a readable format.</exception>
    public static unsafe ImageInfo Identify(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            using var image = Open(start, data, out var format);
            var (width, height) = (VipsNative.vips_image_get_width(image), VipsNative.vips_image_get_height(image));
            var orientation = VipsNative.vips_image_get_orientation(image);
            return Orientation.SwapsAxes(orientation)
                ? new ImageInfo(format, height, width, orientation)
                : new ImageInfo(format, width, height, orientation);
        }
    }

    private static unsafe SafeVipsImageHandle Open(byte* start, ReadOnlySpan<byte> data, out ImageFormat format)
    {
        format = ImageSignature.Detect(data)
            ?? throw new ImageDecodeException($"This is not an image that can be read: {ImageSignature.DescribeUnknown(data)} (JPEG, PNG, WebP, GIF and AVIF are).");
        VipsLibrary.EnsureInitialized();
        var image = VipsNative.vips_image_new_from_buffer(start, (nuint)data.Length, LoadOptions, 0);
        if (!image.IsInvalid)
            return image;
        image.Dispose();
        throw Damaged(format);
    }

    private static (int Width, int Height) CheckSize(SafeVipsImageHandle image, long maxPixels)
    {
        var (width, height) = (VipsNative.vips_image_get_width(image), VipsNative.vips_image_get_height(image));
        var pixels = (long)width * height;
        var limit = Math.Min(maxPixels, Array.MaxLength / 3);
        return pixels <= limit
            ? (width, height)
            : throw new ImageDecodeException($"The picture is {width} x {height} pixels ({Megapixels(pixels)} megapixels); the limit is {Megapixels(limit)} megapixels.");
    }

    private static string Megapixels(long pixels) => (pixels / 1e6).ToString(pixels < 10_000_000 ? "0.######" : "0.#", null);

    private static ImageDecodeException Damaged(ImageFormat format)
    {
        var detail = VipsLibrary.TakeError();
        return new ImageDecodeException($"The {Name(format)} picture is damaged or cut off{(detail.Length > 0 ? $" ({detail})" : "")}.");
    }

    private static string Name(ImageFormat format) => format == ImageFormat.WebP ? "WebP" : format.ToString().ToUpperInvariant();
}
