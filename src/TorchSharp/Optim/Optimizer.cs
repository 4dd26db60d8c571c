using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        /// <summary>Optimisers and learning rate schedules.</summary>
        public static partial class optim
        {
            /// <summary>Changes parameters by their gradients.</summary>
            public abstract class Optimizer : IDisposable
            {
                private protected readonly List<ParamGroup> groups = [];

                /// <summary>The groups of parameters with their learning rates.</summary>
                public virtual IEnumerable<ILearningRateController> ParamGroups => groups;

                /// <summary>All parameters.</summary>
                public virtual IEnumerable<Parameter> parameters() => groups.SelectMany(group => group.Parameters);

                /// <summary>Forgets the gradients of all parameters.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                        nn.Module.ZeroGrad(parameter, set_to_none: true);
                }

                /// <summary>Adds a group of parameters.</summary>
                public virtual void add_param_group(ParamGroup param_group) => groups.Add(param_group);

                /// <summary>Changes all parameters once.</summary>
                /// <param name="closure">Computes the loss and its gradients again; most optimisers need none.</param>
                /// <returns>The closure's loss; null without one.</returns>
                public virtual Tensor step(Func<Tensor>? closure = null) => throw new NotSupportedException($"{GetType().Name} has no step.");

                /// <summary>Releases the optimiser's state.</summary>
                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                /// <summary>Releases the optimiser's state.</summary>
                protected virtual void Dispose(bool disposing) { }
            }

            /// <summary>What has a learning rate.</summary>
            public interface ILearningRateController
            {
                /// <summary>The learning rate of the next step.</summary>
                double LearningRate { get; set; }

                /// <summary>The learning rate that schedules start from.</summary>
                double InitialLearningRate { get; set; }
            }

            /// <summary>What has a momentum.</summary>
            public interface IMomentum
            {
                /// <summary>The momentum.</summary>
                double Momentum { get; set; }
            }

            /// <summary>What has two decay rates of moments.</summary>
            public interface IBetas
            {
                /// <summary>The decay rates of the first and second moment.</summary>
                (double, double) Betas { get; set; }
            }
        }
    }

    namespace Modules
    {
        /// <summary>Settings of an optimiser or of one of its groups.</summary>
        public class OptimizerOptions
        {
            /// <summary>The learning rate; null takes the optimiser's.</summary>
            public double? LearningRate { get; set; }

            /// <summary>The learning rate that schedules start from.</summary>
            public double InitialLearningRate { get; set; }

            /// <summary>Writes the settings.</summary>
            public virtual void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(InitialLearningRate);
                writer.Write(LearningRate ?? InitialLearningRate);
            }

            /// <summary>Reads the settings.</summary>
            public virtual void LoadStateDict(BinaryReader reader)
            {
                InitialLearningRate = reader.ReadDouble();
                LearningRate = reader.ReadDouble();
            }

            /// <summary>Takes settings over.</summary>
            public virtual void LoadStateDict(OptimizerOptions source)
            {
                InitialLearningRate = source.InitialLearningRate;
                LearningRate = source.LearningRate;
            }
        }

        /// <summary>What an optimiser remembers about one parameter.</summary>
        public abstract class OptimizerState
        {
            /// <summary>The parameter.</summary>
            protected Parameter _parameter;

            /// <summary>The state of a parameter before its first step.</summary>
            protected OptimizerState(Parameter parameter) => _parameter = parameter;

            /// <summary>Writes the state.</summary>
            public abstract void SaveStateDict(BinaryWriter writer);

            /// <summary>Reads the state.</summary>
            public abstract void LoadStateDict(BinaryReader reader);

            private protected static void SaveTensor(BinaryWriter writer, Tensor? tensor)
            {
                writer.Write(tensor is not null);
                tensor?.Save(writer);
            }

            private protected Tensor? LoadTensor(BinaryReader reader, Tensor? before)
            {
                if (!reader.ReadBoolean())
                {
                    before?.Dispose();
                    return null;
                }
                using var loaded = Tensor.Load(reader);
                if (!loaded.shape.SequenceEqual(_parameter.shape))
                    throw new InvalidOperationException($"The optimiser's state of shape [{string.Join(", ", loaded.shape)}] does not fit a parameter of shape [{string.Join(", ", _parameter.shape)}].");
                before?.Dispose();
                return loaded.to(loaded.dtype, _parameter.device, copy: true).DetachFromDisposeScope();
            }
        }

        /// <summary>Parameters that share settings.</summary>
        public class ParamGroup : optim.ILearningRateController
        {
            /// <summary>The parameters.</summary>
            public IEnumerable<Parameter> Parameters { get; set; } = [];

            /// <summary>The settings.</summary>
            public OptimizerOptions Options { get; set; } = new();

            /// <summary>The learning rate of the next step.</summary>
            public double LearningRate { get => Options.LearningRate ?? Options.InitialLearningRate; set => Options.LearningRate = value; }

            /// <summary>The learning rate that schedules start from.</summary>
            public double InitialLearningRate { get => Options.InitialLearningRate; set => Options.InitialLearningRate = value; }
        }

        /// <summary>Parameters that share settings of one optimiser.</summary>
        public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions, new()
        {
            /// <summary>An empty group.</summary>
            public ParamGroup() => base.Options = new TOptions();

            /// <summary>Parameters with settings; what they leave out is the optimiser's.</summary>
            public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
            {
                Parameters = parameters;
                base.Options = options ?? new TOptions();
            }

            /// <summary>The settings.</summary>
            public new TOptions Options { get => (TOptions)base.Options; set => base.Options = value; }
        }

        /// <summary>An optimiser with a state for each parameter, which can be saved and resumed exactly.</summary>
        public abstract class OptimizerHelper : optim.Optimizer
        {
            private readonly Dictionary<Parameter, OptimizerState> states = new(ReferenceEqualityComparer.Instance);

            /// <summary>The settings of groups that leave them out.</summary>
            private protected OptimizerOptions defaults = new();

            private protected void Add<TOptions>(ParamGroup<TOptions> group) where TOptions : OptimizerOptions, new()
            {
                group.Parameters = group.Parameters.ToList();
                foreach (var parameter in group.Parameters)
                {
                    if (states.ContainsKey(parameter))
                        throw new ArgumentException("A parameter appears in more than one group of the optimiser.", nameof(group));
                    states.Add(parameter, CreateState(parameter));
                }
                group.Options.LearningRate ??= defaults.LearningRate;
                group.Options.InitialLearningRate = group.Options.LearningRate ?? 0;
                groups.Add(group);
            }

            private protected abstract OptimizerState CreateState(Parameter parameter);

            private protected TState StateOf<TState>(Parameter parameter) where TState : OptimizerState => (TState)states[parameter];

            private protected abstract void StepGroup(ParamGroup group, List<(Parameter parameter, Tensor grad)> updates);

            /// <inheritdoc/>
            public override Tensor step(Func<Tensor>? closure = null)
            {
                Tensor? loss = null;
                if (closure is not null)
                {
                    using var recorded = enable_grad();
                    loss = closure();
                }
                using var scope = NewDisposeScope();
                using var gradient = no_grad();
                foreach (var group in groups)
                {
                    var updates = new List<(Parameter, Tensor)>();
                    foreach (var parameter in group.Parameters)
                    {
                        if (parameter.grad is { } grad)
                            updates.Add((parameter, grad));
                    }
                    if (updates.Count > 0)
                        StepGroup(group, updates);
                }
                return loss!;
            }

            /// <summary>Writes settings and state of all groups.</summary>
            public void save_state_dict(string location)
            {
                using var writer = new BinaryWriter(File.Create(location));
                save_state_dict(writer);
            }

            /// <summary>Reads settings and state that <see cref="save_state_dict(string)"/> wrote.</summary>
            public void load_state_dict(string location)
            {
                using var reader = new BinaryReader(File.OpenRead(location));
                load_state_dict(reader);
            }

            /// <summary>Writes settings and state of all groups.</summary>
            public void save_state_dict(BinaryWriter writer)
            {
                writer.Write(GetType().Name);
                writer.Write7BitEncodedInt(groups.Count);
                foreach (var group in groups)
                {
                    group.Options.SaveStateDict(writer);
                    writer.Write7BitEncodedInt(group.Parameters.Count());
                    foreach (var parameter in group.Parameters)
                        states[parameter].SaveStateDict(writer);
                }
            }

            /// <summary>Reads settings and state for the same groups and parameters: the next step is exactly the one that would have followed.</summary>
            /// <exception cref="InvalidOperationException">The state is another optimiser's, or groups or shapes differ.</exception>
            public void load_state_dict(BinaryReader reader)
            {
                var name = reader.ReadString();
                if (name != GetType().Name)
                    throw new InvalidOperationException($"The state of {name} does not fit {GetType().Name}.");
                var count = reader.Read7BitEncodedInt();
                if (count != groups.Count)
                    throw new InvalidOperationException($"The state has {count} groups, the optimiser {groups.Count}.");
                foreach (var group in groups)
                {
                    group.Options.LoadStateDict(reader);
                    var parameters = reader.Read7BitEncodedInt();
                    if (parameters != group.Parameters.Count())
                        throw new InvalidOperationException($"The state has {parameters} parameters in a group, the optimiser {group.Parameters.Count()}.");
                    foreach (var parameter in group.Parameters)
                        states[parameter].LoadStateDict(reader);
                }
            }

            /// <inheritdoc/>
            protected override void Dispose(bool disposing)
            {
                foreach (var state in states.Values.OfType<IDisposable>())
                    state.Dispose();
                states.Clear();
                base.Dispose(disposing);
            }
        }
    }
}
