namespace LlamaCpp.Tests;

/// <summary>Writes a small GPT-2 of seeded random weights: its positions are rows of a table.</summary>
internal static class TinyGpt2
{
    private const int Width = 32, Layers = 1;

    /// <summary>Positions that it knows.</summary>
    public const int ContextLength = 8;

    /// <summary>Writes the model next to the tests.</summary>
    public static string WriteTo(string fileName) => TinyGguf.WriteBesideTests(fileName, Write);

    private static void Write(string path)
    {
        var gguf = new TinyGguf();
        gguf.Add("general.architecture", "gpt2");
        gguf.Add("gpt2.context_length", (uint)ContextLength);
        gguf.Add("gpt2.embedding_length", (uint)Width);
        gguf.Add("gpt2.feed_forward_length", 2u * Width);
        gguf.Add("gpt2.attention.head_count", 2u);
        gguf.Add("gpt2.block_count", (uint)Layers);
        gguf.Add("gpt2.attention.layer_norm_epsilon", 1e-5f);
        TinyModel.AddVocabulary(gguf);

        var random = new Random(5);
        void Matrix(string name, int from, int to) => gguf.AddRandom(random, name + ".weight", [from, to], 2 / Math.Sqrt(from));
        void Linear(string name, int from, int to)
        {
            Matrix(name, from, to);
            gguf.AddRandom(random, name + ".bias", [to], 0.1);
        }
        void Norm(string name)
        {
            gguf.AddRandom(random, name + ".weight", [Width], 0.1, 1);
            gguf.AddRandom(random, name + ".bias", [Width], 0.1);
        }
        Matrix("token_embd", Width, TinyModel.Tokens.Count);
        Matrix("position_embd", Width, ContextLength);
        Norm("output_norm");
        for (var layer = 0; layer < Layers; layer++)
        {
            var block = $"blk.{layer}.";
            Norm(block + "attn_norm");
            Linear(block + "attn_qkv", Width, 3 * Width);
            Linear(block + "attn_output", Width, Width);
            Norm(block + "ffn_norm");
            Linear(block + "ffn_up", Width, 2 * Width);
            Linear(block + "ffn_down", 2 * Width, Width);
        }
        gguf.Write(path);
    }
}
