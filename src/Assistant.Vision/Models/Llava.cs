using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a LLaVA.</summary>
public sealed record LlavaConfig
{
    /// <summary>The vision tower.</summary>
    public required ClipVisionConfig Vision { get; init; }
    /// <summary>The language model.</summary>
    public required DecoderConfig Text { get; init; }
    /// <summary>phi3, llama or mistral.</summary>
    public string TextModelType { get; init; } = "phi3";
    /// <summary>Token that stands where image features go, one a patch.</summary>
    public int ImageTokenIndex { get; init; } = 32000;
    /// <summary>Which hidden state of the tower is projected; -2 is the last block's input.</summary>
    public int VisionFeatureLayer { get; init; } = -2;
    /// <summary>Whether the class token is dropped ("default") or kept ("full").</summary>
    public bool DropClassToken { get; init; } = true;
    /// <summary>Activation between the projector's layers.</summary>
    public string ProjectorHiddenAct { get; init; } = "gelu";

    /// <summary>Reads a <c>config.json</c> of model_type llava.</summary>
    public static LlavaConfig From(ModelConfig json)
    {
        var text = json.Object("text_config");
        var strategy = json.Text("vision_feature_select_strategy", "default");
        return new LlavaConfig
        {
            Vision = ClipVisionConfig.From(json.Object("vision_config")),
            Text = DecoderConfig.From(text),
            TextModelType = text.Text("model_type", "llama"),
            ImageTokenIndex = json.Int(json.Has("image_token_id") ? "image_token_id" : "image_token_index", 32000),
            VisionFeatureLayer = json.Int("vision_feature_layer", -2),
            DropClassToken = strategy switch
            {
                "default" => true,
                "full" => false,
                _ => throw new ModelConfigException($"vision_feature_select_strategy '{strategy}' is unknown; known: default, full."),
            },
            ProjectorHiddenAct = Activations.Checked(json.Text("projector_hidden_act", "gelu")),
        };
    }
}

/// <summary>LLaVA's projector: Linear, GELU, Linear.</summary>
public sealed class LlavaMultiModalProjector : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Linear linear_1, linear_2;

    /// <param name="visionWidth">Width of the tower.</param>
    /// <param name="textWidth">Width of the language model.</param>
    /// <param name="activation">Between the layers; the erf form of GELU in every published model.</param>
    public LlavaMultiModalProjector(int visionWidth, int textWidth, string activation = "gelu") : base(nameof(LlavaMultiModalProjector))
    {
        this.activation = activation;
        linear_1 = Layer.Linear(visionWidth, textWidth);
        linear_2 = Layer.Linear(textWidth, textWidth);
        RegisterComponents();
    }

    /// <param name="image_features">[batch, patches, vision width].</param>
    /// <returns>[batch, patches, text width].</returns>
    public override Tensor forward(Tensor image_features)
    {
        using var scope = NewDisposeScope();
        return linear_2.call(Activations.Apply(activation, linear_1.call(image_features))).MoveToOuterDisposeScope();
    }
}

/// <summary>LLaVA: a CLIP tower whose patch features, projected, stand in a language model's prompt.</summary>
/// <remarks>Liu et al. 2023, arXiv:2304.08485 and arXiv:2310.03744; reference: transformers <c>modeling_llava.py</c>. Names are the published checkpoints'.</remarks>
public sealed class LlavaForConditionalGeneration : Module
{
    private readonly ClipVisionModel vision_tower;
    private readonly LlavaMultiModalProjector multi_modal_projector;
    private readonly CausalLanguageModel language_model;

    /// <param name="config">Sizes; weights are random until a state dict is loaded.</param>
    public LlavaForConditionalGeneration(LlavaConfig config) : base(nameof(LlavaForConditionalGeneration))
    {
        Config = config;
        vision_tower = new ClipVisionModel(config.Vision);
        multi_modal_projector = new LlavaMultiModalProjector(config.Vision.HiddenSize, config.Text.HiddenSize, config.ProjectorHiddenAct);
        language_model = config.TextModelType == "phi3" ? new Phi3ForCausalLM(config.Text) : new LlamaForCausalLM(config.Text);
        RegisterComponents();
    }

    /// <summary>The sizes it was built with.</summary>
    public LlavaConfig Config { get; }

    /// <summary>The tower.</summary>
    public ClipVisionTransformer VisionTower => vision_tower.Transformer;

    /// <summary>The projector.</summary>
    public LlavaMultiModalProjector Projector => multi_modal_projector;

    /// <summary>The language model.</summary>
    public CausalLanguageModel LanguageModel => language_model;

    /// <summary>The tower's chosen hidden state, class token included.</summary>
    /// <param name="pixel_values">[images, 3, image_size, image_size].</param>
    /// <returns>[images, patches + 1, vision width].</returns>
    public Tensor SelectVisionFeatures(Tensor pixel_values) => VisionTower.HiddenState(pixel_values, Config.VisionFeatureLayer);

    /// <summary>Rows for the prompt.</summary>
    /// <param name="pixel_values">[images, 3, image_size, image_size].</param>
    /// <returns>[images, patches, text width].</returns>
    public Tensor GetImageFeatures(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var selected = SelectVisionFeatures(pixel_values);
        if (Config.DropClassToken)
            selected = selected.narrow(1, 1, selected.shape[1] - 1);
        return multi_modal_projector.call(selected).MoveToOuterDisposeScope();
    }

    /// <summary>Token embeddings with image features where image tokens stand.</summary>
    /// <param name="input_ids">[batch, length], int64; as many image tokens as there are rows of features.</param>
    /// <param name="image_features">[images, patches, text width], in the order of the image tokens; null without pictures.</param>
    /// <returns>[batch, length, text width].</returns>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Tensor MergeImageFeatures(Tensor input_ids, Tensor? image_features)
    {
        using var scope = NewDisposeScope();
        var mask = input_ids == Config.ImageTokenIndex; // [batch, length]
        var wanted = mask.sum().item<long>();
        var given = image_features is null ? 0 : image_features.shape[0] * image_features.shape[1];
        if (wanted != given)
            throw new ArgumentException($"The prompt has {wanted} image tokens, the pictures give {given} rows.", nameof(image_features));
        // An image token may lie beyond the embedding's rows, as in published files: look up 0 there.
        var embeds = language_model.Embed(input_ids.masked_fill(mask, 0));
        if (image_features is null)
            return embeds.MoveToOuterDisposeScope();
        return embeds.masked_scatter(mask.unsqueeze(-1), image_features.to(embeds.dtype)).MoveToOuterDisposeScope();
    }

    /// <param name="input_ids">[batch, length], int64, image tokens expanded.</param>
    /// <param name="pixel_values">[images, 3, image_size, image_size] or null.</param>
    /// <param name="attention_mask">[batch, length] or null.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    public Tensor forward(Tensor input_ids, Tensor? pixel_values, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        var embeds = MergeImageFeatures(input_ids, pixel_values is null ? null : GetImageFeatures(pixel_values));
        return language_model.Logits(language_model.LastHiddenState(embeds, attention_mask)).MoveToOuterDisposeScope();
    }
}
