using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes of BLIP's and BLIP-2's image encoder.</summary>
public sealed record BlipVisionConfig
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
    public int ImageSize { get; init; } = 384;
    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 16;
    /// <summary>Activation of the feed-forward layers.</summary>
    public string HiddenAct { get; init; } = "gelu";
    /// <summary>Epsilon of the layer norms.</summary>
    public double LayerNormEps { get; init; } = 1e-5;
    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QkvBias { get; init; } = true;

    /// <summary>Patches along a side.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>Reads a <c>vision_config</c> of model_type blip_vision_model.</summary>
    public static BlipVisionConfig From(ModelConfig json) => From(json, new BlipVisionConfig());

    /// <summary>Reads a <c>vision_config</c> of model_type blip_2_vision_model, whose fields have other defaults.</summary>
    public static BlipVisionConfig FromBlip2(ModelConfig json) => From(json, new BlipVisionConfig
    {
        HiddenSize = 1408, IntermediateSize = 6144, NumHiddenLayers = 39, NumAttentionHeads = 16, ImageSize = 224, PatchSize = 14, LayerNormEps = 1e-6,
    });

    private static BlipVisionConfig From(ModelConfig json, BlipVisionConfig defaults)
    {
        var config = new BlipVisionConfig
        {
            HiddenSize = json.Size("hidden_size", defaults.HiddenSize),
            IntermediateSize = json.Size("intermediate_size", defaults.IntermediateSize),
            NumHiddenLayers = json.Size("num_hidden_layers", defaults.NumHiddenLayers),
            NumAttentionHeads = json.Size("num_attention_heads", defaults.NumAttentionHeads),
            ImageSize = json.Size("image_size", defaults.ImageSize),
            PatchSize = json.Size("patch_size", defaults.PatchSize),
            HiddenAct = Activations.Checked(json.Text("hidden_act", defaults.HiddenAct)),
            LayerNormEps = json.Number("layer_norm_eps", defaults.LayerNormEps),
            QkvBias = json.Flag("qkv_bias", defaults.QkvBias),
        };
        return config.Checked();
    }

    internal BlipVisionConfig Checked()
    {
        if (HiddenSize % NumAttentionHeads != 0)
            throw new ModelConfigException($"hidden_size {HiddenSize} is not a multiple of num_attention_heads {NumAttentionHeads}.");
        if (ImageSize < PatchSize)
            throw new ModelConfigException($"image_size {ImageSize} is smaller than patch_size {PatchSize}.");
        return this;
    }
}

/// <summary>Full self-attention with one projection for queries, keys and values.</summary>
internal sealed class BlipAttention : Module<Tensor, Tensor>
{
    private readonly int heads;
    private readonly Linear qkv, projection;

    public BlipAttention(BlipVisionConfig config) : base(nameof(BlipAttention))
    {
        heads = config.NumAttentionHeads;
        qkv = Layer.Linear(config.HiddenSize, 3 * config.HiddenSize, hasBias: config.QkvBias);
        projection = Layer.Linear(config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        var parts = qkv.call(hidden_states).chunk(3, -1); // each [batch, length, hidden_size]
        var context = Attention.Attend(Attention.SplitHeads(parts[0], heads), Attention.SplitHeads(parts[1], heads), Attention.SplitHeads(parts[2], heads));
        return projection.call(Attention.MergeHeads(context)).MoveToOuterDisposeScope();
    }
}

/// <summary>A pre-norm block.</summary>
internal sealed class BlipEncoderLayer : Module<Tensor, Tensor>
{
    private readonly BlipAttention self_attn;
    private readonly LayerNorm layer_norm1;
    private readonly ClipMlp mlp;
    private readonly LayerNorm layer_norm2;

    public BlipEncoderLayer(BlipVisionConfig config) : base(nameof(BlipEncoderLayer))
    {
        self_attn = new BlipAttention(config);
        layer_norm1 = LayerNorm(config.HiddenSize, config.LayerNormEps);
        mlp = new ClipMlp(config.HiddenSize, config.IntermediateSize, config.HiddenAct);
        layer_norm2 = LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        var x = hidden_states + self_attn.call(layer_norm1.call(hidden_states));
        return (x + mlp.call(layer_norm2.call(x))).MoveToOuterDisposeScope(); // [batch, length, hidden_size]
    }
}

/// <summary>The blocks.</summary>
internal sealed class BlipEncoder : Module
{
    private readonly ModuleList<BlipEncoderLayer> layers;

