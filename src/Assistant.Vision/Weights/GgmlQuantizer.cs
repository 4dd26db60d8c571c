using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Assistant.Vision.Weights;

/// <summary>Stores 32-bit floats as one of ggml's types, to the same bits as ggml's reference quantisers.</summary>
/// <remarks>Source: ggml, <c>quantize_row_q8_0_ref</c>, <c>quantize_row_q4_0_ref</c>.</remarks>
public static class GgmlQuantizer
{
    /// <summary>Whether <see cref="FromFloat"/> makes this type.</summary>
    public static bool Supports(GgmlType type) => type is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.Q8_0 or GgmlType.Q4_0;

    /// <summary>Converts whole blocks.</summary>
    /// <param name="type">What to make.</param>
    /// <param name="source">A whole number of blocks of elements.</param>
    /// <param name="destination">Exactly the bytes that they take.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    /// <exception cref="NotSupportedException">The type cannot be made.</exception>
    public static void FromFloat(GgmlType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        if (!Supports(type))
            throw new NotSupportedException($"Floats cannot be stored as {type}; F32, F16, BF16, Q8_0 and Q4_0 can be made.");
        if (destination.Length != type.ByteLength(source.Length))
            throw new ArgumentException($"{source.Length} elements of {type} are {type.ByteLength(source.Length)} bytes, not {destination.Length}.", nameof(destination));
        switch (type)
        {
            case GgmlType.F32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                return;
            case GgmlType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(destination);
                for (var i = 0; i < source.Length; i++)
                    halves[i] = (Half)source[i];
                return;
            case GgmlType.BF16:
                var brains = MemoryMarshal.Cast<byte, ushort>(destination);
                for (var i = 0; i < source.Length; i++)
                    brains[i] = ToBFloat16(source[i]);
                return;
        }
        var bytes = type.BytesPerBlock();
        for (; source.Length > 0; source = source[32..], destination = destination[bytes..])
        {
            if (type == GgmlType.Q8_0)
                Q8_0(source[..32], destination[..bytes]);
            else
                Q4_0(source[..32], destination[..bytes]);
        }
    }

    /// <summary>The nearest bfloat16, ties to even; a NaN stays one.</summary>
    public static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)(bits >> 16 | 64) // the quiet bit: a NaN whose payload is in the lower half must not become infinity
            : (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    private static void Q8_0(ReadOnlySpan<float> x, Span<byte> block)
    {
        var largest = 0f;
        foreach (var value in x)
            largest = Math.Max(largest, Math.Abs(value));
        var d = largest / 127;
        var inverse = d == 0 ? 0 : 1 / d;
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)d);
        for (var j = 0; j < 32; j++)
            block[2 + j] = (byte)(sbyte)MathF.Round(x[j] * inverse, MidpointRounding.AwayFromZero);
    }

    private static void Q4_0(ReadOnlySpan<float> x, Span<byte> block)
    {
        var extreme = 0f; // the value farthest from zero, with its sign: it becomes exactly -8 steps
        foreach (var value in x)
            if (Math.Abs(value) > Math.Abs(extreme))
                extreme = value;
        var d = extreme / -8;
        var inverse = d == 0 ? 0 : 1 / d;
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)d);
        for (var j = 0; j < 16; j++)
        {
            var low = Math.Min(15, (int)(x[j] * inverse + 8.5f));
            var high = Math.Min(15, (int)(x[j + 16] * inverse + 8.5f));
            block[2 + j] = (byte)(low | high << 4);
        }
    }
}
