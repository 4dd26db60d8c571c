using Assistant.Vision.Generation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Sizes of an OPT.</summary>
public sealed record OptConfig
{
    /// <summary>Entries of the vocabulary.</summary>
    public int VocabSize { get; init; } = 50272;
    /// <summary>Width of the transformer.</summary>
    public int HiddenSize { get; init; } = 768;
    /// <summary>Number of blocks.</summary>
    public int NumHiddenLayers { get; init; } = 12;
    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 12;
    /// <summary>Width of the feed-forward layers.</summary>
    public int FfnDim { get; init; } = 3072;
    /// <summary>Longest text in tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 2048;
    /// <summary>Width of the token embeddings; projected where it differs from <see cref="HiddenSize"/> (the 350M model).</summary>
    public int WordEmbedProjDim { get; init; } = 768;
    /// <summary>Whether norms stand before attention and feed-forward layers; after their residuals otherwise (the 350M model).</summary>
    public bool DoLayerNormBefore { get; init; } = true;
    /// <summary>Whether linear layers have biases.</summary>
    public bool EnableBias { get; init; } = true;
    /// <summary>Activation of the feed-forward layers.</summary>
    public string ActivationFunction { get; init; } = "relu";
    /// <summary>Token that ends a text.</summary>
    public int EosTokenId { get; init; } = 2;
    /// <summary>Token that starts a text.</summary>
    public int BosTokenId { get; init; } = 2;

    /// <summary>Reads a <c>config.json</c> or <c>text_config</c> of model_type opt.</summary>
    /// <exception cref="ModelConfigException">A field cannot be used.</exception>
    public static OptConfig From(ModelConfig json)
    {
        if (json.Text("model_type", "opt") is var type && type != "opt")
            throw new ModelConfigException($"text model_type '{type}' is not known here; known: opt.");
        if (!json.Flag("layer_norm_elementwise_affine", true) || json.Flag("_remove_final_layer_norm", false))
            throw new ModelConfigException("OPT with layer_norm_elementwise_affine false or _remove_final_layer_norm true is not supported.");
        var hidden = json.Size("hidden_size", 768);
        var config = new OptConfig
        {
            VocabSize = json.Size("vocab_size", 50272),
            HiddenSize = hidden,
            NumHiddenLayers = json.Size("num_hidden_layers", 12),
            NumAttentionHeads = json.Size("num_attention_heads", 12),
            FfnDim = json.Size("ffn_dim", 3072),
            MaxPositionEmbeddings = json.Size("max_position_embeddings", 2048),
            WordEmbedProjDim = json.Size("word_embed_proj_dim", hidden),
            DoLayerNormBefore = json.Flag("do_layer_norm_before", true),
            EnableBias = json.Flag("enable_bias", true),
            ActivationFunction = Activations.Checked(json.Text("activation_function", "relu")),
            EosTokenId = json.Int("eos_token_id", 2),
            BosTokenId = json.Int("bos_token_id", 2),
        };
        return config.HiddenSize % config.NumAttentionHeads == 0
            ? config
            : throw new ModelConfigException($"hidden_size {config.HiddenSize} is not a multiple of num_attention_heads {config.NumAttentionHeads}.");
    }
}

/// <summary>Causal self-attention.</summary>
internal sealed class OptAttention : Module
{
    private readonly int heads;
    private readonly Linear k_proj, v_proj, q_proj, out_proj;

    public OptAttention(OptConfig config) : base(nameof(OptAttention))
    {
        heads = config.NumAttentionHeads;
        k_proj = Layer.Linear(config.HiddenSize, config.HiddenSize, hasBias: config.EnableBias);
        v_proj = Layer.Linear(config.HiddenSize, config.HiddenSize, hasBias: config.EnableBias);
        q_proj = Layer.Linear(config.HiddenSize, config.HiddenSize, hasBias: config.EnableBias);
        out_proj = Layer.Linear(config.HiddenSize, config.HiddenSize, hasBias: config.EnableBias);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, Tensor mask, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        var q = Attention.SplitHeads(q_proj.call(x), heads); // [rows, heads, length, head_dim]
        var (k, v) = (Attention.SplitHeads(k_proj.call(x), heads), Attention.SplitHeads(v_proj.call(x), heads));
        if (cache is not null)
            (k, v) = cache.Append(layer, k, v);
        return out_proj.call(Attention.MergeHeads(Attention.Attend(q, k, v, mask))).MoveToOuterDisposeScope();
    }
}

