using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a vision transformer.</summary>
public sealed record ViTConfig
{
    /// <summary>Width of the transformer.</summary>
    public int HiddenSize { get; init; } = 768;
    /// <summary>Number of blocks.</summary>
    public int NumHiddenLayers { get; init; } = 12;
    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 12;
    /// <summary>Width of the feed-forward layers.</summary>
    public int IntermediateSize { get; init; } = 3072;
    /// <summary>Activation of the feed-forward layers.</summary>
    public string HiddenAct { get; init; } = "gelu";
    /// <summary>Epsilon of the layer norms.</summary>
    public double LayerNormEps { get; init; } = 1e-12;
    /// <summary>Side of the input square in pixels.</summary>
    public int ImageSize { get; init; } = 224;
    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 16;
    /// <summary>Input channels.</summary>
    public int NumChannels { get; init; } = 3;
    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QkvBias { get; init; } = true;
    /// <summary>Share of activations dropped in training.</summary>
    public double HiddenDropoutProb { get; init; }
    /// <summary>Share of attention weights dropped in training.</summary>
    public double AttentionProbsDropoutProb { get; init; }
    /// <summary>Activation of the pooler.</summary>
    public string PoolerAct { get; init; } = "tanh";
    /// <summary>Width of the pooler's output; null for <see cref="HiddenSize"/>.</summary>
    public int? PoolerOutputSize { get; init; }

    /// <summary>Patches along a side.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>Reads a <c>config.json</c> of model_type vit.</summary>
    public static ViTConfig From(ModelConfig json) => From(json, imageSize: 224, patchSize: 16);

    internal static ViTConfig From(ModelConfig json, int imageSize, int patchSize) => new ViTConfig
    {
        HiddenSize = json.Size("hidden_size", 768),
        NumHiddenLayers = json.Size("num_hidden_layers", 12),
        NumAttentionHeads = json.Size("num_attention_heads", 12),
        IntermediateSize = json.Size("intermediate_size", 3072),
        HiddenAct = Activations.Checked(json.Text("hidden_act", "gelu")),
        LayerNormEps = json.Number("layer_norm_eps", 1e-12),
        ImageSize = json.Size("image_size", imageSize),
        PatchSize = json.Size("patch_size", patchSize),
        NumChannels = json.Size("num_channels", 3),
        QkvBias = json.Flag("qkv_bias", true),
        HiddenDropoutProb = json.Number("hidden_dropout_prob", 0),
        AttentionProbsDropoutProb = json.Number("attention_probs_dropout_prob", 0),
        PoolerAct = Activations.Checked(json.Text("pooler_act", "tanh")),
        PoolerOutputSize = json.Has("pooler_output_size") ? json.Size("pooler_output_size") : null,
    }.Checked();

    internal ViTConfig Checked()
    {
        if (HiddenSize % NumAttentionHeads != 0)
            throw new ModelConfigException($"hidden_size {HiddenSize} is not a multiple of num_attention_heads {NumAttentionHeads}.");
        if (ImageSize < PatchSize)
            throw new ModelConfigException($"image_size {ImageSize} is smaller than patch_size {PatchSize}.");
        return this;
    }
}

/// <summary>Cuts a picture into patches and projects each.</summary>
internal sealed class ViTPatchEmbeddings : Module<Tensor, Tensor>
{
    private readonly Conv2d projection;

    public ViTPatchEmbeddings(ViTConfig config) : base(nameof(ViTPatchEmbeddings))
    {
        projection = Layer.Conv2d(config.NumChannels, config.HiddenSize, config.PatchSize, stride: config.PatchSize);
        RegisterComponents();
    }

    /// <param name="pixel_values">[batch, channels, height, width].</param>
    /// <returns>[batch, hidden_size, height / patch_size, width / patch_size].</returns>
    public override Tensor forward(Tensor pixel_values) => projection.call(pixel_values);
}

