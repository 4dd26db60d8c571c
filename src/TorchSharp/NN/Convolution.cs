using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    /// <summary>What stands outside of a padded tensor.</summary>
    public enum PaddingModes
    {
        /// <summary>0.</summary>
        Zeros = 0,
        /// <summary>The tensor mirrored at its edge.</summary>
        Reflect = 1,
        /// <summary>The value at the edge.</summary>
        Replicate = 2,
        /// <summary>The tensor again.</summary>
        Circular = 3,
        /// <summary>One value.</summary>
        Constant = 4,
    }

    namespace Modules
    {
        /// <summary>A convolution with a learned kernel.</summary>
        public abstract class Convolution : WeightedModule
        {
            private protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding,
                long[] dilation, PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype) : base(name)
            {
                if (groups < 1 || in_channels % groups != 0 || out_channels % groups != 0)
                    throw new ArgumentException($"in_channels ({in_channels}) and out_channels ({out_channels}) must be divisible by groups ({groups}).", nameof(groups));
                (this.in_channels, this.out_channels, this.kernel_size, this.stride, this.padding) = (in_channels, out_channels, kernel_size, stride, padding);
                (this.dilation, this.padding_mode, this.groups) = (dilation, padding_mode, groups);
                weight = Empty([out_channels, in_channels / groups, .. kernel_size], device, dtype);
                nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (bias)
                {
                    this.bias = Empty([out_channels], device, dtype);
                    nn.init.UniformByFanIn(weight, this.bias);
                }
            }

            /// <summary>Channels of the input.</summary>
            public long in_channels { get; }
            /// <summary>Channels of the output.</summary>
            public long out_channels { get; }
            /// <summary>Sizes of the kernel.</summary>
            public long[] kernel_size { get; set; }
            /// <summary>Steps of the kernel.</summary>
            public long[] stride { get; set; }
            /// <summary>Padding on each side.</summary>
            public long[] padding { get; }
            /// <summary>Distance of the kernel's points.</summary>
            public long[] dilation { get; set; }
            /// <summary>What the padding holds.</summary>
            public PaddingModes padding_mode { get; set; }
            /// <summary>Groups of channels that do not mix.</summary>
            public long groups { get; set; }

            private protected Tensor Convolve(Operator convolution, Tensor input)
            {
                if (padding_mode is PaddingModes.Zeros)
                    return convolution.Call(input, weight, bias, stride, padding, dilation, groups);
                var around = padding.Reverse().SelectMany(size => new[] { size, size }).ToArray();
                using var padded = nn.functional.pad(input, around, padding_mode);
                return convolution.Call(padded, weight, bias, stride, new long[padding.Length], dilation, groups);
            }
        }

        /// <summary>Convolution over one dimension.</summary>
        public sealed class Conv1d : Convolution
        {
            internal Conv1d(long in_channels, long out_channels, long kernel_size, long stride, long padding, long dilation, PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype)
                : base(nameof(Conv1d), in_channels, out_channels, [kernel_size], [stride], [padding], [dilation], padding_mode, groups, bias, device, dtype) { }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => Convolve(Ops.conv1d, input);
        }

        /// <summary>Convolution over two dimensions.</summary>
        public sealed class Conv2d : Convolution
        {
            internal Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long) padding, (long, long) dilation, PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype)
                : base(nameof(Conv2d), in_channels, out_channels, Pair(kernel_size), Pair(stride), Pair(padding), Pair(dilation), padding_mode, groups, bias, device, dtype) { }

            private static long[] Pair((long, long) value) => [value.Item1, value.Item2];

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => Convolve(Ops.conv2d, input);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Convolution over one dimension, initialised as PyTorch does.</summary>
            public static Conv1d Conv1d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype);

            /// <summary>Convolution over two dimensions with a square kernel, initialised as PyTorch does.</summary>
            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (dilation, dilation), padding_mode, groups, bias, device, dtype);

            /// <summary>Convolution over two dimensions, initialised as PyTorch does.</summary>
            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), padding_mode, groups, bias, device, dtype);

            public static partial class functional
            {
                /// <summary>Convolution over one dimension.</summary>
                public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                    Ops.conv1d.Call(input, weight, bias, stride ?? 1, padding ?? 0, dilation ?? 1, groups);

                /// <summary>Convolution over two dimensions.</summary>
                public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                    Ops.conv2d.Call(input, weight, bias, strides ?? [1], padding ?? [0], dilation ?? [1], groups);

                /// <summary>Adds values around the last dimensions: left, right, top, bottom, ...</summary>
                public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
                {
                    PaddingModes.Constant or PaddingModes.Zeros => Ops.constant_pad_nd.Call(input, pad, mode == PaddingModes.Zeros ? 0 : value),
                    PaddingModes.Reflect when pad.Length == 2 => Ops.reflection_pad1d.Call(input, pad),
                    PaddingModes.Reflect when pad.Length == 4 => Ops.reflection_pad2d.Call(input, pad),
                    PaddingModes.Replicate when pad.Length == 2 => Ops.replication_pad1d.Call(input, pad),
                    PaddingModes.Replicate when pad.Length == 4 => Ops.replication_pad2d.Call(input, pad),
                    PaddingModes.Circular => Ops._pad_circular.Call(input, pad),
                    _ => throw new ArgumentException($"{mode} padding of {pad.Length} sides is not supported.", nameof(pad)),
                };

                /// <summary>Adds values on both sides of the last dimension.</summary>
                public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, [pad.Item1, pad.Item2], mode, value);

                /// <summary>Adds values around the last two dimensions: left, right, top, bottom.</summary>
                public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);
            }
        }
    }
}
