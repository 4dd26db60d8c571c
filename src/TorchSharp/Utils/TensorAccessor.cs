using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a tensor in place, in row-major order, on the CPU.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly Tensor tensor;
    private readonly nint data;
    private readonly long[] shape, strides;
    private readonly bool contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
            throw new InvalidOperationException($"Reading data from non-CPU memory ({tensor.device}) is not supported. Move or copy the tensor to the cpu before reading.");
        this.tensor = tensor;
        data = tensor.DataPointer;
        shape = tensor.shape;
        strides = tensor.stride();
        contiguous = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
    }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>False: elements can be written.</summary>
    public bool IsReadOnly => false;

    private unsafe ref T Reference(long position)
    {
        if ((ulong)position >= (ulong)Count)
            throw new IndexOutOfRangeException($"Element {position} of a tensor of {Count} elements.");
        _ = tensor.Handle; // throws when the tensor was disposed
        if (contiguous)
            return ref ((T*)data)[position];
        var offset = 0L;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            (position, var index) = Math.DivRem(position, shape[d]);
            offset += index * strides[d];
        }
        return ref ((T*)data)[offset];
    }

    internal T At(long position) => Reference(position);

    /// <summary>One element by its indices, one for each dimension.</summary>
    /// <exception cref="ArgumentException">There are more or fewer indices than dimensions.</exception>
    /// <exception cref="IndexOutOfRangeException">An index is outside its dimension.</exception>
    public unsafe T this[params long[] indices]
    {
        get => ((T*)data)[Offset(indices)];
        set => ((T*)data)[Offset(indices)] = value;
    }

    private long Offset(long[] indices)
    {
        _ = tensor.Handle;
        if (indices.Length != shape.Length)
            throw new ArgumentException($"{indices.Length} indices for a tensor of {shape.Length} dimensions.");
        var offset = 0L;
        for (var d = 0; d < indices.Length; d++)
        {
            if ((ulong)indices[d] >= (ulong)shape[d])
                throw new IndexOutOfRangeException($"Index {indices[d]} in dimension {d} of size {shape[d]}.");
            offset += indices[d] * strides[d];
        }
        return offset;
    }

    /// <summary>All elements, copied.</summary>
    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    /// <summary>Copies elements out, from a row-major position of the tensor to the end.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies elements out, from a row-major position of the tensor to the end.</summary>
    public unsafe void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        _ = tensor.Handle;
        var count = checked((int)(Count - tensorIndex));
        var target = array.Slice(arrayIndex, count);
        if (contiguous)
        {
            new ReadOnlySpan<T>((T*)data + tensorIndex, count).CopyTo(target);
            return;
        }
        for (var i = 0; i < count; i++)
            target[i] = Reference(tensorIndex + i);
    }

    /// <summary>Copies elements in, from a row-major position of the tensor to the end.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <summary>Copies elements in, from a row-major position of the tensor to the end.</summary>
    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        _ = tensor.Handle;
        var source = array[arrayIndex..];
        var count = (int)Math.Min(Count - tensorIndex, source.Length);
        if (contiguous)
        {
            source[..count].CopyTo(new Span<T>((T*)data + tensorIndex, count));
            return;
        }
        for (var i = 0; i < count; i++)
            Reference(tensorIndex + i) = source[i];
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0L; i < Count; i++)
            yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing: the tensor owns the memory.</summary>
    public void Dispose() { }
}
