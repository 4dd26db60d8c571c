namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Ways to initialise parameters, in place.</summary>
        public static class init
        {
            /// <summary>The function behind a layer, which decides the gain.</summary>
            public enum NonlinearityType
            {
                /// <summary>Linear layer.</summary>
                Linear = 0,
                /// <summary>Convolution.</summary>
                Conv1D = 1,
                /// <summary>Convolution.</summary>
                Conv2D = 2,
                /// <summary>Convolution.</summary>
                Conv3D = 3,
                /// <summary>Transposed convolution.</summary>
                ConvTranspose1D = 4,
                /// <summary>Transposed convolution.</summary>
                ConvTranspose2D = 5,
                /// <summary>Transposed convolution.</summary>
                ConvTranspose3D = 6,
                /// <summary>Logistic function.</summary>
                Sigmoid = 7,
                /// <summary>Hyperbolic tangent.</summary>
                Tanh = 8,
                /// <summary>Rectifier.</summary>
                ReLU = 9,
                /// <summary>Leaky rectifier.</summary>
                LeakyReLU = 10,
            }

            /// <summary>Whether inputs or outputs are counted.</summary>
            public enum FanInOut
            {
                /// <summary>Inputs: keeps the forward variance.</summary>
                FanIn = 0,
                /// <summary>Outputs: keeps the backward variance.</summary>
                FanOut = 1,
            }

            /// <summary>How much a function shrinks the standard deviation, inverted.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + param * param)),
                _ => 1.0,
            };

            /// <summary>Fills with 1.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);
            /// <summary>Fills with 0.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>Fills with one value.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var gradient = no_grad();
                return tensor.fill_(val);
            }

            /// <summary>Fills with uniform random numbers.</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var gradient = no_grad();
                return tensor.uniform_(low, high, generator);
            }

            /// <summary>Fills with normal random numbers.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var gradient = no_grad();
                return tensor.normal_(mean, std, generator);
            }

            /// <summary>Fills with normal random numbers limited to [a, b], by the inverse of the distribution function.</summary>
            public static Tensor trunc_normal_(Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0, Generator? generator = null)
            {
                static double Below(double x) => (1 + Erf(x / Math.Sqrt(2))) / 2;
                using var gradient = no_grad();
                var (low, high) = (Below((a - mean) / std), Below((b - mean) / std));
                tensor.uniform_(2 * low - 1, 2 * high - 1, generator);
                Ops.erfinv_.Run(tensor);
                Ops.mul__Scalar.Run(tensor, std * Math.Sqrt(2));
                Ops.add__Scalar.Run(tensor, mean);
                return tensor.clamp_(a, b);
            }

            private static double Erf(double x)
            {
                using var value = torch.tensor(x);
                using var result = value.erf();
                return result.item<double>();
            }

            /// <summary>Fills with uniform random numbers that keep the variance of a rectified layer.</summary>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3.0) * calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Fills with normal random numbers that keep the variance of a rectified layer.</summary>
            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, calculate_gain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode)));

            /// <summary>Fills with uniform random numbers that keep the variance forwards and backwards.</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var bound = Math.Sqrt(3.0) * gain * Math.Sqrt(2.0 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Fills with normal random numbers that keep the variance forwards and backwards.</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return normal_(tensor, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)));
            }

            /// <summary>How many inputs and outputs one element of a weight connects.</summary>
            /// <exception cref="ArgumentException">The tensor has fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions", nameof(tensor));
                var field = shape[2..].TotalSize();
                return (shape[1] * field, shape[0] * field);
            }

            private static long Fan(Tensor tensor, FanInOut mode)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return mode == FanInOut.FanIn ? fanIn : fanOut;
            }

            /// <summary>PyTorch's initial bias: uniform within 1 over the root of the weight's inputs.</summary>
            internal static void UniformByFanIn(Tensor weight, Tensor bias)
            {
                var (fanIn, _) = CalculateFanInAndFanOut(weight);
                var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
                uniform_(bias, -bound, bound);
            }
        }

        /// <summary>Helpers for training.</summary>
        public static partial class utils
        {
            /// <summary>Scales all gradients down such that their joint norm does not exceed a limit; returns the norm before.</summary>
            /// <param name="tensors">The parameters whose gradients are scaled.</param>
            /// <param name="max_norm">The limit.</param>
            /// <param name="norm_type">p of the p-norm; infinity takes the largest element.</param>
            public static double clip_grad_norm_(IEnumerable<Modules.Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var gradient = no_grad();
                var grads = tensors.Select(tensor => tensor.grad).OfType<Tensor>().ToArray();
                if (grads.Length == 0)
                    return 0;
                var norms = grads.Select(grad => Ops.norm_ScalarOpt_dim.Call(grad, norm_type, Array.Empty<long>(), false)).ToArray();
                var total = Ops.norm_ScalarOpt_dim.Call(stack(norms), norm_type, Array.Empty<long>(), false).ToDouble();
                var factor = max_norm / (total + 1e-6);
                if (factor < 1)
                    Ops._foreach_mul__Scalar.Run(grads, factor);
                return total;
            }

            /// <summary>Limits each element of all gradients to [-clip_value, clip_value].</summary>
            public static void clip_grad_value_(IEnumerable<Modules.Parameter> tensors, double clip_value)
            {
                foreach (var tensor in tensors)
                {
                    using var grad = tensor.grad;
                    grad?.clamp_(-clip_value, clip_value);
                }
            }
        }
    }
}