/// <summary>A block, pre-norm or post-norm.</summary>
internal sealed class OptDecoderLayer : Module
{
    private readonly bool normBefore;
    private readonly string activation;
    private readonly OptAttention self_attn;
    private readonly LayerNorm self_attn_layer_norm;
    private readonly Linear fc1, fc2;
    private readonly LayerNorm final_layer_norm;

    public OptDecoderLayer(OptConfig config) : base(nameof(OptDecoderLayer))
    {
        (normBefore, activation) = (config.DoLayerNormBefore, config.ActivationFunction);
        self_attn = new OptAttention(config);
        self_attn_layer_norm = LayerNorm(config.HiddenSize);
        fc1 = Layer.Linear(config.HiddenSize, config.FfnDim, hasBias: config.EnableBias);
        fc2 = Layer.Linear(config.FfnDim, config.HiddenSize, hasBias: config.EnableBias);
        final_layer_norm = LayerNorm(config.HiddenSize);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden_states, Tensor mask, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        var x = hidden_states + self_attn.forward(Before(self_attn_layer_norm, hidden_states), mask, cache, layer);
        x = After(self_attn_layer_norm, x);
        x = x + fc2.call(Activations.Apply(activation, fc1.call(Before(final_layer_norm, x))));
        return After(final_layer_norm, x).MoveToOuterDisposeScope(); // [rows, length, hidden_size]
    }

    private Tensor Before(LayerNorm norm, Tensor x) => normBefore ? norm.call(x) : x;

    private Tensor After(LayerNorm norm, Tensor x) => normBefore ? x : norm.call(x);
}

/// <summary>Embeddings, blocks and final norm.</summary>
internal sealed class OptDecoder : Module
{
    /// <summary>The position table starts with two rows that no position uses: a habit of the code OPT was trained with.</summary>
    private const int PositionOffset = 2;

    private readonly int longest;
    private readonly Embedding embed_tokens, embed_positions;
    private readonly Linear? project_out, project_in;
    private readonly LayerNorm? final_layer_norm;
    private readonly ModuleList<OptDecoderLayer> layers;

    public OptDecoder(OptConfig config) : base(nameof(OptDecoder))
    {
        longest = config.MaxPositionEmbeddings;
        embed_tokens = Layer.Embedding(config.VocabSize, config.WordEmbedProjDim);
        embed_positions = Layer.Embedding(config.MaxPositionEmbeddings + PositionOffset, config.HiddenSize);
        if (config.WordEmbedProjDim != config.HiddenSize)
        {
            project_out = Layer.Linear(config.HiddenSize, config.WordEmbedProjDim, hasBias: false);
            project_in = Layer.Linear(config.WordEmbedProjDim, config.HiddenSize, hasBias: false);
        }
        if (config.DoLayerNormBefore)
            final_layer_norm = LayerNorm(config.HiddenSize);
        layers = ModuleList(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new OptDecoderLayer(config)).ToArray());
        RegisterComponents();
    }

    public Tensor WordEmbeddings => embed_tokens.weight!;

    public Tensor Embed(Tensor input_ids) => embed_tokens.call(input_ids);

    public Tensor forward(Tensor inputs_embeds, Tensor? attention_mask, KeyValueCache? cache)
    {
        var (past, length) = (cache?.Length ?? 0, inputs_embeds.shape[1]);
        if (past + length > longest)
            throw new ArgumentException($"A text of {past + length} tokens does not fit this network's {longest} positions.", nameof(inputs_embeds));
        using var scope = NewDisposeScope();
        var x = (project_in is null ? inputs_embeds : project_in.call(inputs_embeds)) + Positions(past, length, attention_mask);
        var mask = Attention.CausalMask(length, past, window: null, attention_mask, x.dtype);
        for (var index = 0; index < layers.Count; index++)
            x = layers[index].forward(x, mask, cache, index);
        if (final_layer_norm is not null)
            x = final_layer_norm.call(x);
        return (project_out is null ? x : project_out.call(x)).MoveToOuterDisposeScope(); // [rows, length, word_embed_proj_dim]
    }

    /// <summary>Padding before a text does not count: its positions are those of the tokens alone.</summary>
    private Tensor Positions(long past, long length, Tensor? attention_mask)
    {
        if (attention_mask is null)
            return embed_positions.weight!.narrow(0, past + PositionOffset, length);
        var counted = attention_mask.to(ScalarType.Int64);
        var positions = (counted.cumsum(1) * counted - 1).narrow(1, past, length);
        return embed_positions.call(positions + PositionOffset);
    }
}

