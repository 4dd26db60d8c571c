using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

public sealed class GgufChecksTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_sound_model_passes() => Check(_ => { });

    [Theory]
    [InlineData("phi3.block_count", 0u)]
    [InlineData("phi3.block_count", 513u)]
    [InlineData("phi3.block_count", uint.MaxValue)]
    [InlineData("phi3.embedding_length", 0u)]
    [InlineData("phi3.context_length", 0u)]
    [InlineData("phi3.attention.head_count", 0u)]
    [InlineData("phi3.attention.head_count", 3u)]
    [InlineData("phi3.attention.head_count_kv", 0u)]
    [InlineData("phi3.attention.head_count_kv", 3u)]
    [InlineData("phi3.expert_count", 513u)]
    [InlineData("phi3.expert_used_count", 2u)]
    [InlineData("phi3.rope.dimension_count", 18u)]
    [InlineData("phi3.attention.layer_norm_rms_epsilon", float.NaN)]
    [InlineData("phi3.attention.layer_norm_rms_epsilon", float.PositiveInfinity)]
    [InlineData("phi3.attention.layer_norm_rms_epsilon", -1e-5f)]
    [InlineData("phi3.rope.freq_base", float.NaN)]
    [InlineData("tokenizer.ggml.bos_token_id", 4u)]
    [InlineData("phi3.pooling_type", 5u)]
    [InlineData("general.architecture", "clip")]
    public void Values_that_crash_are_refused_by_file_and_value(string key, object value)
    {
        var problem = Assert.Throws<WeightFileException>(() => Check(writer => writer.SetValue(key, value)));
        Assert.StartsWith("model.gguf", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabularies_are_checked()
    {
        Refused(writer => writer.Set("tokenizer.ggml.tokens", ["a", "b", "a", "c"]), "tokens 0 and 2 of the vocabulary are the same: 'a'");
        Check(writer => writer.Set("tokenizer.ggml.tokens", ["a", "", "", "c"])); // llama.cpp copes with empty ones
        Refused(writer => writer.Set("tokenizer.ggml.tokens", Array.Empty<string>()), "missing or empty");
        Refused(writer => writer.Set("tokenizer.ggml.scores", [1f]), "4 tokens, but 1 scores");
        Refused(writer => writer.Set("tokenizer.ggml.scores", [1f, float.NaN, 1, 1]), "not a number");
        Refused(writer => writer.Set("tokenizer.ggml.token_type", [1, 1, 1, 1, 1]), "4 tokens, but 5 token types");
        Refused(writer => writer.Set("phi3.embedding_length", 16), "token_embd.weight has the shape [4, 32], but the vocabulary has 4 tokens of width 16");
    }

    [Fact]
    public void Bytes_are_checked()
    {
        string[] bytes = [.. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>")];
        void Vocabulary(GgufWriter writer, string tokenizer, string[] tokens)
        {
            writer.Set("tokenizer.ggml.model", tokenizer);
            writer.Set("tokenizer.ggml.tokens", tokens);
            writer.Set("tokenizer.ggml.scores", new float[tokens.Length]);
            writer.Set("tokenizer.ggml.token_type", Enumerable.Repeat(6, tokens.Length));
        }
        Refused(writer => Vocabulary(writer, "llama", bytes[..4]), "the vocabulary has no token for the byte 04");
        Refused(writer => Vocabulary(writer, "bert", bytes[..4]), "token 0 of the vocabulary is a byte, which a vocabulary of BERT has not");
        Refused(writer => Vocabulary(writer, "t5", ["<0x00>", "a", "b", "c"]), "token 1 of the vocabulary is a byte, but is called 'a'");
        Check(writer => Vocabulary(writer, "t5", bytes[..4]));
    }

    [Fact]
    public void What_llama_cpp_asserts_of_an_architecture_is_checked()
    {
        void Rename(GgufWriter writer, string architecture)
        {
            writer.Set("general.architecture", architecture);
            foreach (var (key, value) in new (string, int)[] { ("block_count", 1), ("embedding_length", 32), ("context_length", 64), ("attention.head_count", 2) })
                writer.Set($"{architecture}.{key}", value);
        }
        Refused(writer => Rename(writer, "llada-moe"), "llada-moe.expert_count is missing or 0");
        Refused(writer => Rename(writer, "paddleocr"), "paddleocr.rope.dimension_sections is missing or 0");
        Check(writer =>
        {
            Rename(writer, "paddleocr");
            writer.Set("paddleocr.rope.dimension_sections", [4, 2, 2, 0]);
        });
    }

    [Fact]
    public void Templates_are_bounded()
    {
        Check(writer => writer.Set("tokenizer.chat_template", "{% for message in messages %}{{ message['content'] }}{% endfor %}"));
        Refused(writer => writer.Set("tokenizer.chat_template", new string('x', 300_000)), "300000 characters");
        Refused(writer => writer.Set("tokenizer.chat_template", "{{" + new string('(', 10_000)), "deep");
        Refused(writer => writer.Set("tokenizer.chat_template.tool_use", string.Concat(Enumerable.Repeat("{%- if a %}", 65))), "nested 6");
        Check(writer => writer.Set("tokenizer.chat_template", string.Concat(Enumerable.Repeat("{%- if a %}{% endif %}", 65))));
    }

    [Theory]
    [InlineData(GgmlType.I8, 1)]
    [InlineData(GgmlType.I32, 4)]
    [InlineData(GgmlType.F64, 8)]
    [InlineData(GgmlType.I64, 8)]
    public void Types_that_nothing_is_computed_with_are_refused(GgmlType type, int bytes)
    {
        Refused(writer => writer.Add("blk.0.attn_q.weight", type, [32, 32], stream => stream.Write(new byte[32 * 32 * bytes])), $"the tensor 'blk.0.attn_q.weight' holds {type}");
        Refused(writer => writer.Add("blk.0.attn_norm.weight", type, [32], stream => stream.Write(new byte[32 * bytes])), "'blk.0.attn_norm.weight' of one dimension");
        var adapter = new GgufWriter();
        adapter.Add("blk.0.attn_q.weight.lora_a", type, [4, 32], stream => stream.Write(new byte[4 * 32 * bytes]));
        adapter.Save(folder.File("adapter.gguf"));
        using var file = GgufFile.Open(folder.File("adapter.gguf"));
        Assert.Contains("adapter.gguf", Assert.Throws<WeightFileException>(() => GgufChecks.ForAdapter(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    [InlineData(GgmlType.Q8_0)]
    [InlineData(GgmlType.Q4_0)]
    public void Types_of_weights_pass(GgmlType type) => Check(writer => writer.Add("blk.0.attn_q.weight", type, [32, 32], () => new float[32 * 32]));

    [Fact]
    public void A_vocabulary_alone_passes_only_where_that_will_do()
    {
        var writer = Sound(withTensors: false);
        writer.Save(folder.File("model.gguf"));
        using var file = GgufFile.Open(folder.File("model.gguf"));
        GgufChecks.ForTextModel(file, vocabularyOnly: true);
        Assert.Contains("no weights", Assert.Throws<WeightFileException>(() => GgufChecks.ForTextModel(file)).Message, StringComparison.Ordinal);
    }

    private void Refused(Action<GgufWriter> change, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<WeightFileException>(() => Check(change)).Message, StringComparison.Ordinal);

    private void Check(Action<GgufWriter> change)
    {
        var writer = Sound(withTensors: true);
        change(writer);
        writer.Save(folder.File("model.gguf"));
        using var file = GgufFile.Open(folder.File("model.gguf"));
        GgufChecks.ForTextModel(file);
    }

    private static GgufWriter Sound(bool withTensors)
    {
        var writer = new GgufWriter();
        writer.Set("general.architecture", "phi3");
        writer.Set("phi3.block_count", 1);
        writer.Set("phi3.embedding_length", 32);
        writer.Set("phi3.context_length", 64);
        writer.Set("phi3.attention.head_count", 2);
        writer.Set("phi3.attention.head_count_kv", 2);
        writer.Set("phi3.attention.layer_norm_rms_epsilon", 1e-5f);
        writer.Set("tokenizer.ggml.tokens", ["a", "b", "c", "d"]);
        writer.Set("tokenizer.ggml.scores", [0f, 0, 0, 0]);
        writer.Set("tokenizer.ggml.token_type", [1, 1, 1, 1]);
        writer.Set("tokenizer.ggml.bos_token_id", 1);
        if (withTensors)
            writer.Add("token_embd.weight", GgmlType.F32, [4, 32], () => new float[128]);
        return writer;
    }
}
