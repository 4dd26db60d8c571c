namespace LlamaCpp.Tests;

/// <summary>Writes a small BERT of seeded random weights, and computes it in plain loops to compare with.</summary>
internal sealed record TinyBert
{
    private const int Width = 32, Heads = 2, FeedForward = 64, Layers = 2;
    private const double Epsilon = 1e-12;

    /// <summary>Tokens of a text at most.</summary>
    public const int ContextLength = 16;

    /// <summary>How a text's states become one: GGUF's number, 0 none, 1 mean, 2 the first, 3 the last; null leaves the key out.</summary>
    public int? Pooling { get; init; }

    private static readonly string[] Tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁a", "▁red", "▁dog", "▁blue", "▁cat", "s", "▁the"]; // as converters write WordPiece: no mark inside a word

    private readonly List<(string Name, int[] Shape, float[] Data)> tensors = [];

    public TinyBert()
    {
        var random = new Random(11);
        float[] Random(int count, double deviation, double mean = 0) => [.. Enumerable.Range(0, count).Select(_ => (float)(mean + deviation * (2 * random.NextDouble() - 1)))];
        void Linear(string name, int from, int to)
        {
            tensors.Add((name + ".weight", [from, to], Random(from * to, 2 / Math.Sqrt(from))));
            tensors.Add((name + ".bias", [to], Random(to, 0.1)));
        }
        void Norm(string name)
        {
            tensors.Add((name + ".weight", [Width], Random(Width, 0.2, 1)));
            tensors.Add((name + ".bias", [Width], Random(Width, 0.1)));
        }
        tensors.Add(("token_embd.weight", [Width, Tokens.Length], Random(Width * Tokens.Length, 1)));
        tensors.Add(("token_types.weight", [Width, 2], Random(Width * 2, 0.3)));
        tensors.Add(("position_embd.weight", [Width, ContextLength], Random(Width * ContextLength, 0.3)));
        Norm("token_embd_norm");
        for (var layer = 0; layer < Layers; layer++)
        {
            var block = $"blk.{layer}.";
            foreach (var name in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
                Linear(block + name, Width, Width);
            Norm(block + "attn_output_norm");
            Linear(block + "ffn_up", Width, FeedForward);
            Linear(block + "ffn_down", FeedForward, Width);
            Norm(block + "layer_output_norm");
        }
    }

    /// <summary>Writes the model next to the tests.</summary>
    public string WriteTo(string fileName) => TinyGguf.WriteBesideTests(fileName, Write);

    /// <summary>Writes the model.</summary>
    public void Write(string path)
    {
        var gguf = new TinyGguf();
        gguf.Add("general.architecture", "bert");
        gguf.Add("bert.context_length", (uint)ContextLength);
        gguf.Add("bert.embedding_length", (uint)Width);
        gguf.Add("bert.feed_forward_length", (uint)FeedForward);
        gguf.Add("bert.block_count", (uint)Layers);
        gguf.Add("bert.attention.head_count", (uint)Heads);
        gguf.Add("bert.attention.layer_norm_epsilon", (float)Epsilon);
        gguf.Add("bert.attention.causal", false);
        if (Pooling is { } pooling)
            gguf.Add("bert.pooling_type", (uint)pooling);
        gguf.Add("tokenizer.ggml.model", "bert");
        gguf.Add("tokenizer.ggml.token_type_count", 2u);
        gguf.Add("tokenizer.ggml.tokens", Tokens);
        gguf.Add("tokenizer.ggml.scores", new float[Tokens.Length]);
        gguf.Add("tokenizer.ggml.token_type", Tokens.Select((_, id) => id == 1 ? 2 : id < 5 ? 3 : 1).ToArray());
        gguf.Add("tokenizer.ggml.padding_token_id", 0u);
        gguf.Add("tokenizer.ggml.unknown_token_id", 1u);
        gguf.Add("tokenizer.ggml.bos_token_id", 2u);
        gguf.Add("tokenizer.ggml.cls_token_id", 2u);
        gguf.Add("tokenizer.ggml.eos_token_id", 3u);
        gguf.Add("tokenizer.ggml.seperator_token_id", 3u); // the format's spelling
        gguf.Add("tokenizer.ggml.mask_token_id", 4u);
        foreach (var (name, shape, data) in tensors)
            gguf.AddTensor(name, shape, data);
        gguf.Write(path);
    }

    /// <summary>States of the last layer, [tokens][width].</summary>
    public double[][] Forward(IReadOnlyList<int> tokens)
    {
        var (embeddings, types, positions) = (Find("token_embd.weight"), Find("token_types.weight"), Find("position_embd.weight"));
        double[][] x = [.. tokens.Select((token, position) => Enumerable.Range(0, Width).Select(i => (double)embeddings[(token * Width) + i] + types[i] + positions[(position * Width) + i]).ToArray())];
        x = Norm(x, "token_embd_norm");
        for (var layer = 0; layer < Layers; layer++)
        {
            var block = $"blk.{layer}.";
            x = Norm(Add(x, Linear(Attend(Linear(x, block + "attn_q"), Linear(x, block + "attn_k"), Linear(x, block + "attn_v")), block + "attn_output")), block + "attn_output_norm");
            double[][] inner = [.. Linear(x, block + "ffn_up").Select(row => row.Select(Gelu).ToArray())];
            x = Norm(Add(x, Linear(inner, block + "ffn_down")), block + "layer_output_norm");
        }
        return x;
    }

    private static double[][] Attend(double[][] q, double[][] k, double[][] v)
    {
        const int Size = Width / Heads;
        var result = q.Select(_ => new double[Width]).ToArray();
        for (var head = 0; head < Heads; head++)
        {
            for (var i = 0; i < q.Length; i++)
            {
                // Every token sees every other, in both directions.
                var scores = k.Select(key => Enumerable.Range(head * Size, Size).Sum(c => q[i][c] * key[c]) / Math.Sqrt(Size)).ToArray();
                var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                for (var c = head * Size; c < (head + 1) * Size; c++)
                    result[i][c] = weights.Select((weight, j) => weight * v[j][c]).Sum() / weights.Sum();
            }
        }
        return result;
    }

    private double[][] Linear(double[][] x, string name)
    {
        var (weight, bias) = (Find(name + ".weight"), Find(name + ".bias"));
        return [.. x.Select(row => bias.Select((b, to) => b + row.Select((value, from) => value * weight[(to * row.Length) + from]).Sum()).ToArray())];
    }

    private double[][] Norm(double[][] x, string name)
    {
        var (weight, bias) = (Find(name + ".weight"), Find(name + ".bias"));
        return [.. x.Select(row =>
        {
            var mean = row.Average();
            var deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + Epsilon);
            return row.Select((value, i) => ((value - mean) / deviation * weight[i]) + bias[i]).ToArray();
        })];
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private float[] Find(string name) => tensors.Find(tensor => tensor.Name == name).Data;
}
