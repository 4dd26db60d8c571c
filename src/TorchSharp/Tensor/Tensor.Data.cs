using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        internal nint DataPointer
        {
            get
            {
                Bridge.Check(Bridge.torch_data(Handle, out var data, out _));
                return data;
            }
        }

        /// <summary>The elements in row-major order; on the CPU only.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the tensor's type.</exception>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(this);
        }

        internal void ValidateType(Type type)
        {
            var wanted = dtype;
            var fits = wanted switch
            {
                ScalarType.Byte => type == typeof(byte),
                ScalarType.Int8 => type == typeof(sbyte),
                ScalarType.Int16 => type == typeof(short),
                ScalarType.Int32 => type == typeof(int),
                ScalarType.Int64 => type == typeof(long),
                ScalarType.Float16 => type == typeof(Half),
                ScalarType.Float32 => type == typeof(float),
                ScalarType.Float64 => type == typeof(double),
                ScalarType.Bool => type == typeof(bool),
                ScalarType.BFloat16 => type == typeof(BFloat16),
                _ => false,
            };
            if (!fits)
                throw new ArgumentException($"{type.Name} is not compatible with {wanted}");
        }

        /// <summary>The one element of the tensor.</summary>
        /// <exception cref="ArgumentException">The tensor has more than one element, or <typeparamref name="T"/> is not its type.</exception>
        public unsafe T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"Number of elements in the tensor must be 1, but it is {NumberOfElements}.");
            ValidateType(typeof(T));
            if (device_type == DeviceType.CPU)
                return *(T*)DataPointer;
            using var here = cpu();
            return *(T*)here.DataPointer;
        }

        /// <summary>The one element of the tensor as a number.</summary>
        public Scalar ToScalar() => Ops.item.CallScalar(this);

        /// <summary>The raw bytes of a contiguous tensor on the CPU; assigning copies into it.</summary>
        /// <exception cref="NotImplementedException">The tensor is not contiguous.</exception>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU.</exception>
        /// <exception cref="ArgumentException">The assigned bytes have another length.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                    throw new NotImplementedException("Bytes() called on non-contiguous tensor.");
                if (device_type != DeviceType.CPU)
                    throw new InvalidOperationException($"Reading data from non-CPU memory ({device}) is not supported. Move or copy the tensor to the cpu before reading.");
                return new Span<byte>((void*)DataPointer, checked((int)(NumberOfElements * ElementSize)));
            }
            set
            {
                var mine = bytes;
                if (value.Length != mine.Length)
                    throw new ArgumentException($"Mismatched data sizes in Tensor.set_bytes(): the tensor has {mine.Length} bytes, the value {value.Length}.");
                value.CopyTo(mine);
            }
        }

        /// <summary>Writes the raw bytes in row-major order; works for tensors of more than 2 GB.</summary>
        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            using var here = device_type == DeviceType.CPU && is_contiguous() ? alias() : cpu().contiguous();
            var left = here.NumberOfElements * here.ElementSize;
            for (var from = (byte*)here.DataPointer; left > 0;)
            {
                var chunk = (int)Math.Min(left, 1 << 24);
                stream.Write(new ReadOnlySpan<byte>(from, chunk));
                from += chunk;
                left -= chunk;
            }
        }

        /// <summary>Reads the raw bytes in row-major order into the tensor.</summary>
        /// <exception cref="EndOfStreamException">The stream ends early.</exception>
        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            if (!is_contiguous() || device_type != DeviceType.CPU)
            {
                using var scope = no_grad();
                using var here = empty(shape, dtype);
                here.ReadBytesFromStream(stream, bufferSize);
                copy_(here);
                return;
            }
            var left = NumberOfElements * ElementSize;
            for (var to = (byte*)DataPointer; left > 0;)
            {
                var chunk = (int)Math.Min(left, 1 << 24);
                stream.ReadExactly(new Span<byte>(to, chunk));
                to += chunk;
                left -= chunk;
            }
        }

        /// <summary>One element by its row-major position.</summary>
        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);
        /// <summary>One element by its row-major position.</summary>
        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);
        /// <summary>One element by its row-major position.</summary>
        public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);
        /// <summary>One element by its row-major position.</summary>
        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);
        /// <summary>One element by its row-major position.</summary>
        public byte ReadCpuByte(long i) => ReadCpuValue<byte>(i);
        /// <summary>One element by its row-major position.</summary>
        public bool ReadCpuBool(long i) => ReadCpuValue<bool>(i);
        /// <summary>One element by its row-major position.</summary>
        public T ReadCpuValue<T>(long i) where T : unmanaged => data<T>().At(i);

        internal Tensor alias() => Ops.alias.Call(this);

        /// <summary>Type, shape and device in one line.</summary>
        public override string ToString()
        {
            if (IsInvalid)
                return "[disposed tensor]";
            return $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
        }

        /// <summary>The values, as NumPy prints them; long dimensions show their first and last three entries.</summary>
        public string ToString(TensorStringStyle style, string? fltFormat = null)
        {
            if (style == TensorStringStyle.Metadata)
                return ToString();
            using var scope = NewDisposeScope();
            using var gradient = no_grad();
            var values = detach().cpu().to(is_floating_point() ? ScalarType.Float64 : ScalarType.Int64);
            var text = new StringBuilder();
            Print(values, text, fltFormat ?? "g5", 1);
            return text.ToString();
        }

        private static void Print(Tensor values, StringBuilder text, string format, int indent)
        {
            const int Edge = 3;
            if (values.Dimensions == 0)
            {
                text.Append(values.dtype == ScalarType.Float64
                    ? values.item<double>().ToString(format, CultureInfo.InvariantCulture)
                    : values.item<long>().ToString(CultureInfo.InvariantCulture));
                return;
            }
            var (count, inner) = (values.size(0), values.Dimensions == 1);
            text.Append('[');
            for (long i = 0; i < count; i++)
            {
                if (i > 0)
                    text.Append(inner ? " " : "\n" + new string(' ', indent));
                if (i == Edge && count > 2 * Edge)
                {
                    text.Append("...");
                    i = count - Edge - 1;
                    continue;
                }
                using var item = values.select(0, i);
                Print(item, text, format, indent + 1);
            }
            text.Append(']');
        }

        /// <summary>The one element of the tensor.</summary>
        public static explicit operator float(Tensor value) => value.ToSingle();
        /// <summary>The one element of the tensor.</summary>
        public static explicit operator double(Tensor value) => value.ToDouble();
        /// <summary>The one element of the tensor.</summary>
        public static explicit operator sbyte(Tensor value) => value.ToSByte();
        /// <summary>The one element of the tensor.</summary>
        public static explicit operator byte(Tensor value) => value.ToByte();
        /// <summary>The one element of the tensor.</summary>
        public static explicit operator short(Tensor value) => value.ToInt16();
        /// <summary>The one element of the tensor.</summary>
        public static explicit operator int(Tensor value) => value.ToInt32();
        /// <summary>The one element of the tensor.</summary>
        public static explicit operator long(Tensor value) => value.ToInt64();
        /// <summary>Whether the one element of the tensor differs from 0.</summary>
        public static explicit operator bool(Tensor value) => value.ToBoolean();
    }
}

/// <summary>How a tensor is printed.</summary>
public enum TensorStringStyle
{
    /// <summary>Type, shape and device.</summary>
    Metadata,
    /// <summary>Values, as Julia prints them; here the same as NumPy.</summary>
    Julia,
    /// <summary>Values, as NumPy prints them.</summary>
    Numpy,
    /// <summary>Values, as C# writes them; here the same as NumPy.</summary>
    CSharp,
    /// <summary>The default: type, shape and device.</summary>
    Default,
}
