using System.Text.Json.Nodes;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Training.Export;

/// <summary>Writes a BLIP as a folder that transformers and this project's pipelines open.</summary>
public static class BlipExport
{
    /// <summary>Writes a captioner.</summary>
    /// <param name="model">The network.</param>
    /// <param name="vocabulary">The tokenizer's tokens by id.</param>
    /// <param name="folder">Target; files in it are replaced.</param>
    public static void Save(BlipForConditionalGeneration model, IReadOnlyList<string> vocabulary, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        Save(model, model.Config, nameof(BlipForConditionalGeneration), vocabulary, folder);
    }

    /// <summary>Writes a network that answers questions.</summary>
    /// <inheritdoc cref="Save(BlipForConditionalGeneration, IReadOnlyList{string}, string)"/>
    public static void Save(BlipForQuestionAnswering model, IReadOnlyList<string> vocabulary, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        Save(model, model.Config, nameof(BlipForQuestionAnswering), vocabulary, folder);
    }

    private static void Save(nn.Module model, BlipConfig config, string architecture, IReadOnlyList<string> vocabulary, string folder)
    {
        AtomicFile.WriteAllLines(Path.Combine(folder, "vocab.txt"), vocabulary); // weights without it are worth nothing
        HuggingFaceFolder.Save(model, Config(config, architecture), config.Vision.ImageSize, folder);
        AtomicFile.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), "{ \"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": true }\n");
    }

    private static JsonObject Config(BlipConfig config, string architecture) => new()
    {
        ["architectures"] = new JsonArray(architecture),
        ["model_type"] = "blip",
        ["dtype"] = "float16",
        ["image_text_hidden_size"] = config.ImageTextHiddenSize,
        ["text_config"] = new JsonObject
        {
            ["model_type"] = "blip_text_model",
            ["is_decoder"] = true,
            ["vocab_size"] = config.Text.Bert.VocabSize,
            ["hidden_size"] = config.Text.Bert.HiddenSize,
            ["encoder_hidden_size"] = config.Text.Bert.EncoderHiddenSize,
            ["intermediate_size"] = config.Text.Bert.IntermediateSize,
            ["num_hidden_layers"] = config.Text.Bert.NumHiddenLayers,
            ["num_attention_heads"] = config.Text.Bert.NumAttentionHeads,
            ["max_position_embeddings"] = config.Text.Bert.MaxPositionEmbeddings,
            ["hidden_act"] = config.Text.Bert.HiddenAct,
            ["layer_norm_eps"] = config.Text.Bert.LayerNormEps,
            ["hidden_dropout_prob"] = config.Text.Bert.HiddenDropoutProb,
            ["attention_probs_dropout_prob"] = config.Text.Bert.AttentionProbsDropoutProb,
            ["bos_token_id"] = config.Text.BosTokenId,
            ["eos_token_id"] = config.Text.SepTokenId,
            ["sep_token_id"] = config.Text.SepTokenId,
            ["pad_token_id"] = config.Text.PadTokenId,
        },
        ["vision_config"] = new JsonObject
        {
            ["model_type"] = "blip_vision_model",
            ["hidden_size"] = config.Vision.HiddenSize,
            ["intermediate_size"] = config.Vision.IntermediateSize,
            ["num_hidden_layers"] = config.Vision.NumHiddenLayers,
            ["num_attention_heads"] = config.Vision.NumAttentionHeads,
            ["image_size"] = config.Vision.ImageSize,
            ["patch_size"] = config.Vision.PatchSize,
            ["hidden_act"] = config.Vision.HiddenAct,
            ["layer_norm_eps"] = config.Vision.LayerNormEps,
        },
    };
}
