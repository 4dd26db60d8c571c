using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>A number that says how far an input is from its target.</summary>
        public abstract class Loss<T1, T2, TResult>(nn.Reduction reduction = nn.Reduction.Mean) : nn.Module<T1, T2, TResult>("Loss")
        {
            /// <summary>How the losses of the elements become one.</summary>
            public nn.Reduction reduction { get; } = reduction;
        }

        /// <summary>A loss whose classes or elements can be weighted.</summary>
        public abstract class WeightedLoss<T1, T2, TResult>(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean) : Loss<T1, T2, TResult>(reduction)
        {
            /// <summary>The weights; null weighs all the same.</summary>
            public Tensor? weight { get; } = weight;
        }

        /// <summary>Cross entropy of logits against class numbers or probabilities.</summary>
        public sealed class CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, nn.Reduction reduction = nn.Reduction.Mean, double label_smoothing = 0.0)
            : WeightedLoss<Tensor, Tensor, Tensor>(weight, reduction)
        {
            /// <summary>The class number that does not count; null means -100.</summary>
            public long? ignore_index { get; } = ignore_index;

            /// <summary>How much of each target is spread over all classes.</summary>
            public double label_smoothing { get; } = label_smoothing;

            /// <inheritdoc/>
            public override Tensor forward(Tensor input, Tensor target) =>
                nn.functional.cross_entropy(input, target, weight, ignore_index ?? -100, reduction, label_smoothing);
        }

        /// <summary>Mean squared error.</summary>
        public sealed class MSELoss(nn.Reduction reduction = nn.Reduction.Mean) : Loss<Tensor, Tensor, Tensor>(reduction)
        {
            /// <inheritdoc/>
            public override Tensor forward(Tensor input, Tensor target) => nn.functional.mse_loss(input, target, reduction);
        }

        /// <summary>Mean absolute error.</summary>
        public sealed class L1Loss(nn.Reduction reduction = nn.Reduction.Mean) : Loss<Tensor, Tensor, Tensor>(reduction)
        {
            /// <inheritdoc/>
            public override Tensor forward(Tensor input, Tensor target) => nn.functional.l1_loss(input, target, reduction);
        }

        /// <summary>Negative log likelihood of log probabilities.</summary>
        public sealed class NLLLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean) : WeightedLoss<Tensor, Tensor, Tensor>(weight, reduction)
        {
            /// <inheritdoc/>
            public override Tensor forward(Tensor input, Tensor target) => nn.functional.nll_loss(input, target, weight, reduction);
        }

        /// <summary>Binary cross entropy of logits.</summary>
        public sealed class BCEWithLogitsLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean, Tensor? pos_weights = null)
            : WeightedLoss<Tensor, Tensor, Tensor>(weight, reduction)
        {
            /// <summary>Weights of the positive targets.</summary>
            public Tensor? pos_weights { get; } = pos_weights;

            /// <inheritdoc/>
            public override Tensor forward(Tensor input, Tensor target) => nn.functional.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weights);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>How the losses of the elements become one.</summary>
            public enum Reduction : long
            {
                /// <summary>They stay as they are.</summary>
                None = 0,
                /// <summary>Their mean.</summary>
                Mean = 1,
                /// <summary>Their sum.</summary>
                Sum = 2,
            }

            /// <summary>Cross entropy of logits.</summary>
            public static CrossEntropyLoss CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) => new(weight, ignore_index, reduction);
            /// <summary>Mean squared error.</summary>
            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);
            /// <summary>Mean absolute error.</summary>
            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);
            /// <summary>Negative log likelihood.</summary>
            public static NLLLoss NLLLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);
            /// <summary>Binary cross entropy of logits.</summary>
            public static BCEWithLogitsLoss BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) => new(weight, reduction, pos_weights);

            public static partial class functional
            {
                /// <summary>Cross entropy of logits against class numbers or probabilities.</summary>
                public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                    Ops.cross_entropy_loss.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);
                /// <summary>Negative log likelihood of log probabilities.</summary>
                public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) => Ops.nll_loss_nd.Call(input, target, weight, (long)reduction);
                /// <summary>Squared error.</summary>
                public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Ops.mse_loss.Call(input, target, (long)reduction);
                /// <summary>Absolute error.</summary>
                public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Ops.l1_loss.Call(input, target, (long)reduction);
                /// <summary>Absolute error, squared below beta.</summary>
                public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1.0) => Ops.smooth_l1_loss.Call(input, target, (long)reduction, beta);
                /// <summary>Divergence of distributions.</summary>
                public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) => Ops.kl_div.Call(input, target, (long)reduction, log_target);
                /// <summary>Binary cross entropy of logits.</summary>
                public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                    Ops.binary_cross_entropy_with_logits.Call(input, target, weight, pos_weights, (long)reduction);
                /// <summary>Binary cross entropy of probabilities.</summary>
                public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                    Ops.binary_cross_entropy.Call(input, target, weight, (long)reduction);
            }
        }
    }
}
