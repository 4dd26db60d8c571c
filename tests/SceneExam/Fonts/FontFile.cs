using System.Text;

namespace SceneExam.Fonts;

/// <summary>A TrueType or OpenType file: a directory of tables.</summary>
/// <remarks>Layout of the file and of its tables: the OpenType specification, chapters "OpenType Font File", "cmap", "glyf", "CBLC" and "CBDT".</remarks>
internal sealed class FontFile
{
    private const uint TrueType = 0x00010000;
    private const int HeaderBytes = 12, RecordBytes = 16;

    private readonly Dictionary<string, FontTable> tables = [];

    /// <exception cref="InvalidDataException">The bytes are no such font, or its directory points outside them.</exception>
    public FontFile(ReadOnlyMemory<byte> data)
    {
        var file = new FontTable(data, "file");
        if (data.Length < HeaderBytes || file.U32(0) != TrueType)
            throw new InvalidDataException("This is not a TrueType font: it does not begin with 00 01 00 00.");
        for (var i = 0; i < file.U16(4); i++)
        {
            var record = HeaderBytes + (RecordBytes * (long)i);
            var tag = Encoding.ASCII.GetString(file.Bytes(record, 4).Span);
            tables[tag] = new FontTable(file.Bytes(file.U32(record + 8), file.U32(record + 12)), tag);
        }
    }

    /// <exception cref="InvalidDataException">The font has no such table.</exception>
    public FontTable Table(string tag) => tables.TryGetValue(tag, out var table)
        ? table
        : throw new InvalidDataException($"The font has no {tag} table; it has {string.Join(", ", tables.Keys)}.");
}
