using System.Runtime.InteropServices;
using System.Text.Json;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

/// <summary>Compared bit for bit with what ggml's own functions gave (ggml-blocks.json).</summary>
public sealed class GgmlQuantizationTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(
        Path.Combine(ReferenceData.RepositoryRoot, "tests", "Assistant.Vision.Tests", "Weights", "ggml-blocks.json"))).RootElement;

    [Theory]
    [InlineData(GgmlType.Q4_0)]
    [InlineData(GgmlType.Q4_1)]
    [InlineData(GgmlType.Q5_0)]
    [InlineData(GgmlType.Q5_1)]
    [InlineData(GgmlType.Q8_0)]
    [InlineData(GgmlType.Q2_K)]
    [InlineData(GgmlType.Q3_K)]
    [InlineData(GgmlType.Q4_K)]
    [InlineData(GgmlType.Q5_K)]
    [InlineData(GgmlType.Q6_K)]
    public void Blocks_become_the_floats_that_ggml_makes(GgmlType type)
    {
        var entry = Golden.GetProperty("dequantize").GetProperty(type.ToString());
        var expected = MemoryMarshal.Cast<byte, float>(entry.GetProperty("floats").GetBytesFromBase64());
        var actual = new float[expected.Length];
        GgmlDequantizer.ToFloat(type, entry.GetProperty("blocks").GetBytesFromBase64(), actual);
        var largest = actual.Max(Math.Abs);
        for (var i = 0; i < actual.Length; i++) // ggml's compiler may fuse a multiplication with the addition behind it
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-6f * largest, $"element {i}: {actual[i]}, not {expected[i]}");
    }

    [Theory]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    [InlineData(GgmlType.Q8_0)]
    [InlineData(GgmlType.Q4_0)]
    public void Floats_become_the_blocks_that_ggml_makes(GgmlType type)
    {
        var floats = MemoryMarshal.Cast<byte, float>(Golden.GetProperty("quantize").GetProperty("floats").GetBytesFromBase64());
        var expected = Golden.GetProperty("quantize").GetProperty("blocks").GetProperty(type.ToString()).GetBytesFromBase64();
        var actual = new byte[expected.Length];
        GgmlQuantizer.FromFloat(type, floats, actual);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual));
    }

    [Fact]
    public void Half_and_brain_floats_widen_exactly()
    {
        var floats = new float[4];
        GgmlDequantizer.ToFloat(GgmlType.F16, MemoryMarshal.AsBytes<Half>([(Half)0.1f, Half.Epsilon, Half.NegativeInfinity, (Half)(-65504f)]), floats);
        Assert.Equal([0.0999755859375f, 5.9604645e-8f, float.NegativeInfinity, -65504f], floats);
        GgmlDequantizer.ToFloat(GgmlType.BF16, MemoryMarshal.AsBytes<ushort>([0x3F80, 0xC000, 0x0001, 0x7F80]), floats);
        Assert.Equal([1f, -2f, 9.1835e-41f, float.PositiveInfinity], floats);
    }

    [Fact]
    public void A_nan_stays_one_as_a_brain_float() =>
        Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle((uint)GgmlQuantizer.ToBFloat16(BitConverter.UInt32BitsToSingle(0x7F800001)) << 16)));

    [Fact]
    public void Lengths_that_do_not_belong_together_and_types_without_conversion_are_refused()
    {
        Assert.Contains("18 bytes, not 17", Assert.Throws<ArgumentException>(() => GgmlDequantizer.ToFloat(GgmlType.Q4_0, new byte[17], new float[32])).Message, StringComparison.Ordinal);
        Assert.Contains("31 elements", Assert.Throws<ArgumentException>(() => GgmlDequantizer.ToFloat(GgmlType.Q4_0, new byte[18], new float[31])).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => GgmlDequantizer.ToFloat(GgmlType.IQ2_S, new byte[82], new float[256]));
        Assert.Throws<NotSupportedException>(() => GgmlQuantizer.FromFloat(GgmlType.Q6_K, new float[256], new byte[210]));
    }
}
