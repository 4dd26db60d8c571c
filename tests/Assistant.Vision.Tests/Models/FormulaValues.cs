using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

/// <summary>Reference values for networks that are too big to store: numbers made by a hash of their index, as the reference data's README defines them.</summary>
internal static class FormulaValues
{
    /// <summary>fill(shape, k, s), plus an offset.</summary>
    public static Tensor Fill(long[] shape, uint k, double scale, double offset = 0)
    {
        var values = empty(shape);
        FillInto(values, k, scale, offset);
        return values;
    }

    /// <summary>Sets a float32 tensor to offset + fill(its shape, k, s).</summary>
    public static void FillInto(Tensor target, uint k, double scale, double offset = 0)
    {
        var (s, o) = ((float)scale, (float)offset);
        var values = MemoryMarshal.Cast<byte, float>(target.bytes);
        for (var index = 0; index < values.Length; index++)
        {
            var value = Mantissa((uint)index, k) * (1f / (1 << 24)) * s;
            values[index] = offset == 0 ? value : o + value;
        }
    }

    /// <summary>images(n, H, W, k, grid): coarse colours with noise.</summary>
    public static Tensor Images(int count, int height, int width, uint k, int grid = 8)
    {
        using var scope = NewDisposeScope();
        var coarse = Fill([count, 3, grid, grid], k, 3.0);
        var rows = tensor(Enumerable.Range(0, height).Select(y => (long)(y * grid / height)).ToArray());
        var columns = tensor(Enumerable.Range(0, width).Select(x => (long)(x * grid / width)).ToArray());
        return (coarse.index_select(2, rows).index_select(3, columns) + Fill([count, 3, height, width], k + 1, 1.0)).MoveToOuterDisposeScope();
    }

    /// <summary>Sets a module's state by the list <c>parameters</c> of a folder's expected.json, and checks the list's sample values.</summary>
    public static void Load(nn.Module module, JsonElement parameters)
    {
        using var noGrad = no_grad();
        var state = module.state_dict();
        var names = new List<string>();
        foreach (var parameter in parameters.EnumerateArray())
        {
            var name = parameter.GetProperty("name").GetString()!;
            names.Add(name);
            var target = state[name];
            Assert.Equal(parameter.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), target.shape);
            FillInto(target, parameter.GetProperty("k").GetUInt32(), parameter.GetProperty("scale").GetDouble(), parameter.GetProperty("offset").GetDouble());
            var values = MemoryMarshal.Cast<byte, float>(target.bytes);
            Assert.Equal(parameter.GetProperty("first")[0].GetSingle(), values[0]);
            Assert.Equal(parameter.GetProperty("last").GetSingle(), values[^1]);
        }
        Assert.Equal(names, state.Keys.Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>The signed 24-bit number of an index.</summary>
    public static int Mantissa(uint index, uint k)
    {
        unchecked
        {
            var h = index + k * 0x9E3779B9u;
            h ^= h >> 16;
            h *= 0x7FEB352Du;
            h ^= h >> 15;
            h *= 0x846CA68Bu;
            h ^= h >> 16;
            return (int)(h >> 8) - 8388608;
        }
    }
}

public class FormulaValuesTests
{
    [Theory]
    [InlineData(0u, new[] { -8388608, -1537648, 5313313, -2887191 })]
    [InlineData(1u, new[] { -8258331, 2052182, -7889074, -7369845 })]
    [InlineData(10000u, new[] { 2325177, -2799044, 1743617, -7690241 })]
    public void Mantissas_AreTheDefinitionsExamples(uint k, int[] wanted) =>
        Assert.Equal(wanted, Enumerable.Range(0, 4).Select(index => FormulaValues.Mantissa((uint)index, k)));
}
