namespace LlamaCpp.Tests;

/// <summary>Writes a small Mamba of seeded random weights: a recurrent model, which has one state a sequence and cannot forget a part of it.</summary>
internal static class TinyMamba
{
    private const int Width = 32, Inner = 64, State = 8, Rank = 4, Kernel = 4, Layers = 2;

    /// <summary>Writes the model next to the tests.</summary>
    public static string WriteTo(string fileName) => TinyGguf.WriteBesideTests(fileName, Write);

    private static void Write(string path)
    {
        var gguf = new TinyGguf();
        gguf.Add("general.architecture", "mamba");
        gguf.Add("mamba.context_length", 256u);
        gguf.Add("mamba.embedding_length", (uint)Width);
        gguf.Add("mamba.feed_forward_length", 0u);
        gguf.Add("mamba.attention.head_count", 0u);
        gguf.Add("mamba.block_count", (uint)Layers);
        gguf.Add("mamba.ssm.conv_kernel", (uint)Kernel);
        gguf.Add("mamba.ssm.inner_size", (uint)Inner);
        gguf.Add("mamba.ssm.state_size", (uint)State);
        gguf.Add("mamba.ssm.time_step_rank", (uint)Rank);
        gguf.Add("mamba.attention.layer_norm_rms_epsilon", 1e-5f);
        TinyModel.AddVocabulary(gguf);

        var random = new Random(5);
        void Matrix(string name, int from, int to) => gguf.AddRandom(random, name, [from, to], 2 / Math.Sqrt(from));
        void Vector(string name, int length, double deviation, double mean = 0) => gguf.AddRandom(random, name, [length], deviation, mean);
        Matrix("token_embd.weight", Width, TinyModel.Tokens.Count);
        Vector("output_norm.weight", Width, 0.1, 1);
        for (var layer = 0; layer < Layers; layer++)
        {
            var block = $"blk.{layer}.";
            Vector(block + "attn_norm.weight", Width, 0.1, 1);
            Matrix(block + "ssm_in.weight", Width, 2 * Inner);
            Matrix(block + "ssm_conv1d.weight", Kernel, Inner);
            Vector(block + "ssm_conv1d.bias", Inner, 0.1);
            Matrix(block + "ssm_x.weight", Inner, Rank + 2 * State);
            Matrix(block + "ssm_dt.weight", Rank, Inner);
            Vector(block + "ssm_dt.bias", Inner, 0.1);
            gguf.AddRandom(random, block + "ssm_a", [State, Inner], 0.5, -1); // negative: the state fades
            Vector(block + "ssm_d", Inner, 0.5);
            Matrix(block + "ssm_out.weight", Inner, Width);
        }
        gguf.Write(path);
    }
}
