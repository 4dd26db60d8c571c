using System.Runtime.InteropServices;
using System.Text.Json;

namespace Assistant.Vision.Tests.Imaging;

/// <summary>Expected values and pictures that are kept outside the repository; tests skip where they are absent.</summary>
internal static class ReferenceFiles
{
    public static string Preprocess(string name) => ReferenceData.Find("preprocess", name);

    public static string Picture(string name) => ReferenceData.FindData("images", name);

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
}

internal sealed record ReferenceTensor(int[] Shape, byte[] Bytes)
{
    public float[] Halves() => [.. MemoryMarshal.Cast<byte, Half>(Bytes).ToArray().Select(h => (float)h)];
}
