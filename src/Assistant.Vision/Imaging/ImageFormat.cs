using System.Buffers.Binary;
using System.Text;

namespace Assistant.Vision.Imaging;

/// <summary>The file formats that can be read.</summary>
public enum ImageFormat
{
    /// <summary>JPEG, baseline or progressive.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP, lossy or lossless; the first frame of an animation.</summary>
    WebP,

    /// <summary>GIF; its first frame.</summary>
    Gif,

    /// <summary>AVIF (AV1 in an ISO base media file).</summary>
    Avif,
}

/// <summary>Recognises a format by the file's first bytes; names and declared media types are not trusted.</summary>
internal static class ImageSignature
{
    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The format of the data, or null if it is none of <see cref="ImageFormat"/>.</summary>
    public static ImageFormat? Detect(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith(JpegStart))
            return ImageFormat.Jpeg;
        if (data.StartsWith(PngStart))
            return ImageFormat.Png;
        if (data.Length >= 12 && data.StartsWith("RIFF"u8) && data[8..].StartsWith("WEBP"u8))
            return ImageFormat.WebP;
        if (data.StartsWith("GIF87a"u8) || data.StartsWith("GIF89a"u8))
            return ImageFormat.Gif;
        return HasBrand(data, "avif"u8, "avis"u8) ? ImageFormat.Avif : null;
    }

    /// <summary>The media type, such as <c>image/png</c>.</summary>
    public static string MediaType(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.Png => "image/png",
        ImageFormat.WebP => "image/webp",
        ImageFormat.Gif => "image/gif",
        _ => "image/avif",
    };

    /// <summary>What data of no readable format seems to be, as the end of a sentence: "it is empty", "it looks like TIFF".</summary>
    public static string DescribeUnknown(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return "it is empty";
        if (data.StartsWith("II*\0"u8) || data.StartsWith("MM\0*"u8))
            return "it looks like TIFF";
        if (data.StartsWith("BM"u8) && data.Length >= 26)
            return "it looks like BMP";
        if (data.StartsWith("%PDF"u8))
            return "it looks like PDF";
        if (HasBrand(data, "heic"u8, "heix"u8) || HasBrand(data, "hevc"u8, "mif1"u8))
            return "it looks like HEIC";
        var start = data[..Math.Min(data.Length, 512)];
        if (start.IndexOf("<svg"u8) >= 0)
            return "it looks like SVG";
        return start.IndexOf((byte)0) < 0 && IsText(start) ? "it looks like text" : "its first bytes are those of no known format";
    }

    /// <summary>Whether the <c>ftyp</c> box of an ISO base media file lists one of two brands.</summary>
    private static bool HasBrand(ReadOnlySpan<byte> data, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (data.Length < 16 || !data[4..].StartsWith("ftyp"u8))
            return false;
        var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(data), Math.Min(data.Length, 256));
        for (var at = 8; at + 4 <= length; at += 4)
        {
            if (at != 12 && (data.Slice(at, 4).SequenceEqual(first) || data.Slice(at, 4).SequenceEqual(second))) // 12: the minor version
                return true;
        }
        return false;
    }

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        var text = Encoding.UTF8.GetString(start);
        // A multi-byte character may be cut off at the end of the sample: one replacement character is forgiven.
        return !text.Any(c => char.IsControl(c) && !char.IsWhiteSpace(c)) && text.Count(c => c == '\uFFFD') <= 1;
    }
}
