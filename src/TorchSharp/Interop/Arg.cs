using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// One argument of an operator call. The implicit conversions let a call be written as a list of plain values;
/// null becomes the operator's None, <see cref="Default"/> the default of its schema.
/// </summary>
internal readonly struct Arg
{
    internal readonly object? Object; // Tensor, Tensor?[], List<Tensor>, long[], double[], string or Generator
    internal readonly long Bits;
    internal readonly ArgKind Kind;
    internal readonly int Length;

    private Arg(ArgKind kind, long bits = 0, object? value = null, int length = 0) =>
        (Kind, Bits, Object, Length) = (kind, bits, value, length);

    internal static Arg Default => new(ArgKind.Default);
    internal static Arg None => default;

    public static implicit operator Arg(Tensor? value) => value is null ? None : new(ArgKind.Tensor, 0, value);
    public static implicit operator Arg(Tensor?[]? value) => value is null ? None : new(ArgKind.TensorList, 0, value, value.Length);
    public static implicit operator Arg(long[]? value) => value is null ? None : new(ArgKind.IntList, 0, value, value.Length);
    public static implicit operator Arg(double[]? value) => value is null ? None : new(ArgKind.DoubleList, 0, value, value.Length);
    public static implicit operator Arg(string? value) => value is null ? None : new(ArgKind.String, 0, value);
    public static implicit operator Arg(Generator? value) => value is null ? None : new(ArgKind.Generator, 0, value);
    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Kind, value.Bits);
    public static implicit operator Arg(long value) => new(ArgKind.Int, value);
    public static implicit operator Arg(long? value) => value is { } integer ? integer : None;
    public static implicit operator Arg(double value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(double? value) => value is { } real ? real : None;
    public static implicit operator Arg(bool value) => new(ArgKind.Bool, value ? 1 : 0);
    public static implicit operator Arg(bool? value) => value is { } flag ? flag : None;
    public static implicit operator Arg(ScalarType value) => new(ArgKind.Int, (long)value);
    public static implicit operator Arg(ScalarType? value) => value is { } type ? type : None;
    public static implicit operator Arg(Device? value) => value is null ? None : new(ArgKind.Device, value.index, null, (int)value.type);
    public static implicit operator Arg((long, long) value) => new long[] { value.Item1, value.Item2 };
}