/// <summary>The checkpoint's level <c>model</c>.</summary>
internal sealed class OptModel : Module
{
    internal readonly OptDecoder decoder;

    public OptModel(OptConfig config) : base(nameof(OptModel))
    {
        decoder = new OptDecoder(config);
        RegisterComponents();
    }
}

/// <summary>OPT with its output layer, which shares the token embedding.</summary>
/// <remarks>Zhang et al. 2022, arXiv:2205.01068; reference: transformers <c>modeling_opt.py</c>, OPTForCausalLM. Names are the checkpoint's.</remarks>
public sealed class OptForCausalLM : Module<Tensor, Tensor>
{
    private readonly OptModel model;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public OptForCausalLM(OptConfig config) : base(nameof(OptForCausalLM))
    {
        Config = config;
        model = new OptModel(config);
        RegisterComponents();
    }

    /// <summary>The sizes it was built with.</summary>
    public OptConfig Config { get; }

    /// <summary>Token embeddings.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns>[batch, length, word_embed_proj_dim].</returns>
    public Tensor Embed(Tensor input_ids) => model.decoder.Embed(input_ids);

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    public override Tensor forward(Tensor input_ids)
    {
        using var scope = NewDisposeScope();
        return forward(Embed(input_ids), attention_mask: null).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of the next token at each position of a prompt made of embeddings.</summary>
    /// <param name="inputs_embeds">[batch, length, word_embed_proj_dim].</param>
    /// <param name="attention_mask">[batch, length], 0 for padding; null where there is none.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    public Tensor forward(Tensor inputs_embeds, Tensor? attention_mask)
    {
        using var scope = NewDisposeScope();
        return F.linear(model.decoder.forward(inputs_embeds, attention_mask, cache: null), model.decoder.WordEmbeddings).MoveToOuterDisposeScope();
    }

    /// <summary>Starts to write after a prompt of embeddings: a decoder for <see cref="TextGenerator"/>.</summary>
    /// <param name="inputs_embeds">[rows, length, word_embed_proj_dim], without padding; must live until the prompt is read.</param>
    public ITextDecoder Start(Tensor inputs_embeds) =>
        new CachedTextDecoder((int)inputs_embeds.shape[0], cache => NextLogits(inputs_embeds, cache), (input_ids, cache) =>
        {
            using var scope = NewDisposeScope();
            return NextLogits(Embed(input_ids), cache).MoveToOuterDisposeScope();
        });

    private Tensor NextLogits(Tensor inputs_embeds, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        var states = model.decoder.forward(inputs_embeds, attention_mask: null, cache);
        return F.linear(states.select(1, states.shape[1] - 1), model.decoder.WordEmbeddings).MoveToOuterDisposeScope(); // [rows, vocab_size]
    }
}
