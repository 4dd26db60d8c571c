namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>A part of the tensor by indices, ranges, masks and tensors of indices, as in Python's brackets.</summary>
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>A part of the tensor by tensors of indices or masks.</summary>
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>One entry of the first dimension.</summary>
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1));
        }

        /// <summary>One entry of the first two dimensions.</summary>
        public Tensor this[long i1, long i2]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2));
            set => index_put_(value, TensorIndex.Single(i1), TensorIndex.Single(i2));
        }

        /// <summary>One entry of the first three dimensions.</summary>
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3));
            set => index_put_(value, TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3));
        }

        /// <summary>One entry of the first four dimensions.</summary>
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3), TensorIndex.Single(i4));
            set => index_put_(value, TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3), TensorIndex.Single(i4));
        }

        /// <summary>A part of the tensor by indices, ranges, masks and tensors of indices.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            var view = View(indices, out var tensors);
            if (tensors is null)
                return view;
            var result = Ops.index_Tensor.Call(view, tensors);
            if (!ReferenceEquals(view, this))
                view.Dispose();
            return result;
        }

        /// <summary>A part of the tensor by tensors of indices or masks.</summary>
        public Tensor index(params Tensor[] indices) => Ops.index_Tensor.Call(this, indices);

        /// <summary>Writes values to a part of the tensor.</summary>
        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Put(value, indices, false);

        /// <summary>Writes values to a part of the tensor, or adds them.</summary>
        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false) => Put(value, indices, accumulate);

        /// <summary>Writes values to a part of the tensor.</summary>
        public Tensor index_put_(Tensor value, params Tensor[] indices) => InPlace(Ops.index_put_, this, indices, value);

        /// <summary>Writes values to a part of the tensor, or adds them.</summary>
        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => InPlace(Ops.index_put_, this, indices, value, accumulate);

        /// <summary>Writes one value to a part of the tensor.</summary>
        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var item = full([], value, dtype, device);
            return Put(item, indices, false);
        }

        private Tensor Put(Tensor value, TensorIndex[] indices, bool accumulate)
        {
            var view = View(indices, out var tensors);
            if (tensors is not null)
                Ops.index_put_.Run(view, tensors, value, accumulate);
            else if (accumulate)
                view.add_(value);
            else
                view.copy_(value);
            if (!ReferenceEquals(view, this))
                view.Dispose();
            return this;
        }

        /// <summary>Applies all but the tensors; those come back by the dimension of the view that they index.</summary>
        private Tensor View(TensorIndex[] indices, out Tensor?[]? tensors)
        {
            tensors = null;
            var taken = 0L;
            foreach (var index in indices)
                taken += index.DimensionsTaken;
            var dimensions = Dimensions;
            if (taken > dimensions)
                throw new IndexOutOfRangeException($"too many indices for tensor of dimension {dimensions}");
            var found = new List<Tensor?>();
            var (view, dim, ellipsis) = (this, 0L, false);
            void Step(Tensor next)
            {
                if (!ReferenceEquals(view, this))
                    view.Dispose();
                view = next;
            }
            foreach (var index in indices)
            {
                switch (index.kind)
                {
                    case TensorIndex.Kind.Single:
                        Step(view.select(dim, index.start!.Value));
                        break;
                    case TensorIndex.Kind.Slice:
                        if (index.step is <= 0)
                            throw new ArgumentException($"step must be greater than zero, not {index.step}");
                        if (index.start is not null || index.stop is not null || index.step is not null)
                            Step(Ops.slice_Tensor.Call(view, dim, index.start, index.stop, index.step ?? 1));
                        dim++;
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        if (ellipsis)
                            throw new ArgumentException("An index may hold only one ellipsis.");
                        ellipsis = true;
                        dim += dimensions - taken;
                        break;
                    case TensorIndex.Kind.None or TensorIndex.Kind.Null:
                        Step(view.unsqueeze(dim++));
                        break;
                    case TensorIndex.Kind.Bool:
                        Step(view.unsqueeze(dim));
                        if (index.start == 0)
                            Step(view.narrow(dim, 0, 0));
                        dim++;
                        break;
                    default:
                        while (found.Count < dim)
                            found.Add(null);
                        found.Add(index.tensor);
                        dim += index.DimensionsTaken;
                        if (index.DimensionsTaken == 0)
                            throw new ArgumentException("A truth value without dimensions is no index; use a C# bool.");
                        break;
                }
            }
            if (found.Count > 0)
                tensors = CompactMasks(found);
            return ReferenceEquals(view, this) && tensors is null ? alias() : view;
        }

        // A mask of n dimensions stands for n dimensions of the view, but is one entry of the operator's list.
        private static Tensor?[] CompactMasks(List<Tensor?> found)
        {
            var list = new List<Tensor?>();
            var covered = 0L;
            foreach (var entry in found)
            {
                if (entry is null)
                {
                    if (covered > 0)
                        covered--;
                    else
                        list.Add(null);
                    continue;
                }
                list.Add(entry);
                covered = Math.Max(0, TensorIndex.Tensor(entry).DimensionsTaken - 1);
            }
            return list.ToArray();
        }

        /// <summary>Entries of one dimension by their indices.</summary>
        public Tensor index_select(long dim, Tensor index) => Ops.index_select.Call(this, dim, index);
        /// <summary>Adds alpha * source to entries of one dimension.</summary>
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Ops.index_add.Call(this, dim, index, source, alpha);
        /// <summary>Adds alpha * source to entries of one dimension, in place.</summary>
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => InPlace(Ops.index_add_, this, dim, index, source, alpha);
        /// <summary>Copies source to entries of one dimension, in place.</summary>
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => InPlace(Ops.index_copy_, this, dim, index, source);
        /// <summary>Fills entries of one dimension.</summary>
        public Tensor index_fill(long dim, Tensor index, Scalar value) => Ops.index_fill_int_Scalar.Call(this, dim, index, value);
        /// <summary>Fills entries of one dimension, in place.</summary>
        public Tensor index_fill_(long dim, Tensor index, Scalar value) => InPlace(Ops.index_fill__int_Scalar, this, dim, index, value);
        /// <summary>For each index the element at that place of one dimension.</summary>
        public Tensor gather(long dim, Tensor index) => Ops.gather.Call(this, dim, index);
        /// <summary>Elements by their row-major positions.</summary>
        public Tensor take(Tensor index) => Ops.take.Call(this, index);
        /// <summary>Elements along one dimension, indices broadcast.</summary>
        public Tensor take_along_dim(Tensor indices, long dim) => Ops.take_along_dim.Call(this, indices, dim);
        /// <summary>Writes each element of src to the place its index names.</summary>
        public Tensor scatter(long dim, Tensor index, Tensor src) => Ops.scatter_src.Call(this, dim, index, src);
        /// <summary>Writes each element of src to the place its index names, in place.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src) => InPlace(Ops.scatter__src, this, dim, index, src);
        /// <summary>Adds each element of src at the place its index names.</summary>
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Ops.scatter_add.Call(this, dim, index, src);
        /// <summary>Adds each element of src at the place its index names, in place.</summary>
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => InPlace(Ops.scatter_add_, this, dim, index, src);
        /// <summary>One value where the mask is true.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => Ops.masked_fill_Scalar.Call(this, mask, value);
        /// <summary>One value where the mask is true, in place.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value) => InPlace(Ops.masked_fill__Scalar, this, mask, value);
        /// <summary>The elements of value, in order, where the mask is true.</summary>
        public Tensor masked_scatter(Tensor mask, Tensor value) => Ops.masked_scatter.Call(this, mask, value);
        /// <summary>The elements of value, in order, where the mask is true, in place.</summary>
        public Tensor masked_scatter_(Tensor mask, Tensor value) => InPlace(Ops.masked_scatter_, this, mask, value);
        /// <summary>The elements where the mask is true, in one dimension.</summary>
        public Tensor masked_select(Tensor mask) => Ops.masked_select.Call(this, mask);
        /// <summary>This tensor where the condition is true, else y.</summary>
        public Tensor where(Tensor condition, Tensor y) => Ops.where_self.Call(condition, this, y);
        /// <summary>The indices of the elements that differ from 0, one row each.</summary>
        public Tensor nonzero() => Ops.nonzero.Call(this);
        /// <summary>The indices of the elements that differ from 0, one row each.</summary>
        public Tensor argwhere() => Ops.argwhere.Call(this);
    }

    /// <summary>One entry of an index: a number, a range, an ellipsis, a new dimension, a mask or a tensor of indices.</summary>
    public struct TensorIndex
    {
        internal enum Kind { None, Single, Null, Slice, Bool, Ellipsis, Tensor }

        internal long? start, stop, step;
        internal Tensor? tensor;
        internal Kind kind;

        internal readonly long DimensionsTaken => kind switch
        {
            Kind.Single or Kind.Slice => 1,
            Kind.Tensor => tensor!.dtype is ScalarType.Bool or ScalarType.Byte ? tensor.Dimensions : 1,
            _ => 0,
        };

        /// <summary>Every step-th entry in [start, stop).</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { start = start, stop = stop, step = step, kind = Kind.Slice };

        /// <summary>The entries in [start, end).</summary>
        public static TensorIndex Slice((int? start, int? end) range) => Slice((long?)range.start, range.end);

        /// <summary>The entries of a range.</summary>
        public static TensorIndex Slice(Range range)
        {
            long? start = range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value;
            long? end = !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value;
            return Slice(start, end);
        }

        /// <summary>A new dimension: of size 1 for true, 0 for false.</summary>
        public static TensorIndex Bool(bool value) => new() { start = value ? 1 : 0, kind = Kind.Bool };

        /// <summary>One entry; negative numbers count from the end.</summary>
        public static TensorIndex Single(long? index) => new() { start = index, kind = Kind.Single };

        /// <summary>A mask or a tensor of indices.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new() { tensor = tensor, kind = Kind.Tensor };

        /// <summary>As many full dimensions as it takes.</summary>
        public static TensorIndex Ellipsis = new() { kind = Kind.Ellipsis };

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None = new() { kind = Kind.None };

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex Null = new() { kind = Kind.Null };

        /// <summary>A full dimension.</summary>
        public static TensorIndex Colon = Slice();

        /// <summary>One entry.</summary>
        public static implicit operator TensorIndex(long value) => Single(value);

        /// <summary>The entries in [start, end).</summary>
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        /// <summary>The entries of a range.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(range);

        /// <summary>One entry, also counted from the end.</summary>
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
    }
}
