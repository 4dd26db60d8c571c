using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Full self-attention with biases.</summary>
public sealed class ClipAttention : Module
{
    private readonly int heads;
    private readonly Linear k_proj, v_proj, q_proj, out_proj;

    internal ClipAttention(int hiddenSize, int heads) : base(nameof(ClipAttention))
    {
        this.heads = heads;
        k_proj = Layer.Linear(hiddenSize, hiddenSize);
        v_proj = Layer.Linear(hiddenSize, hiddenSize);
        q_proj = Layer.Linear(hiddenSize, hiddenSize);
        out_proj = Layer.Linear(hiddenSize, hiddenSize);
        RegisterComponents();
    }

    internal Tensor forward(Tensor hidden_states, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var q = Attention.SplitHeads(q_proj.call(hidden_states), heads); // [batch, heads, length, head_dim]
        var k = Attention.SplitHeads(k_proj.call(hidden_states), heads);
        var v = Attention.SplitHeads(v_proj.call(hidden_states), heads);
        var context = Attention.MergeHeads(Attention.Attend(q, k, v, mask)); // [batch, length, hidden_size]
        return out_proj.call(context).MoveToOuterDisposeScope();
    }
}

/// <summary>The feed-forward half of a block.</summary>
public sealed class ClipMlp : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Linear fc1, fc2;

    internal ClipMlp(int hiddenSize, int intermediateSize, string activation) : base(nameof(ClipMlp))
    {
        this.activation = activation;
        fc1 = Layer.Linear(hiddenSize, intermediateSize);
        fc2 = Layer.Linear(intermediateSize, hiddenSize);
        RegisterComponents();
    }

    /// <param name="hidden_states">[batch, length, hidden_size].</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        var result = activation == "quick_gelu" ? QuickGelu(hidden_states) : fc2.call(Activations.Apply(activation, fc1.call(hidden_states)));
        return result.MoveToOuterDisposeScope();
    }

    // x σ(1.702 x) is silu(1.702 x) / 1.702, and matrix products scale their results for nothing: one pass over the widest tensor instead of three.
    private Tensor QuickGelu(Tensor hidden_states)
    {
        const float slope = 1.702f;
        var inner = addmm(fc1.bias! * slope, hidden_states.flatten(0, -2), fc1.weight!.t(), beta: 1, alpha: slope); // [batch * length, intermediate_size]
        inner = F.silu(inner, inplace: !is_grad_enabled());
        return addmm(fc2.bias!, inner, fc2.weight!.t(), beta: 1, alpha: 1 / slope).view(hidden_states.shape);
    }
}

/// <summary>A pre-norm transformer block.</summary>
public sealed class ClipEncoderLayer : Module
{
    private readonly ClipAttention self_attn;
    private readonly LayerNorm layer_norm1;
    private readonly ClipMlp mlp;
    private readonly LayerNorm layer_norm2;

    internal ClipEncoderLayer(int hiddenSize, int intermediateSize, int heads, double eps, string activation) : base(nameof(ClipEncoderLayer))
    {
        self_attn = new ClipAttention(hiddenSize, heads);
        layer_norm1 = LayerNorm(hiddenSize, eps);
        mlp = new ClipMlp(hiddenSize, intermediateSize, activation);
        layer_norm2 = LayerNorm(hiddenSize, eps);
        RegisterComponents();
    }

    internal Tensor forward(Tensor hidden_states, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        // In place, into results that no gradient needs.
        var x = self_attn.forward(layer_norm1.call(hidden_states), mask).add_(hidden_states);
        return mlp.call(layer_norm2.call(x)).add_(x).MoveToOuterDisposeScope(); // [batch, length, hidden_size]
    }
}

/// <summary>The blocks of either encoder.</summary>
public sealed class ClipEncoder : Module
{
    private readonly ModuleList<ClipEncoderLayer> layers;

    internal ClipEncoder(IEnumerable<ClipEncoderLayer> blocks) : base(nameof(ClipEncoder))
    {
        layers = ModuleList(blocks.ToArray());
        RegisterComponents();
    }

