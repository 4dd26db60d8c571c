using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>Values recorded from PyTorch; outside of the repository, so tests skip where they are absent.</summary>
internal static class ReferenceData
{
    /// <summary>The folder of one case, or a skipped test.</summary>
    internal static string Folder(string name)
    {
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (repository is not null && !File.Exists(Path.Combine(repository.FullName, "Assistant.sln")))
            repository = repository.Parent;
        var root = Environment.GetEnvironmentVariable("ASSISTANT_REFERENCE")
            ?? Path.Combine(repository?.FullName ?? ".", "..", "shared", "reference");
        var folder = Path.Combine(root, name);
        if (!Directory.Exists(folder))
            Assert.Skip($"The reference values are not there: {folder} (set ASSISTANT_REFERENCE).");
        return folder;
    }

    /// <summary>The tensors of a safetensors file: 8 bytes of header length, a JSON header, the data.</summary>
    internal static Dictionary<string, torch.Tensor> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 8 + (int)BitConverter.ToInt64(bytes, 0);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, start - 8));
        var tensors = new Dictionary<string, torch.Tensor>();
        foreach (var entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
            var type = entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => ScalarType.Float32,
                "I64" => ScalarType.Int64,
                var other => throw new NotSupportedException($"{entry.Name} has the type {other}."),
            };
            var offsets = entry.Value.GetProperty("data_offsets");
            var tensor = empty(shape, type);
            tensor.bytes = bytes.AsSpan(start + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
            tensors.Add(entry.Name, tensor);
        }
        return tensors;
    }

    internal static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;

    /// <summary>The reference's formula for weights that are not stored.</summary>
    internal static torch.Tensor Fill(long[] shape, uint k, double scale)
    {
        var values = new float[shape.TotalSize()];
        for (var i = 0; i < values.Length; i++)
        {
            var h = unchecked((uint)i + k * 0x9E3779B9);
            h ^= h >> 16;
            h = unchecked(h * 0x7FEB352D);
            h ^= h >> 15;
            h = unchecked(h * 0x846CA68B);
            h ^= h >> 16;
            values[i] = ((int)(h >> 8) - 8388608) * 5.9604644775390625e-8f * (float)scale;
        }
        return tensor(values, shape);
    }

    /// <summary>Largest difference over the largest expected value.</summary>
    internal static void Close(torch.Tensor expected, torch.Tensor actual, double tolerance, string name)
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        Assert.True(expected.shape.SequenceEqual(actual.shape), $"{name}: {string.Join('x', actual.shape)} for {string.Join('x', expected.shape)}");
        var difference = (expected - actual).abs().max().ToDouble() / expected.abs().max().ToDouble();
        Assert.True(difference <= tolerance, $"{name} differs by {difference:g3} of its largest value.");
    }

    /// <summary>All but a share of the elements within an absolute tolerance.</summary>
    internal static void AlmostAllClose(torch.Tensor expected, torch.Tensor actual, double tolerance, double share, string name)
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        var difference = (expected - actual).abs();
        var outside = (difference > tolerance).sum().ToInt64();
        Assert.True(outside <= share * expected.numel() && difference.max().ToDouble() <= 1e-3,
            $"{name}: {outside} of {expected.numel()} elements differ by more than {tolerance}, at most by {difference.max().ToDouble():g3}.");
    }
}
