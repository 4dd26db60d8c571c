using System.Text.Json.Nodes;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Training.Export;

/// <summary>Writes a CLIP as a folder that transformers and this project's pipelines open: config.json, preprocessor_config.json, vocabulary and weights.</summary>
public static class ClipExport
{
    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the folder; weights as float16, the temperature as float32.</summary>
    /// <param name="model">The network.</param>
    /// <param name="tokenizer">Of its texts.</param>
    /// <param name="vocabularyFolder">Holds vocab.json and merges.txt, which are copied.</param>
    /// <param name="folder">Target; files in it are replaced.</param>
    public static void Save(ClipModel model, ClipTokenizer tokenizer, string vocabularyFolder, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        Directory.CreateDirectory(folder);
        foreach (var name in (string[])["vocab.json", "merges.txt"])
            File.Copy(Path.Combine(vocabularyFolder, name), Path.Combine(folder, name), overwrite: true);
        Write("config.json", Config(model.Text, model.Vision, model.ProjectionDim, tokenizer));
        Write("preprocessor_config.json", Preprocessing(model.Vision.ImageSize));
        var writer = new SafetensorsWriter();
        writer.Metadata["format"] = "pt";
        foreach (var (name, weight) in model.state_dict())
            writer.Add(name, weight.dim() == 0 ? WeightType.F32 : WeightType.F16, weight.shape, () => weight.data<float>().ToArray());
        writer.Save(Path.Combine(folder, "model.safetensors"));

        void Write(string name, JsonObject json) => File.WriteAllText(Path.Combine(folder, name), json.ToJsonString(Indented) + "\n");
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

    // Padded to a square like the pictures of the training, then CLIP's own steps.
    private static JsonObject Preprocessing(int size) => new()
    {
        ["image_processor_type"] = "CLIPImageProcessor",
        ["do_convert_rgb"] = true,
        ["do_pad"] = true,
        ["do_resize"] = true,
        ["size"] = new JsonObject { ["shortest_edge"] = size },
        ["resample"] = 3,
        ["do_center_crop"] = true,
        ["crop_size"] = new JsonObject { ["height"] = size, ["width"] = size },
        ["do_rescale"] = true,
        ["rescale_factor"] = 1 / 255.0,
        ["do_normalize"] = true,
        ["image_mean"] = new JsonArray(0.48145466, 0.4578275, 0.40821073),
        ["image_std"] = new JsonArray(0.26862954, 0.26130258, 0.27577711),
    };
}
