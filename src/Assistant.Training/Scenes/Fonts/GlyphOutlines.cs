using System.Buffers.Binary;

namespace Assistant.Training.Scenes.Fonts;

/// <summary>The outlines of a font's glyphs as polygons.</summary>
/// <remarks>OpenType specification 1.9, tables <c>head</c>, <c>loca</c> and <c>glyf</c>; simple glyphs only, which digits and capital letters are.</remarks>
internal static class GlyphOutlines
{
    private const int Steps = 6; // line segments a curve

    /// <summary>Contours of a glyph in font units, y upwards; null for an empty or composite one.</summary>
    /// <exception cref="InvalidDataException">The tables are damaged.</exception>
    public static IReadOnlyList<List<(double X, double Y)>>? Find(FontFile font, int glyph)
    {
        try
        {
            var locations = font.Table("loca");
            var isLong = BinaryPrimitives.ReadUInt16BigEndian(font.Table("head")[50..]) != 0;
            var (start, end) = (Location(locations, glyph, isLong), Location(locations, glyph + 1, isLong));
            var data = font.Table("glyf")[start..end];
            var contours = data.Length == 0 ? 0 : BinaryPrimitives.ReadInt16BigEndian(data);
            return contours > 0 ? Read(data[10..], contours) : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"The outlines of the font {font.Path} are damaged.", e);
        }
    }

    private static int Location(ReadOnlySpan<byte> locations, int glyph, bool isLong) => isLong
        ? checked((int)BinaryPrimitives.ReadUInt32BigEndian(locations[(4 * glyph)..]))
        : 2 * BinaryPrimitives.ReadUInt16BigEndian(locations[(2 * glyph)..]);

    private static List<List<(double X, double Y)>> Read(ReadOnlySpan<byte> data, int contours)
    {
        var ends = new int[contours];
        for (var i = 0; i < contours; i++)
            ends[i] = BinaryPrimitives.ReadUInt16BigEndian(data[(2 * i)..]);
        data = data[(2 * contours)..];
        data = data[(2 + BinaryPrimitives.ReadUInt16BigEndian(data))..]; // hinting instructions
        var flags = new byte[ends[^1] + 1];
        for (var i = 0; i < flags.Length;)
        {
            var flag = data[0];
            var repeats = (flag & 8) != 0 ? data[1] : 0;
            data = data[((flag & 8) != 0 ? 2 : 1)..];
            for (var k = 0; k <= repeats; k++)
                flags[i++] = flag;
        }
        var x = Coordinates(ref data, flags, isShort: 2, isSame: 16);
        var y = Coordinates(ref data, flags, isShort: 4, isSame: 32);
        var outline = new List<List<(double, double)>>(contours);
        for (var (i, first) = (0, 0); i < contours; first = ends[i++] + 1)
            outline.Add(Flatten(flags.AsSpan(first..(ends[i] + 1)), x.AsSpan(first..), y.AsSpan(first..)));
        return outline;
    }

    private static int[] Coordinates(ref ReadOnlySpan<byte> data, byte[] flags, byte isShort, byte isSame)
    {
        var values = new int[flags.Length];
        var at = 0;
        for (var i = 0; i < flags.Length; i++)
        {
            var same = (flags[i] & isSame) != 0;
            if ((flags[i] & isShort) != 0)
            {
                at += same ? data[0] : -data[0];
                data = data[1..];
            }
            else if (!same)
            {
                at += BinaryPrimitives.ReadInt16BigEndian(data);
                data = data[2..];
            }
            values[i] = at;
        }
        return values;
    }

    // Quadratic curves; between two control points lies a point of the outline.
    private static List<(double X, double Y)> Flatten(ReadOnlySpan<byte> flags, ReadOnlySpan<int> x, ReadOnlySpan<int> y)
    {
        var n = flags.Length;
        var points = new List<(double X, double Y)>();
        var first = 0;
        while (first < n && (flags[first] & 1) == 0)
            first++;
        (double X, double Y) at = first < n ? (x[first], y[first]) : ((x[0] + x[n - 1]) / 2.0, (y[0] + y[n - 1]) / 2.0);
        points.Add(at);
        (double X, double Y)? control = null;
        var begin = first < n ? first + 1 : 0;
        for (var k = 0; k < n; k++)
        {
            var i = (begin + k) % n;
            (double X, double Y) next = (x[i], y[i]);
            if ((flags[i] & 1) != 0)
            {
                To(next);
                continue;
            }
            if (control is { } previous)
                To(((previous.X + next.X) / 2, (previous.Y + next.Y) / 2));
            control = next;
        }
        if (control is not null)
            To(points[0]);
        return points;

        void To((double X, double Y) end)
        {
            if (control is { } c)
            {
                for (var step = 1; step < Steps; step++)
                {
                    var t = step / (double)Steps;
                    points.Add(((1 - t) * (1 - t) * at.X + 2 * t * (1 - t) * c.X + t * t * end.X, (1 - t) * (1 - t) * at.Y + 2 * t * (1 - t) * c.Y + t * t * end.Y));
                }
            }
            points.Add(end);
            (at, control) = (end, null);
        }
    }
}
