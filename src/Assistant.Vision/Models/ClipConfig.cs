namespace Assistant.Vision.Models;

/// <summary>Sizes of CLIP's image encoder.</summary>
public sealed record ClipVisionConfig
{
    /// <summary>Width of the transformer.</summary>
    public int HiddenSize { get; init; } = 768;
    /// <summary>Width of the feed-forward layers.</summary>
    public int IntermediateSize { get; init; } = 3072;
    /// <summary>Number of blocks.</summary>
    public int NumHiddenLayers { get; init; } = 12;
    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 12;
    /// <summary>Side of the input square in pixels.</summary>
    public int ImageSize { get; init; } = 224;
    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 32;
    /// <summary>Input channels.</summary>
    public int NumChannels { get; init; } = 3;
    /// <summary>Epsilon of the layer norms.</summary>
    public double LayerNormEps { get; init; } = 1e-5;
    /// <summary>Activation of the feed-forward layers.</summary>
    public string HiddenAct { get; init; } = "quick_gelu";

    /// <summary>Patches of a picture, without the class token.</summary>
    public int NumPatches => ImageSize / PatchSize * (ImageSize / PatchSize);

    /// <summary>Reads a <c>vision_config</c>.</summary>
    public static ClipVisionConfig From(ModelConfig json) => new ClipVisionConfig
    {
        HiddenSize = json.Size("hidden_size", 768),
        IntermediateSize = json.Size("intermediate_size", 3072),
        NumHiddenLayers = json.Size("num_hidden_layers", 12),
        NumAttentionHeads = json.Size("num_attention_heads", 12),
        ImageSize = json.Size("image_size", 224),
        PatchSize = json.Size("patch_size", 32),
        NumChannels = json.Size("num_channels", 3),
        LayerNormEps = json.Number("layer_norm_eps", 1e-5),
        HiddenAct = Activations.Checked(json.Text("hidden_act", "quick_gelu")),
    }.Checked();

    internal ClipVisionConfig Checked()
    {
        if (HiddenSize % NumAttentionHeads != 0)
            throw new ModelConfigException($"hidden_size {HiddenSize} is not a multiple of num_attention_heads {NumAttentionHeads}.");
        if (ImageSize < PatchSize)
            throw new ModelConfigException($"image_size {ImageSize} is smaller than patch_size {PatchSize}.");
        return this;
    }
}

/// <summary>Sizes of CLIP's text encoder.</summary>
public sealed record ClipTextConfig
{
    /// <summary>Entries of the vocabulary.</summary>
    public int VocabSize { get; init; } = 49408;
    /// <summary>Width of the transformer.</summary>
    public int HiddenSize { get; init; } = 512;
    /// <summary>Width of the feed-forward layers.</summary>
    public int IntermediateSize { get; init; } = 2048;
    /// <summary>Number of blocks.</summary>
    public int NumHiddenLayers { get; init; } = 12;
    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 8;
    /// <summary>Longest text in tokens, start and end included.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;
    /// <summary>Epsilon of the layer norms.</summary>
    public double LayerNormEps { get; init; } = 1e-5;
    /// <summary>Activation of the feed-forward layers.</summary>
    public string HiddenAct { get; init; } = "quick_gelu";
    /// <summary>End-of-text token; 2 in old configurations means: pool at the highest id.</summary>
    public int EosTokenId { get; init; } = 49407;

    /// <summary>Reads a <c>text_config</c>.</summary>
    public static ClipTextConfig From(ModelConfig json)
    {
        var config = new ClipTextConfig
        {
            VocabSize = json.Size("vocab_size", 49408),
            HiddenSize = json.Size("hidden_size", 512),
            IntermediateSize = json.Size("intermediate_size", 2048),
            NumHiddenLayers = json.Size("num_hidden_layers", 12),
            NumAttentionHeads = json.Size("num_attention_heads", 8),
            MaxPositionEmbeddings = json.Size("max_position_embeddings", 77),
            LayerNormEps = json.Number("layer_norm_eps", 1e-5),
            HiddenAct = Activations.Checked(json.Text("hidden_act", "quick_gelu")),
            EosTokenId = json.Int("eos_token_id", 49407),
        };
        return config.HiddenSize % config.NumAttentionHeads == 0
            ? config
            : throw new ModelConfigException($"hidden_size {config.HiddenSize} is not a multiple of num_attention_heads {config.NumAttentionHeads}.");
    }
}

/// <summary>Sizes of a CLIP.</summary>
public sealed record ClipConfig
{
    /// <summary>The text encoder.</summary>
    public required ClipTextConfig TextConfig { get; init; }
    /// <summary>The image encoder.</summary>
    public required ClipVisionConfig VisionConfig { get; init; }
    /// <summary>Width of the common space.</summary>
    public int ProjectionDim { get; init; } = 512;

    /// <summary>Reads a <c>config.json</c> of model_type clip.</summary>
    public static ClipConfig From(ModelConfig json) => new()
    {
        TextConfig = ClipTextConfig.From(json.Object("text_config")),
        VisionConfig = ClipVisionConfig.From(json.Object("vision_config")),
        ProjectionDim = json.Size("projection_dim", 512),
    };
}
