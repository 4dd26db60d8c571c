using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Assistant.Vision.Weights;

/// <summary>Turns ggml's storage types into 32-bit floats, to the same bits as ggml's own <c>dequantize_row</c> functions.</summary>
/// <remarks>Layouts after ggml, <c>ggml-common.h</c> and <c>ggml-quants.c</c>. The K types hold 256 elements a block with scales of 16 or 32 elements each.</remarks>
public static class GgmlDequantizer
{
    /// <summary>Whether <see cref="ToFloat"/> takes this type.</summary>
    public static bool Supports(GgmlType type) => type is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.F64
        or GgmlType.Q4_0 or GgmlType.Q4_1 or GgmlType.Q5_0 or GgmlType.Q5_1 or GgmlType.Q8_0
        or GgmlType.Q2_K or GgmlType.Q3_K or GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K;

    /// <summary>Converts whole blocks.</summary>
    /// <param name="type">How the source is stored.</param>
    /// <param name="source">Exactly the bytes of the destination's elements.</param>
    /// <param name="destination">A whole number of blocks.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    /// <exception cref="NotSupportedException">The type cannot be converted.</exception>
    public static void ToFloat(GgmlType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (!Supports(type))
            throw new NotSupportedException($"{type} cannot be converted to floats.");
        if (source.Length != type.ByteLength(destination.Length))
            throw new ArgumentException($"{destination.Length} elements of {type} are {type.ByteLength(destination.Length)} bytes, not {source.Length}.", nameof(source));
        switch (type)
        {
            case GgmlType.F32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                return;
            case GgmlType.F64:
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(source[(8 * i)..]);
                return;
            case GgmlType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(source);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = (float)halves[i];
                return;
            case GgmlType.BF16:
                var brains = MemoryMarshal.Cast<byte, ushort>(source);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)brains[i] << 16);
                return;
        }
        var (elements, bytes) = (type.ElementsPerBlock(), type.BytesPerBlock());
        for (; destination.Length > 0; source = source[bytes..], destination = destination[elements..])
            ConvertBlock(type, source[..bytes], destination[..elements]);
    }

    private static void ConvertBlock(GgmlType type, ReadOnlySpan<byte> block, Span<float> y)
    {
        switch (type)
        {
            case GgmlType.Q4_0: Q4(block[2..], y, scale: Half16(block, 0), offset: -8, min: 0); break;
            case GgmlType.Q4_1: Q4(block[4..], y, scale: Half16(block, 0), offset: 0, min: Half16(block, 2)); break;
            case GgmlType.Q5_0: Q5(block[2..], y, scale: Half16(block, 0), offset: -16, min: 0); break;
            case GgmlType.Q5_1: Q5(block[4..], y, scale: Half16(block, 0), offset: 0, min: Half16(block, 2)); break;
            case GgmlType.Q8_0: Q8(block, y); break;
            case GgmlType.Q2_K: Q2K(block, y); break;
            case GgmlType.Q3_K: Q3K(block, y); break;
            case GgmlType.Q4_K: Q4K(block, y); break;
            case GgmlType.Q5_K: Q5K(block, y); break;
            default: Q6K(block, y); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Half16(ReadOnlySpan<byte> block, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[at..]);

    /// <summary>16 bytes: the low nibbles are elements 0..15, the high ones 16..31.</summary>
    private static void Q4(ReadOnlySpan<byte> nibbles, Span<float> y, float scale, int offset, float min)
    {
        for (var j = 0; j < 16; j++)
        {
            y[j] = ((nibbles[j] & 0xF) + offset) * scale + min;
            y[j + 16] = ((nibbles[j] >> 4) + offset) * scale + min;
        }
    }

    /// <summary>As <see cref="Q4"/>, after 32 bits that hold the fifth bit of each element.</summary>
    private static void Q5(ReadOnlySpan<byte> block, Span<float> y, float scale, int offset, float min)
    {
        var high = BinaryPrimitives.ReadUInt32LittleEndian(block);
        var nibbles = block[4..];
        for (var j = 0; j < 16; j++)
        {
            var low0 = (nibbles[j] & 0xF) | (int)((high >> j) << 4 & 0x10);
            var low1 = (nibbles[j] >> 4) | (int)(high >> (j + 12) & 0x10);
            y[j] = (low0 + offset) * scale + min;
            y[j + 16] = (low1 + offset) * scale + min;
        }
    }

    private static void Q8(ReadOnlySpan<byte> block, Span<float> y)
    {
        var scale = Half16(block, 0);
        for (var j = 0; j < 32; j++)
            y[j] = (sbyte)block[2 + j] * scale;
    }

    /// <summary>scales[16] (low nibble scale, high nibble minimum), qs[64], d, dmin.</summary>
    private static void Q2K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var (d, min) = (Half16(block, 80), Half16(block, 82));
        for (var group = 0; group < 16; group++) // of 16 elements; 8 groups share 32 bytes of qs, 2 bits each
        {
            var (scale, minimum) = (d * (block[group] & 0xF), min * (block[group] >> 4));
            var shift = group % 8 / 2 * 2;
            var q = block.Slice(16 + group / 8 * 32 + group % 2 * 16, 16);
            for (var l = 0; l < 16; l++)
                y[group * 16 + l] = scale * (q[l] >> shift & 3) - minimum;
        }
    }

    /// <summary>hmask[32] (third bits, inverted), qs[64], scales[12] (6 bits each), d.</summary>
    private static void Q3K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Half16(block, 108);
        var packed = block.Slice(96, 12);
        for (var group = 0; group < 16; group++)
        {
            var low = group < 8 ? packed[group] & 0xF : packed[group - 8] >> 4;
            var high = packed[8 + group % 4] >> (group / 4 * 2) & 3;
            var scale = d * ((low | high << 4) - 32);
            var (shift, mask) = (group % 8 / 2 * 2, 1 << group / 2);
            var q = block.Slice(32 + group / 8 * 32 + group % 2 * 16, 16);
            var bits = block.Slice(group % 2 * 16, 16);
            for (var l = 0; l < 16; l++)
                y[group * 16 + l] = scale * ((q[l] >> shift & 3) - ((bits[l] & mask) != 0 ? 0 : 4));
        }
    }

    /// <summary>d, dmin, scales[12] (6 bits each of scale and minimum), qs[128].</summary>
    private static void Q4K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var (d, min) = (Half16(block, 0), Half16(block, 2));
        for (var group = 0; group < 8; group++) // of 32 elements; two groups share 32 bytes, low nibbles first
        {
            var (scale, minimum) = ScaleAndMinimum(block.Slice(4, 12), group);
            var (ds, ms) = (d * scale, min * minimum);
            var shift = group % 2 * 4;
            var q = block.Slice(16 + group / 2 * 32, 32);
            for (var l = 0; l < 32; l++)
                y[group * 32 + l] = ds * (q[l] >> shift & 0xF) - ms;
        }
    }

    /// <summary>As <see cref="Q4K"/> with qh[32] before qs: bit g of its bytes is the fifth bit of group g.</summary>
    private static void Q5K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var (d, min) = (Half16(block, 0), Half16(block, 2));
        var high = block.Slice(16, 32);
        for (var group = 0; group < 8; group++)
        {
            var (scale, minimum) = ScaleAndMinimum(block.Slice(4, 12), group);
            var (ds, ms) = (d * scale, min * minimum);
            var shift = group % 2 * 4;
            var q = block.Slice(48 + group / 2 * 32, 32);
            for (var l = 0; l < 32; l++)
                y[group * 32 + l] = ds * ((q[l] >> shift & 0xF) + ((high[l] >> group & 1) << 4)) - ms;
        }
    }

    /// <summary>ql[128], qh[64], scales[16] (signed), d.</summary>
    private static void Q6K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Half16(block, 208);
        for (var half = 0; half < 2; half++)
        {
            var low = block.Slice(half * 64, 64);
            var high = block.Slice(128 + half * 32, 32);
            var scales = block.Slice(192 + half * 8, 8);
            for (var quarter = 0; quarter < 4; quarter++) // of 32 elements: nibble quarter / 2 of byte row quarter % 2
            {
                var row = low.Slice(quarter % 2 * 32, 32);
                for (var l = 0; l < 32; l++)
                {
                    var q = (row[l] >> quarter / 2 * 4 & 0xF | (high[l] >> quarter * 2 & 3) << 4) - 32;
                    y[half * 128 + quarter * 32 + l] = d * (sbyte)scales[quarter * 2 + l / 16] * q;
                }
            }
        }
    }

    /// <summary>The packing of eight 6-bit scales and eight 6-bit minima in 12 bytes.</summary>
    private static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> packed, int group) => group < 4
        ? (packed[group] & 63, packed[group + 4] & 63)
        : (packed[group + 4] & 0xF | packed[group - 4] >> 6 << 4, packed[group + 4] >> 4 | packed[group] >> 6 << 4);
}
