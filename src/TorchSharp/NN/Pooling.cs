using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>The largest value of each window.</summary>
        public sealed class MaxPool2d : nn.Module<Tensor, Tensor>
        {
            internal MaxPool2d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode) : base(nameof(MaxPool2d)) =>
                (this.kernel_size, this.stride, this.padding, this.dilation, this.ceil_mode) = (kernel_size, stride ?? kernel_size, padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

            /// <summary>Size of the windows.</summary>
            public long[] kernel_size { get; set; }
            /// <summary>Distance of the windows.</summary>
            public long[] stride { get; set; }
            /// <summary>Padding on each side.</summary>
            public long[] padding { get; set; }
            /// <summary>Distance of the points in a window.</summary>
            public long[] dilation { get; set; }
            /// <summary>Whether windows may reach over the edge.</summary>
            public bool ceil_mode { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
        }

        /// <summary>The mean of each window.</summary>
        public sealed class AvgPool2d : nn.Module<Tensor, Tensor>
        {
            internal AvgPool2d(long[] kernel_size, long[]? stride, long[]? padding, bool ceil_mode, bool count_include_pad, long? divisor_override) : base(nameof(AvgPool2d)) =>
                (this.kernel_size, this.stride, this.padding, this.ceil_mode, this.count_include_pad, this.divisor_override) = (kernel_size, stride ?? kernel_size, padding ?? [0, 0], ceil_mode, count_include_pad, divisor_override);

            /// <summary>Size of the windows.</summary>
            public long[] kernel_size { get; set; }
            /// <summary>Distance of the windows.</summary>
            public long[] stride { get; set; }
            /// <summary>Padding on each side.</summary>
            public long[] padding { get; set; }
            /// <summary>Whether windows may reach over the edge.</summary>
            public bool ceil_mode { get; set; }
            /// <summary>Whether the padding counts in the mean.</summary>
            public bool count_include_pad { get; set; }
            /// <summary>Divides by this instead of the window's size.</summary>
            public long? divisor_override { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => nn.functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
        }

        /// <summary>The means of as many windows as the output has places.</summary>
        public sealed class AdaptiveAvgPool2d : nn.Module<Tensor, Tensor>
        {
            internal AdaptiveAvgPool2d(long[] output_size) : base(nameof(AdaptiveAvgPool2d)) => this.output_size = output_size;

            /// <summary>Height and width of the output.</summary>
            public long[] output_size { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, output_size);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            private static long[]? Both(long? value) => value is { } one ? [one, one] : null;
            private static long[]? Both((long, long)? value) => value is { } pair ? [pair.Item1, pair.Item2] : null;

            /// <summary>The largest value of each window.</summary>
            public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new([kernel_size, kernel_size], Both(stride), Both(padding), Both(dilation), ceil_mode);
            /// <summary>The largest value of each window.</summary>
            public static MaxPool2d MaxPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                new(Both(kernel_size)!, Both(stride), Both(padding), Both(dilation), ceil_mode);
            /// <summary>The largest value of each window.</summary>
            public static MaxPool2d MaxPool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);
            /// <summary>The mean of each window.</summary>
            public static AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new([kernel_size, kernel_size], Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);
            /// <summary>The mean of each window.</summary>
            public static AvgPool2d AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(Both(kernel_size)!, Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);
            /// <summary>The means of as many windows as the output has places.</summary>
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);
            /// <summary>The means of as many windows as the output has places.</summary>
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new(Both(output_size)!);
            /// <summary>The means of as many windows as the output has places.</summary>
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size, output_size]);

            public static partial class functional
            {
                /// <summary>The largest value of each window.</summary>
                public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                    Ops.max_pool2d.Call(input, kernel_size, strides ?? kernel_size, padding ?? [0], dilation ?? [1], ceil_mode);
                /// <summary>The largest value of each window.</summary>
                public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                    max_pool2d(input, [kernel_size, kernel_size], Both(stride), Both(padding), Both(dilation), ceil_mode);
                /// <summary>The largest value of each window of one dimension.</summary>
                public static Tensor max_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                    Ops.max_pool1d.Call(input, kernel_size, stride ?? kernel_size, padding ?? 0, dilation ?? 1, ceil_mode);
                /// <summary>The mean of each window.</summary>
                public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                    Ops.avg_pool2d.Call(input, kernel_size, stride ?? kernel_size, padding ?? [0], ceil_mode, count_include_pad, divisor_override);
                /// <summary>The mean of each window.</summary>
                public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                    avg_pool2d(input, [kernel_size, kernel_size], Both(stride), [padding, padding], ceil_mode, count_include_pad, divisor_override);
                /// <summary>The means of as many windows as the output has places.</summary>
                public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Ops.adaptive_avg_pool2d.Call(input, output_size);
                /// <summary>The means of as many windows as the output has places.</summary>
                public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => adaptive_avg_pool2d(input, [output_size.Item1, output_size.Item2]);
                /// <summary>The means of as many windows as the output has places.</summary>
                public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, [output_size, output_size]);
                /// <summary>The means of as many windows as the output has places, over one dimension.</summary>
                public static Tensor adaptive_avg_pool1d(Tensor input, long output_size) => Ops.adaptive_avg_pool1d.Call(input, output_size);
            }
        }
    }
}
