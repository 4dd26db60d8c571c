using System.Runtime.InteropServices;
using System.Text.Json;

namespace Assistant.Vision.Tests.Imaging;

/// <summary>Expected values and pictures that are kept outside the repository; tests skip where they are absent.</summary>
internal static class ReferenceFiles
{
    public static string Preprocess(string name) => Require(Path.Combine(Folder("reference", "ASSISTANT_REFERENCE"), "preprocess", name));

    public static string Picture(string name) => Require(Path.Combine(Folder("data", "ASSISTANT_DATA"), "images", name));

    /// <summary>Reads a safetensors file: name to type, shape and bytes.</summary>
    public static Dictionary<string, ReferenceTensor> Tensors(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = checked((int)BitConverter.ToUInt64(bytes));
        using var document = JsonDocument.Parse(bytes.AsMemory(8, header));
        return document.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").ToDictionary(p => p.Name, p =>
        {
            var offsets = p.Value.GetProperty("data_offsets");
            var shape = p.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32()).ToArray();
            return new ReferenceTensor(shape, bytes[(8 + header + offsets[0].GetInt32())..(8 + header + offsets[1].GetInt32())]);
        });
    }

    private static string Folder(string name, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given)
            return given;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Assistant.sln")))
            root = root.Parent;
        return Path.Combine(root?.Parent?.FullName ?? ".", "shared", name);
    }

    private static string Require(string path)
    {
        Assert.SkipUnless(File.Exists(path), $"{path} is not there; set ASSISTANT_REFERENCE to the folder of expected values.");
        return path;
    }
}

internal sealed record ReferenceTensor(int[] Shape, byte[] Bytes)
{
    public float[] Halves() => [.. MemoryMarshal.Cast<byte, Half>(Bytes).ToArray().Select(h => (float)h)];
}
