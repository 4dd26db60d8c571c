namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The same elements in another shape; -1 is worked out. Shares memory, or fails.</summary>
        public Tensor view(params long[] shape) => Ops.view.Call(this, shape);
        /// <summary>The same elements in the shape of another tensor.</summary>
        public Tensor view_as(Tensor other) => Ops.view_as.Call(this, other);
        /// <summary>The same elements in another shape; -1 is worked out. Copies where it must.</summary>
        public Tensor reshape(params long[] shape) => Ops.reshape.Call(this, shape);
        /// <summary>Merges the dimensions from start to end, both included.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Ops.flatten_using_ints.Call(this, start_dim, end_dim);
        /// <summary>Splits one dimension into several.</summary>
        public Tensor unflatten(long dim, params long[] sizes)
        {
            var old = shape;
            var at = (int)(dim < 0 ? dim + old.Length : dim);
            if (at < 0 || at >= old.Length)
                throw new ArgumentOutOfRangeException(nameof(dim), $"Dimension {dim} of a tensor of {old.Length} dimensions.");
            return view([.. old[..at], .. sizes, .. old[(at + 1)..]]);
        }
        /// <summary>All elements in one dimension.</summary>
        public Tensor ravel() => reshape(-1);
        /// <summary>Swaps two dimensions.</summary>
        public Tensor transpose(long dim0, long dim1) => Ops.transpose_int.Call(this, dim0, dim1);
        /// <summary>Swaps two dimensions, in place.</summary>
        public Tensor transpose_(long dim0, long dim1) => InPlace(Ops.transpose_, this, dim0, dim1);
        /// <summary>Swaps two dimensions.</summary>
        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);
        /// <summary>Swaps two dimensions.</summary>
        public Tensor swapdims(long dim0, long dim1) => transpose(dim0, dim1);
        /// <summary>Puts the dimensions into another order.</summary>
        public Tensor permute(params long[] permutation) => Ops.permute.Call(this, permutation);
        /// <summary>Puts the dimensions into another order.</summary>
        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());
        /// <summary>Moves dimensions to other places; the others keep their order.</summary>
        public Tensor movedim(long[] source, long[] destination) => Ops.movedim_intlist.Call(this, source, destination);
        /// <summary>The transpose of a matrix.</summary>
        public Tensor t() => Ops.t.Call(this);
        /// <summary>All dimensions in reverse order.</summary>
        public Tensor T => Ops.numpy_T.Call(this);
        /// <summary>The last two dimensions swapped.</summary>
        public Tensor mT => Ops.mT.Call(this);
        /// <summary>Without dimensions of size 1, or without this one if its size is 1.</summary>
        public Tensor squeeze(long? dim = null) => dim is { } one ? Ops.squeeze_dim.Call(this, one) : Ops.squeeze.Call(this);
        /// <summary>Removes dimensions of size 1, in place.</summary>
        public Tensor squeeze_(long? dim = null) => dim is { } one ? InPlace(Ops.squeeze__dim, this, one) : InPlace(Ops.squeeze_, this);
        /// <summary>With a new dimension of size 1.</summary>
        public Tensor unsqueeze(long dim) => Ops.unsqueeze.Call(this, dim);
        /// <summary>Adds a dimension of size 1, in place.</summary>
        public Tensor unsqueeze_(long dim) => InPlace(Ops.unsqueeze_, this, dim);
        /// <summary>Repeats dimensions of size 1 without copying; -1 keeps a size.</summary>
        public Tensor expand(params long[] sizes) => Ops.expand.Call(this, sizes);
        /// <summary>Repeats dimensions of size 1 without copying; -1 keeps a size.</summary>
        public Tensor expand(long[] sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes, isImplicit);
        /// <summary>Repeats dimensions of size 1 without copying; -1 keeps a size.</summary>
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Ops.expand.Call(this, sizes.ToArray(), isImplicit);
        /// <summary>Repeats dimensions of size 1 without copying, to the shape of another tensor.</summary>
        public Tensor expand_as(Tensor other) => expand(other.shape);
        /// <summary>Repeats dimensions of size 1 without copying.</summary>
        public Tensor broadcast_to(params long[] shape) => Ops.broadcast_to.Call(this, shape);
        /// <summary>Copies of the tensor side by side.</summary>
        public Tensor repeat(params long[] sizes) => Ops.repeat.Call(this, sizes);
        /// <summary>Copies of the tensor side by side.</summary>
        public Tensor tile(long[] reps) => Ops.tile.Call(this, reps);
        /// <summary>Each element several times in a row.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Ops.repeat_interleave_self_int.Call(this, repeats, dim, output_size);
        /// <summary>Each element several times in a row.</summary>
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Ops.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);
        /// <summary>A view with these sizes and strides, in elements.</summary>
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) => Ops.as_strided.Call(this, size, strides, storageOffset);
        /// <summary>Sliding windows over one dimension, in a new last dimension.</summary>
        public Tensor unfold(long dimension, long size, long step) => Ops.unfold.Call(this, dimension, size, step);
        /// <summary>Row-major without gaps; the tensor itself where it already is.</summary>
        public Tensor contiguous() => Ops.contiguous.Call(this);
        /// <summary>Parts of this size along one dimension; the last may be smaller.</summary>
        public Tensor[] split(long size, int dim = 0) => Ops.split_Tensor.CallList(this, size, dim);
        /// <summary>Parts of these sizes along one dimension.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => Ops.split_with_sizes.CallList(this, sizes, dim);
        /// <summary>Parts of these sizes along the first dimension.</summary>
        public Tensor[] split(params long[] sizes) => Ops.split_with_sizes.CallList(this, sizes, 0);
        /// <summary>This many parts along one dimension; the last may be smaller.</summary>
        public Tensor[] chunk(long chunks, long dim = 0L) => Ops.chunk.CallList(this, chunks, dim);
        /// <summary>The slices along one dimension.</summary>
        public Tensor[] unbind(long dimension = 0L) => Ops.unbind_int.CallList(this, dimension);
        /// <summary>length entries of one dimension from start on; shares memory.</summary>
        public Tensor narrow(long dim, long start, long length) => Ops.narrow.Call(this, dim, start, length);
        /// <summary>One entry of one dimension, which disappears; shares memory.</summary>
        public Tensor select(long dim, long index) => Ops.select_int.Call(this, dim, index);
        /// <summary>Every step-th entry of one dimension in [start, finish); shares memory.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => Ops.slice_Tensor.Call(this, dim, start, finish, step);
        /// <summary>0 above a diagonal.</summary>
        public Tensor tril(long diagonal = 0) => Ops.tril.Call(this, diagonal);
        /// <summary>0 above a diagonal, in place.</summary>
        public Tensor tril_(long diagonal = 0) => InPlace(Ops.tril_, this, diagonal);
        /// <summary>0 below a diagonal.</summary>
        public Tensor triu(long diagonal = 0) => Ops.triu.Call(this, diagonal);
        /// <summary>0 below a diagonal, in place.</summary>
        public Tensor triu_(long diagonal = 0) => InPlace(Ops.triu_, this, diagonal);
        /// <summary>A matrix from its diagonal, or the diagonal of a matrix.</summary>
        public Tensor diag(long diagonal = 0) => Ops.diag.Call(this, diagonal);
        /// <summary>A diagonal of two dimensions; shares memory.</summary>
        public Tensor diagonal(long offset = 0L, long dim1 = 0L, long dim2 = 1L) => Ops.diagonal.Call(this, offset, dim1, dim2);
        /// <summary>Reverses dimensions.</summary>
        public Tensor flip(params long[] dims) => Ops.flip.Call(this, dims);
        /// <summary>Moves entries along one dimension; what falls off comes in at the other end.</summary>
        public Tensor roll(long shifts, long? dims = null) => Ops.roll.Call(this, new[] { shifts }, dims is { } one ? new[] { one } : Array.Empty<long>());
        /// <summary>Moves entries along several dimensions.</summary>
        public Tensor roll(long[] shifts, long[] dims) => Ops.roll.Call(this, shifts, dims);
        /// <summary>Moves entries along two dimensions.</summary>
        public Tensor roll((long, long) shifts, (long, long) dims) => Ops.roll.Call(this, shifts, dims);

        /// <summary>A copy that is part of the gradient history.</summary>
        public Tensor clone() => Ops.clone.Call(this);
        /// <summary>The same memory outside of the gradient history.</summary>
        public Tensor detach() => Ops.detach.Call(this);
        /// <summary>Takes the tensor out of the gradient history.</summary>
        public Tensor detach_() => InPlace(Ops.detach_, this);
        /// <summary>Copies the values of a tensor of a fitting shape, converted to this type.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) => InPlace(Ops.copy_, this, source, nonBlocking);

        internal bool toWillCopy(ScalarType dtype, Device device) => dtype != this.dtype || device.type != device_type || (device.index >= 0 && device.index != device_index);

        /// <summary>The tensor in a type and on a device; itself where it already is.</summary>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var result = Ops.to_device.Call(this, device, type, non_blocking, copy);
            if (disposeAfter)
                Dispose();
            return result;
        }

        /// <summary>The tensor in a type; itself where it already is.</summary>
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var result = Ops.to_dtype.Call(this, type, non_blocking, copy);
            if (disposeAfter)
                Dispose();
            return result;
        }

        /// <summary>The tensor in a type; itself where it already is.</summary>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to_type(type, copy, disposeAfter, non_blocking);
        /// <summary>The tensor on a device; itself where it already is.</summary>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(dtype, device, copy, disposeAfter, non_blocking);
        /// <summary>The tensor on a device; itself where it already is.</summary>
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(new Device(device), copy, disposeAfter, non_blocking);
        /// <summary>The tensor on a device; itself where it already is.</summary>
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);
        /// <summary>The tensor in the type and on the device of another.</summary>
        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);
        /// <summary>The tensor in the type of another.</summary>
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);
        /// <summary>The tensor in a type.</summary>
        public Tensor type(ScalarType dtype) => to(dtype);
        /// <summary>The tensor on the CPU.</summary>
        public Tensor cpu() => to(CPU);
        /// <summary>The tensor on a CUDA device.</summary>
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);
        /// <summary>As truth values.</summary>
        public Tensor @bool() => to_type(ScalarType.Bool);
        /// <summary>As unsigned bytes.</summary>
        public Tensor @byte() => to_type(ScalarType.Byte);
        /// <summary>As 16-bit integers.</summary>
        public Tensor @short() => to_type(ScalarType.Int16);
        /// <summary>As 32-bit integers.</summary>
        public Tensor @int() => to_type(ScalarType.Int32);
        /// <summary>As 64-bit integers.</summary>
        public Tensor @long() => to_type(ScalarType.Int64);
        /// <summary>In half precision.</summary>
        public Tensor half() => to_type(ScalarType.Float16);
        /// <summary>In bfloat16.</summary>
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);
        /// <summary>In single precision.</summary>
        public Tensor @float() => to_type(ScalarType.Float32);
        /// <summary>In double precision.</summary>
        public Tensor @double() => to_type(ScalarType.Float64);
    }
}
