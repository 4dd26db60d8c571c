using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Models;

/// <summary>Brings the tensors of a weight file into memory: into a module's parameters, or as a dictionary.</summary>
public static class Checkpoint
{
    /// <summary>Copies a file's tensors into a module of the same names.</summary>
    /// <param name="module">Receives the weights in its own types and on its own device.</param>
    /// <param name="path">A weight file of any known format, or a folder with one.</param>
    /// <param name="rename">Name in the module of a tensor of the file; null leaves the tensor out. Without it names are taken as they are.</param>
    /// <exception cref="WeightFileException">Tensors are missing, surplus or misshapen; the message names them, and nothing has been copied.</exception>
    public static void Load(nn.Module module, string path, Func<string, string?>? rename = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var file = WeightFile.Open(path);
        var targets = module.state_dict();
        var sources = Sources(file, rename);
        Check(file, targets, sources);
        using var noGrad = no_grad();
        foreach (var (name, target) in targets)
        {
            if (!sources.TryGetValue(name, out var source))
                continue; // a counter that the file may lack
            using var scope = NewDisposeScope();
            if (target.dtype == TypeOf(file, source) && target.device_type == DeviceType.CPU && target.is_contiguous())
                Fill(target, file, source);
            else
                target.copy_(Read(file, source));
        }
    }

    /// <summary>Compares a file's tensors with a module's by name and shape, and copies nothing.</summary>
    /// <param name="module">What the file should fit.</param>
    /// <param name="path">A weight file of any known format, or a folder with one.</param>
    /// <param name="rename">As for <see cref="Load"/>.</param>
    /// <exception cref="WeightFileException">Tensors are missing, surplus or misshapen; the message names them.</exception>
    public static void Check(nn.Module module, string path, Func<string, string?>? rename = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var file = WeightFile.Open(path);
        Check(file, module.state_dict(), Sources(file, rename));
    }

    /// <summary>All tensors of a file, in the types that it stores.</summary>
    /// <returns>By name; the caller disposes of them.</returns>
    public static Dictionary<string, Tensor> ReadAll(string path)
    {
        using var file = WeightFile.Open(path);
        return file.Tensors.Values.ToDictionary(tensor => tensor.Name, tensor => Read(file, tensor), StringComparer.Ordinal);
    }

    /// <summary>One tensor in the type that the file stores.</summary>
    public static Tensor Read(WeightFile file, WeightTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(tensor);
        var value = empty([.. tensor.Shape], dtype: TypeOf(file, tensor));
        Fill(value, file, tensor);
        return value;
    }

    private static void Fill(Tensor value, WeightFile file, WeightTensor tensor)
    {
        if (tensor.ElementCount > 0)
            file.Read(tensor, 0, value.bytes);
    }

    /// <summary>The file's tensors under the module's names.</summary>
    private static Dictionary<string, WeightTensor> Sources(WeightFile file, Func<string, string?>? rename)
    {
        var sources = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var tensor in file.Tensors.Values)
        {
            if ((rename is null ? tensor.Name : rename(tensor.Name)) is { } name)
                sources[name] = tensor;
        }
        return sources;
    }

    private static void Check(WeightFile file, Dictionary<string, Tensor> targets, Dictionary<string, WeightTensor> sources)
    {
        // Batch norms count their batches only since PyTorch 0.4.1; torchvision's older files lack the counters, which evaluation does not read.
        var missing = targets.Keys.Where(name => !sources.ContainsKey(name) && !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)).ToList();
        if (missing.Count > 0)
            throw new WeightFileException($"{file.Name} lacks {missing.Count} of the model's tensors: {Listed(missing)}.");
        var surplus = sources.Keys.Where(name => !targets.ContainsKey(name)).ToList();
        if (surplus.Count > 0)
            throw new WeightFileException($"{file.Name} has {surplus.Count} tensors that the model lacks: {Listed(surplus)}.");
        foreach (var (name, target) in targets)
        {
            if (sources.TryGetValue(name, out var source) && !target.shape.SequenceEqual(source.Shape))
                throw new WeightFileException($"{file.Name}: '{name}' is [{string.Join(", ", source.Shape)}], the model wants [{string.Join(", ", target.shape)}].");
        }
    }

    private static string Listed(List<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal).Take(5)) + (names.Count > 5 ? ", ..." : "");

    private static ScalarType TypeOf(WeightFile file, WeightTensor tensor) => tensor.Type switch
    {
        WeightType.F64 => ScalarType.Float64,
        WeightType.F32 => ScalarType.Float32,
        WeightType.F16 => ScalarType.Float16,
        WeightType.BF16 => ScalarType.BFloat16,
        WeightType.I64 => ScalarType.Int64,
        WeightType.I32 => ScalarType.Int32,
        WeightType.I16 => ScalarType.Int16,
        WeightType.I8 => ScalarType.Int8,
        WeightType.U8 => ScalarType.Byte,
        WeightType.Bool => ScalarType.Bool,
        var other => throw new WeightFileException($"{file.Name}: tensor '{tensor.Name}' is {other}, a type that is not supported here."),
    };
}
