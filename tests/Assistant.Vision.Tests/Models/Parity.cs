using System.Text.Json;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

/// <summary>A folder of reference values: configuration, weights, inputs and what the reference implementation computes from them.</summary>
internal sealed class Parity
{
    private readonly Dictionary<string, Tensor> inputs, expected;

    private Parity(string folder)
    {
        Folder = folder;
        inputs = ReadAll(Path.Combine(folder, "inputs.safetensors"));
        expected = ReadAll(Path.Combine(folder, "expected.safetensors"));
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        Values = document.RootElement.Clone();
    }

    public string Folder { get; }

    /// <summary>Ids, scalars and settings of <c>expected.json</c>.</summary>
    public JsonElement Values { get; }

    public ModelConfig Config => ModelConfig.Load(Path.Combine(Folder, "config.json"));

    public static Parity Open(string name) => new(ReferenceData.Find(name));

    /// <summary>Names of all folders whose config.json names one of these architectures, so that a folder added later is tested as well.</summary>
    public static TheoryData<string> Folders(params string[] architectures)
    {
        var data = new TheoryData<string>();
        foreach (var config in ReferenceData.Roots().SelectMany(root => Directory.GetFiles(root, "config.json", SearchOption.AllDirectories)))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(config));
            if (document.RootElement.TryGetProperty("architectures", out var named) && named.EnumerateArray().Any(name => architectures.Contains(name.GetString()))
                && File.Exists(Path.Combine(Path.GetDirectoryName(config)!, "model.safetensors")))
                data.Add(Path.GetFileName(Path.GetDirectoryName(config)!));
        }
        return data;
    }

    public void LoadWeights(nn.Module module) => Checkpoint.Load(module, Path.Combine(Folder, "model.safetensors"));

    public Tensor Input(string name) => inputs[name];

    public bool Expects(string name) => expected.ContainsKey(name);

    public Tensor Expected(string name) => expected[name];

    /// <summary>Ids of <c>expected.json</c>, a row each.</summary>
    public IReadOnlyList<long[]> Ids(string name) =>
        Values.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt64()).ToArray()).ToList();

    /// <summary>Asserts max|difference| / max|expected| within the tolerance.</summary>
    public void AssertClose(string name, Tensor actual, double ofMax = 1e-4)
    {
        var wanted = expected[name];
        Assert.Equal(wanted.shape, actual.shape);
        var difference = (actual.to(ScalarType.Float64) - wanted.to(ScalarType.Float64)).abs().max().item<double>();
        var scale = wanted.abs().max().to(ScalarType.Float64).item<double>();
        Assert.True(difference <= ofMax * scale, $"{name}: largest difference {difference:E2} of {scale:E2}, ratio {difference / scale:E2}");
    }

    private static Dictionary<string, Tensor> ReadAll(string path) =>
        File.Exists(path) ? Checkpoint.ReadAll(path) : [];
}