    /// <summary>Number of blocks.</summary>
    public int Count => layers.Count;

    /// <summary>The states between the blocks.</summary>
    /// <param name="x">[batch, length, hidden_size].</param>
    /// <param name="mask">Additive attention mask or null.</param>
    /// <param name="cancellationToken">Checked before each block.</param>
    /// <returns>Lazily state 0 (the input), then the state after each block; run a block only by asking for its state. The caller disposes of them.</returns>
    internal IEnumerable<Tensor> States(Tensor x, Tensor? mask, CancellationToken cancellationToken = default) => StatesFrom(x, 0, mask, cancellationToken);

    internal IEnumerable<Parameter> ParametersFrom(int index) => layers.Skip(index).SelectMany(layer => layer.parameters());

    /// <summary>As <see cref="States"/>, from the state behind the first <paramref name="index"/> blocks on.</summary>
    internal IEnumerable<Tensor> StatesFrom(Tensor x, int index, Tensor? mask = null, CancellationToken cancellationToken = default)
    {
        yield return x;
        foreach (var layer in layers.Skip(index))
        {
            cancellationToken.ThrowIfCancellationRequested();
            x = layer.forward(x, mask);
            yield return x;
        }
    }
}

/// <summary>Patch, class and position embeddings.</summary>
public sealed class ClipVisionEmbeddings : Module<Tensor, Tensor>
{
    private readonly ClipVisionConfig config;
    private readonly Parameter class_embedding; // [hidden_size]
    private readonly Conv2d patch_embedding;
    private readonly Embedding position_embedding; // [num_patches + 1, hidden_size]

    internal ClipVisionEmbeddings(ClipVisionConfig config) : base(nameof(ClipVisionEmbeddings))
    {
        this.config = config;
        class_embedding = Layer.Normal(0.02, config.HiddenSize);
        patch_embedding = Layer.Conv2d(config.NumChannels, config.HiddenSize, config.PatchSize, stride: config.PatchSize, bias: false);
        position_embedding = Layer.Embedding(config.NumPatches + 1, config.HiddenSize);
        RegisterComponents();
    }

    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>[batch, num_patches + 1, hidden_size], the class token first.</returns>
    public override Tensor forward(Tensor pixel_values)
    {
        var (height, width) = (pixel_values.shape[2], pixel_values.shape[3]);
        if (height != config.ImageSize || width != config.ImageSize)
            throw new ArgumentException($"The tower takes {config.ImageSize} x {config.ImageSize} pixels, not {width} x {height}.", nameof(pixel_values));
        using var scope = NewDisposeScope();
        var x = patch_embedding.call(pixel_values);                         // [batch, hidden_size, grid, grid]
        x = x.flatten(2).transpose(1, 2);                                   // [batch, num_patches, hidden_size]
        var cls = class_embedding.expand(x.shape[0], 1, config.HiddenSize); // [batch, 1, hidden_size]
        x = cat([cls, x], dim: 1);                                          // [batch, num_patches + 1, hidden_size]
        return (x + position_embedding.weight!).MoveToOuterDisposeScope();
    }
}

/// <summary>CLIP's image encoder: embeddings, pre-norm transformer, norm of the class token.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020; reference: transformers <c>modeling_clip.py</c>. Fields are named as in the checkpoint, misspelling included.</remarks>
public sealed class ClipVisionTransformer : Module<Tensor, Tensor>
{
    private readonly ClipVisionEmbeddings embeddings;
    private readonly LayerNorm pre_layrnorm;
    private readonly ClipEncoder encoder;
    private readonly LayerNorm? post_layernorm;

