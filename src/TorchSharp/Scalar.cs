namespace TorchSharp;

/// <summary>A number without a shape: an integer, a floating-point value or a truth value.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly ArgKind Kind;
    internal readonly long Bits;

    internal Scalar(ArgKind kind, long bits)
    {
        if (kind is not (ArgKind.Int or ArgKind.Double or ArgKind.Bool))
            throw new InvalidOperationException($"The operator returned a {kind}, which is no number.");
        (Kind, Bits) = (kind, bits);
    }

    private Scalar(double value) : this(ArgKind.Double, BitConverter.DoubleToInt64Bits(value)) { }

    internal double Real => Kind == ArgKind.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal long Integer => Kind == ArgKind.Double ? (long)Real : Bits;

    /// <summary>The type libtorch gives this number: Int64, Float64 or Bool.</summary>
    public torch.ScalarType Type => Kind switch
    {
        ArgKind.Int => torch.ScalarType.Int64,
        ArgKind.Double => torch.ScalarType.Float64,
        _ => torch.ScalarType.Bool,
    };

    /// <summary>Does nothing: a scalar holds no native memory. It is there for code that disposes scalars.</summary>
    public void Dispose() { }

    /// <inheritdoc/>
    public override string ToString() =>
        Kind switch
        {
            ArgKind.Double => Real.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ArgKind.Bool => Bits != 0 ? "True" : "False",
            _ => Bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(byte value) => new(ArgKind.Int, value);
    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(sbyte value) => new(ArgKind.Int, value);
    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(short value) => new(ArgKind.Int, value);
    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(int value) => new(ArgKind.Int, value);
    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(long value) => new(ArgKind.Int, value);
    /// <summary>A floating-point scalar.</summary>
    public static implicit operator Scalar(Half value) => new((double)value);
    /// <summary>A floating-point scalar.</summary>
    public static implicit operator Scalar(float value) => new((double)value);
    /// <summary>A floating-point scalar.</summary>
    public static implicit operator Scalar(double value) => new(value);
    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(ArgKind.Bool, value ? 1 : 0);
}

/// <summary>Conversions between numbers and <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>Wraps an integer.</summary>
    public static Scalar ToScalar(this byte value) => value;
    /// <summary>Wraps an integer.</summary>
    public static Scalar ToScalar(this sbyte value) => value;
    /// <summary>Wraps an integer.</summary>
    public static Scalar ToScalar(this short value) => value;
    /// <summary>Wraps an integer.</summary>
    public static Scalar ToScalar(this int value) => value;
    /// <summary>Wraps an integer.</summary>
    public static Scalar ToScalar(this long value) => value;
    /// <summary>Wraps a floating-point number.</summary>
    public static Scalar ToScalar(this Half value) => value;
    /// <summary>Wraps a floating-point number.</summary>
    public static Scalar ToScalar(this float value) => value;
    /// <summary>Wraps a floating-point number.</summary>
    public static Scalar ToScalar(this double value) => value;
    /// <summary>Wraps a truth value.</summary>
    public static Scalar ToScalar(this bool value) => value;

    /// <summary>The value as a half-precision number.</summary>
    public static Half ToHalf(this Scalar value) => (Half)value.Real;
    /// <summary>The value as a single-precision number.</summary>
    public static float ToSingle(this Scalar value) => (float)value.Real;
    /// <summary>The value as a double-precision number.</summary>
    public static double ToDouble(this Scalar value) => value.Real;
    /// <summary>The value as a signed byte; the fraction is cut off.</summary>
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.Integer;
    /// <summary>The value as a byte; the fraction is cut off.</summary>
    public static byte ToByte(this Scalar value) => (byte)value.Integer;
    /// <summary>The value as a 16-bit integer; the fraction is cut off.</summary>
    public static short ToInt16(this Scalar value) => (short)value.Integer;
    /// <summary>The value as a 32-bit integer; the fraction is cut off.</summary>
    public static int ToInt32(this Scalar value) => (int)value.Integer;
    /// <summary>The value as a 64-bit integer; the fraction is cut off.</summary>
    public static long ToInt64(this Scalar value) => value.Integer;
    /// <summary>True unless the value is 0.</summary>
    public static bool ToBoolean(this Scalar value) => value.Real != 0;
}
