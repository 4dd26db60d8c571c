using System.Buffers.Binary;
using System.Text;

namespace Assistant.Vision.Weights;

/// <summary>Where the uncompressed entries of a ZIP file lie: <see cref="System.IO.Compression.ZipArchive"/> does not tell, and mapping needs it.</summary>
/// <remarks>Source: PKWARE APPNOTE 6.3.9, sections 4.3 and 4.5.3 (ZIP64).</remarks>
internal sealed class ZipDirectory
{
    private const uint LocalHeader = 0x04034b50, CentralHeader = 0x02014b50, EndOfDirectory = 0x06054b50;
    private const uint Zip64EndOfDirectory = 0x06064b50, Zip64Locator = 0x07064b50;
    private readonly MappedFile file;

    private ZipDirectory(MappedFile file) => this.file = file;

    /// <summary>Offset and length of each entry's bytes, by name.</summary>
    public Dictionary<string, (long Offset, long Length)> Entries { get; } = new(StringComparer.Ordinal);

    /// <exception cref="WeightFileException">The directory is missing or damaged, or an entry is compressed.</exception>
    public static ZipDirectory Read(MappedFile file)
    {
        var directory = new ZipDirectory(file);
        directory.ReadEntries();
        return directory;
    }

    private void ReadEntries()
    {
        var (count, position, size) = FindDirectory();
        if (size > (ulong)file.Length || position > (ulong)file.Length - size || count > size / 46)
            throw Damaged("its directory lies outside the file");
        var directory = file.Span((long)position, (long)size);
        for (var i = 0UL; i < count; i++)
        {
            if (directory.Length < 46 || U32(directory) != CentralHeader)
                throw Damaged($"entry {i + 1} of its directory is broken");
            var (nameLength, extraLength, commentLength) = (U16(directory[28..]), U16(directory[30..]), U16(directory[32..]));
            if (directory.Length < 46 + nameLength + extraLength + commentLength)
                throw Damaged($"entry {i + 1} of its directory is cut off");
            var name = Encoding.UTF8.GetString(directory.Slice(46, nameLength));
            if (!name.EndsWith('/') && !Entries.TryAdd(name, Locate(name, directory, directory.Slice(46 + nameLength, extraLength))))
                throw Damaged($"it holds '{name}' twice");
            directory = directory[(46 + nameLength + extraLength + commentLength)..];
        }
    }

    private (ulong Count, ulong Position, ulong Size) FindDirectory()
    {
        var tail = file.Span(Math.Max(0, file.Length - (22 + ushort.MaxValue)), Math.Min(file.Length, 22 + ushort.MaxValue));
        for (var at = tail.Length - 22; at >= 0; at--)
        {
            if (U32(tail[at..]) != EndOfDirectory)
                continue;
            var end = tail[at..];
            var (count, size, position) = ((ulong)U16(end[10..]), (ulong)U32(end[12..]), (ulong)U32(end[16..]));
            if (count != ushort.MaxValue && size != uint.MaxValue && position != uint.MaxValue)
                return (count, position, size);
            if (at < 20 || U32(tail[(at - 20)..]) != Zip64Locator)
                return (count, position, size);
            var wide = U64(tail[(at - 12)..]);
            if (wide > (ulong)file.Length || (ulong)file.Length - wide < 56 || U32(file.Span((long)wide, 56)) != Zip64EndOfDirectory)
                throw Damaged("its ZIP64 directory is broken");
            var record = file.Span((long)wide, 56);
            return (U64(record[32..]), U64(record[48..]), U64(record[40..]));
        }
        throw new WeightFileException($"{file.Name} is truncated or damaged: a ZIP archive's directory at its end is missing.");
    }

    private (long Offset, long Length) Locate(string name, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        ulong packed = U32(entry[20..]), length = U32(entry[24..]), header = U32(entry[42..]);
        for (; extra.Length >= 4 && extra.Length >= 4 + U16(extra[2..]); extra = extra[(4 + U16(extra[2..]))..])
        {
            if (U16(extra) != 1) // ZIP64: the sizes that do not fit 32 bits, in this order
                continue;
            var wide = extra.Slice(4, U16(extra[2..]));
            Widen(ref length, ref wide);
            Widen(ref packed, ref wide);
            Widen(ref header, ref wide);
        }
        if ((U16(entry[8..]) & 1) != 0 || U16(entry[10..]) != 0 || packed != length)
            throw new WeightFileException($"{file.Name}: the entry '{name}' is compressed or encrypted, which PyTorch archives are not.");
        if (header > (ulong)file.Length || (ulong)file.Length - header < 30 || U32(file.Span((long)header, 30)) != LocalHeader)
            throw Damaged($"the entry '{name}' is not where the directory says");
        var local = file.Span((long)header, 30);
        var start = header + 30 + U16(local[26..]) + U16(local[28..]);
        if (start > (ulong)file.Length || length > (ulong)file.Length - start)
            throw Damaged($"the entry '{name}' has {length} bytes, more than the file holds");
        return ((long)start, (long)length);
    }

    private static void Widen(ref ulong value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue || wide.Length < 8)
            return;
        value = U64(wide);
        wide = wide[8..];
    }

    private WeightFileException Damaged(string how) => new($"{file.Name} is a damaged ZIP archive: {how}.");

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
