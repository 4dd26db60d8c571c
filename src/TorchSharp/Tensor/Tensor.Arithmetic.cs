namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode
    {
        /// <summary>Not at all.</summary>
        None,
        /// <summary>Towards 0.</summary>
        trunc,
        /// <summary>Down.</summary>
        floor,
    }

    public partial class Tensor
    {
        /// <summary>Elementwise sum.</summary>
        public Tensor add(Tensor target) => Ops.add_Tensor.Call(this, target);
        /// <summary>Elementwise sum.</summary>
        public Tensor add(Scalar scalar) => Ops.add_Scalar.Call(this, scalar);
        /// <summary>Elementwise sum, in place.</summary>
        public Tensor add_(Tensor target) => InPlace(Ops.add__Tensor, this, target);
        /// <summary>Elementwise sum, in place.</summary>
        public Tensor add_(Scalar scalar) => InPlace(Ops.add__Scalar, this, scalar);
        /// <summary>Elementwise difference.</summary>
        public Tensor sub(Tensor target) => Ops.sub_Tensor.Call(this, target);
        /// <summary>Elementwise difference.</summary>
        public Tensor sub(Scalar target) => Ops.sub_Scalar.Call(this, target);
        /// <summary>Elementwise difference, in place.</summary>
        public Tensor sub_(Tensor target) => InPlace(Ops.sub__Tensor, this, target);
        /// <summary>Elementwise difference, in place.</summary>
        public Tensor sub_(Scalar target) => InPlace(Ops.sub__Scalar, this, target);
        /// <summary>Elementwise difference.</summary>
        public Tensor subtract(Tensor target) => sub(target);
        /// <summary>Elementwise difference.</summary>
        public Tensor subtract(Scalar target) => sub(target);
        /// <summary>Elementwise product.</summary>
        public Tensor mul(Tensor target) => Ops.mul_Tensor.Call(this, target);
        /// <summary>Elementwise product.</summary>
        public Tensor mul(Scalar target) => Ops.mul_Scalar.Call(this, target);
        /// <summary>Elementwise product, in place.</summary>
        public Tensor mul_(Tensor target) => InPlace(Ops.mul__Tensor, this, target);
        /// <summary>Elementwise product, in place.</summary>
        public Tensor mul_(Scalar target) => InPlace(Ops.mul__Scalar, this, target);
        /// <summary>Elementwise product.</summary>
        public Tensor multiply(Tensor target) => mul(target);
        /// <summary>Elementwise product.</summary>
        public Tensor multiply(Scalar target) => mul(target);
        /// <summary>this + alpha * target.</summary>
        public Tensor add(Tensor target, Scalar alpha) => Ops.add_Tensor.Call(this, target, alpha);
        /// <summary>this + alpha * target, in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => InPlace(Ops.add__Tensor, this, target, alpha);
        /// <summary>Elementwise quotient.</summary>
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? Ops.div_Tensor.Call(this, target) : Ops.div_Tensor_mode.Call(this, target, Mode(rounding_mode));
        /// <summary>Elementwise quotient.</summary>
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None ? Ops.div_Scalar.Call(this, target) : Ops.div_Scalar_mode.Call(this, target, Mode(rounding_mode));
        /// <summary>Elementwise quotient, in place.</summary>
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => InPlace(Ops.div__Tensor_mode, this, target, Mode(rounding_mode));
        /// <summary>Elementwise quotient, in place.</summary>
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => InPlace(Ops.div__Scalar_mode, this, target, Mode(rounding_mode));
        private static string? Mode(RoundingMode mode) => mode switch { RoundingMode.trunc => "trunc", RoundingMode.floor => "floor", _ => null };
        /// <summary>Each element to a power.</summary>
        public Tensor pow(Tensor exponent) => Ops.pow_Tensor_Tensor.Call(this, exponent);
        /// <summary>Each element to a power.</summary>
        public Tensor pow(Scalar exponent) => Ops.pow_Tensor_Scalar.Call(this, exponent);
        /// <summary>Each element to a power, in place.</summary>
        public Tensor pow_(Tensor exponent) => InPlace(Ops.pow__Tensor, this, exponent);
        /// <summary>Each element to a power, in place.</summary>
        public Tensor pow_(Scalar exponent) => InPlace(Ops.pow__Scalar, this, exponent);
        /// <summary>Remainder with the divisor's sign.</summary>
        public Tensor remainder(Tensor target) => Ops.remainder_Tensor.Call(this, target);
        /// <summary>Remainder with the divisor's sign.</summary>
        public Tensor remainder(Scalar scalar) => Ops.remainder_Scalar.Call(this, scalar);
        /// <summary>Remainder with the divisor's sign, in place.</summary>
        public Tensor remainder_(Tensor target) => InPlace(Ops.remainder__Tensor, this, target);
        /// <summary>Remainder with the divisor's sign, in place.</summary>
        public Tensor remainder_(Scalar scalar) => InPlace(Ops.remainder__Scalar, this, scalar);
        /// <summary>Remainder with the dividend's sign.</summary>
        public Tensor fmod(Tensor target) => Ops.fmod_Tensor.Call(this, target);
        /// <summary>Remainder with the dividend's sign.</summary>
        public Tensor fmod(Scalar scalar) => Ops.fmod_Scalar.Call(this, scalar);
        /// <summary>Remainder with the dividend's sign, in place.</summary>
        public Tensor fmod_(Tensor target) => InPlace(Ops.fmod__Tensor, this, target);
        /// <summary>Remainder with the dividend's sign, in place.</summary>
        public Tensor fmod_(Scalar scalar) => InPlace(Ops.fmod__Scalar, this, scalar);
        /// <summary>Quotient rounded down.</summary>
        public Tensor floor_divide(Tensor other) => Ops.floor_divide.Call(this, other);
        /// <summary>Quotient rounded down.</summary>
        public Tensor floor_divide(Scalar other) => Ops.floor_divide_Scalar.Call(this, other);
        /// <summary>this + value * tensor1 * tensor2.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul.Call(this, tensor1, tensor2, value);
        /// <summary>this + value * tensor1 * tensor2, in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Ops.addcmul_, this, tensor1, tensor2, value);
        /// <summary>this + value * tensor1 / tensor2.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv.Call(this, tensor1, tensor2, value);
        /// <summary>this + value * tensor1 / tensor2, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Ops.addcdiv_, this, tensor1, tensor2, value);
        /// <summary>this + weight * (end - this).</summary>
        public Tensor lerp(Tensor end, Tensor weight) => Ops.lerp_Tensor.Call(this, end, weight);
        /// <summary>Angle of the point (other, this).</summary>
        public Tensor atan2(Tensor other) => Ops.atan2.Call(this, other);
        /// <summary>Elementwise larger of two.</summary>
        public Tensor maximum(Tensor other) => Ops.maximum.Call(this, other);
        /// <summary>Elementwise smaller of two.</summary>
        public Tensor minimum(Tensor other) => Ops.minimum.Call(this, other);
        /// <summary>log(exp(this) + exp(other)).</summary>
        public Tensor logaddexp(Tensor other) => Ops.logaddexp.Call(this, other);
        /// <summary>Elementwise and of truth values.</summary>
        public Tensor logical_and(Tensor other) => Ops.logical_and.Call(this, other);
        /// <summary>Elementwise or of truth values.</summary>
        public Tensor logical_or(Tensor other) => Ops.logical_or.Call(this, other);
        /// <summary>Elementwise exclusive or of truth values.</summary>
        public Tensor logical_xor(Tensor other) => Ops.logical_xor.Call(this, other);
        /// <summary>Elementwise and of bits.</summary>
        public Tensor bitwise_and(Tensor other) => Ops.bitwise_and_Tensor.Call(this, other);
        /// <summary>Elementwise or of bits.</summary>
        public Tensor bitwise_or(Tensor other) => Ops.bitwise_or_Tensor.Call(this, other);
        /// <summary>Elementwise exclusive or of bits.</summary>
        public Tensor bitwise_xor(Tensor other) => Ops.bitwise_xor_Tensor.Call(this, other);
        /// <summary>Where the tensor equals the target.</summary>
        public Tensor eq(Tensor target) => Ops.eq_Tensor.Call(this, target);
        /// <summary>Where the tensor equals the target.</summary>
        public Tensor eq(Scalar target) => Ops.eq_Scalar.Call(this, target);
        /// <summary>Where the tensor differs from the target.</summary>
        public Tensor ne(Tensor target) => Ops.ne_Tensor.Call(this, target);
        /// <summary>Where the tensor differs from the target.</summary>
        public Tensor ne(Scalar target) => Ops.ne_Scalar.Call(this, target);
        /// <summary>Where the tensor differs from the target.</summary>
        public Tensor not_equal(Tensor target) => ne(target);
        /// <summary>Where the tensor is less than the target.</summary>
        public Tensor lt(Tensor target) => Ops.lt_Tensor.Call(this, target);
        /// <summary>Where the tensor is less than the target.</summary>
        public Tensor lt(Scalar target) => Ops.lt_Scalar.Call(this, target);
        /// <summary>Where the tensor is less than the target.</summary>
        public Tensor less(Tensor target) => lt(target);
        /// <summary>Where the tensor is not greater than the target.</summary>
        public Tensor le(Tensor target) => Ops.le_Tensor.Call(this, target);
        /// <summary>Where the tensor is not greater than the target.</summary>
        public Tensor le(Scalar target) => Ops.le_Scalar.Call(this, target);
        /// <summary>Where the tensor is not greater than the target.</summary>
        public Tensor less_equal(Tensor target) => le(target);
        /// <summary>Where the tensor is greater than the target.</summary>
        public Tensor gt(Tensor target) => Ops.gt_Tensor.Call(this, target);
        /// <summary>Where the tensor is greater than the target.</summary>
        public Tensor gt(Scalar target) => Ops.gt_Scalar.Call(this, target);
        /// <summary>Where the tensor is greater than the target.</summary>
        public Tensor greater(Tensor target) => gt(target);
        /// <summary>Where the tensor is not less than the target.</summary>
        public Tensor ge(Tensor target) => Ops.ge_Tensor.Call(this, target);
        /// <summary>Where the tensor is not less than the target.</summary>
        public Tensor ge(Scalar target) => Ops.ge_Scalar.Call(this, target);
        /// <summary>Where the tensor is not less than the target.</summary>
        public Tensor greater_equal(Tensor target) => ge(target);
        /// <summary>Whether both are close: |this - target| &lt;= atol + rtol * |target| everywhere.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => Ops.allclose.CallInteger(this, target, rtol, atol, equal_nan) != 0;
        /// <summary>Where both are close.</summary>
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) => Ops.isclose.Call(this, other, rtol, atol, nanEqual);
    }
}
