namespace Assistant.Vision.Weights;

/// <summary>How ggml stores the elements of a tensor; the values are those of GGUF files.</summary>
/// <remarks>Source: ggml, <c>enum ggml_type</c>; the numbers that are missing belong to types that ggml has removed.</remarks>
public enum GgmlType
{
    /// <summary>32-bit float.</summary>
    F32 = 0,

    /// <summary>16-bit IEEE float.</summary>
    F16 = 1,

    /// <summary>Blocks of 32 elements in 18 bytes (4.5 bits each).</summary>
    Q4_0 = 2,

    /// <summary>Blocks of 32 elements in 20 bytes (5 bits each).</summary>
    Q4_1 = 3,

    /// <summary>Blocks of 32 elements in 22 bytes (5.5 bits each).</summary>
    Q5_0 = 6,

    /// <summary>Blocks of 32 elements in 24 bytes (6 bits each).</summary>
    Q5_1 = 7,

    /// <summary>Blocks of 32 elements in 34 bytes (8.5 bits each).</summary>
    Q8_0 = 8,

    /// <summary>Blocks of 32 elements in 36 bytes (9 bits each).</summary>
    Q8_1 = 9,

    /// <summary>Blocks of 256 elements in 84 bytes (2.625 bits each).</summary>
    Q2_K = 10,

    /// <summary>Blocks of 256 elements in 110 bytes (3.4375 bits each).</summary>
    Q3_K = 11,

    /// <summary>Blocks of 256 elements in 144 bytes (4.5 bits each).</summary>
    Q4_K = 12,

    /// <summary>Blocks of 256 elements in 176 bytes (5.5 bits each).</summary>
    Q5_K = 13,

    /// <summary>Blocks of 256 elements in 210 bytes (6.5625 bits each).</summary>
    Q6_K = 14,

    /// <summary>Blocks of 256 elements in 292 bytes (9.125 bits each).</summary>
    Q8_K = 15,

    /// <summary>Blocks of 256 elements in 66 bytes (2.0625 bits each).</summary>
    IQ2_XXS = 16,

    /// <summary>Blocks of 256 elements in 74 bytes (2.3125 bits each).</summary>
    IQ2_XS = 17,

    /// <summary>Blocks of 256 elements in 98 bytes (3.0625 bits each).</summary>
    IQ3_XXS = 18,

    /// <summary>Blocks of 256 elements in 50 bytes (1.5625 bits each).</summary>
    IQ1_S = 19,

    /// <summary>Blocks of 32 elements in 18 bytes (4.5 bits each).</summary>
    IQ4_NL = 20,

    /// <summary>Blocks of 256 elements in 110 bytes (3.4375 bits each).</summary>
    IQ3_S = 21,

    /// <summary>Blocks of 256 elements in 82 bytes (2.5625 bits each).</summary>
    IQ2_S = 22,

    /// <summary>Blocks of 256 elements in 136 bytes (4.25 bits each).</summary>
    IQ4_XS = 23,

    /// <summary>8-bit integer.</summary>
    I8 = 24,

    /// <summary>16-bit integer.</summary>
    I16 = 25,

    /// <summary>32-bit integer.</summary>
    I32 = 26,

    /// <summary>64-bit integer.</summary>
    I64 = 27,

    /// <summary>64-bit float.</summary>
    F64 = 28,

    /// <summary>Blocks of 256 elements in 56 bytes (1.75 bits each).</summary>
    IQ1_M = 29,

    /// <summary>16-bit brain float: the upper half of a 32-bit one.</summary>
    BF16 = 30,

    /// <summary>Blocks of 256 elements in 54 bytes (1.6875 bits each).</summary>
    TQ1_0 = 34,

    /// <summary>Blocks of 256 elements in 66 bytes (2.0625 bits each).</summary>
    TQ2_0 = 35,

    /// <summary>Blocks of 32 elements in 17 bytes (4.25 bits each).</summary>
    MXFP4 = 39,

