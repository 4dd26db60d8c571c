namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(byte scalar, Device? device = null, bool requires_grad = false) =>
        FromSpan<byte>([scalar], [], ScalarType.Byte, null, device, requires_grad, null);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray, [rawArray.Length], ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray, dimensions.ToArray(), ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray.ToArray(), [rawArray.Count], ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray.ToArray(), dimensions.ToArray(), ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<byte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray.ToArray(), [rows, columns], ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<byte> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<byte> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(byte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<byte>(rawArray), Shape(rawArray), ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(byte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<byte>(rawArray), Shape(rawArray), ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(byte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<byte>(rawArray), Shape(rawArray), ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(Memory<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<byte>(rawArray.Span, dimensions.ToArray(), ScalarType.Byte, dtype, device, requires_grad, names);
    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(sbyte scalar, Device? device = null, bool requires_grad = false) =>
        FromSpan<sbyte>([scalar], [], ScalarType.Int8, null, device, requires_grad, null);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(sbyte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray, [rawArray.Length], ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(sbyte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray, dimensions.ToArray(), ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(IList<sbyte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray.ToArray(), [rawArray.Count], ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<sbyte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray.ToArray(), dimensions.ToArray(), ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<sbyte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray.ToArray(), [rows, columns], ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<sbyte> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<sbyte> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(sbyte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<sbyte>(rawArray), Shape(rawArray), ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(sbyte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<sbyte>(rawArray), Shape(rawArray), ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(sbyte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<sbyte>(rawArray), Shape(rawArray), ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(Memory<sbyte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<sbyte>(rawArray.Span, dimensions.ToArray(), ScalarType.Int8, dtype, device, requires_grad, names);
    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromSpan<bool>([scalar], [], ScalarType.Bool, dtype, device, requires_grad, null);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<bool>(rawArray, [rawArray.Length], ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<bool>(rawArray, dimensions.ToArray(), ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<bool>(rawArray.ToArray(), [rawArray.Count], ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<bool> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<bool>(rawArray.ToArray(), dimensions.ToArray(), ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<bool> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<bool>(rawArray.ToArray(), [rows, columns], ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<bool> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<bool>(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<bool> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<bool>(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(bool[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<bool>(rawArray), Shape(rawArray), ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(bool[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<bool>(rawArray), Shape(rawArray), ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(bool[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<bool>(rawArray), Shape(rawArray), ScalarType.Bool, dtype, device, requires_grad, names);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(Half[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray, [rawArray.Length], ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(Half[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray, dimensions.ToArray(), ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(IList<Half> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray.ToArray(), [rawArray.Count], ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<Half> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray.ToArray(), dimensions.ToArray(), ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<Half> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray.ToArray(), [rows, columns], ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<Half> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<Half> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(Half[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<Half>(rawArray), Shape(rawArray), ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(Half[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<Half>(rawArray), Shape(rawArray), ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(Half[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<Half>(rawArray), Shape(rawArray), ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(Memory<Half> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<Half>(rawArray.Span, dimensions.ToArray(), ScalarType.Float16, dtype, device, requires_grad, names);
    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(BFloat16 scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromSpan<BFloat16>([scalar], [], ScalarType.BFloat16, dtype, device, requires_grad, null);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(BFloat16[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray, [rawArray.Length], ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(BFloat16[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray, dimensions.ToArray(), ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor tensor(IList<BFloat16> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray.ToArray(), [rawArray.Count], ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<BFloat16> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray.ToArray(), dimensions.ToArray(), ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<BFloat16> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray.ToArray(), [rows, columns], ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<BFloat16> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(IList<BFloat16> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(BFloat16[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<BFloat16>(rawArray), Shape(rawArray), ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(BFloat16[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<BFloat16>(rawArray), Shape(rawArray), ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with the shape and a copy of the values of the array.</summary>
    public static Tensor tensor(BFloat16[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan(Flat<BFloat16>(rawArray), Shape(rawArray), ScalarType.BFloat16, dtype, device, requires_grad, names);
    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    public static Tensor tensor(Memory<BFloat16> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromSpan<BFloat16>(rawArray.Span, dimensions.ToArray(), ScalarType.BFloat16, dtype, device, requires_grad, names);
}
