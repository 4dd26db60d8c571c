using System.Collections;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Modules one after the other.</summary>
        public class Sequential : nn.Module<Tensor, Tensor>
        {
            private readonly List<nn.IModule<Tensor, Tensor>> steps = [];

            /// <summary>Named modules in order.</summary>
            protected internal Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential))
            {
                foreach (var (name, module) in modules)
                    append(name, module);
            }

            /// <summary>Modules in order, named 0, 1, ...</summary>
            protected internal Sequential(params nn.Module<Tensor, Tensor>[] modules) : base(nameof(Sequential))
            {
                foreach (var module in modules)
                    append(module);
            }

            /// <summary>Adds a module at the end.</summary>
            public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
            {
                register_module(name, module as nn.Module ?? throw new ArgumentException($"{module.GetType()} is no nn.Module.", nameof(module)));
                steps.Add(module);
                return this;
            }

            /// <summary>Adds a module at the end, named by its place.</summary>
            public Sequential append(nn.IModule<Tensor, Tensor> module) => append(steps.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);

            /// <summary>Number of modules.</summary>
            public int Count => steps.Count;

            /// <summary>A module by its place.</summary>
            public nn.IModule<Tensor, Tensor> this[int index] => steps[index];

            /// <summary>The modules are registered as they are added.</summary>
            protected override void RegisterComponents() { }

            /// <inheritdoc/>
            public override Tensor forward(Tensor tensor)
            {
                if (steps.Count == 0)
                    return tensor.alias();
                var x = tensor;
                foreach (var step in steps)
                {
                    var next = step.call(x);
                    if (!ReferenceEquals(x, tensor) && !ReferenceEquals(x, next))
                        x.Dispose();
                    x = next;
                }
                return x;
            }
        }

        /// <summary>A list of modules, named 0, 1, ...</summary>
        public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
        {
            private readonly List<T> list = [];

            /// <summary>Modules in order.</summary>
            public ModuleList(params T[] modules) : base(nameof(ModuleList<T>)) => list.AddRange(modules);

            /// <summary>Nothing to do: the children are the list's entries at any time.</summary>
            protected override void RegisterComponents() => Register();

            private void Register()
            {
                ClearModules();
                for (var i = 0; i < list.Count; i++)
                    base.register_module(i.ToString(System.Globalization.CultureInfo.InvariantCulture), list[i]);
            }

            /// <inheritdoc/>
            public override IEnumerable<(string name, nn.Module module)> named_children()
            {
                Register();
                return base.named_children();
            }

            /// <summary>A module by its place.</summary>
            public T this[int index] { get => list[index]; set => list[index] = value; }
            /// <summary>Number of modules.</summary>
            public int Count => list.Count;
            /// <summary>False: modules can be added.</summary>
            public bool IsReadOnly => false;
            /// <summary>Adds a module at the end.</summary>
            public void Add(T item) => list.Add(item);
            /// <summary>Adds modules at the end.</summary>
            public void append(params T[] parameters) => list.AddRange(parameters);
            /// <summary>Adds modules at the end.</summary>
            public void extend(IEnumerable<T> modules) => list.AddRange(modules);
            /// <summary>Removes all modules.</summary>
            public void Clear() => list.Clear();
            /// <summary>Whether the module is in the list.</summary>
            public bool Contains(T item) => list.Contains(item);
            /// <summary>Copies the modules.</summary>
            public void CopyTo(T[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);
            /// <summary>The place of a module, or -1.</summary>
            public int IndexOf(T item) => list.IndexOf(item);
            /// <summary>Adds a module at a place.</summary>
            public void Insert(int index, T item) => list.Insert(index, item);
            /// <summary>Removes a module.</summary>
            public bool Remove(T item) => list.Remove(item);
            /// <summary>Removes the module at a place.</summary>
            public void RemoveAt(int index) => list.RemoveAt(index);
            /// <inheritdoc/>
            public IEnumerator<T> GetEnumerator() => list.GetEnumerator();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }

        /// <summary>Modules by name, in the order they were added.</summary>
        public class ModuleDict<T> : nn.Module, IEnumerable<(string, T)> where T : nn.Module
        {
            private readonly OrderedDictionary<string, T> entries = [];

            /// <summary>An empty dictionary.</summary>
            public ModuleDict() : base(nameof(ModuleDict<T>)) { }

            /// <summary>The modules are registered as they are added.</summary>
            protected override void RegisterComponents() { }

            /// <summary>A module by its name.</summary>
            public T this[string key]
            {
                get => entries[key];
                set
                {
                    Remove(key);
                    Add(key, value);
                }
            }

            /// <summary>Number of modules.</summary>
            public int Count => entries.Count;
            /// <summary>The names.</summary>
            public ICollection<string> Keys => entries.Keys;
            /// <summary>The modules.</summary>
            public ICollection<T> Values => entries.Values;
            /// <summary>Adds a module.</summary>
            public void Add(string key, T value)
            {
                register_module(key, value);
                entries.Add(key, value);
            }
            /// <summary>Adds a module.</summary>
            public void Add((string, T) item) => Add(item.Item1, item.Item2);
            /// <summary>Whether there is a module of this name.</summary>
            public bool ContainsKey(string key) => entries.ContainsKey(key);
            /// <summary>The module of this name, if there is one.</summary>
            public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value) => entries.TryGetValue(key, out value);
            /// <summary>Removes a module.</summary>
            public bool Remove(string key)
            {
                register_module(key, null!);
                return entries.Remove(key);
            }
            /// <inheritdoc/>
            public IEnumerator<(string, T)> GetEnumerator() => entries.Select(pair => (pair.Key, pair.Value)).GetEnumerator();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }

        /// <summary>A list of parameters, named 0, 1, ...</summary>
        public class ParameterList : nn.Module, IEnumerable<Parameter>
        {
            private readonly List<Parameter> list = [];

            /// <summary>Parameters in order.</summary>
            public ParameterList(params Parameter[] parameters) : base(nameof(ParameterList)) => extend(parameters);

            /// <summary>The parameters are registered as they are added.</summary>
            protected override void RegisterComponents() { }

            /// <summary>A parameter by its place.</summary>
            public Parameter this[int index]
            {
                get => list[index];
                set
                {
                    list[index] = value;
                    SetParameter(index.ToString(System.Globalization.CultureInfo.InvariantCulture), value);
                }
            }

            /// <summary>Number of parameters.</summary>
            public int Count => list.Count;
            /// <summary>Adds a parameter at the end.</summary>
            public void Add(Parameter item)
            {
                register_parameter(list.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), item);
                list.Add(item);
            }
            /// <summary>Adds parameters at the end.</summary>
            public void append(params Parameter[] parameters) => extend(parameters);
            /// <summary>Adds parameters at the end.</summary>
            public void extend(IEnumerable<Parameter> parameters)
            {
                foreach (var parameter in parameters)
                    Add(parameter);
            }
            /// <inheritdoc/>
            public IEnumerator<Parameter> GetEnumerator() => list.GetEnumerator();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>No modules yet.</summary>
            public static Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());
            /// <summary>Named modules one after the other.</summary>
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);
            /// <summary>Modules one after the other.</summary>
            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);
            /// <summary>Named modules one after the other.</summary>
            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules.ToArray());
            /// <summary>Modules one after the other.</summary>
            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.ToArray());
            /// <summary>A list of modules.</summary>
            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
            /// <summary>A list of modules.</summary>
            public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
            /// <summary>Modules by name.</summary>
            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);
            /// <summary>Modules by name.</summary>
            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules) where T : Module
            {
                var result = new ModuleDict<T>();
                foreach (var item in modules)
                    result.Add(item);
                return result;
            }
            /// <summary>A list of parameters.</summary>
            public static ParameterList ParameterList(params Parameter[] parameters) => new(parameters);
        }
    }
}
