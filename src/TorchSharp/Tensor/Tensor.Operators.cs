namespace TorchSharp;

public static partial class torch
{
#pragma warning disable CS0660, CS0661 // Equals compares contents and returns a bool; == is elementwise, as in PyTorch
    public partial class Tensor
    {
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => Ops.add_Tensor.Call(left, right);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => Ops.add_Scalar.Call(left, right);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor left, int right) => Ops.add_Scalar.Call(left, (long)right);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor left, long right) => Ops.add_Scalar.Call(left, right);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor left, float right) => Ops.add_Scalar.Call(left, (double)right);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor left, double right) => Ops.add_Scalar.Call(left, right);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => Ops.add_Scalar.Call(right, left);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(int left, Tensor right) => Ops.add_Scalar.Call(right, (long)left);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(long left, Tensor right) => Ops.add_Scalar.Call(right, left);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(float left, Tensor right) => Ops.add_Scalar.Call(right, (double)left);
        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(double left, Tensor right) => Ops.add_Scalar.Call(right, left);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => Ops.mul_Tensor.Call(left, right);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => Ops.mul_Scalar.Call(left, right);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor left, int right) => Ops.mul_Scalar.Call(left, (long)right);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor left, long right) => Ops.mul_Scalar.Call(left, right);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor left, float right) => Ops.mul_Scalar.Call(left, (double)right);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor left, double right) => Ops.mul_Scalar.Call(left, right);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => Ops.mul_Scalar.Call(right, left);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(int left, Tensor right) => Ops.mul_Scalar.Call(right, (long)left);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(long left, Tensor right) => Ops.mul_Scalar.Call(right, left);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(float left, Tensor right) => Ops.mul_Scalar.Call(right, (double)left);
        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(double left, Tensor right) => Ops.mul_Scalar.Call(right, left);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => Ops.sub_Tensor.Call(left, right);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => Ops.sub_Scalar.Call(left, right);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor left, int right) => Ops.sub_Scalar.Call(left, (long)right);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor left, long right) => Ops.sub_Scalar.Call(left, right);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor left, float right) => Ops.sub_Scalar.Call(left, (double)right);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor left, double right) => Ops.sub_Scalar.Call(left, right);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => Ops.rsub_Scalar.Call(right, left);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(int left, Tensor right) => Ops.rsub_Scalar.Call(right, (long)left);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(long left, Tensor right) => Ops.rsub_Scalar.Call(right, left);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(float left, Tensor right) => Ops.rsub_Scalar.Call(right, (double)left);
        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(double left, Tensor right) => Ops.rsub_Scalar.Call(right, left);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => Ops.div_Tensor.Call(left, right);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => Ops.div_Scalar.Call(left, right);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor left, int right) => Ops.div_Scalar.Call(left, (long)right);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor left, long right) => Ops.div_Scalar.Call(left, right);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor left, float right) => Ops.div_Scalar.Call(left, (double)right);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor left, double right) => Ops.div_Scalar.Call(left, right);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Scalar left, Tensor right) => right.reciprocal().mul(left);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(int left, Tensor right) => right.reciprocal().mul(left);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(long left, Tensor right) => right.reciprocal().mul(left);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(float left, Tensor right) => right.reciprocal().mul(left);
        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(double left, Tensor right) => right.reciprocal().mul(left);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor left, Tensor right) => Ops.remainder_Tensor.Call(left, right);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor left, Scalar right) => Ops.remainder_Scalar.Call(left, right);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor left, int right) => Ops.remainder_Scalar.Call(left, (long)right);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor left, long right) => Ops.remainder_Scalar.Call(left, right);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor left, float right) => Ops.remainder_Scalar.Call(left, (double)right);
        /// <summary>Remainder with the divisor's sign.</summary>
        public static Tensor operator %(Tensor left, double right) => Ops.remainder_Scalar.Call(left, right);
        /// <summary>Elementwise and of bits or truth values.</summary>
        public static Tensor operator &(Tensor left, Tensor right) => Ops.bitwise_and_Tensor.Call(left, right);
        /// <summary>Elementwise or of bits or truth values.</summary>
        public static Tensor operator |(Tensor left, Tensor right) => Ops.bitwise_or_Tensor.Call(left, right);
        /// <summary>Elementwise exclusive or of bits or truth values.</summary>
        public static Tensor operator ^(Tensor left, Tensor right) => Ops.bitwise_xor_Tensor.Call(left, right);
        /// <summary>Elementwise complement of bits or truth values.</summary>
        public static Tensor operator ~(Tensor left) => left.bitwise_not();
        /// <summary>Negation.</summary>
        public static Tensor operator -(Tensor tensor) => tensor.neg();
        /// <summary>Where left == right.</summary>
        public static Tensor operator ==(Tensor left, Tensor right) => Ops.eq_Tensor.Call(left, right);
        /// <summary>Where left == right.</summary>
        public static Tensor operator ==(Tensor left, Scalar right) => Ops.eq_Scalar.Call(left, right);
        /// <summary>Where left == right.</summary>
        public static Tensor operator ==(Scalar left, Tensor right) => Ops.eq_Scalar.Call(right, left);
        /// <summary>Where left != right.</summary>
        public static Tensor operator !=(Tensor left, Tensor right) => Ops.ne_Tensor.Call(left, right);
        /// <summary>Where left != right.</summary>
        public static Tensor operator !=(Tensor left, Scalar right) => Ops.ne_Scalar.Call(left, right);
        /// <summary>Where left != right.</summary>
        public static Tensor operator !=(Scalar left, Tensor right) => Ops.ne_Scalar.Call(right, left);
        /// <summary>Where left &lt; right.</summary>
        public static Tensor operator <(Tensor left, Tensor right) => Ops.lt_Tensor.Call(left, right);
        /// <summary>Where left &lt; right.</summary>
        public static Tensor operator <(Tensor left, Scalar right) => Ops.lt_Scalar.Call(left, right);
        /// <summary>Where left &lt; right.</summary>
        public static Tensor operator <(Scalar left, Tensor right) => Ops.gt_Scalar.Call(right, left);
        /// <summary>Where left &lt;= right.</summary>
        public static Tensor operator <=(Tensor left, Tensor right) => Ops.le_Tensor.Call(left, right);
        /// <summary>Where left &lt;= right.</summary>
        public static Tensor operator <=(Tensor left, Scalar right) => Ops.le_Scalar.Call(left, right);
        /// <summary>Where left &lt;= right.</summary>
        public static Tensor operator <=(Scalar left, Tensor right) => Ops.ge_Scalar.Call(right, left);
        /// <summary>Where left &gt; right.</summary>
        public static Tensor operator >(Tensor left, Tensor right) => Ops.gt_Tensor.Call(left, right);
        /// <summary>Where left &gt; right.</summary>
        public static Tensor operator >(Tensor left, Scalar right) => Ops.gt_Scalar.Call(left, right);
        /// <summary>Where left &gt; right.</summary>
        public static Tensor operator >(Scalar left, Tensor right) => Ops.lt_Scalar.Call(right, left);
        /// <summary>Where left &gt;= right.</summary>
        public static Tensor operator >=(Tensor left, Tensor right) => Ops.ge_Tensor.Call(left, right);
        /// <summary>Where left &gt;= right.</summary>
        public static Tensor operator >=(Tensor left, Scalar right) => Ops.ge_Scalar.Call(left, right);
        /// <summary>Where left &gt;= right.</summary>
        public static Tensor operator >=(Scalar left, Tensor right) => Ops.le_Scalar.Call(right, left);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(byte value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(byte[] value) => tensor(value);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(sbyte value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(sbyte[] value) => tensor(value);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(short value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(short[] value) => tensor(value);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(int value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(int[] value) => tensor(value);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(long value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(long[] value) => tensor(value);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(float value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(float[] value) => tensor(value);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(double value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(double[] value) => tensor(value);
        /// <summary>A tensor without dimensions.</summary>
        public static implicit operator Tensor(bool value) => tensor(value);
        /// <summary>A tensor of one dimension.</summary>
        public static implicit operator Tensor(bool[] value) => tensor(value);
        /// <summary>Only ranks overloads: where a method takes a scalar or a tensor, a number becomes a scalar.</summary>
        /// <exception cref="InvalidOperationException">Always.</exception>
        public static implicit operator Tensor(Scalar scalar) =>
            throw new InvalidOperationException($"The scalar {scalar} is no tensor; make one with torch.tensor.");
    }
}