    /// <param name="config">Sizes.</param>
    /// <param name="postLayerNorm">False for towers cut out of a LLaVA, whose files lack this norm.</param>
    public ClipVisionTransformer(ClipVisionConfig config, bool postLayerNorm = true) : base(nameof(ClipVisionTransformer))
    {
        embeddings = new ClipVisionEmbeddings(config.Checked());
        pre_layrnorm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        encoder = new ClipEncoder(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ClipEncoderLayer(
            config.HiddenSize, config.IntermediateSize, config.NumAttentionHeads, config.LayerNormEps, config.HiddenAct)));
        if (postLayerNorm)
            post_layernorm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    /// <summary>Number of blocks.</summary>
    public int LayerCount => encoder.Count;

    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>The last hidden state before post_layernorm, [batch, num_patches + 1, hidden_size].</returns>
    public override Tensor forward(Tensor pixel_values) => HiddenState(pixel_values, encoder.Count);

    /// <summary>One hidden state; later blocks do not run.</summary>
    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <param name="index">0 = after pre_layrnorm, k = after block k; negative from the end, as <c>hidden_states[-2]</c>.</param>
    /// <param name="afterBlock">Called after each block.</param>
    /// <param name="cancellationToken">Checked before each block.</param>
    /// <returns>[batch, num_patches + 1, hidden_size].</returns>
    public Tensor HiddenState(Tensor pixel_values, int index, Action? afterBlock = null, CancellationToken cancellationToken = default)
    {
        var position = index < 0 ? encoder.Count + 1 + index : index;
        if (position < 0 || position > encoder.Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The tower has hidden states 0 to {encoder.Count}.");
        using var scope = NewDisposeScope();
        var first = pre_layrnorm.call(embeddings.call(pixel_values));
        foreach (var state in encoder.States(first, mask: null, cancellationToken))
        {
            if (position-- == 0)
                return state.MoveToOuterDisposeScope();
            afterBlock?.Invoke();
        }
        throw new InvalidOperationException("The tower has fewer hidden states than blocks.");
    }

    /// <summary>Embeddings of patches, class token and positions, before the first norm.</summary>
    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>[batch, num_patches + 1, hidden_size].</returns>
    public Tensor Embed(Tensor pixel_values) => embeddings.call(pixel_values);

    /// <summary>Runs the blocks behind a hidden state: for training the last blocks alone.</summary>
    /// <param name="hidden_state">What <see cref="HiddenState"/> gave, [batch, num_patches + 1, hidden_size].</param>
    /// <param name="index">The blocks that it has passed, 0 to <see cref="LayerCount"/>.</param>
    /// <returns>The last hidden state before post_layernorm, [batch, num_patches + 1, hidden_size].</returns>
    public Tensor Continue(Tensor hidden_state, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, encoder.Count);
        using var scope = NewDisposeScope();
        return encoder.StatesFrom(hidden_state, index).Last().MoveToOuterDisposeScope();
    }

    /// <summary>Parameters of the blocks from an index on, and of the norm behind them.</summary>
    /// <param name="index">The first block, from 0.</param>
    public IReadOnlyList<Parameter> ParametersFrom(int index) => [.. encoder.ParametersFrom(index), .. post_layernorm?.parameters() ?? []];

    /// <summary>All hidden states, as transformers' <c>output_hidden_states</c>.</summary>
    public IReadOnlyList<Tensor> HiddenStates(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var first = pre_layrnorm.call(embeddings.call(pixel_values));
        return encoder.States(first, mask: null).Select(state => state.MoveToOuterDisposeScope()).ToList();
    }

    /// <summary>The normed class token, <c>pooler_output</c>.</summary>
    /// <param name="last_hidden_state">[batch, num_patches + 1, hidden_size].</param>
    /// <returns>[batch, hidden_size].</returns>
    public Tensor Pool(Tensor last_hidden_state)
    {
        if (post_layernorm is null)
            throw new InvalidOperationException("This tower was built without post_layernorm; it has no pooled output.");
        using var scope = NewDisposeScope();
        return post_layernorm.call(last_hidden_state.select(1, 0)).MoveToOuterDisposeScope();
    }
}

/// <summary>CLIP's image encoder under the prefix that published checkpoints give it.</summary>
public sealed class ClipVisionModel : Module
{
    internal readonly ClipVisionTransformer vision_model;

