using System.Collections;
using System.Globalization;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;

namespace Assistant.Cli;

/// <summary>A tensor as a file lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its elements are stored, in the format's own word.</param>
/// <param name="Shape">Its sizes, outermost first.</param>
/// <param name="Values">Number of elements.</param>
/// <param name="Bytes">What they take in the file.</param>
internal sealed record InspectedTensor(string Name, string Type, IReadOnlyList<long> Shape, long Values, long Bytes);

/// <summary>What a model's folder or file holds.</summary>
internal sealed class ModelInspection
{
    /// <summary>What was named.</summary>
    public required string Path { get; init; }

    /// <summary>The weights' format, such as "safetensors" or "GGUF 3".</summary>
    public required string Format { get; init; }

    /// <summary>The network that config.json describes or, without one, torchvision's that the weights belong to; null where neither says.</summary>
    public ModelFamily? Family { get; init; }

    /// <summary>What the file says beside its tensors, in its order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; }

    /// <summary>The tensors, in the file's order.</summary>
    public required IReadOnlyList<InspectedTensor> Tensors { get; init; }

    /// <summary>Reads the headers; no weights are loaded.</summary>
    /// <exception cref="WeightFileException">The file is not sound.</exception>
    /// <exception cref="ModelConfigException">config.json cannot be used or names an unknown network.</exception>
    /// <exception cref="IOException">Nothing of this name can be read.</exception>
    public static ModelInspection Of(string path)
    {
        if (File.Exists(path) && IsGguf(path))
            return OfGguf(path);
        var config = System.IO.Path.Combine(path, "config.json");
        var described = File.Exists(config) ? ModelFamily.Of(ModelConfig.Load(config)) : null;
        using var file = WeightFile.Open(path);
        return new ModelInspection
        {
            Path = path,
            Format = file switch
            {
                SafetensorsFile => "safetensors",
                PyTorchFile => "PyTorch",
                _ => "several files", // an index and what it names
            },
            Family = described ?? ModelFamily.OfWeights(file),
            Metadata = file.Metadata.ToList(),
            Tensors = file.Tensors.Values.Select(tensor => new InspectedTensor(tensor.Name, tensor.Type.ToString(), tensor.Shape, tensor.ElementCount, tensor.ByteLength)).ToList(),
        };
    }

    /// <summary>Builds the network and compares the weights with it.</summary>
    /// <exception cref="WeightFileException">Tensors are missing, surplus or misshapen.</exception>
    /// <exception cref="ModelConfigException">There is no config.json, and the weights do not tell.</exception>
    public void Check()
    {
        if (Family is null)
            throw new ModelConfigException($"--check compares weights with the network of a config.json; '{Path}' has none.");
        using var network = Family.BuildUnfilled();
        Checkpoint.Check(network, Path, Family.Names);
    }

    /// <summary>A text out of a file, fit for a terminal: control characters, which could move the cursor or worse, are spelled out.</summary>
    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => $"\\u{(int)c:x4}" } : c.ToString())) : text;

    private static bool IsGguf(string path)
    {
        using var file = File.OpenRead(path);
        var start = new byte[4];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && GgufFile.HasMagic(start);
    }

    private static ModelInspection OfGguf(string path)
    {
        using var file = GgufFile.Open(path);
        return new ModelInspection
        {
            Path = path,
            Format = $"GGUF {file.Version}",
            Metadata = file.Metadata.Select(entry => KeyValuePair.Create(entry.Key, Text(entry.Value))).ToList(),
            Tensors = file.Tensors.Select(tensor => new InspectedTensor(tensor.Name, tensor.Type.ToString(), tensor.Shape, tensor.ElementCount, tensor.ByteLength)).ToList(),
        };
    }

    // A vocabulary has tens of thousands of entries: of long lists the length must do.
    private static string Text(object value) => value switch
    {
        ICollection { Count: > 8 } list => $"[{list.Count} values]",
        ICollection list => $"[{string.Join(", ", list.Cast<object>().Select(Text))}]",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
