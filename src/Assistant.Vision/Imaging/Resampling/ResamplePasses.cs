using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Assistant.Vision.Imaging.Resampling;

/// <summary>The two passes of a separable resize over 8-bit samples.</summary>
/// <remarks>All arithmetic is on 32-bit integers, so the vector paths give the very values of the scalar ones.</remarks>
internal static class ResamplePasses
{
    private const int Half = 1 << (ResampleCoefficients.PrecisionBits - 1);

    /// <summary>Work (weights times samples) from which a pass is worth spreading over the cores.</summary>
    private const long ParallelWork = 32_000_000;

    /// <summary>Picks byte offsets 3i, 3i + 1, 3i + 2 of four packed pixels as 32-bit integers; index 16 and above yields zero.</summary>
    private static readonly Vector128<byte> Pixel0 = Spread(0), Pixel1 = Spread(3), Pixel2 = Spread(6), Pixel3 = Spread(9);

    /// <summary>Resizes along the rows.</summary>
    /// <param name="source">Samples; rows start every <paramref name="sourceWidth"/> * <paramref name="channels"/> bytes.</param>
    /// <param name="sourceWidth">Pixels of a source row.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="firstRow">First source row that is needed.</param>
    /// <param name="rows">Source rows that are needed.</param>
    /// <param name="axis">Coefficients of the target columns.</param>
    /// <returns><paramref name="rows"/> rows of as many pixels as there are target columns.</returns>
    public static byte[] Horizontal(byte[] source, int sourceWidth, int channels, int firstRow, int rows, ResampleCoefficients axis)
    {
        var width = axis.First.Length;
        var target = new byte[(long)rows * width * channels];
        var vector = channels == 3 && Vector128.IsHardwareAccelerated;
        ForRows(rows, (long)width * channels * axis.Size, y =>
        {
            var from = (firstRow + y) * sourceWidth * channels;
            var line = target.AsSpan(y * width * channels, width * channels);
            // The vector path reads up to 15 bytes beyond a pixel: not where the array may end before them.
            if (vector && from + (sourceWidth * 3) + 16 <= source.Length)
                RowOfRgb(ref MemoryMarshal.GetArrayDataReference(source), from, line, axis);
            else
                Row(source.AsSpan(from, sourceWidth * channels), channels, line, axis);
        });
        return target;
    }

    /// <summary>Resizes along the columns.</summary>
    /// <param name="source">Samples from source row <paramref name="firstRow"/> on.</param>
    /// <param name="rowLength">Bytes of a row.</param>
    /// <param name="firstRow">Source row that stands first in <paramref name="source"/>.</param>
    /// <param name="axis">Coefficients of the target rows.</param>
    public static byte[] Vertical(byte[] source, int rowLength, int firstRow, ResampleCoefficients axis)
    {
        var target = new byte[(long)axis.First.Length * rowLength];
        ForRows(axis.First.Length, (long)rowLength * axis.Size, y =>
        {
            var weights = axis.Weights.AsSpan(y * axis.Size, axis.Count[y]);
            Column(source.AsSpan((axis.First[y] - firstRow) * rowLength), rowLength, target.AsSpan(y * rowLength, rowLength), weights);
        });
        return target;
    }

    private static void ForRows(int rows, long workPerRow, Action<int> row)
    {
        if (rows * workPerRow >= ParallelWork)
        {
            Parallel.For(0, rows, row);
            return;
        }
        for (var y = 0; y < rows; y++)
            row(y);
    }

    private static void Row(ReadOnlySpan<byte> source, int channels, Span<byte> target, ResampleCoefficients axis)
    {
        for (var x = 0; x < axis.First.Length; x++)
        {
            var weights = axis.Weights.AsSpan(x * axis.Size, axis.Count[x]);
            for (var c = 0; c < channels; c++)
            {
                var sum = Half;
                var at = (axis.First[x] * channels) + c;
                foreach (var weight in weights)
                {
                    sum += source[at] * weight;
                    at += channels;
                }
                target[(x * channels) + c] = Clip(sum);
            }
        }
    }