/// <summary>Patch, class and position embeddings.</summary>
internal sealed class ViTEmbeddings : Module<Tensor, Tensor>
{
    private readonly ViTConfig config;
    private readonly Parameter cls_token;           // [1, 1, hidden_size]
    private readonly Parameter position_embeddings; // [1, num_patches + 1, hidden_size]
    private readonly ViTPatchEmbeddings patch_embeddings;
    private readonly Dropout dropout;

    public ViTEmbeddings(ViTConfig config) : base(nameof(ViTEmbeddings))
    {
        this.config = config;
        cls_token = Layer.Normal(0.02, 1, 1, config.HiddenSize);
        position_embeddings = Layer.Normal(0.02, 1, config.Grid * config.Grid + 1, config.HiddenSize);
        patch_embeddings = new ViTPatchEmbeddings(config);
        dropout = Dropout(config.HiddenDropoutProb);
        RegisterComponents();
    }

    public override Tensor forward(Tensor pixel_values)
    {
        var (height, width) = (pixel_values.shape[2], pixel_values.shape[3]);
        if (height != config.ImageSize || width != config.ImageSize)
            throw new ArgumentException($"The network takes {config.ImageSize} x {config.ImageSize} pixels, not {width} x {height}.", nameof(pixel_values));
        using var scope = NewDisposeScope();
        var x = patch_embeddings.call(pixel_values).flatten(2).transpose(1, 2);   // [batch, num_patches, hidden_size]
        x = cat([cls_token.expand(x.shape[0], 1, config.HiddenSize), x], dim: 1); // [batch, num_patches + 1, hidden_size]
        return dropout.call(x + position_embeddings).MoveToOuterDisposeScope();
    }
}

/// <summary>A projection; the residual is added by the block.</summary>
internal sealed class ViTOutput : Module<Tensor, Tensor>
{
    private readonly Linear dense;
    private readonly Dropout dropout;

