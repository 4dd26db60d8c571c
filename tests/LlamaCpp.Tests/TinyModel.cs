using System.Text;

namespace LlamaCpp.Tests;

/// <summary>Writes a small Llama model of seeded random weights: real enough to decode, copy, restore and sample, made in milliseconds.</summary>
internal sealed record TinyModel
{
    public int Width { get; init; } = 64;
    public int Layers { get; init; } = 2;
    public int Heads { get; init; } = 4;
    public int KeyValueHeads { get; init; } = 2;
    public int FeedForward { get; init; } = 128;
    public int ContextLength { get; init; } = 1024;
    public int Seed { get; init; } = 7;
    public string Name { get; init; } = "tiny";
    public string? ChatTemplate { get; init; }

    /// <summary>Whether the tokenizer puts a space before a text.</summary>
    public bool SpacePrefix { get; init; } = true;

    /// <summary>Makes <c>&lt;|end|&gt;</c> likely after about one token in eight.</summary>
    public bool EndsOften { get; init; }

    public const int Unknown = 0, Begin = 1, End = 2, FirstByte = 3, FirstWord = FirstByte + 256;

    private static readonly string[] Special = ["<|endoftext|>", "<|assistant|>", "<|system|>", "<|end|>", "<|user|>"];

    private static readonly string[] Words =
        ["a", "is", "the", "red", "blue", "green", "circle", "square", "star", "left", "right", "of", "what", "colour", "yes", "no", "two", "three", "and", "big", "small"];

    private static readonly Lazy<string> SharedFile = new(() => new TinyModel().WriteTo("tiny.gguf"));

    /// <summary>The default model's file, written once a run.</summary>
    public static string DefaultPath => SharedFile.Value;

    /// <summary>Tokens: unknown, BOS, EOS, the bytes, words with and without a space before them, letters, marks, and Phi-3's special tokens.</summary>
    public static IReadOnlyList<(string Text, float Score, int Type)> Tokens { get; } = BuildTokens();

    /// <summary>Row of <c>token_embd.weight</c>: what the model reads for a token.</summary>
    public float[] Embedding(int token) => Tensors().First(t => t.Name == "token_embd.weight").Data.AsSpan(token * Width, Width).ToArray();

    public static int TokenOf(string text) => Tokens.Select((t, i) => (t.Text, i)).First(t => t.Text == text).i;

    /// <summary>Writes the model next to the tests.</summary>
    public string WriteTo(string fileName) => TinyGguf.WriteBesideTests(fileName, Write);

    /// <summary>Writes the model.</summary>
    public void Write(string path)
    {
        var gguf = new TinyGguf();
        gguf.Add("general.architecture", "llama");
        gguf.Add("general.name", Name);
        gguf.Add("llama.context_length", (uint)ContextLength);
        gguf.Add("llama.embedding_length", (uint)Width);
        gguf.Add("llama.block_count", (uint)Layers);
        gguf.Add("llama.feed_forward_length", (uint)FeedForward);
        gguf.Add("llama.attention.head_count", (uint)Heads);
        gguf.Add("llama.attention.head_count_kv", (uint)KeyValueHeads);
        gguf.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        gguf.Add("llama.rope.dimension_count", (uint)(Width / Heads));
        AddVocabulary(gguf);
        gguf.Add("tokenizer.ggml.add_space_prefix", SpacePrefix);
        if (ChatTemplate is not null)
            gguf.Add("tokenizer.chat_template", ChatTemplate);
        foreach (var (name, shape, data) in Tensors())
            gguf.AddTensor(name, shape, data);
        gguf.Write(path);
    }

    /// <summary>Adds the tokens to a model's file.</summary>
    public static void AddVocabulary(TinyGguf gguf)
    {
        gguf.Add("tokenizer.ggml.model", "llama");
        gguf.Add("tokenizer.ggml.tokens", Tokens.Select(t => t.Text).ToArray());
        gguf.Add("tokenizer.ggml.scores", Tokens.Select(t => t.Score).ToArray());
        gguf.Add("tokenizer.ggml.token_type", Tokens.Select(t => t.Type).ToArray());
        gguf.Add("tokenizer.ggml.unknown_token_id", (uint)Unknown);
        gguf.Add("tokenizer.ggml.bos_token_id", (uint)Begin);
        gguf.Add("tokenizer.ggml.eos_token_id", (uint)End);
    }

