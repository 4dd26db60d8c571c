namespace Assistant.Vision.Weights;

/// <summary>Element types of safetensors files and PyTorch archives.</summary>
public enum WeightType
{
    /// <summary>64-bit float.</summary>
    F64,

    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>16-bit IEEE float.</summary>
    F16,

    /// <summary>16-bit brain float: the upper half of a 32-bit one.</summary>
    BF16,

    /// <summary>8-bit float with 4 bits of exponent and 3 of mantissa, no infinities.</summary>
    F8_E4M3,

    /// <summary>8-bit float with 5 bits of exponent and 2 of mantissa.</summary>
    F8_E5M2,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>A truth value in a byte.</summary>
    Bool,
}

/// <summary>Sizes and conversions of <see cref="WeightType"/>.</summary>
public static class WeightTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int ByteSize(this WeightType type) => type switch
    {
        WeightType.F64 or WeightType.I64 or WeightType.U64 => 8,
        WeightType.F32 or WeightType.I32 or WeightType.U32 => 4,
        WeightType.F16 or WeightType.BF16 or WeightType.I16 or WeightType.U16 => 2,
        WeightType.F8_E4M3 or WeightType.F8_E5M2 or WeightType.I8 or WeightType.U8 or WeightType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such element type."),
    };

    /// <summary>The name that safetensors headers use, such as <c>BF16</c> or <c>BOOL</c>.</summary>
    public static string SafetensorsName(this WeightType type) => type == WeightType.Bool ? "BOOL" : type.ToString();

    /// <summary>The type of a name in a safetensors header, or null.</summary>
    public static WeightType? FromSafetensorsName(string name)
    {
        foreach (var type in Enum.GetValues<WeightType>())
            if (type.SafetensorsName() == name)
                return type;
        return null;
    }
}
