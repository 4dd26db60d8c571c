namespace TorchSharp;

public static partial class torch
{
    /// <summary>Absolute value.</summary>
    public static Tensor abs(Tensor input) => input.abs();
    /// <summary>Absolute value, in place.</summary>
    public static Tensor abs_(Tensor input) => input.abs_();
    /// <summary>Negation.</summary>
    public static Tensor neg(Tensor input) => input.neg();
    /// <summary>Negation, in place.</summary>
    public static Tensor neg_(Tensor input) => input.neg_();
    /// <summary>Sign: -1, 0 or 1.</summary>
    public static Tensor sign(Tensor input) => input.sign();
    /// <summary>Sign: -1, 0 or 1, in place.</summary>
    public static Tensor sign_(Tensor input) => input.sign_();
    /// <summary>e to the power of each element.</summary>
    public static Tensor exp(Tensor input) => input.exp();
    /// <summary>e to the power of each element, in place.</summary>
    public static Tensor exp_(Tensor input) => input.exp_();
    /// <summary>2 to the power of each element.</summary>
    public static Tensor exp2(Tensor input) => input.exp2();
    /// <summary>2 to the power of each element, in place.</summary>
    public static Tensor exp2_(Tensor input) => input.exp2_();
    /// <summary>exp(x) - 1, exact for small x.</summary>
    public static Tensor expm1(Tensor input) => input.expm1();
    /// <summary>exp(x) - 1, exact for small x, in place.</summary>
    public static Tensor expm1_(Tensor input) => input.expm1_();
    /// <summary>Natural logarithm.</summary>
    public static Tensor log(Tensor input) => input.log();
    /// <summary>Natural logarithm, in place.</summary>
    public static Tensor log_(Tensor input) => input.log_();
    /// <summary>Logarithm to base 2.</summary>
    public static Tensor log2(Tensor input) => input.log2();
    /// <summary>Logarithm to base 2, in place.</summary>
    public static Tensor log2_(Tensor input) => input.log2_();
    /// <summary>Logarithm to base 10.</summary>
    public static Tensor log10(Tensor input) => input.log10();
    /// <summary>Logarithm to base 10, in place.</summary>
    public static Tensor log10_(Tensor input) => input.log10_();
    /// <summary>log(1 + x), exact for small x.</summary>
    public static Tensor log1p(Tensor input) => input.log1p();
    /// <summary>log(1 + x), exact for small x, in place.</summary>
    public static Tensor log1p_(Tensor input) => input.log1p_();
    /// <summary>Square root.</summary>
    public static Tensor sqrt(Tensor input) => input.sqrt();
    /// <summary>Square root, in place.</summary>
    public static Tensor sqrt_(Tensor input) => input.sqrt_();
    /// <summary>1 over the square root.</summary>
    public static Tensor rsqrt(Tensor input) => input.rsqrt();
    /// <summary>1 over the square root, in place.</summary>
    public static Tensor rsqrt_(Tensor input) => input.rsqrt_();
    /// <summary>1 over each element.</summary>
    public static Tensor reciprocal(Tensor input) => input.reciprocal();
    /// <summary>1 over each element, in place.</summary>
    public static Tensor reciprocal_(Tensor input) => input.reciprocal_();
    /// <summary>Sine.</summary>
    public static Tensor sin(Tensor input) => input.sin();
    /// <summary>Sine, in place.</summary>
    public static Tensor sin_(Tensor input) => input.sin_();
    /// <summary>Cosine.</summary>
    public static Tensor cos(Tensor input) => input.cos();
    /// <summary>Cosine, in place.</summary>
    public static Tensor cos_(Tensor input) => input.cos_();
    /// <summary>Tangent.</summary>
    public static Tensor tan(Tensor input) => input.tan();
    /// <summary>Tangent, in place.</summary>
    public static Tensor tan_(Tensor input) => input.tan_();
    /// <summary>Inverse sine.</summary>
    public static Tensor asin(Tensor input) => input.asin();
    /// <summary>Inverse sine, in place.</summary>
    public static Tensor asin_(Tensor input) => input.asin_();
    /// <summary>Inverse cosine.</summary>
    public static Tensor acos(Tensor input) => input.acos();
    /// <summary>Inverse cosine, in place.</summary>
    public static Tensor acos_(Tensor input) => input.acos_();
    /// <summary>Inverse tangent.</summary>
    public static Tensor atan(Tensor input) => input.atan();
    /// <summary>Inverse tangent, in place.</summary>
    public static Tensor atan_(Tensor input) => input.atan_();
    /// <summary>Hyperbolic sine.</summary>
    public static Tensor sinh(Tensor input) => input.sinh();
    /// <summary>Hyperbolic sine, in place.</summary>
    public static Tensor sinh_(Tensor input) => input.sinh_();
    /// <summary>Hyperbolic cosine.</summary>
    public static Tensor cosh(Tensor input) => input.cosh();
    /// <summary>Hyperbolic cosine, in place.</summary>
    public static Tensor cosh_(Tensor input) => input.cosh_();
    /// <summary>Hyperbolic tangent.</summary>
    public static Tensor tanh(Tensor input) => input.tanh();
    /// <summary>Hyperbolic tangent, in place.</summary>
    public static Tensor tanh_(Tensor input) => input.tanh_();
    /// <summary>Logistic function, 1 / (1 + exp(-x)).</summary>
    public static Tensor sigmoid(Tensor input) => input.sigmoid();
    /// <summary>Logistic function, 1 / (1 + exp(-x)), in place.</summary>
    public static Tensor sigmoid_(Tensor input) => input.sigmoid_();
    /// <summary>Error function.</summary>
    public static Tensor erf(Tensor input) => input.erf();
    /// <summary>Error function, in place.</summary>
    public static Tensor erf_(Tensor input) => input.erf_();
    /// <summary>Complementary error function, 1 - erf(x).</summary>
    public static Tensor erfc(Tensor input) => input.erfc();
    /// <summary>Complementary error function, 1 - erf(x), in place.</summary>
    public static Tensor erfc_(Tensor input) => input.erfc_();
    /// <summary>Inverse error function.</summary>
    public static Tensor erfinv(Tensor input) => input.erfinv();
    /// <summary>Inverse error function, in place.</summary>
    public static Tensor erfinv_(Tensor input) => input.erfinv_();
    /// <summary>Largest integer not above.</summary>
    public static Tensor floor(Tensor input) => input.floor();
    /// <summary>Largest integer not above, in place.</summary>
    public static Tensor floor_(Tensor input) => input.floor_();
    /// <summary>Smallest integer not below.</summary>
    public static Tensor ceil(Tensor input) => input.ceil();
    /// <summary>Smallest integer not below, in place.</summary>
    public static Tensor ceil_(Tensor input) => input.ceil_();
    /// <summary>Integer part.</summary>
    public static Tensor trunc(Tensor input) => input.trunc();
    /// <summary>Integer part, in place.</summary>
    public static Tensor trunc_(Tensor input) => input.trunc_();
    /// <summary>Fractional part.</summary>
    public static Tensor frac(Tensor input) => input.frac();
    /// <summary>Fractional part, in place.</summary>
    public static Tensor frac_(Tensor input) => input.frac_();
    /// <summary>Where elements are not a number.</summary>
    public static Tensor isnan(Tensor input) => input.isnan();
    /// <summary>Where elements are infinite.</summary>
    public static Tensor isinf(Tensor tensor) => tensor.isinf();
    /// <summary>Where elements are finite numbers.</summary>
    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();
    /// <summary>Where elements are 0.</summary>
    public static Tensor logical_not(Tensor input) => input.logical_not();
    /// <summary>Bitwise complement; logical for truth values.</summary>
    public static Tensor bitwise_not(Tensor input) => input.bitwise_not();
    /// <summary>Bitwise complement; logical for truth values, in place.</summary>
    public static Tensor bitwise_not_(Tensor input) => input.bitwise_not_();
    /// <summary>Absolute value.</summary>
    public static Tensor absolute(Tensor input) => input.abs();
    /// <summary>Negation.</summary>
    public static Tensor negative(Tensor input) => input.neg();
    /// <summary>The square of each element.</summary>
    public static Tensor square(Tensor input) => input.square();
    /// <summary>Rounds to a number of decimals, halves to the even neighbour.</summary>
    public static Tensor round(Tensor input, long decimals = 0L) => input.round(decimals);
    /// <summary>Each element limited to [min, max]; null is no limit.</summary>
    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);
    /// <summary>Each element limited to [min, max], in place.</summary>
    public static Tensor clamp_(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp_(min, max);
    /// <summary>Each element limited from above.</summary>
    public static Tensor clamp_max(Tensor input, Scalar max) => input.clamp_max(max);
    /// <summary>Each element limited from below.</summary>
    public static Tensor clamp_min(Tensor input, Scalar min) => input.clamp_min(min);
    /// <summary>Replaces what is not a finite number.</summary>
    public static Tensor nan_to_num(Tensor input, double nan = 0d, double? posinf = null, double? neginf = null) => input.nan_to_num(nan, posinf, neginf);
    /// <summary>exp(x) over its sum in one dimension.</summary>
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
}
