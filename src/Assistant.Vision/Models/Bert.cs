using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a BERT.</summary>
public sealed record BertConfig
{
    /// <summary>Entries of the vocabulary.</summary>
    public int VocabSize { get; init; } = 30522;
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
    /// <summary>Longest text in tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 512;
    /// <summary>Kinds of tokens (first and second sentence); 0 for a network without token types.</summary>
    public int TypeVocabSize { get; init; } = 2;
    /// <summary>Epsilon of the layer norms.</summary>
    public double LayerNormEps { get; init; } = 1e-12;
    /// <summary>Share of activations dropped in training.</summary>
    public double HiddenDropoutProb { get; init; } = 0.1;
    /// <summary>Share of attention weights dropped in training.</summary>
    public double AttentionProbsDropoutProb { get; init; } = 0.1;
    /// <summary>Width of the encoder that cross attention reads; null for blocks without cross attention.</summary>
    public int? EncoderHiddenSize { get; init; }

    /// <summary>Reads a <c>config.json</c> of model_type bert.</summary>
    public static BertConfig From(ModelConfig json) => new BertConfig
    {
        VocabSize = json.Size("vocab_size", 30522),
        HiddenSize = json.Size("hidden_size", 768),
        NumHiddenLayers = json.Size("num_hidden_layers", 12),
        NumAttentionHeads = json.Size("num_attention_heads", 12),
        IntermediateSize = json.Size("intermediate_size", 3072),
        HiddenAct = Activations.Checked(json.Text("hidden_act", "gelu")),
        MaxPositionEmbeddings = json.Size("max_position_embeddings", 512),
        TypeVocabSize = json.Size("type_vocab_size", 2),
        LayerNormEps = json.Number("layer_norm_eps", 1e-12),
        HiddenDropoutProb = json.Number("hidden_dropout_prob", 0.1),
        AttentionProbsDropoutProb = json.Number("attention_probs_dropout_prob", 0.1),
    }.Checked();

    internal BertConfig Checked() => HiddenSize % NumAttentionHeads == 0
        ? this
        : throw new ModelConfigException($"hidden_size {HiddenSize} is not a multiple of num_attention_heads {NumAttentionHeads}.");
}

/// <summary>Word, position and (where there are any) token type embeddings.</summary>
internal sealed class BertEmbeddings : Module
{
    private readonly Embedding word_embeddings, position_embeddings;
    private readonly Embedding? token_type_embeddings;
    private readonly LayerNorm LayerNorm;
    private readonly Dropout dropout;

    public BertEmbeddings(BertConfig config) : base(nameof(BertEmbeddings))
    {
        word_embeddings = Layer.Embedding(config.VocabSize, config.HiddenSize);
        position_embeddings = Layer.Embedding(config.MaxPositionEmbeddings, config.HiddenSize);
        if (config.TypeVocabSize > 0)
            token_type_embeddings = Layer.Embedding(config.TypeVocabSize, config.HiddenSize);
        LayerNorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        dropout = Dropout(config.HiddenDropoutProb);
        RegisterComponents();
    }

