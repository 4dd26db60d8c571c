namespace SceneExam.Fonts;

/// <summary>The outlines of a TrueType font: simple glyphs of the glyf table, whose contours are lines and quadratic curves.</summary>
internal sealed class OutlineGlyphs
{
    private const int OnCurve = 1, ShortX = 2, ShortY = 4, Repeat = 8, SameOrPositiveX = 16, SameOrPositiveY = 32;

    private readonly FontTable locations, glyphs;
    private readonly CharacterMap characters;
    private readonly bool longOffsets;

    public OutlineGlyphs(FontFile font)
    {
        (locations, glyphs, characters) = (font.Table("loca"), font.Table("glyf"), new CharacterMap(font));
        longOffsets = font.Table("head").I16(50) != 0;
    }

    /// <summary>The outline of a character, y down.</summary>
    /// <exception cref="InvalidDataException">The font lacks the character or builds it from others, or its tables are damaged.</exception>
    public Outline Of(char character)
    {
        var glyph = characters.Glyph(character);
        var (start, end) = (Offset(glyph), Offset(glyph + 1));
        if (glyph == 0 || end <= start)
            throw new InvalidDataException($"The font has no outline for '{character}'.");
        var table = glyphs.Slice(start, end - start);
        var contours = table.I16(0);
        if (contours < 1)
            throw new InvalidDataException($"The font builds '{character}' from other glyphs; only simple glyphs are read.");
        return new Outline([.. Contours(table, contours).Select(QuadraticContour.Flatten)]);
    }

    private long Offset(int glyph) => longOffsets ? locations.U32(4L * glyph) : 2L * locations.U16(2L * glyph);

    private static List<ContourPoint[]> Contours(FontTable table, int contours)
    {
        var ends = Enumerable.Range(0, contours).Select(i => table.U16(10 + (2 * i))).ToArray();
        var points = ends[^1] + 1;
        var at = 10 + (2L * contours);
        at += 2 + table.U16(at); // the hinting program is skipped
        var flags = new List<byte>(points);
        while (flags.Count < points)
        {
            var flag = table.U8(at++);
            var times = (flag & Repeat) != 0 ? table.U8(at++) + 1 : 1;
            flags.AddRange(Enumerable.Repeat(flag, times));
        }
        var xs = Coordinates(table, flags, points, ShortX, SameOrPositiveX, ref at);
        var ys = Coordinates(table, flags, points, ShortY, SameOrPositiveY, ref at);
        var all = Enumerable.Range(0, points).Select(i => new ContourPoint(xs[i], -ys[i], (flags[i] & OnCurve) != 0)).ToArray();
        var found = new List<ContourPoint[]>();
        var first = 0;
        foreach (var end in ends)
        {
            if (end < first)
                throw new InvalidDataException("The font's glyf table has contours that end before they begin.");
            found.Add(all[first..(end + 1)]);
            first = end + 1;
        }
        return found;
    }

    /// <summary>Differences of one or two bytes, or none; the flags say which.</summary>
    private static int[] Coordinates(FontTable table, List<byte> flags, int points, int isShort, int sameOrPositive, ref long at)
    {
        var values = new int[points];
        var value = 0;
        for (var i = 0; i < points; i++)
        {
            if ((flags[i] & isShort) != 0)
            {
                var step = table.U8(at++);
                value += (flags[i] & sameOrPositive) != 0 ? step : -step;
            }
            else if ((flags[i] & sameOrPositive) == 0)
            {
                value += table.I16(at);
                at += 2;
            }
            values[i] = value;
        }
        return values;
    }
}
