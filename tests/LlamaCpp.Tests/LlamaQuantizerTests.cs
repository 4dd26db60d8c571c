namespace LlamaCpp.Tests;

public sealed class LlamaQuantizerTests : IDisposable
{
    private readonly string target = Path.Combine(AppContext.BaseDirectory, $"{Guid.NewGuid():N}.gguf");

    [Theory]
    [InlineData("Q8_0")]
    [InlineData("q4_k_m")] // its blocks of 256 do not fit the narrow rows: llama.cpp takes the next type that does
    public void QuantizedFile_IsSmaller_AndComputesNearlyTheSame(string type)
    {
        LlamaQuantizer.Quantize(TinyModel.DefaultPath, target, type, threads: 1);
        Assert.InRange(new FileInfo(target).Length, 1, new FileInfo(TinyModel.DefaultPath).Length * 6 / 10);
        using var original = LlamaModel.Load(TinyModel.DefaultPath);
        using var quantized = LlamaModel.Load(target);
        Assert.Equal(original.ParameterCount, quantized.ParameterCount);
        using var first = new LlamaEmbedder(original, contextLength: 32, threads: 1);
        using var second = new LlamaEmbedder(quantized, contextLength: 32, threads: 1);
        var (a, b) = (first.Embed([1, 270, 280]), second.Embed([1, 270, 280]));
        var cosine = a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
        Assert.InRange(cosine, type == "Q8_0" ? 0.999 : 0.9, 1.0001);
        Assert.NotEqual(a, b);
    }

    [Fact]
    public void WhatCannotBeQuantized_IsRefused()
    {
        Assert.Contains("there are Q4_0, Q8_0", Assert.Throws<ArgumentException>(() => LlamaQuantizer.Quantize(TinyModel.DefaultPath, target, "Q1")).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => LlamaQuantizer.Quantize(target, TinyModel.DefaultPath, "Q8_0"));
        Assert.Throws<ArgumentException>(() => LlamaQuantizer.Quantize(TinyModel.DefaultPath, TinyModel.DefaultPath, "Q8_0"));
        var broken = target + ".broken";
        File.WriteAllText(broken, "no model");
        try
        {
            Assert.Contains("could not be quantized to Q8_0", Assert.Throws<LlamaException>(() => LlamaQuantizer.Quantize(broken, target, "Q8_0")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(broken);
        }
    }

    public void Dispose() => File.Delete(target);
}
