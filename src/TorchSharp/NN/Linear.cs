using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>A module with a weight and perhaps a bias.</summary>
        public abstract class WeightedModule : nn.Module<Tensor, Tensor>
        {
            private protected WeightedModule(string name) : base(name) { }

            /// <summary>The weight; null where the module learns none.</summary>
            public Parameter? weight
            {
                get => OwnParameter(nameof(weight));
                set => SetParameter(nameof(weight), value);
            }

            /// <summary>The bias; null where the module has none.</summary>
            public Parameter? bias
            {
                get => OwnParameter(nameof(bias));
                set => SetParameter(nameof(bias), value);
            }

            private protected static Parameter Empty(long[] shape, Device? device, ScalarType? dtype) => new(empty(shape, dtype, device));
        }

        /// <summary>x @ weight^T + bias.</summary>
        public sealed class Linear : WeightedModule
        {
            internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype) : base(nameof(Linear))
            {
                (in_features, out_features) = (inputSize, outputSize);
                weight = Empty([outputSize, inputSize], device, dtype);
                nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (hasBias)
                {
                    bias = Empty([outputSize], device, dtype);
                    nn.init.UniformByFanIn(weight, bias);
                }
            }

            internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
            {
                (this.weight, this.bias) = (weight, bias);
                (out_features, in_features) = (weight.shape[0], weight.shape[1]);
            }

            /// <summary>Size of the last dimension of the input.</summary>
            public long in_features { get; set; }

            /// <summary>Size of the last dimension of the output.</summary>
            public long out_features { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight!, bias);
        }

        /// <summary>Rows of a table by their indices.</summary>
        public sealed class Embedding : WeightedModule
        {
            private readonly long? padding_idx;
            private readonly bool scale_grad_by_freq;

            internal Embedding(Tensor table, bool freeze, long? padding_idx, bool scale_grad_by_freq) : base(nameof(Embedding))
            {
                var rows = table.shape[0];
                if (padding_idx is { } index && (index < -rows || index >= rows))
                    throw new ArgumentOutOfRangeException(nameof(padding_idx), $"padding_idx is {index}, but there are {rows} embeddings.");
                this.padding_idx = padding_idx < 0 ? padding_idx + rows : padding_idx;
                this.scale_grad_by_freq = scale_grad_by_freq;
                weight = new Parameter(table, !freeze);
            }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => Ops.embedding.Call(weight, input, padding_idx ?? -1, scale_grad_by_freq);
        }

        /// <summary>Normalises the last dimensions to mean 0 and variance 1, then scales and shifts.</summary>
        public sealed class LayerNorm : WeightedModule
        {
            internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype) : base(nameof(LayerNorm))
            {
                (this.normalized_shape, this.eps, this.elementwise_affine) = (normalized_shape, eps, elementwise_affine);
                if (elementwise_affine)
                {
                    weight = new Parameter(ones(normalized_shape, dtype, device));
                    if (bias)
                        this.bias = new Parameter(zeros(normalized_shape, dtype, device));
                }
            }

            /// <summary>The dimensions normalised over.</summary>
            public long[] normalized_shape { get; set; }

            /// <summary>Added to the variance.</summary>
            public double eps { get; set; }

            /// <summary>Whether scale and shift are learned.</summary>
            public bool elementwise_affine { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
        }

        /// <summary>Normalises groups of channels to mean 0 and variance 1, then scales and shifts.</summary>
        public sealed class GroupNorm : WeightedModule
        {
            internal GroupNorm(long num_groups, long num_channels, double eps, bool affine, Device? device, ScalarType? dtype) : base(nameof(GroupNorm))
            {
                (this.num_groups, this.eps, this.affine) = (num_groups, eps, affine);
                if (affine)
                    (weight, bias) = (new Parameter(ones(num_channels, dtype, device)), new Parameter(zeros(num_channels, dtype, device)));
            }

            /// <summary>Number of groups.</summary>
            public long num_groups { get; set; }

            /// <summary>Added to the variance.</summary>
            public double eps { get; set; }

            /// <summary>Whether scale and shift are learned.</summary>
            public bool affine { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, weight, bias, eps);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>x @ weight^T + bias, initialised as PyTorch does.</summary>
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) => new(inputSize, outputSize, hasBias, device, dtype);

            /// <summary>x @ weight^T + bias with given parameters.</summary>
            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

            /// <summary>A table of embeddings drawn from the standard normal distribution; the padding row is 0 and learns nothing.</summary>
            /// <exception cref="NotSupportedException">A maximal norm or sparse gradients were asked for.</exception>
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                Plain(max_norm, sparse);
                using var table = randn(num_embeddings, embedding_dims, dtype, device);
                if (padding_idx is { } row && row >= -num_embeddings && row < num_embeddings)
                {
                    using var padding = table.select(0, row);
                    padding.zero_();
                }
                return new Embedding(table, false, padding_idx, scale_grad_by_freq);
            }

            /// <summary>A given table of embeddings, which shares its memory.</summary>
            /// <exception cref="NotSupportedException">A maximal norm or sparse gradients were asked for.</exception>
            public static Embedding Embedding_from_pretrained(Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                Plain(max_norm, sparse);
                using var table = embeddings.to(dtype ?? embeddings.dtype, device ?? embeddings.device);
                return new Embedding(table, freeze, padding_idx, scale_grad_by_freq);
            }

            private static void Plain(double? max_norm, bool sparse)
            {
                if (max_norm is not null || sparse)
                    throw new NotSupportedException("Embeddings with max_norm or sparse gradients are not supported.");
            }

            /// <summary>Normalises the last dimensions.</summary>
            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) => new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            /// <summary>Normalises the last dimension.</summary>
            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) => new([normalized_shape], eps, elementwise_affine, bias, device, dtype);

            /// <summary>Normalises groups of channels.</summary>
            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05, bool affine = true, Device? device = null, ScalarType? dtype = null) => new(num_groups, num_channels, eps, affine, device, dtype);

            public static partial class functional
            {
                /// <summary>input @ weights^T + bias.</summary>
                public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Ops.linear.Call(input, weights, bias);

                /// <summary>Normalises the last dimensions, then scales and shifts.</summary>
                public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) => Ops.layer_norm.Call(input, normalized_shape, weight, bias, eps, false);

                /// <summary>Normalises groups of channels, then scales and shifts.</summary>
                public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) => Ops.group_norm.Call(input, num_groups, weight, bias, eps, false);

                /// <summary>Divides by the p-norm of one dimension, at least by eps.</summary>
                public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
                {
                    using var norm = Ops.norm_ScalarOpt_dim.Call(input, p, dim, true);
                    using var limited = norm.clamp_min(eps);
                    return input.div(limited);
                }
            }
        }
    }
}
