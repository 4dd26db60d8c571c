using System.Buffers.Binary;
using System.Text;

namespace Assistant.Training.Scenes.Fonts;

/// <summary>An OpenType font file: its tables and its map from characters to glyphs. Every read is checked against the file's end.</summary>
/// <remarks>OpenType specification 1.9, "Organization of an OpenType Font", table <c>cmap</c> (formats 4 and 12).</remarks>
internal sealed class FontFile
{
    private readonly byte[] data;
    private readonly Dictionary<string, Range> tables = [];
    private readonly Dictionary<int, int> glyphs;

    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no font, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public FontFile(string path)
    {
        data = File.ReadAllBytes(path);
        try
        {
            var file = data.AsSpan();
            var count = BinaryPrimitives.ReadUInt16BigEndian(file[4..]);
            for (var i = 0; i < count; i++)
            {
                var entry = file.Slice(12 + 16 * i, 16);
                var start = checked((int)BinaryPrimitives.ReadUInt32BigEndian(entry[8..]));
                var length = checked((int)BinaryPrimitives.ReadUInt32BigEndian(entry[12..]));
                _ = file.Slice(start, length);
                tables[Encoding.ASCII.GetString(entry[..4])] = start..(start + length);
            }
            glyphs = ReadCharacters(Table("cmap"));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"{path} is no font, or damaged.", e);
        }
        Path = path;
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>A table's bytes.</summary>
    /// <exception cref="InvalidDataException">The font has none.</exception>
    public ReadOnlySpan<byte> Table(string tag) =>
        tables.TryGetValue(tag, out var range) ? data.AsSpan(range) : throw new InvalidDataException($"The font {Path} has no table '{tag}'.");

    /// <summary>Glyph of a character; null where the font has none.</summary>
    public int? GlyphOf(int codePoint) => glyphs.TryGetValue(codePoint, out var glyph) ? glyph : null;

    private static Dictionary<int, int> ReadCharacters(ReadOnlySpan<byte> cmap)
    {
        var found = new Dictionary<int, int>();
        for (var i = 0; i < BinaryPrimitives.ReadUInt16BigEndian(cmap[2..]); i++)
        {
            var table = cmap[checked((int)BinaryPrimitives.ReadUInt32BigEndian(cmap[(8 + 8 * i)..]))..];
            switch (BinaryPrimitives.ReadUInt16BigEndian(table))
            {
                case 4:
                    ReadSegments(table, found);
                    break;
                case 12:
                    ReadGroups(table, found);
                    break;
            }
        }
        return found;
    }

    private static void ReadSegments(ReadOnlySpan<byte> table, Dictionary<int, int> found)
    {
        var twice = BinaryPrimitives.ReadUInt16BigEndian(table[6..]);
        for (var at = 0; at < twice; at += 2)
        {
            var end = BinaryPrimitives.ReadUInt16BigEndian(table[(14 + at)..]);
            var start = BinaryPrimitives.ReadUInt16BigEndian(table[(16 + twice + at)..]);
            var delta = BinaryPrimitives.ReadUInt16BigEndian(table[(16 + 2 * twice + at)..]);
            var offset = BinaryPrimitives.ReadUInt16BigEndian(table[(16 + 3 * twice + at)..]);
            for (var c = (int)start; c <= end && c != 0xFFFF; c++)
            {
                // The offset counts from where it stands itself.
                var glyph = offset == 0 ? c : BinaryPrimitives.ReadUInt16BigEndian(table[(16 + 3 * twice + at + offset + 2 * (c - start))..]);
                if (glyph != 0)
                    found[c] = (glyph + delta) & 0xFFFF;
            }
        }
    }

    private static void ReadGroups(ReadOnlySpan<byte> table, Dictionary<int, int> found)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(table[12..]);
        for (var i = 0; i < count; i++)
        {
            var group = table.Slice(16 + 12 * i, 12);
            var (start, end) = (BinaryPrimitives.ReadUInt32BigEndian(group), BinaryPrimitives.ReadUInt32BigEndian(group[4..]));
            var glyph = BinaryPrimitives.ReadUInt32BigEndian(group[8..]);
            if (end > 0x10FFFF)
                throw new InvalidDataException($"A font maps the character {end:X}, which does not exist.");
            for (var c = start; c <= end; c++)
                found[(int)c] = (int)(glyph + c - start);
        }
    }
}
