using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LlamaCpp.Native;

namespace LlamaCpp.Tests.Native;

public class NativeAbiTests
{
    [Fact]
    public void Structs_HaveTheSizesOfTheRelease()
    {
        Assert.Equal(80, Unsafe.SizeOf<LlamaModelParamsNative>());
        Assert.Equal(160, Unsafe.SizeOf<LlamaContextParamsNative>());
        Assert.Equal(56, Unsafe.SizeOf<LlamaBatchNative>());
        Assert.Equal(12, Unsafe.SizeOf<LlamaTokenData>());
        Assert.Equal(32, Unsafe.SizeOf<LlamaTokenDataArray>());
    }

    [Fact]
    public void Check_AcceptsThePinnedLibrary()
    {
        LlamaBackend.EnsureLoaded();
        NativeAbi.Check();
        Assert.StartsWith(NativeAbi.Release, LlamaBackend.Version, StringComparison.Ordinal);
        Assert.Contains("CPU", LlamaBackend.SystemInfo, StringComparison.Ordinal);
        Assert.True(LlamaBackend.MaxSequences >= 64);
    }

    [Fact]
    public void Defaults_ThatMovedInTheStruct_AreRefused()
    {
        LlamaBackend.EnsureLoaded();
        var model = Bytes(LlamaNative.llama_model_default_params());
        Assert.Null(NativeAbi.Problem(model));
        Assert.Contains("llama_model_params", NativeAbi.Problem([.. model[8..], .. new byte[8]]), StringComparison.Ordinal);

        var context = Bytes(LlamaNative.llama_context_default_params());
        Assert.Null(NativeAbi.ContextProblem(context));
        Assert.Contains("llama_context_params", NativeAbi.ContextProblem([.. context[..24], .. context[28..], .. new byte[4]]), StringComparison.Ordinal);

        Assert.Contains("llama_batch", NativeAbi.BatchProblem(new byte[56], tokens: 1, count: 3), StringComparison.Ordinal);
    }

    private static byte[] Bytes<T>(T value) where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}
