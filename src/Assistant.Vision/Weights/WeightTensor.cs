namespace Assistant.Vision.Weights;

/// <summary>Where a tensor of a safetensors file or a PyTorch archive lies and what it holds.</summary>
public sealed class WeightTensor
{
    internal WeightTensor(string name, WeightType type, long[] shape, MappedFile source, long offset, long[]? strides = null)
    {
        (Name, Type, Shape, Source, Offset) = (name, type, shape, source, offset);
        ElementCount = shape.Aggregate(1L, (product, size) => checked(product * size));
        ByteLength = checked(ElementCount * type.ByteSize());
        var contiguous = ContiguousStrides(shape);
        Strides = strides is null || SameLayout(shape, strides, contiguous) ? null : strides;
    }

    /// <summary>Its name, such as <c>vision_model.encoder.layers.0.self_attn.q_proj.weight</c>.</summary>
    public string Name { get; }

    /// <summary>How its elements are stored.</summary>
    public WeightType Type { get; }

    /// <summary>Sizes, outermost first; empty for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes of its elements.</summary>
    public long ByteLength { get; }

    /// <summary>The file that its bytes lie in.</summary>
    internal MappedFile Source { get; }

    /// <summary>First byte of its first element in <see cref="Source"/>.</summary>
    internal long Offset { get; }

    /// <summary>Steps between neighbours of each dimension, in elements; null where they lie in row-major order.</summary>
    internal long[]? Strides { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";

    internal static long[] ContiguousStrides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var step = 1L;
        for (var i = strides.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(1, shape[i]);
        }
        return strides;
    }

    private static bool SameLayout(long[] shape, long[] strides, long[] contiguous)
    {
        if (Array.IndexOf(shape, 0) >= 0)
            return true; // nothing to order
        for (var i = 0; i < shape.Length; i++)
            if (shape[i] != 1 && strides[i] != contiguous[i])
                return false;
        return true;
    }
}
