namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static Tensor InPlace(Operator op, params ReadOnlySpan<Arg> args)
        {
            op.Run(args);
            return (Tensor)args[0].Object!;
        }

        /// <summary>Absolute value.</summary>
        public Tensor abs() => Ops.abs.Call(this);
        /// <summary>Absolute value, in place.</summary>
        public Tensor abs_() => InPlace(Ops.abs_, this);
        /// <summary>Negation.</summary>
        public Tensor neg() => Ops.neg.Call(this);
        /// <summary>Negation, in place.</summary>
        public Tensor neg_() => InPlace(Ops.neg_, this);
        /// <summary>Sign: -1, 0 or 1.</summary>
        public Tensor sign() => Ops.sign.Call(this);
        /// <summary>Sign: -1, 0 or 1, in place.</summary>
        public Tensor sign_() => InPlace(Ops.sign_, this);
        /// <summary>e to the power of each element.</summary>
        public Tensor exp() => Ops.exp.Call(this);
        /// <summary>e to the power of each element, in place.</summary>
        public Tensor exp_() => InPlace(Ops.exp_, this);
        /// <summary>2 to the power of each element.</summary>
        public Tensor exp2() => Ops.exp2.Call(this);
        /// <summary>2 to the power of each element, in place.</summary>
        public Tensor exp2_() => InPlace(Ops.exp2_, this);
        /// <summary>exp(x) - 1, exact for small x.</summary>
        public Tensor expm1() => Ops.expm1.Call(this);
        /// <summary>exp(x) - 1, exact for small x, in place.</summary>
        public Tensor expm1_() => InPlace(Ops.expm1_, this);
        /// <summary>Natural logarithm.</summary>
        public Tensor log() => Ops.log.Call(this);
        /// <summary>Natural logarithm, in place.</summary>
        public Tensor log_() => InPlace(Ops.log_, this);
        /// <summary>Logarithm to base 2.</summary>
        public Tensor log2() => Ops.log2.Call(this);
        /// <summary>Logarithm to base 2, in place.</summary>
        public Tensor log2_() => InPlace(Ops.log2_, this);
        /// <summary>Logarithm to base 10.</summary>
        public Tensor log10() => Ops.log10.Call(this);
        /// <summary>Logarithm to base 10, in place.</summary>
        public Tensor log10_() => InPlace(Ops.log10_, this);
        /// <summary>log(1 + x), exact for small x.</summary>
        public Tensor log1p() => Ops.log1p.Call(this);
        /// <summary>log(1 + x), exact for small x, in place.</summary>
        public Tensor log1p_() => InPlace(Ops.log1p_, this);
        /// <summary>Square root.</summary>
        public Tensor sqrt() => Ops.sqrt.Call(this);
        /// <summary>Square root, in place.</summary>
        public Tensor sqrt_() => InPlace(Ops.sqrt_, this);
        /// <summary>1 over the square root.</summary>
        public Tensor rsqrt() => Ops.rsqrt.Call(this);
        /// <summary>1 over the square root, in place.</summary>
        public Tensor rsqrt_() => InPlace(Ops.rsqrt_, this);
        /// <summary>1 over each element.</summary>
        public Tensor reciprocal() => Ops.reciprocal.Call(this);
        /// <summary>1 over each element, in place.</summary>
        public Tensor reciprocal_() => InPlace(Ops.reciprocal_, this);
        /// <summary>Sine.</summary>
        public Tensor sin() => Ops.sin.Call(this);
        /// <summary>Sine, in place.</summary>
        public Tensor sin_() => InPlace(Ops.sin_, this);
        /// <summary>Cosine.</summary>
        public Tensor cos() => Ops.cos.Call(this);
        /// <summary>Cosine, in place.</summary>
        public Tensor cos_() => InPlace(Ops.cos_, this);
        /// <summary>Tangent.</summary>
        public Tensor tan() => Ops.tan.Call(this);
        /// <summary>Tangent, in place.</summary>
        public Tensor tan_() => InPlace(Ops.tan_, this);
        /// <summary>Inverse sine.</summary>
        public Tensor asin() => Ops.asin.Call(this);
        /// <summary>Inverse sine, in place.</summary>
        public Tensor asin_() => InPlace(Ops.asin_, this);
        /// <summary>Inverse cosine.</summary>
        public Tensor acos() => Ops.acos.Call(this);
        /// <summary>Inverse cosine, in place.</summary>
        public Tensor acos_() => InPlace(Ops.acos_, this);
        /// <summary>Inverse tangent.</summary>
        public Tensor atan() => Ops.atan.Call(this);
        /// <summary>Inverse tangent, in place.</summary>
        public Tensor atan_() => InPlace(Ops.atan_, this);
        /// <summary>Hyperbolic sine.</summary>
        public Tensor sinh() => Ops.sinh.Call(this);
        /// <summary>Hyperbolic sine, in place.</summary>
        public Tensor sinh_() => InPlace(Ops.sinh_, this);
        /// <summary>Hyperbolic cosine.</summary>
        public Tensor cosh() => Ops.cosh.Call(this);
        /// <summary>Hyperbolic cosine, in place.</summary>
        public Tensor cosh_() => InPlace(Ops.cosh_, this);
        /// <summary>Hyperbolic tangent.</summary>
        public Tensor tanh() => Ops.tanh.Call(this);
        /// <summary>Hyperbolic tangent, in place.</summary>
        public Tensor tanh_() => InPlace(Ops.tanh_, this);
        /// <summary>Logistic function, 1 / (1 + exp(-x)).</summary>
        public Tensor sigmoid() => Ops.sigmoid.Call(this);
        /// <summary>Logistic function, 1 / (1 + exp(-x)), in place.</summary>
        public Tensor sigmoid_() => InPlace(Ops.sigmoid_, this);
        /// <summary>Error function.</summary>
        public Tensor erf() => Ops.erf.Call(this);
        /// <summary>Error function, in place.</summary>
        public Tensor erf_() => InPlace(Ops.erf_, this);
        /// <summary>Complementary error function, 1 - erf(x).</summary>
        public Tensor erfc() => Ops.erfc.Call(this);
        /// <summary>Complementary error function, 1 - erf(x), in place.</summary>
        public Tensor erfc_() => InPlace(Ops.erfc_, this);
        /// <summary>Inverse error function.</summary>
        public Tensor erfinv() => Ops.erfinv.Call(this);
        /// <summary>Inverse error function, in place.</summary>
        public Tensor erfinv_() => InPlace(Ops.erfinv_, this);
        /// <summary>Largest integer not above.</summary>
        public Tensor floor() => Ops.floor.Call(this);
        /// <summary>Largest integer not above, in place.</summary>
        public Tensor floor_() => InPlace(Ops.floor_, this);
        /// <summary>Smallest integer not below.</summary>
        public Tensor ceil() => Ops.ceil.Call(this);
        /// <summary>Smallest integer not below, in place.</summary>
        public Tensor ceil_() => InPlace(Ops.ceil_, this);
        /// <summary>Integer part.</summary>
        public Tensor trunc() => Ops.trunc.Call(this);
        /// <summary>Integer part, in place.</summary>
        public Tensor trunc_() => InPlace(Ops.trunc_, this);
        /// <summary>Fractional part.</summary>
        public Tensor frac() => Ops.frac.Call(this);
        /// <summary>Fractional part, in place.</summary>
        public Tensor frac_() => InPlace(Ops.frac_, this);
        /// <summary>Where elements are not a number.</summary>
        public Tensor isnan() => Ops.isnan.Call(this);
        /// <summary>Where elements are infinite.</summary>
        public Tensor isinf() => Ops.isinf.Call(this);
        /// <summary>Where elements are finite numbers.</summary>
        public Tensor isfinite() => Ops.isfinite.Call(this);
        /// <summary>Where elements are 0.</summary>
        public Tensor logical_not() => Ops.logical_not.Call(this);
        /// <summary>Where elements are 0, in place.</summary>
        public Tensor logical_not_() => InPlace(Ops.logical_not_, this);
        /// <summary>Bitwise complement; logical for truth values.</summary>
        public Tensor bitwise_not() => Ops.bitwise_not.Call(this);
        /// <summary>Bitwise complement; logical for truth values, in place.</summary>
        public Tensor bitwise_not_() => InPlace(Ops.bitwise_not_, this);
        /// <summary>max(x, 0).</summary>
        public Tensor relu() => Ops.relu.Call(this);
        /// <summary>max(x, 0), in place.</summary>
        public Tensor relu_() => InPlace(Ops.relu_, this);
        /// <summary>x * sigmoid(x).</summary>
        public Tensor silu() => Ops.silu.Call(this);
        /// <summary>x * sigmoid(x), in place.</summary>
        public Tensor silu_() => InPlace(Ops.silu_, this);
        /// <summary>x * relu6(x + 3) / 6.</summary>
        public Tensor hardswish() => Ops.hardswish.Call(this);
        /// <summary>x * relu6(x + 3) / 6, in place.</summary>
        public Tensor hardswish_() => InPlace(Ops.hardswish_, this);
        /// <summary>relu6(x + 3) / 6.</summary>
        public Tensor hardsigmoid() => Ops.hardsigmoid.Call(this);
        /// <summary>relu6(x + 3) / 6, in place.</summary>
        public Tensor hardsigmoid_() => InPlace(Ops.hardsigmoid_, this);
        /// <summary>Scaled exponential linear unit.</summary>
        public Tensor selu() => Ops.selu.Call(this);
        /// <summary>Scaled exponential linear unit, in place.</summary>
        public Tensor selu_() => InPlace(Ops.selu_, this);
        /// <summary>min(max(x, 0), 6).</summary>
        public Tensor relu6() => Ops.relu6.Call(this);
        /// <summary>min(max(x, 0), 6), in place.</summary>
        public Tensor relu6_() => InPlace(Ops.relu6_, this);

        /// <summary>Absolute value.</summary>
        public Tensor absolute() => abs();
        /// <summary>Negation.</summary>
        public Tensor negative() => neg();
        /// <summary>The square of each element.</summary>
        public Tensor square() => pow(2);
        /// <summary>Rounds to a number of decimals, halves to the even neighbour.</summary>
        public Tensor round(long decimals = 0L) => decimals == 0 ? Ops.round.Call(this) : Ops.round_decimals.Call(this, decimals);
        /// <summary>Rounds to a number of decimals, in place.</summary>
        public Tensor round_(long decimals = 0L) => InPlace(Ops.round__decimals, this, decimals);
        /// <summary>x if x is positive, else x times the slope.</summary>
        public Tensor leaky_relu(Scalar negative_slope) => Ops.leaky_relu.Call(this, negative_slope);
        /// <summary>x * Phi(x) with the normal distribution function Phi.</summary>
        public Tensor gelu() => Ops.gelu.Call(this);
        /// <summary>x * Phi(x), exact or with the tanh approximation of Phi.</summary>
        public Tensor gelu(Modules.GELU.Approximate approximate) => Ops.gelu.Call(this, approximate == Modules.GELU.Approximate.tanh ? "tanh" : "none");
        /// <summary>log(1 + exp(beta * x)) / beta, linear above the threshold.</summary>
        public Tensor softplus(double beta = 1, double threshold = 20) => Ops.softplus.Call(this, beta, threshold);
        /// <summary>Exponential linear unit.</summary>
        public Tensor elu(double alpha = 1) => Ops.elu.Call(this, alpha);
        /// <summary>Each element limited to [min, max]; null is no limit.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Ops.clamp.Call(this, min, max);
        /// <summary>Each element limited to [min, max]; null is no limit.</summary>
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Ops.clamp_Tensor.Call(this, min, max);
        /// <summary>Each element limited to [min, max]; null is no limit.</summary>
        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);
        /// <summary>Each element limited to [min, max], in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace(Ops.clamp_, this, min, max);
        /// <summary>Each element limited from above.</summary>
        public Tensor clamp_max(Scalar max) => Ops.clamp_max.Call(this, max);
        /// <summary>Each element limited from above, in place.</summary>
        public Tensor clamp_max_(Scalar max) => InPlace(Ops.clamp_max_, this, max);
        /// <summary>Each element limited from below.</summary>
        public Tensor clamp_min(Scalar min) => Ops.clamp_min.Call(this, min);
        /// <summary>Each element limited from below, in place.</summary>
        public Tensor clamp_min_(Scalar min) => InPlace(Ops.clamp_min_, this, min);
        /// <summary>Replaces what is not a finite number.</summary>
        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) => Ops.nan_to_num.Call(this, nan, posinf, neginf);
        /// <summary>exp(x) over its sum in one dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.softmax_int.Call(this, dim, dtype);
        /// <summary>The logarithm of the softmax in one dimension.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Ops.log_softmax_int.Call(this, dim, dtype);
        /// <summary>The logarithm of the logistic function.</summary>
        public Tensor log_sigmoid() => Ops.log_sigmoid.Call(this);
    }
}
