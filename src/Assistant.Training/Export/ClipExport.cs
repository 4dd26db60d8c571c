using System.Text.Json.Nodes;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;

namespace Assistant.Training.Export;

/// <summary>Writes a CLIP as a folder that transformers and this project's pipelines open: config.json, preprocessor_config.json, vocabulary and weights.</summary>
public static class ClipExport
{
    /// <summary>Writes the folder.</summary>
    /// <param name="model">The network.</param>
    /// <param name="tokenizer">Of its texts.</param>
    /// <param name="vocabularyFolder">Holds vocab.json and merges.txt, which are copied.</param>
    /// <param name="folder">Target; files in it are replaced.</param>
    public static void Save(ClipModel model, ClipTokenizer tokenizer, string vocabularyFolder, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        HuggingFaceFolder.Save(model, Config(model.Text, model.Vision, model.ProjectionDim, tokenizer), model.Vision.ImageSize, folder);
        foreach (var name in (string[])["vocab.json", "merges.txt"])
            AtomicFile.WriteAllText(Path.Combine(folder, name), File.ReadAllText(Path.Combine(vocabularyFolder, name)));
    }

    private static JsonObject Config(ClipTextConfig text, ClipVisionConfig vision, int projectionDim, ClipTokenizer tokenizer) => new()
    {
        ["architectures"] = new JsonArray("CLIPModel"),
        ["model_type"] = "clip",
        ["projection_dim"] = projectionDim,
        ["dtype"] = "float16",
        ["text_config"] = new JsonObject
        {
            ["model_type"] = "clip_text_model",
            ["vocab_size"] = text.VocabSize,
            ["hidden_size"] = text.HiddenSize,
            ["intermediate_size"] = text.IntermediateSize,
            ["num_hidden_layers"] = text.NumHiddenLayers,
            ["num_attention_heads"] = text.NumAttentionHeads,
            ["max_position_embeddings"] = text.MaxPositionEmbeddings,
            ["hidden_act"] = text.HiddenAct,
            ["layer_norm_eps"] = text.LayerNormEps,
            ["bos_token_id"] = tokenizer.BeginId,
            ["eos_token_id"] = text.EosTokenId,
            ["pad_token_id"] = tokenizer.PaddingId,
            ["projection_dim"] = projectionDim,
        },
        ["vision_config"] = new JsonObject
        {
            ["model_type"] = "clip_vision_model",
            ["hidden_size"] = vision.HiddenSize,
            ["intermediate_size"] = vision.IntermediateSize,
            ["num_hidden_layers"] = vision.NumHiddenLayers,
            ["num_attention_heads"] = vision.NumAttentionHeads,
            ["num_channels"] = vision.NumChannels,
            ["image_size"] = vision.ImageSize,
            ["patch_size"] = vision.PatchSize,
            ["hidden_act"] = vision.HiddenAct,
            ["layer_norm_eps"] = vision.LayerNormEps,
            ["projection_dim"] = projectionDim,
        },
    };
}