    /// <param name="config">Sizes.</param>
    /// <param name="postLayerNorm">False for towers cut out of a LLaVA.</param>
    public ClipVisionModel(ClipVisionConfig config, bool postLayerNorm = true) : base(nameof(ClipVisionModel))
    {
        vision_model = new ClipVisionTransformer(config, postLayerNorm);
        RegisterComponents();
    }

    /// <summary>The transformer itself.</summary>
    public ClipVisionTransformer Transformer => vision_model;
}

/// <summary>Token and position embeddings of the text encoder.</summary>
public sealed class ClipTextEmbeddings : Module<Tensor, Tensor>
{
    private readonly Embedding token_embedding;
    private readonly Embedding position_embedding;

    internal ClipTextEmbeddings(ClipTextConfig config) : base(nameof(ClipTextEmbeddings))
    {
        token_embedding = Layer.Embedding(config.VocabSize, config.HiddenSize);
        position_embedding = Layer.Embedding(config.MaxPositionEmbeddings, config.HiddenSize);
        RegisterComponents();
    }

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns>[batch, length, hidden_size].</returns>
    public override Tensor forward(Tensor input_ids)
    {
        var (length, longest) = (input_ids.shape[1], position_embedding.weight!.shape[0]);
        if (length > longest)
            throw new ArgumentException($"A text of {length} tokens does not fit this encoder's {longest}.", nameof(input_ids));
        using var scope = NewDisposeScope();
        return (token_embedding.call(input_ids) + position_embedding.weight!.narrow(0, 0, length)).MoveToOuterDisposeScope();
    }
}

/// <summary>CLIP's text encoder: causal transformer, pooled at the end-of-text token.</summary>
public sealed class ClipTextTransformer : Module<Tensor, Tensor>
{
    private readonly ClipTextConfig config;
    private readonly ClipTextEmbeddings embeddings;
    private readonly ClipEncoder encoder;
    private readonly LayerNorm final_layer_norm;

    /// <param name="config">Sizes.</param>
    public ClipTextTransformer(ClipTextConfig config) : base(nameof(ClipTextTransformer))
    {
        this.config = config;
        embeddings = new ClipTextEmbeddings(config);
        encoder = new ClipEncoder(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ClipEncoderLayer(
            config.HiddenSize, config.IntermediateSize, config.NumAttentionHeads, config.LayerNormEps, config.HiddenAct)));
        final_layer_norm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    /// <summary>All hidden states before final_layer_norm.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length]; null as openai/CLIP does it: padding stands after the end token and is not seen.</param>
    public IReadOnlyList<Tensor> HiddenStates(Tensor input_ids, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        var x = embeddings.call(input_ids);
        var mask = Attention.CausalMask(input_ids.shape[1], past: 0, window: null, attention_mask, x.dtype);
        return encoder.States(x, mask).Select(state => state.MoveToOuterDisposeScope()).ToList();
    }

    /// <summary><c>last_hidden_state</c>: after final_layer_norm.</summary>
    /// <returns>[batch, length, hidden_size].</returns>
    public Tensor LastHiddenState(Tensor input_ids, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        return final_layer_norm.call(HiddenStates(input_ids, attention_mask)[^1]).MoveToOuterDisposeScope();
    }

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns><c>pooler_output</c>, [batch, hidden_size].</returns>
    public override Tensor forward(Tensor input_ids) => Pool(input_ids, attention_mask: null);

    /// <summary>The state at the end-of-text token.</summary>
    /// <returns>[batch, hidden_size].</returns>
    public Tensor Pool(Tensor input_ids, Tensor? attention_mask)
    {
        using var scope = NewDisposeScope();
        var states = LastHiddenState(input_ids, attention_mask);
        // Checkpoints from before the end token was written into configurations say 2 and mean the highest id.
        var marks = config.EosTokenId == 2 ? input_ids : (input_ids == config.EosTokenId).to(ScalarType.Int32);
        var ends = marks.argmax(-1); // [batch], the first where several are equal
        return states[arange(states.shape[0]), ends].MoveToOuterDisposeScope();
    }
}

