namespace TorchSharp;

public static partial class torch
{
    /// <summary>Elementwise sum.</summary>
    public static Tensor add(Tensor left, Tensor right) => left.add(right);
    /// <summary>Elementwise sum.</summary>
    public static Tensor add(Tensor left, Scalar right) => left.add(right);
    /// <summary>Elementwise sum, in place.</summary>
    public static Tensor add_(Tensor left, Tensor right) => left.add_(right);
    /// <summary>Elementwise sum, in place.</summary>
    public static Tensor add_(Tensor left, Scalar right) => left.add_(right);
    /// <summary>Elementwise difference.</summary>
    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);
    /// <summary>Elementwise difference.</summary>
    public static Tensor sub(Tensor left, Scalar right) => left.sub(right);
    /// <summary>Elementwise difference, in place.</summary>
    public static Tensor sub_(Tensor left, Tensor right) => left.sub_(right);
    /// <summary>Elementwise difference, in place.</summary>
    public static Tensor sub_(Tensor left, Scalar right) => left.sub_(right);
    /// <summary>Elementwise product.</summary>
    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);
    /// <summary>Elementwise product.</summary>
    public static Tensor mul(Tensor left, Scalar right) => left.mul(right);
    /// <summary>Elementwise product, in place.</summary>
    public static Tensor mul_(Tensor left, Tensor right) => left.mul_(right);
    /// <summary>Elementwise product, in place.</summary>
    public static Tensor mul_(Tensor left, Scalar right) => left.mul_(right);
    /// <summary>left + alpha * right.</summary>
    public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left.add(right, alpha);
    /// <summary>Elementwise quotient.</summary>
    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
    /// <summary>Elementwise quotient.</summary>
    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
    /// <summary>Each element to a power.</summary>
    public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);
    /// <summary>Each element to a power.</summary>
    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);
    /// <summary>Remainder with the divisor's sign.</summary>
    public static Tensor remainder(Tensor left, Tensor right) => left.remainder(right);
    /// <summary>Remainder with the divisor's sign.</summary>
    public static Tensor remainder(Tensor left, Scalar right) => left.remainder(right);
    /// <summary>Remainder with the dividend's sign.</summary>
    public static Tensor fmod(Tensor left, Tensor right) => left.fmod(right);
    /// <summary>Remainder with the dividend's sign.</summary>
    public static Tensor fmod(Tensor left, Scalar right) => left.fmod(right);
    /// <summary>Angle of the point (other, input).</summary>
    public static Tensor atan2(Tensor input, Tensor other) => input.atan2(other);
    /// <summary>Elementwise larger of two.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
    /// <summary>Elementwise smaller of two.</summary>
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);
    /// <summary>log(exp(left) + exp(right)).</summary>
    public static Tensor logaddexp(Tensor left, Tensor right) => left.logaddexp(right);
    /// <summary>Elementwise and of truth values.</summary>
    public static Tensor logical_and(Tensor left, Tensor right) => left.logical_and(right);
    /// <summary>Elementwise or of truth values.</summary>
    public static Tensor logical_or(Tensor left, Tensor right) => left.logical_or(right);
    /// <summary>Elementwise exclusive or of truth values.</summary>
    public static Tensor logical_xor(Tensor left, Tensor right) => left.logical_xor(right);
    /// <summary>Elementwise and of bits.</summary>
    public static Tensor bitwise_and(Tensor left, Tensor right) => left.bitwise_and(right);
    /// <summary>Elementwise or of bits.</summary>
    public static Tensor bitwise_or(Tensor left, Tensor right) => left.bitwise_or(right);
    /// <summary>Elementwise exclusive or of bits.</summary>
    public static Tensor bitwise_xor(Tensor left, Tensor right) => left.bitwise_xor(right);
    /// <summary>Where left equals right.</summary>
    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);
    /// <summary>Where left differs from right.</summary>
    public static Tensor ne(Tensor left, Tensor right) => left.ne(right);
    /// <summary>Where left is less than right.</summary>
    public static Tensor lt(Tensor left, Tensor right) => left.lt(right);
    /// <summary>Where left is not greater than right.</summary>
    public static Tensor le(Tensor left, Tensor right) => left.le(right);
    /// <summary>Where left is greater than right.</summary>
    public static Tensor gt(Tensor left, Tensor right) => left.gt(right);
    /// <summary>Where left is not less than right.</summary>
    public static Tensor ge(Tensor left, Tensor right) => left.ge(right);
    /// <summary>Whether both are close: |tensor - target| &lt;= atol + rtol * |target| everywhere.</summary>
    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => tensor.allclose(target, rtol, atol, equal_nan);
}
