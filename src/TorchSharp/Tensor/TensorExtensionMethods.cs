using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Reading tensors into .NET values.</summary>
public static class TensorExtensionMethods
{
    /// <summary>Makes the tensor a parameter of a module.</summary>
    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    /// <summary>The values as text.</summary>
    public static string str(this Tensor tensor, string? fltFormat = null) => tensor.ToString(TensorStringStyle.Numpy, fltFormat);

    /// <summary>Type, shape and device as text.</summary>
    public static string metastr(this Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

    /// <summary>Bytes of one element of the type.</summary>
    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new ArgumentException($"Unknown element type {type}.", nameof(type)),
    };

    /// <summary>The product of the sizes.</summary>
    public static long TotalSize(this IEnumerable<long> shape)
    {
        var total = 1L;
        foreach (var size in shape)
            total *= size;
        return total;
    }

    internal static bool IsFloatingPoint(this ScalarType type) => is_floating_point(type);

    internal static bool IsComplex(this ScalarType type) => is_complex(type);

    /// <summary>The one element of the tensor in half precision.</summary>
    public static Half ToHalf(this Tensor value) => value.ToScalar().ToHalf();
    /// <summary>The one element of the tensor in single precision.</summary>
    public static float ToSingle(this Tensor value) => value.ToScalar().ToSingle();
    /// <summary>The one element of the tensor in double precision.</summary>
    public static double ToDouble(this Tensor value) => value.ToScalar().ToDouble();
    /// <summary>The one element of the tensor as a signed byte.</summary>
    public static sbyte ToSByte(this Tensor value) => value.ToScalar().ToSByte();
    /// <summary>The one element of the tensor as a byte.</summary>
    public static byte ToByte(this Tensor value) => value.ToScalar().ToByte();
    /// <summary>The one element of the tensor as a 16-bit integer.</summary>
    public static short ToInt16(this Tensor value) => value.ToScalar().ToInt16();
    /// <summary>The one element of the tensor as a 32-bit integer.</summary>
    public static int ToInt32(this Tensor value) => value.ToScalar().ToInt32();
    /// <summary>The one element of the tensor as a 64-bit integer.</summary>
    public static long ToInt64(this Tensor value) => value.ToScalar().ToInt64();
    /// <summary>Whether the one element of the tensor differs from 0.</summary>
    public static bool ToBoolean(this Tensor value) => value.ToScalar().ToBoolean();

    /// <summary>Writes type, shape and values.</summary>
    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        writer.Write((byte)tensor.dtype);
        var shape = tensor.shape;
        writer.Write7BitEncodedInt(shape.Length);
        foreach (var size in shape)
            writer.Write7BitEncodedInt64(size);
        writer.Flush();
        tensor.WriteBytesToStream(writer.BaseStream);
    }

    /// <summary>Reads values of the same type and shape that <see cref="Save(Tensor, BinaryWriter)"/> wrote into the tensor.</summary>
    /// <exception cref="ArgumentException">What was written has another type or shape.</exception>
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        using var loaded = Tensor.Load(reader);
        if (skip)
            return;
        if (loaded.dtype != tensor.dtype)
            throw new ArgumentException($"Mismatched tensor data types while loading. Make sure that the model you are loading into is exactly the same as the origin: {tensor.dtype} expected, {loaded.dtype} found.");
        if (!loaded.shape.SequenceEqual(tensor.shape))
            throw new ArgumentException($"Mismatched tensor shape while loading. Make sure that the model you are loading into is exactly the same as the origin: [{string.Join(", ", tensor.shape)}] expected, [{string.Join(", ", loaded.shape)}] found.");
        using var gradient = no_grad();
        tensor.copy_(loaded);
    }
}
