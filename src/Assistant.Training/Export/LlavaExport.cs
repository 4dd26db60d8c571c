using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Training.Export;

/// <summary>Writes a LLaVA-Phi3 as the two GGUF files that llama.cpp's family of programs use: the text model, and tower with projector ("mmproj").</summary>
public static class LlavaExport
{
    // What the conversations of the training looked like, for programs that run Jinja templates.
    private const string Phi3Template =
        "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}";

    /// <summary>Writes the language model as architecture phi3.</summary>
    /// <param name="model">A LLaVA with a Phi-3 text model.</param>
    /// <param name="name">The file's general.name.</param>
    /// <param name="writeTokenizer">Writes the tokenizer.ggml keys.</param>
    /// <param name="path">Target; replaced when whole.</param>
    /// <param name="matrices">Type of matrices; vectors stay F32.</param>
    public static void SaveText(LlavaForConditionalGeneration model, string name, Action<GgufWriter> writeTokenizer, string path, GgmlType matrices)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(writeTokenizer);
        if (model.LanguageModel is not Phi3ForCausalLM)
            throw new ArgumentException($"Only a Phi-3 text model can be written as architecture phi3, not {model.LanguageModel.GetType().Name}.", nameof(model));
        var config = model.Config.Text;
        var writer = new GgufWriter();
        Describe(writer, "phi3", name, matrices);
        writer.Set("phi3.context_length", config.MaxPositionEmbeddings);
        writer.Set("phi3.rope.scaling.original_context_length", config.MaxPositionEmbeddings);
        writer.Set("phi3.embedding_length", config.HiddenSize);
        writer.Set("phi3.feed_forward_length", config.IntermediateSize);
        writer.Set("phi3.block_count", config.NumHiddenLayers);
        writer.Set("phi3.attention.head_count", config.NumAttentionHeads);
        writer.Set("phi3.attention.head_count_kv", config.NumKeyValueHeads);
        writer.Set("phi3.attention.layer_norm_rms_epsilon", (float)config.RmsNormEps);
        writer.Set("phi3.rope.dimension_count", (int)(config.HeadDim * config.PartialRotaryFactor));
        writer.Set("phi3.rope.freq_base", (float)config.RopeTheta);
        writer.Set("phi3.vocab_size", config.VocabSize);
        writer.Set("tokenizer.chat_template", Phi3Template);
        writeTokenizer(writer);
        var weights = model.LanguageModel.state_dict();
        foreach (var (tensor, key) in LlavaTensorNames.Text(config))
            Add(writer, tensor, weights[key], matrices);
        writer.Save(path);
    }

    /// <summary>Writes tower and projector as a clip file with an MLP projector; every block that the model's feature layer needs, and no more.</summary>
    /// <param name="model">The LLaVA.</param>
    /// <param name="name">The file's general.name.</param>
    /// <param name="path">Target; replaced when whole.</param>
    /// <param name="matrices">Type of matrices: F16 or F32; vectors stay F32.</param>
    public static void SaveProjector(LlavaForConditionalGeneration model, string name, string path, GgmlType matrices)
    {
        ArgumentNullException.ThrowIfNull(model);
        var config = model.Config.Vision;
        var layer = model.Config.VisionFeatureLayer;
        var blocks = layer < 0 ? config.NumHiddenLayers + 1 + layer : layer;
        var writer = new GgufWriter();
        Describe(writer, "clip", name, matrices);
        writer.Set("clip.has_text_encoder", false);
        writer.Set("clip.has_vision_encoder", true);
        writer.Set("clip.has_llava_projector", true);
        writer.Set("clip.projector_type", "mlp");
        writer.Set("clip.use_gelu", config.HiddenAct != "quick_gelu");
        writer.Set("clip.vision.image_size", config.ImageSize);
        writer.Set("clip.vision.patch_size", config.PatchSize);
        writer.Set("clip.vision.embedding_length", config.HiddenSize);
        writer.Set("clip.vision.feed_forward_length", config.IntermediateSize);
        writer.Set("clip.vision.projection_dim", model.Config.Text.HiddenSize);
        writer.Set("clip.vision.block_count", blocks);
        writer.Set("clip.vision.attention.head_count", config.NumAttentionHeads);
        writer.Set("clip.vision.attention.layer_norm_epsilon", (float)config.LayerNormEps);
        writer.Set("clip.vision.image_mean", (float[])[0.48145466f, 0.4578275f, 0.40821073f]);
        writer.Set("clip.vision.image_std", (float[])[0.26862954f, 0.26130258f, 0.27577711f]);
        var weights = model.VisionTower.state_dict();
        foreach (var (tensor, key) in LlavaTensorNames.Tower(blocks))
            Add(writer, tensor, weights[key], tensor == "v.patch_embd.weight" ? GgmlType.F16 : tensor == "v.position_embd.weight" ? GgmlType.F32 : matrices);
        var projector = model.Projector.state_dict();
        foreach (var (tensor, key) in LlavaTensorNames.Projector)
            Add(writer, tensor, projector[key], matrices);
        writer.Save(path);
    }

    private static void Describe(GgufWriter writer, string architecture, string name, GgmlType matrices)
    {
        writer.Set("general.architecture", architecture);
        writer.Set("general.name", name);
        writer.Set("general.license", "mit");
        writer.Set("general.file_type", matrices switch
        {
            GgmlType.F32 => 0,
            GgmlType.F16 => 1,
            GgmlType.Q4_0 => 2,
            GgmlType.Q8_0 => 7,
            _ => throw new ArgumentException($"Matrices can be written as F32, F16, Q4_0 or Q8_0, not {matrices}.", nameof(matrices)),
        });
    }

    private static void Add(GgufWriter writer, string name, Tensor value, GgmlType matrices) =>
        writer.Add(name, value.dim() >= 2 ? matrices : GgmlType.F32, value.shape, () =>
        {
            using var plain = value.detach().to(ScalarType.Float32).cpu().contiguous();
            return plain.data<float>().ToArray();
        });
}
