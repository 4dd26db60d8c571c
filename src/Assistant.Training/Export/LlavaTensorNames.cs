using System.Globalization;
using Assistant.Vision.Models;

namespace Assistant.Training.Export;

/// <summary>What a LLaVA-Phi3's tensors are called in GGUF files, and in the modules.</summary>
/// <remarks>Reference: llama.cpp <c>gguf-py/gguf/constants.py</c> (phi3) and <c>tools/mtmd/clip-impl.h</c> (clip).</remarks>
internal static class LlavaTensorNames
{
    /// <summary>The projector's tensors.</summary>
    public static IEnumerable<(string Tensor, string Key)> Projector => [.. Pair("mm.0", "linear_1"), .. Pair("mm.2", "linear_2")];

    /// <summary>The language model's tensors.</summary>
    public static IEnumerable<(string Tensor, string Key)> Text(DecoderConfig config)
    {
        yield return ("token_embd.weight", "model.embed_tokens.weight");
        for (var block = 0; block < config.NumHiddenLayers; block++)
        {
            var (to, from) = (Numbered("blk.", block), Numbered("model.layers.", block));
            yield return (to + "attn_norm.weight", from + "input_layernorm.weight");
            yield return (to + "attn_qkv.weight", from + "self_attn.qkv_proj.weight");
            yield return (to + "attn_output.weight", from + "self_attn.o_proj.weight");
            yield return (to + "ffn_norm.weight", from + "post_attention_layernorm.weight");
            yield return (to + "ffn_up.weight", from + "mlp.gate_up_proj.weight");
            yield return (to + "ffn_down.weight", from + "mlp.down_proj.weight");
        }
        yield return ("output_norm.weight", "model.norm.weight");
        if (!config.TieWordEmbeddings)
            yield return ("output.weight", "lm_head.weight");
    }

    /// <summary>The vision tower's tensors.</summary>
    /// <param name="blocks">Blocks from the first on; a file holds as many as its readers run.</param>
    public static IEnumerable<(string Tensor, string Key)> Tower(int blocks)
    {
        yield return ("v.class_embd", "embeddings.class_embedding");
        yield return ("v.patch_embd.weight", "embeddings.patch_embedding.weight");
        yield return ("v.position_embd.weight", "embeddings.position_embedding.weight");
        foreach (var pair in Pair("v.pre_ln", "pre_layrnorm"))
            yield return pair;
        (string, string)[] parts =
        [
            ("attn_q", "self_attn.q_proj"), ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"), ("attn_out", "self_attn.out_proj"),
            ("ln1", "layer_norm1"), ("ln2", "layer_norm2"), ("ffn_up", "mlp.fc1"), ("ffn_down", "mlp.fc2"),
        ];
        for (var block = 0; block < blocks; block++)
        {
            foreach (var (part, key) in parts)
            {
                foreach (var pair in Pair(Numbered("v.blk.", block) + part, Numbered("encoder.layers.", block) + key))
                    yield return pair;
            }
        }
    }

    private static (string, string)[] Pair(string tensor, string key) => [(tensor + ".weight", key + ".weight"), (tensor + ".bias", key + ".bias")];

    private static string Numbered(string stem, int number) => string.Create(CultureInfo.InvariantCulture, $"{stem}{number}.");
}
