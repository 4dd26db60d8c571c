using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The upper half of a single-precision number: its range with 8 bits of precision.</summary>
[StructLayout(LayoutKind.Sequential, Size = 2)]
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    private readonly ushort value;

    private BFloat16(ushort value) => this.value = value;

    /// <summary>Rounds to nearest, ties to even.</summary>
    public BFloat16(float f)
    {
        var bits = BitConverter.SingleToUInt32Bits(f);
        value = float.IsNaN(f) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The number with these 16 bits.</summary>
    public static BFloat16 FromRawValue(ushort rawValue) => new(rawValue);

    /// <summary>Widens without loss.</summary>
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>Rounds to nearest, ties to even.</summary>
    public static explicit operator BFloat16(float value) => new(value);

    /// <summary>Widens without loss.</summary>
    public static explicit operator float(BFloat16 value) => value.ToSingle();

    /// <summary>Whether both are the same number.</summary>
    public bool Equals(BFloat16 other) => ToSingle() == other.ToSingle();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToSingle().GetHashCode();

    /// <summary>Whether both are the same number.</summary>
    public static bool operator ==(BFloat16 left, BFloat16 right) => left.Equals(right);

    /// <summary>Whether the numbers differ.</summary>
    public static bool operator !=(BFloat16 left, BFloat16 right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => ToSingle().ToString(System.Globalization.CultureInfo.InvariantCulture);
}
