namespace Assistant.Vision.Tests.Imaging;

/// <summary>EXIF blocks that hold an orientation and nothing else.</summary>
internal static class Exif
{
    /// <summary>A little-endian TIFF structure with one entry: tag 0x0112, type SHORT, count 1.</summary>
    public static byte[] Tiff(int orientation) =>
        [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Inserts an APP1 segment behind the start marker.</summary>
    public static byte[] InJpeg(byte[] jpeg, int orientation)
    {
        byte[] body = [.. "Exif\0\0"u8, .. Tiff(orientation)];
        var length = body.Length + 2;
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. body, .. jpeg[2..]];
    }
}
