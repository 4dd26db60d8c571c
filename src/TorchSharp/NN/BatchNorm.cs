using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Normalises each channel over the batch, with running statistics for evaluation.</summary>
        public abstract class BatchNorm : WeightedModule
        {
            private protected BatchNorm(string name, long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype) : base(name)
            {
                (this.num_features, this.eps, this.momentum, this.affine, this.track_running_stats) = (num_features, eps, momentum, affine, track_running_stats);
                if (affine)
                    (weight, bias) = (new Parameter(ones(num_features, dtype, device)), new Parameter(zeros(num_features, dtype, device)));
                if (track_running_stats)
                {
                    register_buffer(nameof(running_mean), zeros(num_features, dtype, device));
                    register_buffer(nameof(running_var), ones(num_features, dtype, device));
                    register_buffer(nameof(num_batches_tracked), zeros([], ScalarType.Int64, device));
                }
            }

            /// <summary>Number of channels.</summary>
            public long num_features { get; }
            /// <summary>Added to the variance.</summary>
            public double eps { get; set; }
            /// <summary>How much a batch changes the running statistics; null makes them the mean of all batches.</summary>
            public double? momentum { get; set; }
            /// <summary>Whether scale and shift are learned.</summary>
            public bool affine { get; }
            /// <summary>Whether there are running statistics.</summary>
            public bool track_running_stats { get; }
            /// <summary>Running mean of each channel.</summary>
            public Tensor? running_mean => get_buffer(nameof(running_mean));
            /// <summary>Running variance of each channel.</summary>
            public Tensor? running_var => get_buffer(nameof(running_var));
            /// <summary>Number of batches seen while training.</summary>
            public Tensor? num_batches_tracked => get_buffer(nameof(num_batches_tracked));

            private protected abstract bool Fits(long dimensions);

            /// <inheritdoc/>
            public override Tensor forward(Tensor input)
            {
                if (!Fits(input.Dimensions))
                    throw new ArgumentException($"{GetName()} does not take an input of {input.Dimensions} dimensions.", nameof(input));
                var factor = momentum ?? 0;
                if (training && num_batches_tracked is { } count)
                {
                    count.add_(1);
                    if (momentum is null)
                        factor = 1.0 / count.ToInt64();
                }
                return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training || running_mean is null, factor, eps);
            }
        }

        /// <summary>Batch normalisation of [N, C] or [N, C, L].</summary>
        public sealed class BatchNorm1d : BatchNorm
        {
            internal BatchNorm1d(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
                : base(nameof(BatchNorm1d), num_features, eps, momentum, affine, track_running_stats, device, dtype) { }

            private protected override bool Fits(long dimensions) => dimensions is 2 or 3;
        }

        /// <summary>Batch normalisation of [N, C, H, W].</summary>
        public sealed class BatchNorm2d : BatchNorm
        {
            internal BatchNorm2d(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
                : base(nameof(BatchNorm2d), num_features, eps, momentum, affine, track_running_stats, device, dtype) { }

            private protected override bool Fits(long dimensions) => dimensions == 4;
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Batch normalisation of [N, C] or [N, C, L].</summary>
            public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            /// <summary>Batch normalisation of [N, C, H, W].</summary>
            public static BatchNorm2d BatchNorm2d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static partial class functional
            {
                /// <summary>Normalises each channel over the batch, or by running statistics.</summary>
                public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                    Ops.batch_norm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, false);
            }
        }
    }
}