    public Tensor WordEmbeddings => word_embeddings.weight!;

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="token_type_ids">[batch, length], int64; null for zeros.</param>
    /// <param name="past">Positions before the first.</param>
    /// <returns>[batch, length, hidden_size].</returns>
    public Tensor forward(Tensor input_ids, Tensor? token_type_ids = null, long past = 0)
    {
        var (length, longest) = (input_ids.shape[1], position_embeddings.weight!.shape[0]);
        if (past + length > longest)
            throw new ArgumentException($"A text of {past + length} tokens does not fit this network's {longest} positions.", nameof(input_ids));
        if (token_type_ids is not null && token_type_embeddings is null)
            throw new ArgumentException("This network has no token types.", nameof(token_type_ids));
        using var scope = NewDisposeScope();
        var x = word_embeddings.call(input_ids) + position_embeddings.weight!.narrow(0, past, length);
        if (token_type_embeddings is not null)
            x = x + (token_type_ids is null ? token_type_embeddings.weight![0] : token_type_embeddings.call(token_type_ids));
        return dropout.call(LayerNorm.call(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>Projection, then the norm of its sum with the block's input.</summary>
internal sealed class BertOutput : Module
{
    private readonly Linear dense;
    private readonly LayerNorm LayerNorm;
    private readonly Dropout dropout;

    public BertOutput(int inputWidth, int hiddenSize, double eps, double dropout) : base(nameof(BertOutput))
    {
        dense = Layer.Linear(inputWidth, hiddenSize);
        LayerNorm = nn.LayerNorm(hiddenSize, eps);
        this.dropout = Dropout(dropout);
        RegisterComponents();
    }

    /// <param name="x">[batch, length, input width].</param>
    /// <param name="residual">[batch, length, hidden_size].</param>
    public Tensor forward(Tensor x, Tensor residual)
    {
        using var scope = NewDisposeScope();
        return LayerNorm.call(dropout.call(dense.call(x)) + residual).MoveToOuterDisposeScope();
    }
}

/// <summary>Attention to the text itself or to an encoder, with output projection and norm.</summary>
internal sealed class BertAttention : Module
{
    private readonly SelfAttention self;
    private readonly BertOutput output;

    public BertAttention(BertConfig config, int? sourceWidth = null) : base(nameof(BertAttention))
    {
        self = new SelfAttention(config.HiddenSize, config.NumAttentionHeads, sourceWidth, dropout: config.AttentionProbsDropoutProb);
        output = new BertOutput(config.HiddenSize, config.HiddenSize, config.LayerNormEps, config.HiddenDropoutProb);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, Tensor? mask, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        return output.forward(self.forward(x, mask, cache, layer), x).MoveToOuterDisposeScope();
    }

    public Tensor Cross(Tensor x, CrossSource source, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        return output.forward(self.Cross(x, source.States, source.Mask, cache, layer, source.Attentions), x).MoveToOuterDisposeScope();
    }
}

/// <summary>The first feed-forward layer and its activation.</summary>
internal sealed class BertIntermediate : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Linear dense;

    public BertIntermediate(int hiddenSize, int intermediateSize, string activation) : base(nameof(BertIntermediate))
    {
        this.activation = activation;
        dense = Layer.Linear(hiddenSize, intermediateSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Activations.Apply(activation, dense.call(x)).MoveToOuterDisposeScope(); // [batch, length, intermediate_size]
    }
}

/// <summary>An encoder's states for cross attention.</summary>
/// <param name="States">[batch, positions, encoder_hidden_size].</param>
/// <param name="Mask">Additive, [batch, 1, 1, positions]; null where every position is seen.</param>
/// <param name="Attentions">Is given each block's weights, to dispose of; null if nobody wants to know.</param>
internal sealed record CrossSource(Tensor States, Tensor? Mask = null, IList<Tensor>? Attentions = null);

/// <summary>A post-norm block; with cross attention where the configuration names an encoder's width.</summary>
internal sealed class BertLayer : Module
{
    private readonly BertAttention attention;
    private readonly BertAttention? crossattention;
    private readonly BertIntermediate intermediate;
    private readonly BertOutput output;

    public BertLayer(BertConfig config) : base(nameof(BertLayer))
    {
        attention = new BertAttention(config);
        if (config.EncoderHiddenSize is { } width)
            crossattention = new BertAttention(config, width);
        intermediate = new BertIntermediate(config.HiddenSize, config.IntermediateSize, config.HiddenAct);
        output = new BertOutput(config.IntermediateSize, config.HiddenSize, config.LayerNormEps, config.HiddenDropoutProb);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden_states, Tensor? mask, CrossSource? source, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        var x = attention.forward(hidden_states, mask, cache, layer);
        if (source is not null && crossattention is not null)
            x = crossattention.Cross(x, source, cache, layer);
        return output.forward(intermediate.call(x), x).MoveToOuterDisposeScope(); // [batch, length, hidden_size]
    }
}

/// <summary>The blocks.</summary>
internal sealed class BertEncoder : Module
{
    private readonly ModuleList<BertLayer> layer;

    public BertEncoder(BertConfig config) : base(nameof(BertEncoder))
    {
        layer = ModuleList(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new BertLayer(config)).ToArray());
        RegisterComponents();
    }

    /// <summary>Lazily the input, then the state after each block.</summary>
    public IEnumerable<Tensor> States(Tensor x, Tensor? mask, CrossSource? source = null, KeyValueCache? cache = null)
    {
        yield return x;
        for (var index = 0; index < layer.Count; index++)
        {
            x = layer[index].forward(x, mask, source, cache, index);
            yield return x;
        }
    }
}

/// <summary>tanh of a projection of the first token.</summary>
internal sealed class BertPooler : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Linear dense;

    public BertPooler(int hiddenSize, int? outputSize = null, string activation = "tanh") : base(nameof(BertPooler))
    {
        this.activation = activation;
        dense = Layer.Linear(hiddenSize, outputSize ?? hiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        return Activations.Apply(activation, dense.call(hidden_states.select(1, 0))).MoveToOuterDisposeScope(); // [batch, hidden_size]
    }
}

/// <summary>BERT: a bidirectional text encoder.</summary>
/// <remarks>Devlin et al. 2018, arXiv:1810.04805; reference: transformers <c>modeling_bert.py</c>, BertModel. Names are the checkpoint's, without the prefix <c>bert.</c> of files made from a model with a head.</remarks>
public sealed class BertModel : Module<Tensor, Tensor>
{
    private readonly BertEmbeddings embeddings;
    private readonly BertEncoder encoder;
    private readonly BertPooler? pooler;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    /// <param name="addPooler">False for checkpoints without one.</param>
    public BertModel(BertConfig config, bool addPooler = true) : base(nameof(BertModel))
    {
        Config = config.Checked();
        embeddings = new BertEmbeddings(config);
        encoder = new BertEncoder(config);
        if (addPooler)
            pooler = new BertPooler(config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>The sizes it was built with.</summary>
    public BertConfig Config { get; }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static BertModel From(ModelConfig json) => new(BertConfig.From(json));

    /// <summary>The states between the blocks; number 0 is the embedding, the last is <c>last_hidden_state</c>.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length], 0 for padding; null where there is none.</param>
    /// <param name="token_type_ids">[batch, length], int64; null for zeros.</param>
    /// <returns>Each [batch, length, hidden_size].</returns>
    /// <exception cref="ArgumentException">The text is longer than the position table.</exception>
    public IReadOnlyList<Tensor> HiddenStates(Tensor input_ids, Tensor? attention_mask = null, Tensor? token_type_ids = null)
    {
        using var scope = NewDisposeScope();
        return States(input_ids, attention_mask, token_type_ids).Select(state => state.MoveToOuterDisposeScope()).ToList();
    }

    /// <summary><c>last_hidden_state</c>.</summary>
    /// <inheritdoc cref="HiddenStates"/>
    /// <returns>[batch, length, hidden_size].</returns>
    public Tensor LastHiddenState(Tensor input_ids, Tensor? attention_mask = null, Tensor? token_type_ids = null)
    {
        using var scope = NewDisposeScope();
        return States(input_ids, attention_mask, token_type_ids).Last().MoveToOuterDisposeScope();
    }

    /// <param name="input_ids">[batch, length], int64, without padding.</param>
    /// <returns><c>last_hidden_state</c>, [batch, length, hidden_size].</returns>
    public override Tensor forward(Tensor input_ids) => LastHiddenState(input_ids);

    /// <summary><c>pooler_output</c>: tanh of a projection of the first token's state.</summary>
    /// <param name="last_hidden_state">[batch, length, hidden_size].</param>
    /// <returns>[batch, hidden_size].</returns>
    /// <exception cref="InvalidOperationException">The network was built without a pooler.</exception>
    public Tensor Pool(Tensor last_hidden_state) =>
        (pooler ?? throw new InvalidOperationException("This BERT was built without a pooler.")).call(last_hidden_state);

    private IEnumerable<Tensor> States(Tensor input_ids, Tensor? attention_mask, Tensor? token_type_ids)
    {
        var x = embeddings.forward(input_ids, token_type_ids);
        var mask = attention_mask is null ? null : Attention.PaddingMask(attention_mask, x.dtype);
        return encoder.States(x, mask);
    }
}
