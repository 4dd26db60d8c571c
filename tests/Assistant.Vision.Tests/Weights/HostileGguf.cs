using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

/// <summary>Files that are well-formed and wrong: one number of the metadata, or one name, size or type of a tensor, changed for another that some file could have.</summary>
internal static class HostileGguf
{
    private static readonly uint[] integers = [0, 1, 2, 3, 4, 7, 8, 63, 65, 100, 512, 513, 65536, int.MaxValue, 1u << 31, uint.MaxValue];
    private static readonly float[] numbers = [0, -1, 1e30f, float.NaN, float.PositiveInfinity, float.Epsilon];
    private static readonly GgmlType[] types = [GgmlType.F16, GgmlType.Q8_0, GgmlType.I8, GgmlType.I32];

    /// <summary>Changed copies of a file, one after the other, each with what was changed.</summary>
    public static IEnumerable<(string What, byte[] Bytes)> Of(string path)
    {
        var sound = File.ReadAllBytes(path);
        var changes = new List<(string What, int At, byte[] Value)>();
        using (var file = GgufFile.Open(path))
        {
            foreach (var (key, value) in file.Metadata)
            {
                var at = Find(sound, key) + sizeof(int); // behind the value's type
                if (value is uint)
                    changes.AddRange(integers.Select(number => ($"{key} = {number}", at, BitConverter.GetBytes(number))));
                else if (value is float)
                    changes.AddRange(numbers.Select(number => ($"{key} = {number}", at, BitConverter.GetBytes(number))));
                else if (value is bool flag)
                    changes.Add(($"{key} = {!flag}", at, BitConverter.GetBytes(!flag)));
            }
            foreach (var tensor in file.Tensors)
                changes.AddRange(Of(sound, tensor.Name));
        }
        foreach (var (what, at, value) in changes)
        {
            var bytes = (byte[])sound.Clone();
            value.CopyTo(bytes, at);
            yield return (what, bytes);
        }
    }

    /// <summary>Architectures of llama.cpp.</summary>
    private const string Architectures =
        "llama llama4 deci falcon grok gpt2 gptj gptneox mpt baichuan starcoder refact bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert bloom stablelm qwen "
        + "qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3next qwen3vl qwen3vlmoe qwen35 qwen35moe phi2 phi3 phimoe plamo plamo2 plamo3 codeshell orion internlm2 minicpm minicpm3 gemma gemma2 gemma3 "
        + "gemma3n gemma4 gemma-embedding starcoder2 mamba mamba2 jamba falcon-h1 xverse command-r cohere2 dbrx olmo olmo2 olmoe openelm arctic deepseek deepseek2 deepseek2-ocr deepseek32 chatglm "
        + "glm4 glm4moe glm-dsa bitnet t5 t5encoder jais jais2 nemotron nemotron_h nemotron_h_moe exaone exaone4 exaone-moe rwkv6 rwkv6qwen2 rwkv7 arwkv7 granite granitemoe granitehybrid chameleon "
        + "wavtokenizer-dec plm bailingmoe bailingmoe2 dots1 arcee afmoe ernie4_5 ernie4_5-moe hunyuan-moe hunyuan-dense smollm3 gpt-oss lfm2 lfm2moe dream smallthinker llada llada-moe seed_oss "
        + "grovemoe apertus minimax-m2 cogvlm rnd1 pangu-embedded mistral3 mistral4 paddleocr mimo2 llama-embed maincoder kimi-linear talkie mellum eagle3";

    private const string Tokenizers = "llama bert gpt2 t5 rwkv plamo2 none no_vocab gemma4 odd";

    /// <summary>Copies of a language model's file that say they were of another architecture, or had another tokenizer.</summary>
    public static IEnumerable<(string What, byte[] Bytes)> OfOtherKinds(string path)
    {
        var copy = path + ".copy";
        using var file = GgufFile.Open(path);
        foreach (var (key, other) in Architectures.Split(' ').Select(name => ("general.architecture", name)).Concat(Tokenizers.Split(' ').Select(name => ("tokenizer.ggml.model", name))))
        {
            var writer = new GgufWriter();
            foreach (var (name, value) in file.Metadata)
                writer.SetValue(key == "general.architecture" && name.StartsWith(file.Architecture + ".", StringComparison.Ordinal) ? other + name[file.Architecture.Length..] : name, value);
            writer.SetValue(key, other);
            foreach (var tensor in file.Tensors)
                writer.Add(file, tensor);
            writer.Save(copy);
            yield return ($"{key} = {other}", File.ReadAllBytes(copy));
        }
        File.Delete(copy);
    }

    /// <summary>Where the type of a tensor stands: behind its name, the number of its dimensions, and these.</summary>
    public static int TypeOffset(byte[] gguf, string tensor)
    {
        var at = Find(gguf, tensor);
        return at + sizeof(int) + sizeof(ulong) * BitConverter.ToInt32(gguf, at);
    }

    private static IEnumerable<(string What, int At, byte[] Value)> Of(byte[] sound, string tensor)
    {
        var at = Find(sound, tensor);
        var sizes = Enumerable.Range(0, BitConverter.ToInt32(sound, at)).Select(dimension => BitConverter.ToUInt64(sound, at + sizeof(int) + sizeof(ulong) * dimension)).ToArray();
        byte[] Written(IEnumerable<ulong> changed) => [.. changed.SelectMany(BitConverter.GetBytes)];
        yield return ($"{tensor} missing", at - 1, [(byte)'x']);
        yield return ($"{tensor} with its sizes reversed", at + sizeof(int), Written(sizes.Reverse()));
        for (var dimension = 0; dimension < sizes.Length; dimension++)
        {
            foreach (var size in new ulong[] { 1, sizes[dimension] / 2, sizes[dimension] - 1 })
                yield return ($"{tensor} with {size} in dimension {dimension}", at + sizeof(int) + sizeof(ulong) * dimension, BitConverter.GetBytes(size));
        }
        var type = TypeOffset(sound, tensor);
        foreach (var other in types)
            yield return ($"{tensor} of {other}", type, BitConverter.GetBytes((int)other));
        // All of its elements in one row, and none of its dimensions: the file's layout stays, as the rest is filled with ones.
        var elements = sizes.Aggregate(1UL, (product, size) => product * size);
        yield return ($"{tensor} in one row", at + sizeof(int), Written(sizes.Select((_, i) => i == 0 ? elements : 1)));
        yield return ($"{tensor} in one column", at + sizeof(int), Written(sizes.Select((_, i) => i == sizes.Length - 1 ? elements : 1)));
    }

    /// <summary>Where what follows a name begins.</summary>
    private static int Find(byte[] gguf, string name)
    {
        var written = Encoding.UTF8.GetBytes(name);
        return gguf.AsSpan().IndexOf([.. BitConverter.GetBytes((ulong)written.Length), .. written]) + sizeof(ulong) + written.Length;
    }
}
