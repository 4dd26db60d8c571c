namespace SceneExam.Fonts;

/// <summary>The PNG files of a colour bitmap font: the CBLC table says where they are, the CBDT table holds them.</summary>
internal sealed class BitmapGlyphs
{
    private const int StrikeBytes = 48, HeaderBytes = 8;

    /// <summary>An offset for each glyph of a range; the only index format of the fonts that are read here.</summary>
    private const int OffsetArray = 1;

    /// <summary>Five bytes of metrics, the length, then a PNG file.</summary>
    private const int SmallMetricsAndPng = 17;

    private readonly FontTable locations, data;
    private readonly CharacterMap characters;

    public BitmapGlyphs(FontFile font)
    {
        (locations, data, characters) = (font.Table("CBLC"), font.Table("CBDT"), new CharacterMap(font));
        if (locations.U32(4) == 0)
            throw new InvalidDataException("The font's CBLC table lists no bitmaps.");
    }

    /// <summary>The PNG file of a code point.</summary>
    /// <exception cref="InvalidDataException">The font has none, or its tables are damaged.</exception>
    public ReadOnlyMemory<byte> Png(int codePoint)
    {
        var glyph = characters.Glyph(codePoint);
        // The first strike: such fonts have one size.
        var (array, count) = (locations.U32(8), locations.U32(8 + 8));
        _ = locations.Bytes(8, StrikeBytes);
        for (var i = 0L; glyph != 0 && i < count; i++)
        {
            var entry = array + (8 * i);
            var (first, last) = (locations.U16(entry), locations.U16(entry + 2));
            if (glyph < first || glyph > last)
                continue;
            var sub = array + (long)locations.U32(entry + 4);
            var (indexFormat, imageFormat) = (locations.U16(sub), locations.U16(sub + 2));
            if (indexFormat != OffsetArray || imageFormat != SmallMetricsAndPng)
                throw new InvalidDataException($"The font's bitmaps have index format {indexFormat} and image format {imageFormat}; formats {OffsetArray} and {SmallMetricsAndPng} are read.");
            var offsets = sub + HeaderBytes + (4L * (glyph - first));
            var (start, end) = (locations.U32(offsets), locations.U32(offsets + 4));
            if (end <= start)
                break;
            var image = data.Slice(locations.U32(sub + 4) + (long)start, (long)end - start);
            return image.Bytes(9, image.U32(5));
        }
        throw new InvalidDataException($"The font has no bitmap for U+{codePoint:X4}.");
    }
}
