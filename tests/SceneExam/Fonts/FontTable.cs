using System.Buffers.Binary;

namespace SceneExam.Fonts;

/// <summary>A stretch of a font file, read big-endian; an offset outside it is an <see cref="InvalidDataException"/> that names the stretch.</summary>
internal sealed class FontTable(ReadOnlyMemory<byte> data, string name)
{
    public string Name => name;

    public int Length => data.Length;

    public byte U8(long at) => Bytes(at, 1).Span[0];

    public int U16(long at) => BinaryPrimitives.ReadUInt16BigEndian(Bytes(at, 2).Span);

    public int I16(long at) => BinaryPrimitives.ReadInt16BigEndian(Bytes(at, 2).Span);

    public uint U32(long at) => BinaryPrimitives.ReadUInt32BigEndian(Bytes(at, 4).Span);

    public ReadOnlyMemory<byte> Bytes(long at, long length) =>
        at >= 0 && length >= 0 && at <= data.Length - length
            ? data.Slice((int)at, (int)length)
            : throw new InvalidDataException($"The font's {name} table ends at byte {data.Length}; bytes {at} to {at + length} were asked for.");

    public FontTable Slice(long at, long length) => new(Bytes(at, length), name);

    public FontTable From(long at) => Slice(at, data.Length - at);
}
