namespace Assistant.Vision.Weights;

/// <summary>Where a tensor of a GGUF file lies and what it holds.</summary>
public sealed class GgufTensor
{
    internal GgufTensor(string name, GgmlType type, long[] dimensions, long offset, long byteLength)
    {
        (Name, Type, Dimensions, Offset, ByteLength) = (name, type, dimensions, offset, byteLength);
        Shape = [.. dimensions.AsEnumerable().Reverse()];
        ElementCount = dimensions.Aggregate(1L, (product, size) => product * size); // the parser has excluded overflow
    }

    /// <summary>Its name, such as <c>blk.0.attn_q.weight</c>.</summary>
    public string Name { get; }

    /// <summary>How its elements are stored.</summary>
    public GgmlType Type { get; }

    /// <summary>Sizes as GGUF stores them, innermost first (ggml's <c>ne</c>): a matrix that maps n inputs to m outputs has [n, m].</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>The same sizes outermost first, as PyTorch writes them: that matrix has [m, n]. The bytes are the same.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>First byte, counted from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Bytes it takes in the file, without padding.</summary>
    public long ByteLength { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";
}
