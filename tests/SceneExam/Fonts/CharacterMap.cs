namespace SceneExam.Fonts;

/// <summary>From code points to glyphs: the cmap table's formats 4 (the first 65,536 code points) and 12 (all of them).</summary>
internal sealed class CharacterMap
{
    private const int Format4 = 4, Format12 = 12;

    private readonly FontTable map;
    private readonly int format;

    /// <exception cref="InvalidDataException">The font has neither format.</exception>
    public CharacterMap(FontFile font)
    {
        var cmap = font.Table("cmap");
        for (var i = 0; i < cmap.U16(2); i++)
        {
            var sub = cmap.From(cmap.U32(4 + (8L * i) + 4));
            if (sub.U16(0) is Format4 or Format12 && sub.U16(0) > format)
                (map, format) = (sub, sub.U16(0));
        }
        if (map is null)
            throw new InvalidDataException("The font's cmap table has no subtable of format 4 or 12.");
    }

    /// <summary>The glyph of a code point; 0, the glyph for what is missing, where there is none.</summary>
    public int Glyph(int codePoint) => format == Format12 ? InGroups(codePoint) : InSegments(codePoint);

    private int InGroups(int codePoint)
    {
        for (var (i, count) = (0L, map.U32(12)); i < count; i++)
        {
            var group = 16 + (12 * i);
            if (codePoint <= map.U32(group + 4)) // sorted by their ends
                return codePoint >= map.U32(group) ? (int)(map.U32(group + 8) + codePoint - map.U32(group)) : 0;
        }
        return 0;
    }

    private int InSegments(int codePoint)
    {
        var segments = map.U16(6); // twice their number: the size of each of the arrays in bytes
        for (var i = 0; i < segments; i += 2)
        {
            if (codePoint > map.U16(14 + i))
                continue;
            var (start, delta) = (map.U16(16 + segments + i), map.U16(16 + (2 * segments) + i));
            if (codePoint < start)
                return 0;
            var at = 16 + (3 * segments) + i;
            var range = map.U16(at);
            if (range == 0)
                return (codePoint + delta) & 0xFFFF;
            var glyph = map.U16(at + range + (2 * (codePoint - start)));
            return glyph == 0 ? 0 : (glyph + delta) & 0xFFFF;
        }
        return 0;
    }
}
