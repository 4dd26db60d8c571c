using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Stochastic gradient descent, with momentum if wanted.</summary>
        public class SGD : OptimizerHelper, optim.IMomentum
        {
            /// <summary>An optimiser of one group.</summary>
            public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                : this([new ParamGroup(parameters, new Options())], lr, momentum, dampening, weight_decay, nesterov, maximize) { }

            /// <summary>An optimiser of several groups; the other arguments hold for what a group leaves out.</summary>
            /// <exception cref="ArgumentException">A setting is out of its range.</exception>
            public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            {
                if (lr < 0.0) throw new ArgumentException($"Invalid learning rate: {lr}", nameof(lr));
                if (momentum < 0.0) throw new ArgumentException($"Invalid momentum value: {momentum}", nameof(momentum));
                if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}", nameof(weight_decay));
                if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening", nameof(nesterov));
                defaults = new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize };
                foreach (var group in parameters)
                    add_param_group(group);
            }

            /// <summary>Adds a group; what it leaves out is the optimiser's.</summary>
            public override void add_param_group(Modules.ParamGroup param_group)
            {
                var (group, ours) = ((ParamGroup)param_group, (Options)defaults);
                group.Options.momentum ??= ours.momentum;
                group.Options.dampening ??= ours.dampening;
                group.Options.weight_decay ??= ours.weight_decay;
                group.Options.nesterov ??= ours.nesterov;
                group.Options.maximize ??= ours.maximize;
                Add(group);
            }

            /// <summary>The momentum of groups that set none.</summary>
            public double Momentum { get => ((Options)defaults).momentum!.Value; set => ((Options)defaults).momentum = value; }

            private protected override OptimizerState CreateState(Parameter parameter) => new State(parameter);

            private protected override void StepGroup(Modules.ParamGroup group, List<(Parameter parameter, Tensor grad)> updates)
            {
                var options = (Options)group.Options;
                var (momentum, decay) = (options.momentum!.Value, options.weight_decay!.Value);
                foreach (var (parameter, gradient) in updates)
                {
                    var grad = options.maximize == true ? -gradient : gradient;
                    if (decay != 0)
                        grad = grad.add(parameter, decay);
                    if (momentum != 0)
                    {
                        var state = StateOf<State>(parameter);
                        if (state.momentum_buffer is null)
                            state.momentum_buffer = grad.clone().DetachFromDisposeScope();
                        else
                            state.momentum_buffer.mul_(momentum).add_(grad, 1 - options.dampening!.Value);
                        grad = options.nesterov == true ? grad.add(state.momentum_buffer, momentum) : state.momentum_buffer;
                    }
                    parameter.add_(grad, -group.LearningRate);
                }
            }

            /// <summary>What is remembered about one parameter.</summary>
            public sealed class State : OptimizerState, IDisposable
            {
                /// <summary>The running gradient; null before the first step with momentum.</summary>
                public Tensor? momentum_buffer;

                /// <summary>The state before the first step.</summary>
                public State(Parameter parameter) : base(parameter) { }

                /// <inheritdoc/>
                public override void SaveStateDict(BinaryWriter writer) => SaveTensor(writer, momentum_buffer);

                /// <inheritdoc/>
                public override void LoadStateDict(BinaryReader reader) => momentum_buffer = LoadTensor(reader, momentum_buffer);

                /// <summary>Releases the running gradient.</summary>
                public void Dispose() => momentum_buffer?.Dispose();
            }

            /// <summary>Settings; null takes the optimiser's.</summary>
            public class Options : OptimizerOptions
            {
                /// <summary>Momentum.</summary>
                public double? momentum;
                /// <summary>How much of a new gradient is left out of the running one.</summary>
                public double? dampening;
                /// <summary>Weight decay, added to the gradient.</summary>
                public double? weight_decay;
                /// <summary>Whether to look ahead along the momentum.</summary>
                public bool? nesterov;
                /// <summary>Whether to climb instead of descend.</summary>
                public bool? maximize;

                /// <inheritdoc/>
                public override void SaveStateDict(BinaryWriter writer)
                {
                    base.SaveStateDict(writer);
                    writer.Write(momentum!.Value);
                    writer.Write(dampening!.Value);
                    writer.Write(weight_decay!.Value);
                    writer.Write(nesterov!.Value);
                    writer.Write(maximize!.Value);
                }

                /// <inheritdoc/>
                public override void LoadStateDict(BinaryReader reader)
                {
                    base.LoadStateDict(reader);
                    (momentum, dampening, weight_decay) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
                    (nesterov, maximize) = (reader.ReadBoolean(), reader.ReadBoolean());
                }
            }

            /// <summary>Parameters that share settings.</summary>
            public class ParamGroup : ParamGroup<Options>, optim.IMomentum
            {
                /// <summary>An empty group.</summary>
                public ParamGroup() { }

                /// <summary>Parameters with settings.</summary>
                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                /// <summary>Parameters with settings of their own.</summary>
                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }) { }

                /// <summary>The momentum.</summary>
                public double Momentum { get => Options.momentum!.Value; set => Options.momentum = value; }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Stochastic gradient descent.</summary>
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            /// <summary>Stochastic gradient descent.</summary>
            public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters.Select(pair => pair.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            /// <summary>Stochastic gradient descent.</summary>
            public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
