namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Sum of all elements.</summary>
        public Tensor sum(ScalarType? type = null) => Ops.sum.Call(this, type);
        /// <summary>Sum over dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Call(this, dim, keepdim, type);
        /// <summary>Sum over dimensions.</summary>
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);
        /// <summary>Sum over one dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Call(this, dim, keepdim, type);
        /// <summary>Mean of all elements.</summary>
        public Tensor mean() => Ops.mean.Call(this);
        /// <summary>Mean over dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Ops.mean_dim.Call(this, dimensions, keepdim, type);
        /// <summary>Standard deviation of all elements.</summary>
        public Tensor std(bool unbiased = true) => Ops.std.Call(this, unbiased);
        /// <summary>Standard deviation over dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => As(Ops.std_dim.Call(this, dimensions, unbiased, keepdim), type);
        /// <summary>Standard deviation over dimensions.</summary>
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => As(Ops.std_dim.Call(this, dim, unbiased, keepdim), type);
        /// <summary>Variance of all elements.</summary>
        public Tensor var(bool unbiased = true) => Ops.var.Call(this, unbiased);
        /// <summary>Variance over dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => As(Ops.var_dim.Call(this, dimensions, unbiased, keepdim), type);
        /// <summary>Variance over dimensions.</summary>
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => As(Ops.var_dim.Call(this, dim, unbiased, keepdim), type);
        private static Tensor As(Tensor result, ScalarType? type) => type is { } other && other != result.dtype ? result.to_type(other, disposeAfter: true) : result;
        /// <summary>Product of all elements.</summary>
        public Tensor prod(ScalarType? type = null) => Ops.prod.Call(this, type);
        /// <summary>Product over one dimension.</summary>
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Ops.prod_dim_int.Call(this, dim, keepdim, type);
        /// <summary>Largest element.</summary>
        public Tensor max() => Ops.max.Call(this);
        /// <summary>Elementwise maximum of two.</summary>
        public Tensor max(Tensor other) => maximum(other);
        /// <summary>Largest elements of one dimension and their places.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Ops.max_dim.Call2(this, dim, keepdim);
        /// <summary>Largest elements over dimensions.</summary>
        public Tensor amax(long[] dims, bool keepdim = false) => Ops.amax.Call(this, dims, keepdim);
        /// <summary>Largest elements over dimensions.</summary>
        public Tensor amax(params long[] dims) => Ops.amax.Call(this, dims);
        /// <summary>Place of the largest element, row-major.</summary>
        public Tensor argmax() => Ops.argmax.Call(this);
        /// <summary>Places of the largest elements of one dimension.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Ops.argmax.Call(this, dim, keepdim);
        /// <summary>Smallest element.</summary>
        public Tensor min() => Ops.min.Call(this);
        /// <summary>Elementwise minimum of two.</summary>
        public Tensor min(Tensor other) => minimum(other);
        /// <summary>Smallest elements of one dimension and their places.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Ops.min_dim.Call2(this, dim, keepdim);
        /// <summary>Smallest elements over dimensions.</summary>
        public Tensor amin(long[] dims, bool keepdim = false) => Ops.amin.Call(this, dims, keepdim);
        /// <summary>Smallest elements over dimensions.</summary>
        public Tensor amin(params long[] dims) => Ops.amin.Call(this, dims);
        /// <summary>Place of the smallest element, row-major.</summary>
        public Tensor argmin() => Ops.argmin.Call(this);
        /// <summary>Places of the smallest elements of one dimension.</summary>
        public Tensor argmin(long dim, bool keepdim = false) => Ops.argmin.Call(this, dim, keepdim);
        /// <summary>Whether all elements are true.</summary>
        public Tensor all() => Ops.all.Call(this);
        /// <summary>Whether all elements are true, over one dimension.</summary>
        public Tensor all(long dim, bool keepdim = false) => Ops.all_dim.Call(this, dim, keepdim);
        /// <summary>Whether any element is true.</summary>
        public Tensor any() => Ops.any.Call(this);
        /// <summary>Whether any element is true, over one dimension.</summary>
        public Tensor any(long dim, bool keepdim = false) => Ops.any_dim.Call(this, dim, keepdim);
        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(float p = 2.0f) => Ops.norm_ScalarOpt_dim.Call(this, (double)p, Array.Empty<long>(), false);
        /// <summary>The p-norm over one dimension.</summary>
        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => Ops.norm_ScalarOpt_dim.Call(this, (double)p, (long)dim, keepdim);
        /// <summary>log(sum(exp(x))) over one dimension, without overflow.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => Ops.logsumexp.Call(this, dim, keepdim);
        /// <summary>Running sums along one dimension.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) => Ops.cumsum.Call(this, dim, type);
        /// <summary>Running products along one dimension.</summary>
        public Tensor cumprod(long dim, ScalarType? type = null) => Ops.cumprod.Call(this, dim, type);
        /// <summary>The k largest (or smallest) elements of one dimension and their places.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Ops.topk.Call2(this, (long)k, (long)dim, largest, sorted);
        /// <summary>The elements of one dimension in order, and their places before.</summary>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => Ops.sort_stable.Call2(this, stable, dim, descending);
        /// <summary>The places that would sort one dimension.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => Ops.argsort.Call(this, dim, descending);
        /// <summary>The lower median of all elements.</summary>
        public Tensor median() => Ops.median.Call(this);
        /// <summary>How many elements differ from 0.</summary>
        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Ops.count_nonzero.Call(this, Arg.None) : Ops.count_nonzero_dim_IntList.Call(this, dims);
        /// <summary>How often each integer from 0 on occurs.</summary>
        public Tensor bincount(Tensor? weights, long minlength = 0) => Ops.bincount.Call(this, weights, minlength);
        /// <summary>The distinct elements, with where they occur and how often.</summary>
        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
        {
            var (output, inverse, counts) = dim is { } one
                ? Ops.unique_dim.Call3(this, (long)one, sorted, return_inverse, return_counts)
                : Ops._unique2.Call3(this, sorted, return_inverse, return_counts);
            return (output, return_inverse ? inverse : null, return_counts ? counts : null);
        }
    }
}
