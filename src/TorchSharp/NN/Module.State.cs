using System.Text;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Parameters and persistent buffers by their dotted names; the tensors are the module's own.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (key, parameter) in named_parameters(false))
                    destination.TryAdd(start + key, parameter);
                foreach (var (key, buffer) in named_buffers(false, include_nonpersistent: false))
                    destination.TryAdd(start + key, buffer);
                foreach (var (key, child) in named_children())
                    child.state_dict(destination, start + key);
                return destination;
            }

            /// <summary>Copies values into the parameters and buffers of the same names.</summary>
            /// <param name="source">Values by dotted name; converted to the module's types.</param>
            /// <param name="strict">Whether names must match exactly, except those in skip.</param>
            /// <param name="skip">Names to leave as they are.</param>
            /// <returns>The names that the source lacks and those that the module lacks.</returns>
            /// <exception cref="InvalidOperationException">Names (if strict) or shapes do not fit; nothing was copied.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var destination = state_dict();
                var skipped = skip is null ? [] : new HashSet<string>(skip);
                var missing = destination.Keys.Where(key => !skipped.Contains(key) && !source.ContainsKey(key)).ToList();
                var unexpected = source.Keys.Where(key => !skipped.Contains(key) && !destination.ContainsKey(key)).ToList();
                var pairs = source.Where(pair => !skipped.Contains(pair.Key) && destination.ContainsKey(pair.Key))
                    .Select(pair => (name: pair.Key, from: pair.Value, to: destination[pair.Key])).ToList();
                var misshapen = pairs.Where(pair => !pair.from.shape.SequenceEqual(pair.to.shape))
                    .Select(pair => $"{pair.name} is [{string.Join(", ", pair.from.shape)}], expected [{string.Join(", ", pair.to.shape)}]").ToList();
                if (misshapen.Count > 0 || (strict && (missing.Count > 0 || unexpected.Count > 0)))
                    throw new InvalidOperationException(Describe(strict ? missing : [], strict ? unexpected : [], misshapen));

                using var gradient = no_grad();
                foreach (var (_, from, to) in pairs)
                    to.copy_(from);
                return (missing, unexpected);
            }

            private static string Describe(List<string> missing, List<string> unexpected, List<string> misshapen)
            {
                const int Shown = 8;
                var text = new StringBuilder("The loaded state_dict is not identical to the target dictionary:");
                void Add(string what, List<string> names)
                {
                    if (names.Count == 0)
                        return;
                    text.Append($" {names.Count} {what} ({string.Join("; ", names.Take(Shown))}{(names.Count > Shown ? "; ..." : "")}).");
                }
                Add("missing", missing);
                Add("unexpected", unexpected);
                Add("of another shape", misshapen);
                return text.ToString();
            }

            /// <summary>Converts floating-point parameters and buffers; the objects stay the same, so optimisers keep working.</summary>
            /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                if (!dtype.IsFloatingPoint() && !dtype.IsComplex())
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
                Convert(dtype, null, non_blocking);
                return this;
            }

            /// <summary>Moves parameters and buffers to a device.</summary>
            /// <exception cref="InvalidOperationException">CUDA was asked for and is not there.</exception>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                if (deviceType == DeviceType.CUDA && !cuda.is_available())
                    throw new InvalidOperationException("CUDA is not available.");
                Convert(null, new Device(deviceType, deviceIndex), non_blocking);
                return this;
            }

            /// <summary>Moves and converts parameters and buffers.</summary>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                _to(device.type, device.index, non_blocking);
                return _to(dtype, non_blocking);
            }

            private void Convert(ScalarType? dtype, Device? device, bool non_blocking)
            {
                using var gradient = no_grad();
                foreach (var tensor in parameters().Cast<Tensor>().Concat(buffers()).ToList())
                {
                    var type = dtype is { } wanted && (tensor.is_floating_point() || tensor.is_complex()) ? wanted : tensor.dtype;
                    var where = device ?? tensor.device;
                    if (!tensor.toWillCopy(type, where))
                        continue;
                    var (requires_grad, grad) = (tensor.requires_grad, tensor.grad);
                    tensor.TakeOver(tensor.detach().to(type, where, disposeAfter: true, non_blocking: non_blocking).DetachFromDisposeScope());
                    tensor.requires_grad = requires_grad;
                    if (grad is not null)
                    {
                        tensor.grad = grad.to(type, where, disposeAfter: true);
                    }
                }
            }

            /// <summary>Writes the state dict.</summary>
            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                var state = state_dict();
                foreach (var key in skip ?? [])
                    state.Remove(key);
                writer.Write7BitEncodedInt(state.Count);
                foreach (var (key, tensor) in state)
                {
                    writer.Write(key);
                    tensor.Save(writer);
                }
                return this;
            }

            /// <summary>Writes the state dict to a file, in a format of this library.</summary>
            public Module save(string location, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(File.Create(location));
                return save(writer, skip);
            }

            /// <summary>Reads what <see cref="save(BinaryWriter, IList{string})"/> wrote.</summary>
            /// <exception cref="InvalidOperationException">Names or shapes do not fit.</exception>
            public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var scope = NewDisposeScope();
                var state = new Dictionary<string, Tensor>();
                for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
                {
                    var key = reader.ReadString();
                    state[key] = Tensor.Load(reader);
                }
                var (_, unexpected) = load_state_dict(state, strict, skip);
                if (loadedParameters is not null)
                {
                    foreach (var key in state.Keys)
                        loadedParameters[key] = !unexpected.Contains(key);
                }
                return this;
            }

            /// <summary>Reads a file that <see cref="save(string, IList{string})"/> wrote.</summary>
            public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(File.OpenRead(location));
                return load(reader, strict, skip, loadedParameters);
            }
        }
    }
}

/// <summary>Moving and converting modules; each returns the module itself.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Converts floating-point parameters and buffers.</summary>
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module => (T)module._to(type, non_blocking);
    /// <summary>Moves and converts parameters and buffers.</summary>
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module => (T)module._to(device, type, non_blocking);
    /// <summary>Moves parameters and buffers.</summary>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module => (T)module._to(deviceType, deviceIndex, non_blocking);
    /// <summary>Moves parameters and buffers.</summary>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module => (T)module._to(device.type, device.index, non_blocking);
    /// <summary>Moves parameters and buffers to the device of this description.</summary>
    public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module => module.to(new torch.Device(device), non_blocking);
    /// <summary>Moves parameters and buffers to the CPU.</summary>
    public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => (T)module._to(DeviceType.CPU, -1, non_blocking);
    /// <summary>Moves parameters and buffers to a CUDA device.</summary>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module => (T)module._to(DeviceType.CUDA, deviceIndex, non_blocking);
    /// <summary>Converts to half precision.</summary>
    public static T half<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float16, non_blocking);
    /// <summary>Converts to bfloat16.</summary>
    public static T bfloat16<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.BFloat16, non_blocking);
    /// <summary>Converts to single precision.</summary>
    public static T @float<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float32, non_blocking);
    /// <summary>Converts to double precision.</summary>
    public static T @double<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float64, non_blocking);
}