    public BlipEncoder(BlipVisionConfig config) : base(nameof(BlipEncoder))
    {
        layers = ModuleList(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new BlipEncoderLayer(config)).ToArray());
        RegisterComponents();
    }

    /// <summary>Lazily the input, then the state after each block.</summary>
    public IEnumerable<Tensor> States(Tensor x, CancellationToken cancellationToken = default)
    {
        yield return x;
        foreach (var layer in layers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            x = layer.call(x);
            yield return x;
        }
    }
}

/// <summary>Patch, class and position embeddings.</summary>
internal sealed class BlipVisionEmbeddings : Module<Tensor, Tensor>
{
    private readonly BlipVisionConfig config;
    private readonly Parameter class_embedding;    // [1, 1, hidden_size]
    private readonly Conv2d patch_embedding;
    private readonly Parameter position_embedding; // [1, num_patches + 1, hidden_size]

    public BlipVisionEmbeddings(BlipVisionConfig config) : base(nameof(BlipVisionEmbeddings))
    {
        this.config = config;
        class_embedding = Layer.Normal(0.02, 1, 1, config.HiddenSize);
        patch_embedding = Layer.Conv2d(3, config.HiddenSize, config.PatchSize, stride: config.PatchSize);
        position_embedding = Layer.Normal(0.02, 1, config.Grid * config.Grid + 1, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor pixel_values)
    {
        var (height, width) = (pixel_values.shape[2], pixel_values.shape[3]);
        if (height != config.ImageSize || width != config.ImageSize)
            throw new ArgumentException($"The network takes {config.ImageSize} x {config.ImageSize} pixels, not {width} x {height}.", nameof(pixel_values));
        using var scope = NewDisposeScope();
        var x = patch_embedding.call(pixel_values).flatten(2).transpose(1, 2);          // [batch, num_patches, hidden_size]
        x = cat([class_embedding.expand(x.shape[0], 1, config.HiddenSize), x], dim: 1); // [batch, num_patches + 1, hidden_size]
        return (x + position_embedding).MoveToOuterDisposeScope();
    }
}

/// <summary>BLIP's image encoder; BLIP-2 uses the same at other sizes.</summary>
/// <remarks>Li et al. 2022, arXiv:2201.12086; reference: transformers <c>modeling_blip.py</c>, BlipVisionModel. Names are the checkpoint's.</remarks>
public sealed class BlipVisionModel : Module<Tensor, Tensor>
{
    private readonly BlipVisionEmbeddings embeddings;
    private readonly BlipEncoder encoder;
    private readonly LayerNorm post_layernorm;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public BlipVisionModel(BlipVisionConfig config) : base(nameof(BlipVisionModel))
    {
        Config = config.Checked();
        embeddings = new BlipVisionEmbeddings(config);
        encoder = new BlipEncoder(config);
        post_layernorm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    /// <summary>The sizes it was built with.</summary>
    public BlipVisionConfig Config { get; }

    /// <summary>The embedding, then the state after each block, before the final norm.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <returns>Each [batch, num_patches + 1, hidden_size], the class token first.</returns>
    public IReadOnlyList<Tensor> HiddenStates(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return encoder.States(embeddings.call(pixel_values)).Select(state => state.MoveToOuterDisposeScope()).ToList();
    }

    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <returns><c>last_hidden_state</c> after the final norm, [batch, num_patches + 1, hidden_size].</returns>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public override Tensor forward(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return post_layernorm.call(encoder.States(embeddings.call(pixel_values)).Last()).MoveToOuterDisposeScope();
    }

    /// <summary><c>pooler_output</c>: the class token, normed a second time as the reference does.</summary>
    /// <param name="last_hidden_state">[batch, num_patches + 1, hidden_size].</param>
    /// <returns>[batch, hidden_size].</returns>
    public Tensor Pool(Tensor last_hidden_state)
    {
        using var scope = NewDisposeScope();
        return post_layernorm.call(last_hidden_state.select(1, 0)).MoveToOuterDisposeScope();
    }
}
