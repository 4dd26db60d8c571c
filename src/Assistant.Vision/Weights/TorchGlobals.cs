namespace Assistant.Vision.Weights;

/// <summary>The few Python names that a PyTorch checkpoint needs, and what stands for calling them.</summary>
/// <remarks>Source: PyTorch, <c>torch/_utils.py</c>, <c>torch/serialization.py</c>, <c>torch/jit/_pickle.py</c>.</remarks>
internal static class TorchGlobals
{
    /// <summary>Expanded tensors (stride 0) may have more elements than their storage, up to this many: a small file must not ask for all memory.</summary>
    private const long MaxExpandedElements = 1 << 24;

    private const int MaxDimensions = 64;

    private static readonly Dictionary<string, WeightType?> Storages = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = WeightType.F64, ["FloatStorage"] = WeightType.F32, ["HalfStorage"] = WeightType.F16, ["BFloat16Storage"] = WeightType.BF16,
        ["LongStorage"] = WeightType.I64, ["IntStorage"] = WeightType.I32, ["ShortStorage"] = WeightType.I16, ["CharStorage"] = WeightType.I8,
        ["ByteStorage"] = WeightType.U8, ["BoolStorage"] = WeightType.Bool, ["UntypedStorage"] = null,
    };

    private static readonly Dictionary<string, WeightType> Types = new(StringComparer.Ordinal)
    {
        ["float64"] = WeightType.F64, ["float32"] = WeightType.F32, ["float16"] = WeightType.F16, ["bfloat16"] = WeightType.BF16,
        ["float8_e4m3fn"] = WeightType.F8_E4M3, ["float8_e5m2"] = WeightType.F8_E5M2, ["int64"] = WeightType.I64, ["int32"] = WeightType.I32,
        ["int16"] = WeightType.I16, ["int8"] = WeightType.I8, ["uint64"] = WeightType.U64, ["uint32"] = WeightType.U32, ["uint16"] = WeightType.U16,
        ["uint8"] = WeightType.U8, ["bool"] = WeightType.Bool,
    };

    /// <summary>Whether a name may stand in a checkpoint at all.</summary>
    public static bool IsKnown(PickleGlobal global) => global switch
    {
        { Module: "torch._utils", Name: "_rebuild_tensor" or "_rebuild_tensor_v2" or "_rebuild_tensor_v3" or "_rebuild_parameter" or "_rebuild_parameter_with_state" } => true,
        { Module: "collections", Name: "OrderedDict" } => true,
        { Module: "torch", Name: "Size" or "device" } => true,
        { Module: "torch.jit._pickle", Name: "restore_type_tag" or "build_intlist" or "build_doublelist" or "build_boollist" or "build_tensorlist" } => true,
        { Module: "torch" or "torch.storage" } when Storages.ContainsKey(global.Name) || Types.ContainsKey(global.Name) => true,
        _ => IsScriptedClass(global),
    };

    /// <summary>Whether it is a class of a TorchScript archive, which is no more than a bag of attributes.</summary>
    public static bool IsScriptedClass(PickleGlobal global) => global.Module == "__torch__" || global.Module.StartsWith("__torch__.", StringComparison.Ordinal);

    /// <summary>What a call gives; null if this is not a call that a checkpoint makes.</summary>
    /// <exception cref="FormatException">The arguments are wrong; the message says how.</exception>
    public static object? Call(PickleGlobal function, object?[] arguments) => (function.ToString(), arguments) switch
    {
        ("torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2", [PickleStorage { Type: { } type } storage, long first, PickleTuple shape, PickleTuple strides, ..]) =>
            Tensor(storage, type, first, shape, strides),
        ("torch._utils._rebuild_tensor_v3", [PickleStorage storage, long first, PickleTuple shape, PickleTuple strides, _, _, PickleGlobal type, ..]) when Types.TryGetValue(type.Name, out var known) =>
            Tensor(storage, known, first, shape, strides),
        ("torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state", [PickleTensor data, ..]) => data,
        ("collections.OrderedDict", []) => new PickleDict(),
        ("collections.OrderedDict", [List<object?> pairs]) => Dictionary(pairs),
        ("torch.Size", [PickleTuple sizes]) => sizes,
        ("torch.device", [string name, ..]) => name,
        ("torch.jit._pickle.restore_type_tag", [{ } tagged, _]) => tagged,
        ("torch.jit._pickle.build_intlist" or "torch.jit._pickle.build_doublelist" or "torch.jit._pickle.build_boollist" or "torch.jit._pickle.build_tensorlist", [{ } list]) => list,
        (_, []) when IsScriptedClass(function) => new PickleObject(),
        _ => null,
    };

    /// <summary>The storage that a persistent id names: ('storage', class, key, device, count), in old files with a sixth entry.</summary>
    public static PickleStorage? Storage(object? id) =>
        id is PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long and >= 0 and <= long.MaxValue / 16 and var count, ..] items } && Storages.TryGetValue(type.Name, out var element)
        && (items.Length == 5 || items is [.., null])
            ? new PickleStorage(element, key, count)
            : null;

    private static PickleDict Dictionary(List<object?> pairs)
    {
        var dictionary = new PickleDict();
        foreach (var pair in pairs)
            dictionary.Items.Add(pair switch
            {
                PickleTuple { Items: [var key, var value] } => (key, value),
                List<object?> and [var key, var value] => (key, value),
                _ => throw new FormatException("an OrderedDict is made of something else than pairs"),
            });
        return dictionary;
    }

    private static PickleTensor Tensor(PickleStorage storage, WeightType type, long first, PickleTuple shape, PickleTuple strides)
    {
        var (sizes, steps) = (Counts(shape), Counts(strides));
        if (sizes.Length != steps.Length || first < 0)
            throw new FormatException("a tensor's sizes and strides do not belong together");
        UInt128 elements = 1, last = (UInt128)first;
        for (var i = 0; i < sizes.Length; i++)
        {
            if ((elements *= (UInt128)sizes[i]) > long.MaxValue / 16)
                throw new FormatException($"a tensor has the impossible shape [{string.Join(", ", sizes)}]");
            last += (UInt128)Math.Max(0, sizes[i] - 1) * (UInt128)steps[i];
        }
        var available = storage.ByteLength / type.ByteSize();
        if (elements > 0 && last >= (UInt128)available)
            throw new FormatException($"a tensor of shape [{string.Join(", ", sizes)}] reaches element {last} of a storage of {available}");
        if (elements > (UInt128)Math.Max(available, MaxExpandedElements))
            throw new FormatException($"a tensor of shape [{string.Join(", ", sizes)}] repeats a storage of {available} elements");
        return new PickleTensor(storage, type, first, sizes, steps);
    }

    private static long[] Counts(PickleTuple tuple)
    {
        if (tuple.Items.Length > MaxDimensions)
            throw new FormatException($"a tensor has {tuple.Items.Length} dimensions");
        return Array.ConvertAll(tuple.Items, item => item is long and >= 0 and var count ? count : throw new FormatException("a tensor's sizes and strides are not all counts"));
    }
}