    public ViTOutput(int inputWidth, int hiddenSize, double dropout) : base(nameof(ViTOutput))
    {
        dense = Layer.Linear(inputWidth, hiddenSize);
        this.dropout = Dropout(dropout);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return dropout.call(dense.call(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>Self-attention with its output projection.</summary>
internal sealed class ViTAttention : Module
{
    private readonly SelfAttention attention;
    private readonly ViTOutput output;

    public ViTAttention(ViTConfig config) : base(nameof(ViTAttention))
    {
        attention = new SelfAttention(config.HiddenSize, config.NumAttentionHeads, bias: config.QkvBias, dropout: config.AttentionProbsDropoutProb);
        output = new ViTOutput(config.HiddenSize, config.HiddenSize, config.HiddenDropoutProb);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        return output.call(attention.forward(x, mask)).MoveToOuterDisposeScope();
    }
}

/// <summary>A pre-norm block.</summary>
internal sealed class ViTLayer : Module
{
    private readonly ViTAttention attention;
    private readonly BertIntermediate intermediate;
    private readonly ViTOutput output;
    private readonly LayerNorm layernorm_before, layernorm_after;

    public ViTLayer(ViTConfig config) : base(nameof(ViTLayer))
    {
        attention = new ViTAttention(config);
        intermediate = new BertIntermediate(config.HiddenSize, config.IntermediateSize, config.HiddenAct);
        output = new ViTOutput(config.IntermediateSize, config.HiddenSize, config.HiddenDropoutProb);
        layernorm_before = LayerNorm(config.HiddenSize, config.LayerNormEps);
        layernorm_after = LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden_states, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var x = hidden_states + attention.forward(layernorm_before.call(hidden_states), mask);
        return (x + output.call(intermediate.call(layernorm_after.call(x)))).MoveToOuterDisposeScope(); // [batch, length, hidden_size]
    }
}

/// <summary>The blocks, shared with ViLT.</summary>
internal sealed class ViTEncoder : Module
{
    private readonly ModuleList<ViTLayer> layer;

    public ViTEncoder(ViTConfig config) : base(nameof(ViTEncoder))
    {
        layer = ModuleList(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ViTLayer(config)).ToArray());
        RegisterComponents();
    }

    /// <summary>Lazily the input, then the state after each block.</summary>
    public IEnumerable<Tensor> States(Tensor x, Tensor? mask = null)
    {
        yield return x;
        foreach (var block in layer)
        {
            x = block.forward(x, mask);
            yield return x;
        }
    }
}

/// <summary>ViT: a transformer over a picture's patches.</summary>
/// <remarks>Dosovitskiy et al. 2020, arXiv:2010.11929; reference: transformers <c>modeling_vit.py</c>, ViTModel. Names are the checkpoint's.</remarks>
public sealed class ViTModel : Module<Tensor, Tensor>
{
    private readonly ViTEmbeddings embeddings;
    private readonly ViTEncoder encoder;
    private readonly LayerNorm layernorm;
    private readonly BertPooler? pooler;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    /// <param name="addPooler">Whether the network has a pooler: bare models have one, classifiers don't.</param>
    public ViTModel(ViTConfig config, bool addPooler = true) : base(nameof(ViTModel))
    {
        Config = config.Checked();
        embeddings = new ViTEmbeddings(config);
        encoder = new ViTEncoder(config);
        layernorm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        if (addPooler)
            pooler = new BertPooler(config.HiddenSize, config.PoolerOutputSize, config.PoolerAct);
        RegisterComponents();
    }

    /// <summary>The sizes it was built with.</summary>
    public ViTConfig Config { get; }

    /// <summary>All hidden states, as transformers' <c>output_hidden_states</c>: the embedding, then the state after each block, before the final norm.</summary>
    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>Each [batch, num_patches + 1, hidden_size], the class token first.</returns>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public IReadOnlyList<Tensor> HiddenStates(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return encoder.States(embeddings.call(pixel_values)).Select(state => state.MoveToOuterDisposeScope()).ToList();
    }

    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns><c>last_hidden_state</c>, after the final norm: [batch, num_patches + 1, hidden_size].</returns>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public override Tensor forward(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return layernorm.call(encoder.States(embeddings.call(pixel_values)).Last()).MoveToOuterDisposeScope();
    }

    /// <summary><c>pooler_output</c>: activation of a projection of the class token.</summary>
    /// <param name="last_hidden_state">[batch, num_patches + 1, hidden_size].</param>
    /// <returns>[batch, pooler_output_size].</returns>
    /// <exception cref="InvalidOperationException">The network was built without a pooler.</exception>
    public Tensor Pool(Tensor last_hidden_state) =>
        (pooler ?? throw new InvalidOperationException("This ViT was built without a pooler.")).call(last_hidden_state);
}

/// <summary>ViT with a linear classifier over the class token.</summary>
/// <remarks>Reference: transformers <c>modeling_vit.py</c>, ViTForImageClassification.</remarks>
public sealed class ViTForImageClassification : Module<Tensor, Tensor>
{
    private readonly ViTModel vit;
    private readonly Linear classifier;

    /// <param name="config">Sizes.</param>
    /// <param name="labels">Number of classes.</param>
    public ViTForImageClassification(ViTConfig config, int labels) : base(nameof(ViTForImageClassification))
    {
        vit = new ViTModel(config, addPooler: false);
        classifier = Layer.Linear(config.HiddenSize, labels);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static ViTForImageClassification From(ModelConfig json) => new(ViTConfig.From(json), json.Labels().Count);

    /// <summary>The transformer.</summary>
    public ViTModel Vit => vit;

    /// <summary>Class scores from the transformer's output.</summary>
    /// <param name="last_hidden_state">[batch, num_patches + 1, hidden_size].</param>
    /// <returns>Logits, [batch, labels].</returns>
    public Tensor Classify(Tensor last_hidden_state)
    {
        using var scope = NewDisposeScope();
        return classifier.call(last_hidden_state.select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>Logits, [batch, labels].</returns>
    public override Tensor forward(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return Classify(vit.call(pixel_values)).MoveToOuterDisposeScope();
    }
}