/// <summary>CLIP: both encoders, their projections into one space, and the temperature.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020; reference: transformers <c>modeling_clip.py</c>, CLIPModel.</remarks>
public sealed class ClipModel : Module
{
    private readonly ClipTextTransformer text_model;
    private readonly ClipVisionTransformer vision_model;
    private readonly Linear visual_projection, text_projection;
    private readonly Parameter logit_scale; // []: its exponential multiplies the cosines

    /// <param name="text">Sizes of the text encoder.</param>
    /// <param name="vision">Sizes of the image encoder.</param>
    /// <param name="projectionDim">Width of the common space.</param>
    /// <param name="logitScale">Initial temperature, as a logarithm.</param>
    public ClipModel(ClipTextConfig text, ClipVisionConfig vision, int projectionDim, double logitScale = 2.6592) : base(nameof(ClipModel))
    {
        (Text, Vision, ProjectionDim) = (text, vision, projectionDim);
        text_model = new ClipTextTransformer(text);
        vision_model = new ClipVisionTransformer(vision);
        visual_projection = Layer.Linear(vision.HiddenSize, projectionDim, hasBias: false);
        text_projection = Layer.Linear(text.HiddenSize, projectionDim, hasBias: false);
        logit_scale = Parameter(tensor((float)logitScale));
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static ClipModel From(ModelConfig json)
    {
        var sizes = ClipConfig.From(json);
        return new ClipModel(sizes.TextConfig, sizes.VisionConfig, sizes.ProjectionDim, json.Number("logit_scale_init_value", 2.6592));
    }

    /// <summary>Sizes of the text encoder.</summary>
    public ClipTextConfig Text { get; }

    /// <summary>Sizes of the image encoder.</summary>
    public ClipVisionConfig Vision { get; }

    /// <summary>Width of the common space.</summary>
    public int ProjectionDim { get; }

    /// <summary>The text encoder.</summary>
    public ClipTextTransformer TextModel => text_model;

    /// <summary>The image encoder.</summary>
    public ClipVisionTransformer VisionModel => vision_model;

    /// <summary>Logarithm of the factor on the cosines.</summary>
    public Parameter LogitScale => logit_scale;

    /// <summary>Projected image features, not normalised.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <returns>[batch, projection_dim].</returns>
    public Tensor GetImageFeatures(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return ProjectImage(vision_model.call(pixel_values)).MoveToOuterDisposeScope();
    }

    /// <summary>Image features of states that the image encoder gave.</summary>
    /// <param name="last_hidden_state">[batch, num_patches + 1, hidden_size].</param>
    /// <returns>[batch, projection_dim]; not normalised.</returns>
    public Tensor ProjectImage(Tensor last_hidden_state)
    {
        using var scope = NewDisposeScope();
        return visual_projection.call(vision_model.Pool(last_hidden_state)).MoveToOuterDisposeScope();
    }

    /// <summary>Projected text features, not normalised.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length] or null.</param>
    /// <returns>[batch, projection_dim].</returns>
    public Tensor GetTextFeatures(Tensor input_ids, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        return text_projection.call(text_model.Pool(input_ids, attention_mask)).MoveToOuterDisposeScope();
    }

    /// <summary>Cosines of every picture with every text, times the temperature.</summary>
    /// <param name="image_features">[images, projection_dim].</param>
    /// <param name="text_features">[texts, projection_dim].</param>
    /// <returns><c>logits_per_image</c>, [images, texts].</returns>
    public Tensor Logits(Tensor image_features, Tensor text_features)
    {
        using var scope = NewDisposeScope();
        var images = F.normalize(image_features, dim: -1);
        var texts = F.normalize(text_features, dim: -1);
        return (matmul(images, texts.t()) * logit_scale.exp()).MoveToOuterDisposeScope();
    }
}
