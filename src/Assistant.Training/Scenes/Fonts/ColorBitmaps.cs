using System.Buffers.Binary;

namespace Assistant.Training.Scenes.Fonts;

/// <summary>The pictures of a font with colour bitmaps, as PNG.</summary>
/// <remarks>OpenType specification 1.9, tables CBLC and CBDT, index formats 1 and 3, image formats 17 and 18: what Noto Color Emoji uses.</remarks>
internal static class ColorBitmaps
{
    /// <summary>The PNG of a glyph; empty where the font has none.</summary>
    /// <exception cref="InvalidDataException">The tables are damaged.</exception>
    public static ReadOnlySpan<byte> Find(FontFile font, int glyph)
    {
        try
        {
            var locations = font.Table("CBLC");
            var sizes = BinaryPrimitives.ReadUInt32BigEndian(locations[4..]);
            for (var size = 0; size < sizes; size++)
            {
                var record = locations.Slice(8 + 48 * size, 48);
                var array = locations[checked((int)BinaryPrimitives.ReadUInt32BigEndian(record))..];
                var count = BinaryPrimitives.ReadUInt32BigEndian(record[8..]);
                for (var i = 0; i < count; i++)
                {
                    var entry = array.Slice(8 * i, 8);
                    var (first, last) = (BinaryPrimitives.ReadUInt16BigEndian(entry), BinaryPrimitives.ReadUInt16BigEndian(entry[2..]));
                    if (glyph >= first && glyph <= last)
                        return Read(font, array[checked((int)BinaryPrimitives.ReadUInt32BigEndian(entry[4..]))..], glyph - first);
                }
            }
            return [];
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"The bitmaps of the font {font.Path} are damaged.", e);
        }
    }

    private static ReadOnlySpan<byte> Read(FontFile font, ReadOnlySpan<byte> index, int at)
    {
        var (indexFormat, imageFormat) = (BinaryPrimitives.ReadUInt16BigEndian(index), BinaryPrimitives.ReadUInt16BigEndian(index[2..]));
        var start = BinaryPrimitives.ReadUInt32BigEndian(index[4..]);
        start += indexFormat switch
        {
            1 => BinaryPrimitives.ReadUInt32BigEndian(index[(8 + 4 * at)..]),
            3 => BinaryPrimitives.ReadUInt16BigEndian(index[(8 + 2 * at)..]),
            _ => throw new InvalidDataException($"The font {font.Path} has a bitmap index of format {indexFormat}; 1 and 3 are known."),
        };
        var metrics = imageFormat switch
        {
            17 => 5,
            18 => 8,
            _ => throw new InvalidDataException($"The font {font.Path} has bitmaps of format {imageFormat}; 17 and 18 are known."),
        };
        var data = font.Table("CBDT")[checked((int)start + metrics)..];
        return data.Slice(4, checked((int)BinaryPrimitives.ReadUInt32BigEndian(data)));
    }
}
