using System.Runtime.InteropServices;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

public sealed class GgufWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Metadata_of_every_type_comes_back_in_order()
    {
        var values = new Dictionary<string, object>
        {
            ["u8"] = (byte)200, ["i8"] = (sbyte)-3, ["u16"] = (ushort)60000, ["i16"] = (short)-300, ["u32"] = 4000000000u, ["i32"] = -5,
            ["u64"] = ulong.MaxValue, ["i64"] = long.MinValue, ["f32"] = 0.1f, ["f64"] = 0.1, ["yes"] = true, ["text"] = "Grüße\0🦙", ["empty"] = "",
            ["u8s"] = new byte[] { 1, 255 }, ["i8s"] = new sbyte[] { -1 }, ["u16s"] = new ushort[] { 9 }, ["i16s"] = new short[] { -9 },
            ["u32s"] = new[] { 7u, uint.MaxValue }, ["i32s"] = new[] { 1, -1 }, ["u64s"] = new[] { 5UL }, ["i64s"] = new[] { -5L },
            ["f32s"] = new[] { 1.5f, float.NaN }, ["f64s"] = new[] { 1e300 }, ["flags"] = new[] { true, false }, ["texts"] = new[] { "", "b" },
            ["nothing"] = Array.Empty<float>(), ["nested"] = new object[] { new[] { 1, 2 }, new[] { "x" } },
        };
        var writer = new GgufWriter();
        foreach (var (key, value) in values)
            writer.SetValue(key, value);
        using var file = Saved(writer);
        Assert.Equal(3, file.Version);
        Assert.Equal(values.Keys, file.Metadata.Keys);
        foreach (var (key, value) in values)
        {
            Assert.Equal(value, file.Metadata[key]);
            Assert.Equal(value.GetType(), file.Metadata[key].GetType());
        }
    }

    [Fact]
    public void Counts_are_written_as_llama_cpp_wants_them()
    {
        var writer = new GgufWriter();
        writer.Set("llama.block_count", 4);
        writer.Set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Set("x", -1));
        using var file = Saved(writer);
        Assert.IsType<uint>(file.Metadata["llama.block_count"]);
        Assert.IsType<float>(file.Metadata["llama.attention.layer_norm_rms_epsilon"]);
    }

    [Theory]
    [InlineData(GgmlType.F32, 0)]
    [InlineData(GgmlType.F16, 1e-3)]
    [InlineData(GgmlType.BF16, 1e-2)]
    [InlineData(GgmlType.Q8_0, 1e-2)]
    [InlineData(GgmlType.Q4_0, 0.15)]
    public void Tensors_come_back_with_shape_and_values(GgmlType type, double tolerance)
    {
        var values = new float[3 * 5 * 64];
        for (var i = 0; i < values.Length; i++)
            values[i] = MathF.Sin(i * 0.7f);
        var writer = new GgufWriter();
        writer.Add("odd", GgmlType.F32, [3], () => new float[] { 1, 2, 3 }); // not a multiple of the alignment
        writer.Add("w", type, [3, 5, 64], () => values);
        using var file = Saved(writer);
        var tensor = file.Get("w");
        Assert.Equal([3L, 5, 64], tensor.Shape);
        Assert.Equal([64L, 5, 3], tensor.Dimensions);
        Assert.Equal(0, tensor.Offset % 32);
        Assert.Equal(type, file.PrevailingType);
        Assert.Equal(3 + values.Length, file.ParameterCount);
        Assert.Equal([1f, 2, 3], file.ReadFloats(file.Get("odd")));
        var read = file.ReadFloats(tensor);
        for (var i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(values[i] - read[i]) <= tolerance, $"element {i}: {read[i]}, not {values[i]}");

        var part = new float[128];
        file.ReadFloats(tensor, 320, part);
        Assert.Equal(read[320..448], part);
    }

    [Fact]
    public void A_copied_tensor_keeps_its_bytes()
    {
        var writer = new GgufWriter();
        writer.Add("w", GgmlType.Q4_0, [2, 32], () => Enumerable.Range(0, 64).Select(i => (float)i).ToArray());
        using var first = Saved(writer);
        var copy = new GgufWriter();
        copy.Add(first, first.Get("w"));
        copy.Save(folder.File("copy.gguf"));
        using var second = GgufFile.Open(folder.File("copy.gguf"));
        Assert.Equal(first.Data(first.Get("w")), second.Data(second.Get("w")));
        Assert.Throws<ArgumentException>(() => second.Data(first.Get("w")).Length);
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_no_other()
    {
        var path = folder.Write("model.gguf", [1, 2, 3]);
        var writer = new GgufWriter();
        writer.Add("w", GgmlType.F32, [4], stream => stream.Write(new byte[15]));
        Assert.Contains("takes 16 bytes, but 15 were written", Assert.Throws<InvalidOperationException>(() => writer.Save(path)).Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Impossible_tensors_and_values_are_refused_at_once()
    {
        var writer = new GgufWriter();
        writer.Add("w", GgmlType.F32, [4], () => new float[4]);
        Assert.Throws<ArgumentException>(() => writer.Add("w", GgmlType.F32, [4], () => new float[4]));
        Assert.Throws<ArgumentException>(() => writer.Add(new string('n', 64), GgmlType.F32, [4], () => new float[4]));
        Assert.Throws<ArgumentException>(() => writer.Add("x", GgmlType.F32, [0], () => new float[4]));
        Assert.Throws<ArgumentException>(() => writer.Add("x", GgmlType.F32, [1, 1, 1, 1, 1], () => new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("x", GgmlType.Q8_0, [32, 16], () => new float[512]));
        Assert.Throws<ArgumentException>(() => writer.Add("x", GgmlType.Q6_K, [256], () => new float[256]));
        Assert.Throws<ArgumentException>(() => writer.SetValue("x", DateTime.UnixEpoch));
        Assert.Throws<ArgumentException>(() => writer.SetValue("general.alignment", 64u));
    }

    [Fact]
    public void Metadata_of_another_type_or_absent_is_an_error_that_names_the_key()
    {
        var writer = new GgufWriter();
        writer.Set("text", "abc");
        writer.SetValue("big", 1L << 40);
        writer.Set("numbers", [1.5f]);
        using var file = Saved(writer);
        Assert.Contains("no metadata key 'none'", Assert.Throws<WeightFileException>(() => file.Metadata.GetInteger("none")).Message, StringComparison.Ordinal);
        Assert.Contains("'text' should be an integer, but is abc", Assert.Throws<WeightFileException>(() => file.Metadata.FindInteger("text")).Message, StringComparison.Ordinal);
        Assert.Contains("out of range", Assert.Throws<WeightFileException>(() => file.Metadata.FindInt32("big")).Message, StringComparison.Ordinal);
        Assert.Contains("an array of 1 Single", Assert.Throws<WeightFileException>(() => file.Metadata.FindIntegers("numbers")).Message, StringComparison.Ordinal);
        Assert.Null(file.Metadata.FindString("none"));
        Assert.Equal(1L << 40, file.Metadata.FindNumber("big"));
    }

    private GgufFile Saved(GgufWriter writer)
    {
        var path = folder.File("model.gguf");
        writer.Save(path);
        return GgufFile.Open(path);
    }
}
