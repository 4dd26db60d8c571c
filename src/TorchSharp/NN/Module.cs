using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Neural networks.</summary>
    public static partial class nn
    {
        /// <summary>A part of a network: named parameters, buffers and submodules.</summary>
        /// <remarks>A subclass sets its fields and then calls <see cref="RegisterComponents"/>: fields are named as keys of the state dict.</remarks>
        public partial class Module : IDisposable
        {
            private readonly OrderedDictionary<string, Module> submodules = [];
            private readonly OrderedDictionary<string, (Tensor buffer, bool persistent)> ownBuffers = [];
            private readonly OrderedDictionary<string, Parameter> ownParameters = [];
            private bool registered, isTraining = true, disposed;

            /// <summary>The name given to the constructor.</summary>
            protected string? name;

            /// <summary>A module without components yet.</summary>
            protected Module(string name) => this.name = name;

            /// <summary>Registers the fields that hold modules, parameters and tensors, under the fields' names.</summary>
                /// <remarks>Own fields come first, then those of base classes.</remarks>
            protected virtual void RegisterComponents()
            {
                if (registered)
                    return;
                foreach (var field in Fields(GetType()))
                {
                    var key = field.Name;
                    if (submodules.ContainsKey(key) || ownParameters.ContainsKey(key) || ownBuffers.ContainsKey(key))
                        continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(key, module);
                            break;
                        case Parameter parameter:
                            register_parameter(key, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(key, tensor);
                            break;
                    }
                }
                registered = true;
            }

            private static IEnumerable<FieldInfo> Fields(Type type)
            {
                var seen = new HashSet<string>();
                for (var current = type; current is not null && current != typeof(Module); current = current.BaseType!)
                {
                    foreach (var field in current.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                    {
                        if (seen.Add(field.Name))
                            yield return field;
                    }
                }
            }

            /// <summary>Adds a tensor that is state but not learned; a persistent one is part of the state dict.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (!ownBuffers.TryAdd(name, (tensor.DetachFromDisposeScope(), persistent)))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            /// <summary>Adds a learned tensor.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (!ownParameters.TryAdd(name, param))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
                param.DetachFromDisposeScope();
            }

            /// <summary>Adds a submodule; null removes it.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    submodules.Remove(name);
                    return;
                }
                if (string.IsNullOrEmpty(name))
                    throw new ArgumentException("module name can't be empty string \"\"");
                if (name.Contains('.'))
                    throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (submodules.ContainsKey(name))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                submodules.Add(name, submodule);
            }

            /// <summary>Adds a submodule.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            internal void ClearModules() => submodules.Clear();

            internal void SetParameter(string name, Parameter? parameter)
            {
                if (parameter is null)
                    ownParameters.Remove(name);
                else
                    ownParameters[name] = parameter;
            }

            internal Parameter? OwnParameter(string name) => ownParameters.GetValueOrDefault(name);

            /// <summary>The parameters by their names, those of submodules with a dotted prefix; a shared one comes once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<nint>();
                foreach (var (key, parameter) in ownParameters)
                {
                    if (seen.Add(parameter.handle))
                        yield return (key, parameter);
                }
                if (!recurse)
                    yield break;
                foreach (var (child, module) in named_children())
                {
                    foreach (var (key, parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter.handle))
                            yield return ($"{child}.{key}", parameter);
                    }
                }
            }

            /// <summary>The parameters, those of submodules included.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(pair => pair.parameter);

            /// <summary>The buffers by their names, those of submodules with a dotted prefix.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<nint>();
                foreach (var (key, (buffer, persistent)) in ownBuffers)
                {
                    if ((persistent || include_nonpersistent) && seen.Add(buffer.handle))
                        yield return (key, buffer);
                }
                if (!recurse)
                    yield break;
                foreach (var (child, module) in named_children())
                {
                    foreach (var (key, buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.handle))
                            yield return ($"{child}.{key}", buffer);
                    }
                }
            }

            /// <summary>The buffers, those of submodules included.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(pair => pair.buffer);

            /// <summary>The direct submodules by their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => submodules.Select(pair => (pair.Key, pair.Value));

            /// <summary>The direct submodules.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(pair => pair.module);

            /// <summary>All submodules by their dotted names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in named_children())
                    yield return child;
                foreach (var (child, module) in named_children())
                {
                    foreach (var (key, inner) in module.named_modules())
                        yield return ($"{child}.{key}", inner);
                }
            }

            /// <summary>All submodules.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(pair => pair.module);

            /// <summary>Whether there is a buffer of this dotted name.</summary>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>Whether there is a parameter of this dotted name.</summary>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>The buffer of this dotted name, or null.</summary>
            public virtual Tensor? get_buffer(string target) =>
                ownBuffers.TryGetValue(target, out var own) ? own.buffer : Child(target, out var rest)?.get_buffer(rest);

            /// <summary>The parameter of this dotted name, or null.</summary>
            public virtual Parameter? get_parameter(string target) =>
                ownParameters.TryGetValue(target, out var own) ? own : Child(target, out var rest)?.get_parameter(rest);

            private Module? Child(string target, out string rest)
            {
                var dot = target.IndexOf('.');
                rest = dot < 0 ? "" : target[(dot + 1)..];
                if (dot < 0)
                    return null;
                var first = target[..dot];
                return named_children().FirstOrDefault(pair => pair.name == first).module;
            }

            /// <summary>Whether dropout and batch statistics are active.</summary>
            public virtual bool training => isTraining;

            /// <summary>Switches dropout and batch statistics on or off, here and in all submodules.</summary>
            public virtual void train(bool train = true)
            {
                isTraining = train;
                foreach (var child in children())
                    child.train(train);
            }

            /// <summary>Switches dropout and batch statistics off.</summary>
            public virtual void eval() => train(false);

            /// <summary>Calls a function on all submodules and then on this module.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var child in children())
                    child.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Forgets the gradients of all parameters, or sets them to 0.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                    ZeroGrad(parameter, set_to_none);
            }

            internal static void ZeroGrad(Tensor parameter, bool set_to_none)
            {
                using var gradient = parameter.grad;
                if (gradient is null)
                    return;
                if (set_to_none)
                    parameter.grad = null;
                else
                    gradient.zero_();
            }

            /// <summary>The name of the module, by default the one given to its constructor.</summary>
            public virtual string GetName() => name ?? GetType().Name;

            /// <summary>Releases the parameters, buffers and submodules.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Releases the parameters, buffers and submodules.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || disposed)
                    return;
                disposed = true;
                foreach (var (_, parameter) in ownParameters)
                    parameter.Dispose();
                foreach (var (_, (buffer, _)) in ownBuffers)
                    buffer.Dispose();
                foreach (var child in children())
                    child.Dispose();
            }
        }
    }
}