    /// <summary>Four source pixels a step: one 16-byte load, spread to the R, G, B lanes of four vectors.</summary>
    private static void RowOfRgb(ref byte source, int from, Span<byte> target, ResampleCoefficients axis)
    {
        ref var allWeights = ref MemoryMarshal.GetArrayDataReference(axis.Weights);
        for (var x = 0; x < axis.First.Length; x++)
        {
            ref var weight = ref Unsafe.Add(ref allWeights, x * axis.Size);
            ref var pixel = ref Unsafe.Add(ref source, from + (3 * axis.First[x]));
            var count = axis.Count[x];
            var (even, odd) = (Vector128.Create(Half), Vector128<int>.Zero);
            var i = 0;
            for (; i + 4 <= count; i += 4)
            {
                var pixels = Vector128.LoadUnsafe(ref pixel, (nuint)(3 * i));
                even += Vector128.Shuffle(pixels, Pixel0).AsInt32() * Unsafe.Add(ref weight, i);
                odd += Vector128.Shuffle(pixels, Pixel1).AsInt32() * Unsafe.Add(ref weight, i + 1);
                even += Vector128.Shuffle(pixels, Pixel2).AsInt32() * Unsafe.Add(ref weight, i + 2);
                odd += Vector128.Shuffle(pixels, Pixel3).AsInt32() * Unsafe.Add(ref weight, i + 3);
            }
            for (; i < count; i++)
                even += Vector128.Shuffle(Vector128.LoadUnsafe(ref pixel, (nuint)(3 * i)), Pixel0).AsInt32() * Unsafe.Add(ref weight, i);
            var sum = Clip(even + odd);
            target[3 * x] = (byte)sum.ToScalar();
            target[(3 * x) + 1] = (byte)sum.GetElement(1);
            target[(3 * x) + 2] = (byte)sum.GetElement(2);
        }
    }

    private static void Column(ReadOnlySpan<byte> source, int rowLength, Span<byte> target, ReadOnlySpan<int> weights)
    {
        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; at + Vector256<byte>.Count <= rowLength; at += Vector256<byte>.Count)
            {
                var (a, b, c, d) = (Vector256.Create(Half), Vector256.Create(Half), Vector256.Create(Half), Vector256.Create(Half));
                for (var i = 0; i < weights.Length; i++)
                {
                    var (low, high) = Vector256.Widen(Vector256.Create(source.Slice((i * rowLength) + at, Vector256<byte>.Count)));
                    var weight = Vector256.Create(weights[i]);
                    a += Vector256.WidenLower(low).AsInt32() * weight;
                    b += Vector256.WidenUpper(low).AsInt32() * weight;
                    c += Vector256.WidenLower(high).AsInt32() * weight;
                    d += Vector256.WidenUpper(high).AsInt32() * weight;
                }
                var packed = Vector256.Narrow(
                    Vector256.Narrow(Clip(a), Clip(b)).AsUInt16(),
                    Vector256.Narrow(Clip(c), Clip(d)).AsUInt16());
                packed.CopyTo(target[at..]);
            }
        }
        for (; at < rowLength; at++)
        {
            var sum = Half;
            for (var i = 0; i < weights.Length; i++)
                sum += source[(i * rowLength) + at] * weights[i];
            target[at] = Clip(sum);
        }
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleCoefficients.PrecisionBits, 0, 255);

    private static Vector128<int> Clip(Vector128<int> sum) =>
        Vector128.Min(Vector128.Max(sum >> ResampleCoefficients.PrecisionBits, Vector128<int>.Zero), Vector128.Create(255));

    private static Vector256<int> Clip(Vector256<int> sum) =>
        Vector256.Min(Vector256.Max(sum >> ResampleCoefficients.PrecisionBits, Vector256<int>.Zero), Vector256.Create(255));

    private static Vector128<byte> Spread(byte at)
    {
        const byte none = 0xFF;
        return Vector128.Create(at, none, none, none, (byte)(at + 1), none, none, none, (byte)(at + 2), none, none, none, none, none, none, none);
    }
}
