namespace TorchSharp;

public static partial class torch
{
    /// <summary>A multi-dimensional array of libtorch, with its gradient history.</summary>
    /// <remarks>
    /// A tensor is native memory: end its life with <see cref="Dispose()"/> or, better, a <see cref="NewDisposeScope"/>.
    /// The finalizer is a safety net only; the garbage collector does not see how large the native memory is.
    /// </remarks>
    public partial class Tensor : IDisposable
    {
        private static long totalCount;
        private static long peakCount;

        internal nint handle;

        internal Tensor(nint handle)
        {
            this.handle = handle;
            var count = Interlocked.Increment(ref totalCount);
            if (count > Volatile.Read(ref peakCount))
                Volatile.Write(ref peakCount, count); // a race loses one count of a statistic
            OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        /// <summary>Takes over one reference to a native tensor.</summary>
        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        /// <summary>Releases the tensor that nobody disposed.</summary>
        ~Tensor() => Dispose(false);

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>How many tensors live in this process.</summary>
        public static long TotalCount => Interlocked.Read(ref totalCount);

        /// <summary>The most tensors that lived in this process at one time.</summary>
        public static long PeakCount => Interlocked.Read(ref peakCount);

        /// <summary>A name for the eye; nothing depends on it.</summary>
        public string? name { get; set; }

        /// <summary>Whether the tensor was disposed.</summary>
        public bool IsInvalid => handle == 0;

        /// <summary>The native tensor.</summary>
        /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle: it was disposed, by itself or with its dispose scope.");

        /// <summary>Releases the native tensor.</summary>
        public void Dispose()
        {
            if (handle != 0)
            {
                DisposeScopeManager.ThreadSingleton.Disposing(this);
                OwningDisposeScope?.Remove(this);
                OwningDisposeScope = null;
            }
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the native tensor.</summary>
        protected virtual void Dispose(bool disposing)
        {
            var owned = Interlocked.Exchange(ref handle, 0);
            if (owned == 0)
                return;
            Interlocked.Decrement(ref totalCount);
            Bridge.torch_release(owned);
        }

        /// <summary>Gives the native reference away; this object is empty afterwards.</summary>
        public nint DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            OwningDisposeScope?.Remove(this);
            OwningDisposeScope = null;
            Interlocked.Decrement(ref totalCount);
            return Interlocked.Exchange(ref handle, 0);
        }

        /// <summary>Moves the tensor to the scope around its own; without one it is detached.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of its scope, so that it outlives it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Moves the tensor to the scope of another one.</summary>
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        /// <summary>Moves the tensor to another scope; with null it is detached.</summary>
        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null && other is not null)
                other.Attach(this);
            else
                OwningDisposeScope?.MoveToOther(other, this);
            return this;
        }

        /// <summary>Makes this object stand for another native tensor, whose object is empty afterwards.</summary>
        internal void TakeOver(Tensor other)
        {
            var taken = other.DecoupleFromNativeHandle();
            Bridge.torch_release(Interlocked.Exchange(ref handle, taken));
        }

        internal TensorInfo Info
        {
            get
            {
                Bridge.Check(Bridge.torch_info(Handle, out var info));
                return info;
            }
        }

        /// <summary>Number of dimensions.</summary>
        public long Dimensions => Bridge.torch_dim(Handle);

        /// <summary>Number of dimensions.</summary>
        public long dim() => Dimensions;

        /// <summary>Number of dimensions.</summary>
        public long ndim => Dimensions;

        /// <summary>Number of elements.</summary>
        public long NumberOfElements => Bridge.torch_numel(Handle);

        /// <summary>Number of elements.</summary>
        public long numel() => NumberOfElements;

        /// <summary>Bytes of one element.</summary>
        public long ElementSize => Info.ElementSize;

        /// <summary>Bytes of one element.</summary>
        public long element_size() => Info.ElementSize;

        /// <summary>Type of the elements.</summary>
        public ScalarType dtype => (ScalarType)Bridge.torch_dtype(Handle);

        /// <summary>Where the tensor lives.</summary>
        public Device device
        {
            get
            {
                var info = Info;
                return new Device((DeviceType)info.DeviceType, info.DeviceType == (int)DeviceType.CPU ? -1 : info.DeviceIndex);
            }
        }

        /// <summary>Which device of its kind the tensor lives on; -1 on the CPU.</summary>
        public int device_index => device.index;

        /// <summary>The kind of device that the tensor lives on.</summary>
        public DeviceType device_type => (DeviceType)Info.DeviceType;

        /// <summary>Whether the tensor lives on a CUDA device.</summary>
        public bool is_cuda => device_type == DeviceType.CUDA;

        /// <summary>Whether the tensor has no data.</summary>
        public bool is_meta => device_type == DeviceType.META;

        /// <summary>Whether the tensor lives on the CPU.</summary>
        public bool is_cpu() => device_type == DeviceType.CPU;

        /// <summary>Whether the tensor is sparse.</summary>
        public bool is_sparse => Info.IsSparse != 0;

        /// <summary>Whether the tensor holds integers or truth values.</summary>
        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>Whether the tensor holds real floating-point numbers.</summary>
        public bool is_floating_point() => torch.is_floating_point(dtype);

        /// <summary>Whether the tensor holds complex numbers.</summary>
        public bool is_complex() => torch.is_complex(dtype);

        /// <summary>Whether a tensor of one element differs from 0.</summary>
        public bool is_nonzero() => Ops.is_nonzero.CallInteger(this) != 0;

        /// <summary>Whether the elements lie in row-major order without gaps.</summary>
        public bool is_contiguous() => Info.IsContiguous != 0;

        /// <summary>The sizes of all dimensions.</summary>
        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* first = sizes)
                    Bridge.Check(Bridge.torch_sizes(Handle, first));
                return sizes;
            }
        }

        /// <summary>The sizes of all dimensions.</summary>
        public long[] size() => shape;

        /// <summary>The size of one dimension; negative numbers count from the last.</summary>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no such dimension.</exception>
        public long size(int dim) => Ops.size_int.CallInteger(this, dim);

        /// <summary>The distance in elements between neighbours, for all dimensions.</summary>
        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* first = strides)
                Bridge.Check(Bridge.torch_strides(Handle, first));
            return strides;
        }

        /// <summary>The distance in elements between neighbours in one dimension.</summary>
        public long stride(int dim) => Ops.stride_int.CallInteger(this, dim);

        /// <summary>Where in its storage the tensor starts, in elements.</summary>
        public long storage_offset()
        {
            Bridge.Check(Bridge.torch_data(Handle, out _, out var offset));
            return offset;
        }

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Whether both have the same shape and elements.</summary>
        public bool Equals(Tensor target) => target is not null && (ReferenceEquals(this, target) || Ops.equal.CallInteger(this, target) != 0);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
