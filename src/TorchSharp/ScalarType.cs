namespace TorchSharp;

public static partial class torch
{
    /// <summary>The element types, numbered as in libtorch.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>Unsigned 8-bit integer.</summary>
        Byte = 0,
        /// <summary>Signed 8-bit integer.</summary>
        Int8 = 1,
        /// <summary>Signed 16-bit integer.</summary>
        Int16 = 2,
        /// <summary>Signed 32-bit integer.</summary>
        Int32 = 3,
        /// <summary>Signed 64-bit integer.</summary>
        Int64 = 4,
        /// <summary>IEEE half precision.</summary>
        Float16 = 5,
        /// <summary>IEEE single precision.</summary>
        Float32 = 6,
        /// <summary>IEEE double precision.</summary>
        Float64 = 7,
        /// <summary>Complex number of two single-precision parts.</summary>
        ComplexFloat32 = 9,
        /// <summary>Complex number of two double-precision parts.</summary>
        ComplexFloat64 = 10,
        /// <summary>Truth value, one byte.</summary>
        Bool = 11,
        /// <summary>The upper half of a single-precision number.</summary>
        BFloat16 = 15,
    }

    /// <summary>Truth value.</summary>
    public static ScalarType @bool = ScalarType.Bool;
    /// <summary>Unsigned 8-bit integer.</summary>
    public static ScalarType uint8 = ScalarType.Byte;
    /// <summary>Signed 8-bit integer.</summary>
    public static ScalarType int8 = ScalarType.Int8;
    /// <summary>Signed 16-bit integer.</summary>
    public static ScalarType int16 = ScalarType.Int16;
    /// <summary>Signed 32-bit integer.</summary>
    public static ScalarType int32 = ScalarType.Int32;
    /// <summary>Signed 64-bit integer.</summary>
    public static ScalarType int64 = ScalarType.Int64;
    /// <summary>bfloat16.</summary>
    public static ScalarType bfloat16 = ScalarType.BFloat16;
    /// <summary>Half precision.</summary>
    public static ScalarType float16 = ScalarType.Float16;
    /// <summary>Single precision.</summary>
    public static ScalarType float32 = ScalarType.Float32;
    /// <summary>Double precision.</summary>
    public static ScalarType float64 = ScalarType.Float64;
    /// <summary>Signed 16-bit integer.</summary>
    public static ScalarType @short = ScalarType.Int16;
    /// <summary>Signed 32-bit integer.</summary>
    public static ScalarType @int = ScalarType.Int32;
    /// <summary>Signed 64-bit integer.</summary>
    public static ScalarType @long = ScalarType.Int64;
    /// <summary>Half precision.</summary>
    public static ScalarType half = ScalarType.Float16;
    /// <summary>Single precision.</summary>
    public static ScalarType @float = ScalarType.Float32;
    /// <summary>Double precision.</summary>
    public static ScalarType @double = ScalarType.Float64;

    private static ScalarType defaultType = ScalarType.Float32;

    /// <summary>The type of floating-point tensors whose factory is given none; Float32 unless changed.</summary>
    public static ScalarType get_default_dtype() => defaultType;

    /// <summary>Sets the type of floating-point tensors whose factory is given none.</summary>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    public static void set_default_dtype(ScalarType dtype)
    {
        if (!is_floating_point(dtype))
            throw new ArgumentException($"The default type must be a floating-point type, not {dtype}.", nameof(dtype));
        defaultType = dtype;
    }

    private static Device defaultDevice = CPU;

    /// <summary>The device of modules and tensors whose factory is given none; the CPU unless changed.</summary>
    public static Device get_default_device() => defaultDevice;

    /// <summary>Sets the device of modules and tensors whose factory is given none.</summary>
    public static void set_default_device(Device device) => defaultDevice = device;

    /// <summary>Whether the type holds integers or truth values.</summary>
    public static bool is_integral(ScalarType type) => type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16
        or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;

    /// <summary>Whether the type holds real floating-point numbers.</summary>
    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    /// <summary>Whether the type holds complex numbers.</summary>
    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    /// <summary>Whether the tensor holds integers or truth values.</summary>
    public static bool is_integral(Tensor t) => is_integral(t.dtype);

    /// <summary>Whether the tensor holds real floating-point numbers.</summary>
    public static bool is_floating_point(Tensor input) => is_floating_point(input.dtype);

    /// <summary>Whether the tensor holds complex numbers.</summary>
    public static bool is_complex(Tensor input) => is_complex(input.dtype);

    /// <summary>The largest integer that the type holds.</summary>
    /// <exception cref="ArgumentException">The type is not an integer type.</exception>
    public static long max_int_value(ScalarType type) => type switch
    {
        ScalarType.Byte => byte.MaxValue,
        ScalarType.Int8 => sbyte.MaxValue,
        ScalarType.Int16 => short.MaxValue,
        ScalarType.Int32 => int.MaxValue,
        ScalarType.Int64 => long.MaxValue,
        _ => throw new ArgumentException($"{type} is not an integer type.", nameof(type)),
    };

    /// <summary>Limits of a floating-point type.</summary>
    public struct FInfo
    {
        /// <summary>Bits of one number.</summary>
        public int bits;
        /// <summary>Distance from 1 to the next number.</summary>
        public double eps;
        /// <summary>Largest finite number.</summary>
        public double max;
        /// <summary>Smallest finite number, -max.</summary>
        public double min;
        /// <summary>Smallest positive normal number.</summary>
        public double tiny;
        /// <summary>Smallest positive normal number.</summary>
        public double smallest_normal;
        /// <summary>Decimal resolution.</summary>
        public double resolution;
    }

    /// <summary>Limits of the default floating-point type.</summary>
    public static FInfo finfo() => finfo(get_default_dtype());

    /// <summary>Limits of a floating-point type.</summary>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    public static FInfo finfo(ScalarType dtype)
    {
        var (bits, eps, max, tiny, resolution) = dtype switch
        {
            ScalarType.Float16 => (16, 0.0009765625, 65504.0, 6.103515625e-05, 1e-3),
            ScalarType.BFloat16 => (16, 0.0078125, 3.3895313892515355e38, 1.1754943508222875e-38, 1e-2),
            ScalarType.Float32 => (32, 1.1920928955078125e-07, float.MaxValue, 1.1754943508222875e-38, 1e-6),
            ScalarType.Float64 => (64, 2.220446049250313e-16, double.MaxValue, 2.2250738585072014e-308, 1e-15),
            _ => throw new ArgumentException($"{dtype} is not a floating-point type.", nameof(dtype)),
        };
        return new FInfo { bits = bits, eps = eps, max = max, min = -max, tiny = tiny, smallest_normal = tiny, resolution = resolution };
    }
}
