namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Matrix product, batched over leading dimensions.</summary>
        public Tensor matmul(Tensor target) => Ops.matmul.Call(this, target);
        /// <summary>Product of two matrices.</summary>
        public Tensor mm(Tensor target) => Ops.mm.Call(this, target);
        /// <summary>Product of a matrix and a vector.</summary>
        public Tensor mv(Tensor target) => Ops.mv.Call(this, target);
        /// <summary>Products of two batches of matrices.</summary>
        public Tensor bmm(Tensor batch2) => Ops.bmm.Call(this, batch2);
        /// <summary>beta * this + alpha * batch1 @ batch2.</summary>
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Ops.baddbmm.Call(this, batch1, batch2, (double)beta, (double)alpha);
        /// <summary>beta * this + alpha * mat1 @ mat2.</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.addmm.Call(this, mat1, mat2, (double)beta, (double)alpha);
        /// <summary>Inner product of two vectors.</summary>
        public Tensor dot(Tensor target) => Ops.dot.Call(this, target);
        /// <summary>Outer product of two vectors.</summary>
        public Tensor outer(Tensor vec2) => Ops.outer.Call(this, vec2);
        /// <summary>Determinant.</summary>
        public Tensor det() => Ops.det.Call(this);
        /// <summary>Trace of a matrix.</summary>
        public Tensor trace() => Ops.trace.Call(this);
    }
}