    /// <summary>Blocks of 64 elements in 36 bytes (4.5 bits each).</summary>
    NVFP4 = 40,

    /// <summary>Blocks of 128 elements in 18 bytes (1.125 bits each).</summary>
    Q1_0 = 41,

    /// <summary>Blocks of 64 elements in 18 bytes (2.25 bits each).</summary>
    Q2_0 = 42,
}

/// <summary>Sizes of the types of ggml.</summary>
public static class GgmlTypes
{
    /// <summary>Whether the type is one that this code knows.</summary>
    public static bool IsKnown(this GgmlType type) => Layout(type).ElementsPerBlock != 0;

    /// <summary>Whether ggml multiplies matrices of this type: not those of integers and of 64 bits, nor the types that it keeps for what is multiplied with.</summary>
    public static bool IsMultiplied(this GgmlType type) => type.IsKnown()
        && type is not (GgmlType.I8 or GgmlType.I16 or GgmlType.I32 or GgmlType.I64 or GgmlType.F64 or GgmlType.Q8_1 or GgmlType.Q8_K);

    /// <summary>Elements that are stored together; 1 for plain types. The innermost size of a tensor is a multiple of it.</summary>
    public static int ElementsPerBlock(this GgmlType type) => Known(type).ElementsPerBlock;

    /// <summary>Bytes of a block.</summary>
    public static int BytesPerBlock(this GgmlType type) => Known(type).BytesPerBlock;

    /// <summary>Bytes that this many elements take.</summary>
    /// <exception cref="ArgumentException">The count is not a whole number of blocks.</exception>
    public static long ByteLength(this GgmlType type, long elements)
    {
        var (perBlock, bytes) = Known(type);
        if (elements < 0 || elements % perBlock != 0)
            throw new ArgumentException($"{elements} elements are not a whole number of {type} blocks of {perBlock}.", nameof(elements));
        return checked(elements / perBlock * bytes);
    }

    private static (int ElementsPerBlock, int BytesPerBlock) Known(GgmlType type) => Layout(type) is { ElementsPerBlock: > 0 } layout
        ? layout
        : throw new ArgumentOutOfRangeException(nameof(type), type, $"{(int)type} is not a known ggml type.");

    private static (int ElementsPerBlock, int BytesPerBlock) Layout(GgmlType type) => type switch
    {
        GgmlType.F32 or GgmlType.I32 => (1, 4),
        GgmlType.F16 or GgmlType.I16 or GgmlType.BF16 => (1, 2),
        GgmlType.Q4_0 or GgmlType.IQ4_NL => (32, 18),
        GgmlType.Q4_1 => (32, 20),
        GgmlType.Q5_0 => (32, 22),
        GgmlType.Q5_1 => (32, 24),
        GgmlType.Q8_0 => (32, 34),
        GgmlType.Q8_1 => (32, 36),
        GgmlType.Q2_K => (256, 84),
        GgmlType.Q3_K or GgmlType.IQ3_S => (256, 110),
        GgmlType.Q4_K => (256, 144),
        GgmlType.Q5_K => (256, 176),
        GgmlType.Q6_K => (256, 210),
        GgmlType.Q8_K => (256, 292),
        GgmlType.IQ2_XXS or GgmlType.TQ2_0 => (256, 66),
        GgmlType.IQ2_XS => (256, 74),
        GgmlType.IQ3_XXS => (256, 98),
        GgmlType.IQ1_S => (256, 50),
        GgmlType.IQ2_S => (256, 82),
        GgmlType.IQ4_XS => (256, 136),
        GgmlType.I8 => (1, 1),
        GgmlType.I64 or GgmlType.F64 => (1, 8),
        GgmlType.IQ1_M => (256, 56),
        GgmlType.TQ1_0 => (256, 54),
        GgmlType.MXFP4 => (32, 17),
        GgmlType.NVFP4 => (64, 36),
        GgmlType.Q1_0 => (128, 18),
        GgmlType.Q2_0 => (64, 18),
        _ => default,
    };
}
