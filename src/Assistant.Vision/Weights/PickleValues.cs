namespace Assistant.Vision.Weights;

// What an unpickled object can be, besides null, bool, long, BigInteger, double, string, byte[] and List<object?> (a Python list).

/// <summary>A Python tuple.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python dict or OrderedDict; a repeated key means its last value.</summary>
internal sealed class PickleDict
{
    public List<(object? Key, object? Value)> Items { get; } = [];

    public object? Find(string key) => Items.LastOrDefault(item => item.Key is string name && name == key).Value;
}

/// <summary>A name in a Python module; never called, only recognised.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>An object of a scripted module: its attributes.</summary>
internal sealed class PickleObject
{
    public object? State { get; set; }
}

/// <summary>A flat array of elements that tensors are views of.</summary>
internal sealed class PickleStorage(WeightType? type, string key, long count)
{
    /// <summary>Null for a storage of plain bytes; each tensor then says its type.</summary>
    public WeightType? Type { get; } = type;

    public string Key { get; } = key;

    /// <summary>Elements, or bytes where there is no type.</summary>
    public long Count { get; } = count;

    public long ByteLength => Count * (Type?.ByteSize() ?? 1);

    /// <summary>First byte in the file; known when the archive has been read.</summary>
    public long Offset { get; set; } = -1;
}

/// <summary>A view of a storage; sizes and strides have been checked against it.</summary>
internal sealed record PickleTensor(PickleStorage Storage, WeightType Type, long FirstElement, long[] Shape, long[] Strides);
