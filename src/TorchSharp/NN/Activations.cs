using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>max(x, 0).</summary>
        public sealed class ReLU : nn.Module<Tensor, Tensor>
        {
            internal ReLU(bool inplace) : base(nameof(ReLU)) => this.inplace = inplace;

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, inplace);
        }

        /// <summary>x * sigmoid(x).</summary>
        public sealed class SiLU : nn.Module<Tensor, Tensor>
        {
            internal SiLU(bool inplace) : base(nameof(SiLU)) => this.inplace = inplace;

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.silu(tensor, inplace);
        }

        /// <summary>1 / (1 + exp(-x)).</summary>
        public sealed class Sigmoid : nn.Module<Tensor, Tensor>
        {
            internal Sigmoid(bool inplace) : base(nameof(Sigmoid)) => this.inplace = inplace;

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);
        }

        /// <summary>Hyperbolic tangent.</summary>
        public sealed class Tanh : nn.Module<Tensor, Tensor>
        {
            internal Tanh(bool inplace) : base(nameof(Tanh)) => this.inplace = inplace;

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.tanh(tensor, inplace);
        }

        /// <summary>x * relu6(x + 3) / 6.</summary>
        public sealed class Hardswish : nn.Module<Tensor, Tensor>
        {
            internal Hardswish(bool inplace) : base(nameof(Hardswish)) => this.inplace = inplace;

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.hardswish(tensor, inplace);
        }

        /// <summary>relu6(x + 3) / 6.</summary>
        public sealed class Hardsigmoid : nn.Module<Tensor, Tensor>
        {
            internal Hardsigmoid(bool inplace) : base(nameof(Hardsigmoid)) => this.inplace = inplace;

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.hardsigmoid(tensor, inplace);
        }

        /// <summary>min(max(x, 0), 6).</summary>
        public sealed class ReLU6 : nn.Module<Tensor, Tensor>
        {
            internal ReLU6(bool inplace) : base(nameof(ReLU6)) => this.inplace = inplace;

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.relu6(tensor, inplace);
        }

        /// <summary>x * Phi(x) with the normal distribution function Phi.</summary>
        public sealed class GELU : nn.Module<Tensor, Tensor>
        {
            /// <summary>How Phi is computed.</summary>
            public enum Approximate
            {
                /// <summary>Exactly.</summary>
                none,
                /// <summary>With a hyperbolic tangent.</summary>
                tanh,
            }

            internal GELU(Approximate approximate, bool inplace) : base(nameof(GELU)) => (this.approximate, this.inplace) = (approximate, inplace);

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <summary>How Phi is computed.</summary>
            public Approximate approximate { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor, approximate, inplace);
        }

        /// <summary>x if x is positive, else x times the slope.</summary>
        public sealed class LeakyReLU : nn.Module<Tensor, Tensor>
        {
            internal LeakyReLU(double negative_slope, bool inplace) : base(nameof(LeakyReLU)) => (this.negative_slope, this.inplace) = (negative_slope, inplace);

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <summary>The slope below 0.</summary>
            public double negative_slope { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.leaky_relu(tensor, negative_slope, inplace);
        }

        /// <summary>exp(x) over its sum in one dimension.</summary>
        public sealed class Softmax : nn.Module<Tensor, Tensor>
        {
            internal Softmax(long dim) : base(nameof(Softmax)) => this.dim = dim;

            /// <summary>The dimension that sums to 1.</summary>
            public long dim { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => tensor.softmax(dim);
        }

        /// <summary>The logarithm of the softmax.</summary>
        public sealed class LogSoftmax : nn.Module<Tensor, Tensor>
        {
            internal LogSoftmax(long dim) : base(nameof(LogSoftmax)) => this.dim = dim;

            /// <summary>The dimension that sums to 1 after exp.</summary>
            public long dim { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => tensor.log_softmax(dim);
        }

        /// <summary>Merges dimensions.</summary>
        public sealed class Flatten : nn.Module<Tensor, Tensor>
        {
            internal Flatten(long start_dim, long end_dim) : base(nameof(Flatten)) => (this.start_dim, this.end_dim) = (start_dim, end_dim);

            /// <summary>The first dimension merged.</summary>
            public long start_dim { get; set; }

            /// <summary>The last dimension merged.</summary>
            public long end_dim { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
        }

        /// <summary>Gives its input back.</summary>
        public sealed class Identity : nn.Module<Tensor, Tensor>
        {
            internal Identity() : base(nameof(Identity)) { }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => tensor.alias();
        }

        /// <summary>Sets elements to 0 at random while training, and scales the others up.</summary>
        public sealed class Dropout : nn.Module<Tensor, Tensor>
        {
            internal Dropout(double p, bool inplace) : base(nameof(Dropout)) => (this.p, this.inplace) = (p, inplace);

            /// <summary>Whether the input is overwritten.</summary>
            public bool inplace { get; set; }

            /// <summary>Probability of a 0.</summary>
            public double p { get; set; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>max(x, 0).</summary>
            public static ReLU ReLU(bool inplace = false) => new(inplace);
            /// <summary>x * sigmoid(x).</summary>
            public static SiLU SiLU(bool inplace = false) => new(inplace);
            /// <summary>1 / (1 + exp(-x)).</summary>
            public static Sigmoid Sigmoid(bool inplace = false) => new(inplace);
            /// <summary>Hyperbolic tangent.</summary>
            public static Tanh Tanh(bool inplace = false) => new(inplace);
            /// <summary>x * relu6(x + 3) / 6.</summary>
            public static Hardswish Hardswish(bool inplace = false) => new(inplace);
            /// <summary>relu6(x + 3) / 6.</summary>
            public static Hardsigmoid Hardsigmoid(bool inplace = false) => new(inplace);
            /// <summary>min(max(x, 0), 6).</summary>
            public static ReLU6 ReLU6(bool inplace = false) => new(inplace);
            /// <summary>x * Phi(x), exact.</summary>
            public static GELU GELU() => new(Modules.GELU.Approximate.none, false);
            /// <summary>x * Phi(x), exact.</summary>
            public static GELU GELU(bool inplace) => new(Modules.GELU.Approximate.none, inplace);
            /// <summary>x * Phi(x), exact or approximated.</summary>
            public static GELU GELU(GELU.Approximate approximate, bool inplace = false) => new(approximate, inplace);
            /// <summary>x if x is positive, else x times the slope.</summary>
            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);
            /// <summary>exp(x) over its sum in one dimension.</summary>
            public static Softmax Softmax(long dim) => new(dim);
            /// <summary>The logarithm of the softmax.</summary>
            public static LogSoftmax LogSoftmax(long dim) => new(dim);
            /// <summary>Merges dimensions.</summary>
            public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);
            /// <summary>Gives its input back.</summary>
            public static Identity Identity() => new();
            /// <summary>Sets elements to 0 at random while training.</summary>
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

            /// <summary>The functions behind the modules.</summary>
            public static partial class functional
            {
                /// <summary>max(x, 0).</summary>
                public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();
                /// <summary>x * sigmoid(x).</summary>
                public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();
                /// <summary>1 / (1 + exp(-x)).</summary>
                public static Tensor sigmoid(Tensor x, bool inplace = false) => inplace ? x.sigmoid_().alias() : x.sigmoid();
                /// <summary>Hyperbolic tangent.</summary>
                public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : x.tanh();
                /// <summary>x * relu6(x + 3) / 6.</summary>
                public static Tensor hardswish(Tensor input, bool inplace = false) => inplace ? input.hardswish_().alias() : input.hardswish();
                /// <summary>relu6(x + 3) / 6.</summary>
                public static Tensor hardsigmoid(Tensor input, bool inplace = false) => inplace ? input.hardsigmoid_().alias() : input.hardsigmoid();
                /// <summary>min(max(x, 0), 6).</summary>
                public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? x.relu6_().alias() : x.relu6();
                /// <summary>x * Phi(x), exact.</summary>
                public static Tensor gelu(Tensor x) => x.gelu();
                /// <summary>x * Phi(x), exact.</summary>
                public static Tensor gelu(Tensor x, bool inplace) => gelu(x, Modules.GELU.Approximate.none, inplace);
                /// <summary>x * Phi(x), exact or approximated.</summary>
                public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                    inplace ? Ops.gelu_.Call(x, approximate == Modules.GELU.Approximate.tanh ? "tanh" : "none") : x.gelu(approximate);
                /// <summary>x if x is positive, else x times the slope.</summary>
                public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                    inplace ? Ops.leaky_relu_.Call(input, negative_slope) : Ops.leaky_relu.Call(input, negative_slope);
                /// <summary>exp(x) over its sum in one dimension.</summary>
                public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
                /// <summary>The logarithm of the softmax.</summary>
                public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);
                /// <summary>Sets elements to 0 at random while training, and scales the others up.</summary>
                public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                    inplace ? Ops.dropout_.Call(input, p, training) : Ops.dropout.Call(input, p, training);
            }
        }
    }
}
