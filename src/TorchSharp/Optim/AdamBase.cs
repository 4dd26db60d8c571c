using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>What Adam and AdamW share: running means of the gradient and its square.</summary>
        public abstract class AdamBase : OptimizerHelper, optim.IBetas
        {
            private readonly bool decoupled; // AdamW shrinks the parameter, Adam adds the decay to the gradient

            /// <summary>An optimiser of several groups; the other arguments hold for what a group leaves out.</summary>
            /// <exception cref="ArgumentException">A setting is out of its range.</exception>
            /// <exception cref="NotSupportedException">amsgrad was asked for.</exception>
            private protected AdamBase(bool decoupled, IEnumerable<ParamGroup> parameters, double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool maximize)
            {
                this.decoupled = decoupled;
                if (lr < 0.0) throw new ArgumentException($"Invalid learning rate: {lr}", nameof(lr));
                if (beta1 < 0 || 1.0 <= beta1) throw new ArgumentException($"Invalid beta1 value: {beta1}", nameof(beta1));
                if (beta2 < 0 || 1.0 <= beta2) throw new ArgumentException($"Invalid beta2 value: {beta2}", nameof(beta2));
                if (eps < 0.0) throw new ArgumentException($"Invalid eps value: {eps}", nameof(eps));
                if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}", nameof(weight_decay));
                if (amsgrad) throw new NotSupportedException("amsgrad is not supported.");
                defaults = new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, maximize = maximize };
                foreach (var group in parameters)
                    add_param_group(group);
            }

            /// <summary>Adds a group; what it leaves out is the optimiser's.</summary>
            public override void add_param_group(Modules.ParamGroup param_group)
            {
                var (group, ours) = ((ParamGroup)param_group, (Options)defaults);
                group.Options.beta1 ??= ours.beta1;
                group.Options.beta2 ??= ours.beta2;
                group.Options.eps ??= ours.eps;
                group.Options.weight_decay ??= ours.weight_decay;
                group.Options.maximize ??= ours.maximize;
                Add(group);
            }

            /// <summary>The decay rates of groups that set none.</summary>
            public (double, double) Betas
            {
                get => (((Options)defaults).beta1!.Value, ((Options)defaults).beta2!.Value);
                set => (((Options)defaults).beta1, ((Options)defaults).beta2) = value;
            }

            private protected override OptimizerState CreateState(Parameter parameter) => new State(parameter);

            private protected override void StepGroup(Modules.ParamGroup group, List<(Parameter parameter, Tensor grad)> updates)
            {
                var options = (Options)group.Options;
                // Parameters that were frozen for a while are behind the others in their bias correction.
                foreach (var batch in updates.GroupBy(update => StateOf<State>(update.parameter).Advance()))
                    Step(options, group.LearningRate, batch.Key, batch.ToArray());
            }

            private void Step(Options options, double rate, long step, (Parameter parameter, Tensor grad)[] updates)
            {
                var kernel = new AdamKernel(options, rate, step, decoupled);
                updates = updates.Where(update => !kernel.TryUpdate(update.parameter, update.grad, StateOf<State>(update.parameter))).ToArray();
                if (updates.Length > 0)
                    StepByOperators(options, rate, step, updates);
            }

            // Any type, layout and device; several passes over the memory.
            private void StepByOperators(Options options, double rate, long step, (Parameter parameter, Tensor grad)[] updates)
            {
                var (beta1, beta2, decay) = (options.beta1!.Value, options.beta2!.Value, options.weight_decay!.Value);
                var parameters = Array.ConvertAll(updates, update => (Tensor)update.parameter);
                var grads = Array.ConvertAll(updates, update => update.grad);
                var means = Array.ConvertAll(updates, update => StateOf<State>(update.parameter).exp_avg!);
                var squares = Array.ConvertAll(updates, update => StateOf<State>(update.parameter).exp_avg_sq!);
                if (options.maximize == true)
                    grads = Ops._foreach_neg.CallList(grads);
                if (decay != 0 && decoupled)
                    Ops._foreach_mul__Scalar.Run(parameters, 1 - rate * decay);
                else if (decay != 0)
                    grads = Ops._foreach_add_List.CallList(grads, parameters, decay);
                Ops._foreach_mul__Scalar.Run(means, beta1);
                Ops._foreach_add__List.Run(means, grads, 1 - beta1);
                Ops._foreach_mul__Scalar.Run(squares, beta2);
                Ops._foreach_addcmul__Scalar.Run(squares, grads, grads, 1 - beta2);
                var denominators = Ops._foreach_sqrt.CallList((Interop.Arg)squares);
                Ops._foreach_div__Scalar.Run(denominators, Math.Sqrt(1 - Math.Pow(beta2, step)));
                Ops._foreach_add__Scalar.Run(denominators, options.eps!.Value);
                Ops._foreach_addcdiv__Scalar.Run(parameters, means, denominators, -rate / (1 - Math.Pow(beta1, step)));
            }

            /// <summary>What is remembered about one parameter.</summary>
            public sealed class State : OptimizerState, IDisposable
            {
                /// <summary>Number of steps taken.</summary>
                public long step;
                /// <summary>Running mean of the gradient.</summary>
                public Tensor? exp_avg;
                /// <summary>Running mean of the squared gradient.</summary>
                public Tensor? exp_avg_sq;

                /// <summary>The state before the first step.</summary>
                public State(Parameter parameter) : base(parameter) { }

                internal long Advance()
                {
                    exp_avg ??= _parameter.zeros_like().DetachFromDisposeScope();
                    exp_avg_sq ??= _parameter.zeros_like().DetachFromDisposeScope();
                    return ++step;
                }

                /// <inheritdoc/>
                public override void SaveStateDict(BinaryWriter writer)
                {
                    writer.Write(step);
                    SaveTensor(writer, exp_avg);
                    SaveTensor(writer, exp_avg_sq);
                }

                /// <inheritdoc/>
                public override void LoadStateDict(BinaryReader reader)
                {
                    step = reader.ReadInt64();
                    exp_avg = LoadTensor(reader, exp_avg);
                    exp_avg_sq = LoadTensor(reader, exp_avg_sq);
                }

                /// <summary>Releases the running means.</summary>
                public void Dispose()
                {
                    exp_avg?.Dispose();
                    exp_avg_sq?.Dispose();
                }
            }

            /// <summary>Settings; null takes the optimiser's.</summary>
            public class Options : OptimizerOptions
            {
                /// <summary>Decay rate of the mean.</summary>
                public double? beta1;
                /// <summary>Decay rate of the squared mean.</summary>
                public double? beta2;
                /// <summary>Weight decay.</summary>
                public double? weight_decay;
                /// <summary>Added to the denominator.</summary>
                public double? eps;
                /// <summary>Whether to climb instead of descend.</summary>
                public bool? maximize;

                /// <inheritdoc/>
                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(beta1!.Value);
                    writer.Write(beta2!.Value);
                    writer.Write(eps!.Value);
                    writer.Write(weight_decay!.Value);
                    writer.Write(maximize!.Value);
                }

                /// <inheritdoc/>
                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    (beta1, beta2, eps, weight_decay) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
                    maximize = reader.ReadBoolean();
                }
            }

            /// <summary>Parameters that share settings.</summary>
            public class ParamGroup : ParamGroup<Options>, optim.IBetas
            {
                /// <summary>An empty group.</summary>
                public ParamGroup() { }

                /// <summary>Parameters with settings.</summary>
                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                /// <summary>Parameters with settings of their own.</summary>
                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, maximize = maximize })
                {
                    if (amsgrad) throw new NotSupportedException("amsgrad is not supported.");
                }

                /// <summary>The decay rates.</summary>
                public (double, double) Betas
                {
                    get => (Options.beta1!.Value, Options.beta2!.Value);
                    set => (Options.beta1, Options.beta2) = value;
                }
            }
        }
    }
}