    private IEnumerable<(string Name, int[] Shape, float[] Data)> Tensors()
    {
        var random = new Random(Seed);
        float[] Normal(int count, double deviation)
        {
            var values = new float[count];
            for (var i = 0; i < count; i++)
                values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            return values;
        }
        (string, int[], float[]) Matrix(string name, int from, int to, double gain = 1) => (name, [from, to], Normal(from * to, gain / Math.Sqrt(from)));
        (string, int[], float[]) Ones(string name) => (name, [Width], Enumerable.Repeat(1f, Width).ToArray());

        yield return ("token_embd.weight", [Width, Tokens.Count], Normal(Width * Tokens.Count, 1));
        yield return Ones("output_norm.weight");
        var output = Normal(Width * Tokens.Count, 3 / Math.Sqrt(Width));
        // Control tokens get logit 0, far below the best of the others, so that answers go on; bytes are rare.
        for (var id = 0; id < Tokens.Count; id++)
        {
            if (Tokens[id].Type is 3 or 2)
                output.AsSpan(id * Width, Width).Clear();
            else if (Tokens[id].Type is 6)
                Scale(output.AsSpan(id * Width, Width), 0.2f);
        }
        if (EndsOften)
        {
            var end = output.AsSpan(TokenOf("<|end|>") * Width, Width);
            output.AsSpan(TokenOf("▁the") * Width, Width).CopyTo(end);
            Scale(end, 2.5f);
        }
        yield return ("output.weight", [Width, Tokens.Count], output);
        var (head, kv) = (Width / Heads * Heads, Width / Heads * KeyValueHeads);
        for (var layer = 0; layer < Layers; layer++)
        {
            var block = $"blk.{layer}.";
            yield return Ones(block + "attn_norm.weight");
            yield return Matrix(block + "attn_q.weight", Width, head, 2);
            yield return Matrix(block + "attn_k.weight", Width, kv, 2);
            yield return Matrix(block + "attn_v.weight", Width, kv);
            yield return Matrix(block + "attn_output.weight", head, Width, 2);
            yield return Ones(block + "ffn_norm.weight");
            yield return Matrix(block + "ffn_gate.weight", Width, FeedForward);
            yield return Matrix(block + "ffn_up.weight", Width, FeedForward);
            yield return Matrix(block + "ffn_down.weight", FeedForward, Width);
        }
    }

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref var value in values)
            value *= factor;
    }

    private static List<(string, float, int)> BuildTokens()
    {
        const int Normal = 1, UnknownType = 2, Control = 3, Byte = 6;
        var tokens = new List<(string, float, int)> { ("<unk>", 0, UnknownType), ("<s>", 0, Control), ("</s>", 0, Control) };
        for (var b = 0; b < 256; b++)
            tokens.Add(($"<0x{b:X2}>", 0, Byte));
        // SentencePiece merges pairs by score: every prefix of a word must be a token.
        var pieces = new List<string> { "▁" };
        for (var c = '!'; c <= '~'; c++)
            pieces.Add(c.ToString());
        foreach (var word in Words)
        {
            for (var length = 1; length <= word.Length; length++)
            {
                pieces.Add("▁" + word[..length]);
                pieces.Add(word[..length]);
            }
        }
        pieces.Add("é");
        foreach (var piece in pieces.Distinct())
            tokens.Add((piece, piece.Length * 0.1f - 10 - tokens.Count * 1e-4f, Normal));
        tokens.AddRange(Special.Select(text => (text, 0f, Control)));
        return tokens;
    }
}

/// <summary>A GGUF file in the making: just what the tests write.</summary>
internal sealed class TinyGguf
{
    private const int Alignment = 32;
    private readonly List<(string Key, Action<BinaryWriter> Value)> metadata = [];
    private readonly List<(string Name, int[] Shape, float[] Data)> tensors = [];

    /// <summary>Has a model written next to the tests, whole or not at all: another program may be reading the file.</summary>
    public static string WriteBesideTests(string fileName, Action<string> write)
    {
        var path = Path.Combine(AppContext.BaseDirectory, fileName);
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        write(temporary);
        File.Move(temporary, path, overwrite: true);
        return path;
    }

    public void Add(string key, string value) => metadata.Add((key, w => { w.Write(8); Text(w, value); }));

    public void Add(string key, uint value) => metadata.Add((key, w => { w.Write(4); w.Write(value); }));

    public void Add(string key, float value) => metadata.Add((key, w => { w.Write(6); w.Write(value); }));

    public void Add(string key, bool value) => metadata.Add((key, w => { w.Write(7); w.Write(value); }));

    public void Add(string key, string[] values) => metadata.Add((key, w => Array(w, 8, values, v => Text(w, v))));

    public void Add(string key, float[] values) => metadata.Add((key, w => Array(w, 6, values, w.Write)));

    public void Add(string key, int[] values) => metadata.Add((key, w => Array(w, 5, values, w.Write)));

    public void AddTensor(string name, int[] shape, float[] data) => tensors.Add((name, shape, data));

    /// <summary>Adds a tensor of evenly spread values.</summary>
    public void AddRandom(Random random, string name, int[] shape, double deviation, double mean = 0) =>
        AddTensor(name, shape, [.. Enumerable.Range(0, shape.Aggregate(1, (count, size) => count * size)).Select(_ => (float)(mean + deviation * (2 * random.NextDouble() - 1)))]);

    public void Write(string path)
    {
        using var w = new BinaryWriter(File.Create(path));
        w.Write("GGUF"u8);
        w.Write(3);
        w.Write((ulong)tensors.Count);
        w.Write((ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            Text(w, key);
            value(w);
        }
        var offset = 0UL;
        foreach (var (name, shape, data) in tensors)
        {
            Text(w, name);
            w.Write(shape.Length);
            foreach (var extent in shape)
                w.Write((ulong)extent);
            w.Write(0); // F32
            w.Write(offset);
            offset += (ulong)(data.Length * sizeof(float) + Alignment - 1) / Alignment * Alignment;
        }
        foreach (var (_, _, data) in tensors)
        {
            while (w.BaseStream.Position % Alignment != 0)
                w.Write((byte)0);
            foreach (var value in data)
                w.Write(value);
        }
    }

    private static void Text(BinaryWriter w, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        w.Write((ulong)bytes.Length);
        w.Write(bytes);
    }

    private static void Array<T>(BinaryWriter w, int type, T[] values, Action<T> write)
    {
        w.Write(9);
        w.Write(type);
        w.Write((ulong)values.Length);
        foreach (var value in values)
            write(value);
    }
}
