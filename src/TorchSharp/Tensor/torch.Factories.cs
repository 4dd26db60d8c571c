using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    internal static unsafe Tensor FromSpan<T>(
        ReadOnlySpan<T> values, long[] shape, ScalarType type, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        if (shape.TotalSize() != values.Length)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: the shape [{string.Join(", ", shape)}] has {shape.TotalSize()} elements, the array {values.Length}.");
        var created = Ops.empty_memory_format.Call(shape, type, Arg.None, CPU);
        values.CopyTo(new Span<T>((void*)created.DataPointer, values.Length));
        var (wantedType, wantedDevice) = (dtype ?? type, device ?? defaultDevice);
        if (wantedType != type || wantedDevice.type != DeviceType.CPU)
            created = created.to(wantedType, wantedDevice, disposeAfter: true);
        return Finish(created, requires_grad, names);
    }

    private static ReadOnlySpan<T> Flat<T>(Array array) where T : unmanaged => MemoryMarshal.CreateReadOnlySpan(
        ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static long[] Shape(Array array)
    {
        var shape = new long[array.Rank];
        for (var d = 0; d < shape.Length; d++)
            shape[d] = array.GetLongLength(d);
        return shape;
    }

    /// <summary>A tensor without dimensions.</summary>
    internal static Tensor tensor(Scalar scalar) => Ops.scalar_tensor.Call(scalar, TypeFor(scalar), Arg.None, defaultDevice);

    /// <summary>A tensor with the type, the shape and a copy of the values of an array of any rank.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <summary>A tensor with the shape and a copy of the values of an array of any rank.</summary>
    /// <exception cref="NotSupportedException">Tensors cannot hold the array's type.</exception>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var element = rawArray.GetType().GetElementType();
        Tensor Create<T>(ScalarType type) where T : unmanaged =>
            FromSpan(Flat<T>(rawArray), Shape(rawArray), type, dtype, device, requires_grad, names);
        return element switch
        {
            _ when element == typeof(float) => Create<float>(ScalarType.Float32),
            _ when element == typeof(double) => Create<double>(ScalarType.Float64),
            _ when element == typeof(long) => Create<long>(ScalarType.Int64),
            _ when element == typeof(int) => Create<int>(ScalarType.Int32),
            _ when element == typeof(short) => Create<short>(ScalarType.Int16),
            _ when element == typeof(byte) => Create<byte>(ScalarType.Byte),
            _ when element == typeof(sbyte) => Create<sbyte>(ScalarType.Int8),
            _ when element == typeof(bool) => Create<bool>(ScalarType.Bool),
            _ when element == typeof(Half) => Create<Half>(ScalarType.Float16),
            _ when element == typeof(BFloat16) => Create<BFloat16>(ScalarType.BFloat16),
            _ => throw new NotSupportedException($"Tensors cannot hold {element}."),
        };
    }

    /// <summary>A tensor with the shape and a copy of the values of an array.</summary>
    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    /// <summary>The tensor itself, converted where its type or device differs.</summary>
    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null) =>
        data.to(dtype ?? data.dtype, device ?? data.device);

    /// <summary>A tensor of one dimension that reads an array's bytes as elements of a type; the values are copied.</summary>
    /// <param name="rawArray">The array, of any element type.</param>
    /// <param name="dtype">Type of the tensor.</param>
    /// <param name="count">Number of elements; -1 takes all that follow the offset.</param>
    /// <param name="offset">Where to start, in elements of the tensor.</param>
    /// <param name="requires_grad">Whether to record operations on it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The array is shorter than offset and count ask for.</exception>
    public static unsafe Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var (size, total) = (dtype.ElementSize(), Buffer.ByteLength(rawArray));
        var available = total / size - offset;
        if (count < 0)
            count = available;
        if (offset < 0 || count > available)
            throw new ArgumentOutOfRangeException(nameof(count), $"{count} elements from element {offset} on do not fit an array of {total / size} elements of {dtype}.");
        var created = Ops.empty_memory_format.Call(new[] { count }, dtype, Arg.None, CPU);
        var raw = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray), total);
        raw.Slice((int)(offset * size), (int)(count * size)).CopyTo(created.bytes);
        return Finish(created, requires_grad, null);
    }

    /// <summary>The numbers start, start + step, ... below stop.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var real = start.Type == ScalarType.Float64 || stop.Type == ScalarType.Float64 || step.Type == ScalarType.Float64;
        return Finish(Ops.arange_start_step.Call(start, stop, step, dtype ?? (real ? defaultType : ScalarType.Int64), Arg.None, device ?? defaultDevice), requires_grad, null);
    }

    /// <summary>The numbers start, start + 1, ... below stop.</summary>
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    /// <summary>The numbers 0, 1, ... below stop.</summary>
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    /// <summary>1 on the diagonal, 0 elsewhere; square unless columns are given.</summary>
    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Ops.eye_m.Call(rows, columns == -1 ? rows : columns, dtype ?? defaultType, Arg.None, device ?? defaultDevice), requires_grad, names);

    /// <summary>Evenly spaced numbers, both ends included.</summary>
    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Ops.linspace.Call(start, end, steps, dtype ?? defaultType, Arg.None, device ?? defaultDevice), requires_grad, null);

    /// <summary>Random integers in [0, high).</summary>
    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    /// <summary>Random integers in [low, high).</summary>
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Ops.randint_low_generator.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? defaultDevice), requires_grad, names);

    /// <summary>A random order of 0 ... n - 1.</summary>
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Finish(Ops.randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? defaultDevice), requires_grad, null);

    /// <summary>Random numbers from a normal distribution.</summary>
    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(empty(size, dtype, device).normal_(mean, std, generator), requires_grad, names);

    /// <summary>A draw of 0 or 1 for each probability.</summary>
    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);

    /// <summary>Draws of indices with probabilities in proportion to the weights.</summary>
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    /// <summary>0 in the shape of another tensor.</summary>
    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Finish(input.zeros_like(dtype, device), requires_grad, names);
    /// <summary>1 in the shape of another tensor.</summary>
    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Finish(input.ones_like(dtype, device), requires_grad, names);
    /// <summary>Memory as it was found, in the shape of another tensor.</summary>
    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Finish(input.empty_like(dtype, device), requires_grad, names);
    /// <summary>One value in the shape of another tensor.</summary>
    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Finish(input.full_like(value, dtype, device), requires_grad, names);
    /// <summary>Uniform random numbers in the shape of another tensor.</summary>
    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => input.rand_like(dtype, device, requires_grad);
    /// <summary>Normal random numbers in the shape of another tensor.</summary>
    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => input.randn_like(dtype, device, requires_grad);

    public partial class Tensor
    {
        /// <summary>0 in this shape.</summary>
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.zeros_like.Call(this, dtype, Arg.None, device), requires_grad, null);
        /// <summary>1 in this shape.</summary>
        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.ones_like.Call(this, dtype, Arg.None, device), requires_grad, null);
        /// <summary>Memory as it was found, in this shape.</summary>
        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.empty_like.Call(this, dtype, Arg.None, device), requires_grad, null);
        /// <summary>One value in this shape.</summary>
        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.full_like.Call(this, value, dtype, Arg.None, device), requires_grad, null);
        /// <summary>Uniform random numbers in this shape.</summary>
        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.rand_like.Call(this, dtype, Arg.None, device), requires_grad, null);
        /// <summary>Normal random numbers in this shape.</summary>
        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.randn_like.Call(this, dtype, Arg.None, device), requires_grad, null);
        /// <summary>0 in another shape, with this type and device unless others are given.</summary>
        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.new_zeros.Call(this, size, dtype, Arg.None, device), requires_grad, null);
        /// <summary>One value in another shape, with this type and device unless others are given.</summary>
        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Finish(Ops.new_full.Call(this, size, value, dtype, Arg.None, device), requires_grad, null);

        /// <summary>A draw of 0 or 1 for each probability.</summary>
        public Tensor bernoulli(Generator? generator = null) => Ops.bernoulli.Call(this, generator);
        /// <summary>Fills with draws of 0 or 1.</summary>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => InPlace(Ops.bernoulli__float, this, p, generator);
        /// <summary>Draws of indices with probabilities in proportion to the weights.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => Ops.multinomial.Call(this, num_samples, replacement, generator);
        /// <summary>Fills with normal random numbers.</summary>
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) => InPlace(Ops.normal_, this, mean, std, generator);
        /// <summary>Fills with uniform random numbers in [from, to).</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null) => InPlace(Ops.uniform_, this, from, to, generator);
        /// <summary>Fills with random numbers from an exponential distribution.</summary>
        public Tensor exponential_(double lambda = 1.0, Generator? generator = null) => InPlace(Ops.exponential_, this, lambda, generator);
        /// <summary>Fills with one value.</summary>
        public Tensor fill_(Scalar value) => InPlace(Ops.fill__Scalar, this, value);
        /// <summary>Fills with 0.</summary>
        public Tensor zero_() => InPlace(Ops.zero_, this);

        /// <summary>Reads a tensor that <c>Save</c> wrote.</summary>
        public static Tensor Load(BinaryReader reader)
        {
            var type = (ScalarType)reader.ReadByte();
            var shape = new long[reader.Read7BitEncodedInt()];
            for (var d = 0; d < shape.Length; d++)
                shape[d] = reader.Read7BitEncodedInt64();
            var loaded = empty(shape, type, CPU);
            loaded.ReadBytesFromStream(reader.BaseStream);
            return loaded;
        }
    }
}
