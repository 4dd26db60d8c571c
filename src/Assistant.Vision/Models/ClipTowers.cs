using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>CLIP's image encoder with its projection, as folders of model_type clip_vision_model hold it.</summary>
/// <remarks>Reference: transformers <c>modeling_clip.py</c>, CLIPVisionModelWithProjection.</remarks>
public sealed class ClipVisionModelWithProjection : Module<Tensor, Tensor>
{
    private readonly ClipVisionTransformer vision_model;
    private readonly Linear visual_projection;

    /// <param name="config">Sizes.</param>
    /// <param name="projectionDim">Width of the common space.</param>
    public ClipVisionModelWithProjection(ClipVisionConfig config, int projectionDim = 512) : base(nameof(ClipVisionModelWithProjection))
    {
        vision_model = new ClipVisionTransformer(config);
        visual_projection = Layer.Linear(config.HiddenSize, projectionDim, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static ClipVisionModelWithProjection From(ModelConfig json) => new(ClipVisionConfig.From(json), json.Size("projection_dim", 512));

    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>Image features, [batch, projection_dim]; not normalised.</returns>
    public override Tensor forward(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return visual_projection.call(vision_model.Pool(vision_model.call(pixel_values))).MoveToOuterDisposeScope();
    }
}

/// <summary>CLIP's text encoder alone, as folders of model_type clip_text_model hold it.</summary>
/// <remarks>Reference: transformers <c>modeling_clip.py</c>, CLIPTextModel.</remarks>
public sealed class ClipTextModel : Module<Tensor, Tensor>
{
    private readonly ClipTextTransformer text_model;

    /// <param name="config">Sizes.</param>
    public ClipTextModel(ClipTextConfig config) : base(nameof(ClipTextModel))
    {
        text_model = new ClipTextTransformer(config);
        RegisterComponents();
    }

    /// <summary>The transformer itself, for its hidden states.</summary>
    public ClipTextTransformer Transformer => text_model;

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns><c>pooler_output</c>, [batch, hidden_size].</returns>
    public override Tensor forward(Tensor input_ids) => text_model.call(input_ids);
}

/// <summary>CLIP's text encoder with its projection.</summary>
/// <remarks>Reference: transformers <c>modeling_clip.py</c>, CLIPTextModelWithProjection.</remarks>
public sealed class ClipTextModelWithProjection : Module<Tensor, Tensor>
{
    private readonly ClipTextTransformer text_model;
    private readonly Linear text_projection;

    /// <param name="config">Sizes.</param>
    /// <param name="projectionDim">Width of the common space.</param>
    public ClipTextModelWithProjection(ClipTextConfig config, int projectionDim = 512) : base(nameof(ClipTextModelWithProjection))
    {
        text_model = new ClipTextTransformer(config);
        text_projection = Layer.Linear(config.HiddenSize, projectionDim, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static ClipTextModelWithProjection From(ModelConfig json) => new(ClipTextConfig.From(json), json.Size("projection_dim", 512));

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns>Text features, [batch, projection_dim]; not normalised.</returns>
    public override Tensor forward(Tensor input_ids)
    {
        using var scope = NewDisposeScope();
        return text_projection.call(text_model.call(input_ids)).MoveToOuterDisposeScope();
    }
}
