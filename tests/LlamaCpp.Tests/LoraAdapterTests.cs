using static LlamaCpp.Tests.LlamaContextTests;

namespace LlamaCpp.Tests;

public class LoraAdapterTests
{
    private static readonly int[] Prompt = [1, 270, 280, 290, 300];

    [Fact]
    public void Adapter_ChangesTheLogits_ByItsScale_AndDetaches()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        var plain = Feed(context, Prompt);
        var adapter = LoraAdapter.Load(model, WriteAdapter("adapter.gguf", 64));

        float[] With(params (LoraAdapter, float)[] adapters)
        {
            context.SetAdapters(adapters);
            context.Memory.Clear();
            return Feed(context, Prompt);
        }
        AssertClose(plain, With((adapter, 0)));
        var full = With((adapter, 1));
        Assert.True(full.Zip(plain, (a, b) => Math.Abs(a - b)).Max() > 0.1);
        adapter.Dispose(); // still attached: freed when it is not
        AssertClose(full, Again(context));
        AssertClose(plain, With());
        Assert.Throws<ObjectDisposedException>(() => context.SetAdapters((adapter, 1)));
    }

    [Fact]
    public void Adapter_ThatDoesNotFit_IsRefused()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var other = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        using var foreign = LoraAdapter.Load(other, WriteAdapter("foreign.gguf", 64));

        Assert.Throws<FileNotFoundException>(() => LoraAdapter.Load(model, "/nowhere.gguf"));
        Assert.Contains("llama.cpp says", Assert.Throws<LlamaException>(() => LoraAdapter.Load(model, WriteAdapter("wide-adapter.gguf", 32))).Message, StringComparison.Ordinal);
        Assert.Throws<LlamaException>(() => LoraAdapter.Load(model, TinyModel.DefaultPath));
        Assert.Contains("another model", Assert.Throws<ArgumentException>(() => context.SetAdapters((foreign, 1))).Message, StringComparison.Ordinal);
        Assert.NotEmpty(Feed(context, Prompt));
    }

    private static float[] Again(LlamaContext context)
    {
        context.Memory.Clear();
        return Feed(context, Prompt);
    }

    private static string WriteAdapter(string name, int width)
    {
        const int rank = 4;
        var random = new Random(5);
        var gguf = new TinyGguf();
        gguf.Add("general.type", "adapter");
        gguf.Add("general.architecture", "llama");
        gguf.Add("adapter.type", "lora");
        gguf.Add("adapter.lora.alpha", (float)rank);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        gguf.AddTensor("blk.0.attn_output.weight.lora_a", [width, rank], Values(width * rank));
        gguf.AddTensor("blk.0.attn_output.weight.lora_b", [rank, width], Values(width * rank));
        var path = Path.Combine(AppContext.BaseDirectory, name);
        gguf.Write(path);
        return path;
    }
}
