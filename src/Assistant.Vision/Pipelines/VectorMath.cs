using System.Numerics;
using System.Runtime.InteropServices;

namespace Assistant.Vision.Pipelines;

/// <summary>Sums over embeddings and scores.</summary>
internal static class VectorMath
{
    /// <summary>Scalar product; the cosine where both have length 1.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"Embeddings of {a.Length} and {b.Length} numbers cannot be compared.");
        var wideA = MemoryMarshal.Cast<float, Vector<float>>(a);
        var wideB = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < wideA.Length; i++)
            sums += wideA[i] * wideB[i];
        var sum = Vector.Sum(sums);
        for (var i = wideA.Length * Vector<float>.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The mean of vectors, scaled to length 1.</summary>
    public static float[] UnitMean(IReadOnlyCollection<float[]> vectors)
    {
        var mean = new float[vectors.First().Length];
        foreach (var vector in vectors)
        {
            for (var i = 0; i < mean.Length; i++)
                mean[i] += vector[i] / vectors.Count;
        }
        var length = MathF.Sqrt(Dot(mean, mean));
        for (var i = 0; length > 0 && i < mean.Length; i++)
            mean[i] /= length;
        return mean;
    }

    /// <summary>exp(scale·v) divided by the sum of those.</summary>
    public static float[] Softmax(ReadOnlySpan<float> values, float scale = 1)
    {
        var highest = float.NegativeInfinity;
        foreach (var value in values)
            highest = Math.Max(highest, scale * value);
        var powers = new double[values.Length];
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
            sum += powers[i] = Math.Exp(scale * values[i] - highest);
        return [.. powers.Select(power => (float)(power / sum))];
    }

    /// <summary>1 / (1 + exp(-v)).</summary>
    public static float Sigmoid(float value) => (float)(1 / (1 + Math.Exp(-value)));
}
