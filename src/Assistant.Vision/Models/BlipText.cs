using Assistant.Vision.Generation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Sizes and special tokens of BLIP's text encoder and decoder.</summary>
public sealed record BlipTextConfig
{
    /// <summary>The BERT it is: sizes, and the width of the image states.</summary>
    public required BertConfig Bert { get; init; }
    /// <summary>First token of an answer or a caption.</summary>
    public int BosTokenId { get; init; } = 30522;
    /// <summary>Last token of an answer or a caption.</summary>
    public int SepTokenId { get; init; } = 102;
    /// <summary>Token that fills rows after their end.</summary>
    public int PadTokenId { get; init; }

    /// <summary>Reads a <c>text_config</c> of model_type blip_text_model.</summary>
    public static BlipTextConfig From(ModelConfig json) => new()
    {
        Bert = new BertConfig
        {
            VocabSize = json.Size("vocab_size", 30524),
            HiddenSize = json.Size("hidden_size", 768),
            NumHiddenLayers = json.Size("num_hidden_layers", 12),
            NumAttentionHeads = json.Size("num_attention_heads", 8),
            IntermediateSize = json.Size("intermediate_size", 3072),
            HiddenAct = Activations.Checked(json.Text("hidden_act", "gelu")),
            MaxPositionEmbeddings = json.Size("max_position_embeddings", 512),
            TypeVocabSize = 0,
            LayerNormEps = json.Number("layer_norm_eps", 1e-12),
            HiddenDropoutProb = json.Number("hidden_dropout_prob", 0),
            AttentionProbsDropoutProb = json.Number("attention_probs_dropout_prob", 0),
            EncoderHiddenSize = json.Size("encoder_hidden_size", 768),
        }.Checked(),
        BosTokenId = json.Int("bos_token_id", 30522),
        SepTokenId = json.Int("sep_token_id", 102),
        PadTokenId = json.Int("pad_token_id", 0),
    };
}

/// <summary>BLIP's text transformer: a BERT without token types whose blocks can look at a picture.</summary>
/// <remarks>Reference: transformers <c>modeling_blip_text.py</c>, BlipTextModel.</remarks>
public sealed class BlipTextModel : Module
{
    private readonly BertEmbeddings embeddings;
    private readonly BertEncoder encoder;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public BlipTextModel(BlipTextConfig config) : base(nameof(BlipTextModel))
    {
        embeddings = new BertEmbeddings(config.Bert);
        encoder = new BertEncoder(config.Bert);
        RegisterComponents();
    }

    internal Tensor WordEmbeddings => embeddings.WordEmbeddings;

    /// <summary>Reads a text in both directions, with or without a picture.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length], 0 for padding; null where there is none.</param>
    /// <param name="image_embeds">[pictures, positions, encoder_hidden_size], of which each belongs to as many texts, those of a picture together; null: the text alone, without cross attention.</param>
    /// <param name="attentions">Is given each block's weights of cross attention, [batch, heads, length, positions], to dispose of; null if nobody wants to know.</param>
    /// <returns><c>last_hidden_state</c>, [batch, length, hidden_size].</returns>
    /// <exception cref="ArgumentException">The text is longer than the position table.</exception>
    public Tensor Encode(Tensor input_ids, Tensor? attention_mask = null, Tensor? image_embeds = null, IList<Tensor>? attentions = null)
    {
        using var scope = NewDisposeScope();
        var x = embeddings.forward(input_ids);
        var mask = attention_mask is null ? null : Attention.PaddingMask(attention_mask, x.dtype);
        return encoder.States(x, mask, image_embeds is null ? null : new CrossSource(image_embeds, Attentions: attentions)).Last().MoveToOuterDisposeScope();
    }

    /// <summary>Reads a text from left to right.</summary>
    /// <param name="input_ids">[batch × beams, length], int64: what follows the cached positions.</param>
    /// <param name="source">[batch, positions, encoder_hidden_size].</param>
    /// <param name="source_mask">[batch, positions], 0 where the source is padding; null where it has none.</param>
    /// <param name="cache">What was read before; extended.</param>
    /// <returns><c>last_hidden_state</c>, [batch × beams, length, hidden_size].</returns>
    /// <exception cref="ArgumentException">The text is longer than the position table.</exception>
    public Tensor Decode(Tensor input_ids, Tensor source, Tensor? source_mask = null, KeyValueCache? cache = null)
    {
        using var scope = NewDisposeScope();
        var past = cache?.Length ?? 0;
        var x = embeddings.forward(input_ids, past: past);
        var mask = Attention.CausalMask(input_ids.shape[1], past, window: null, attention_mask: null, x.dtype);
        var cross = new CrossSource(source, source_mask is null ? null : Attention.PaddingMask(source_mask, x.dtype));
        return encoder.States(x, mask, cross, cache).Last().MoveToOuterDisposeScope();
    }
}

/// <summary>Dense layer, activation and norm before the vocabulary.</summary>
internal sealed class BlipPredictionTransform : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Linear dense;
    private readonly LayerNorm LayerNorm;

    public BlipPredictionTransform(BertConfig config) : base(nameof(BlipPredictionTransform))
    {
        activation = config.HiddenAct;
        dense = Layer.Linear(config.HiddenSize, config.HiddenSize);
        LayerNorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        return LayerNorm.call(Activations.Apply(activation, dense.call(hidden_states))).MoveToOuterDisposeScope();
    }
}

/// <summary>Scores of the vocabulary; the matrix is the word embedding.</summary>
internal sealed class BlipPredictionHead : Module
{
    private readonly BlipPredictionTransform transform;
    private readonly Parameter bias; // [vocab_size]

    public BlipPredictionHead(BertConfig config) : base(nameof(BlipPredictionHead))
    {
        transform = new BlipPredictionTransform(config);
        bias = Parameter(zeros(config.VocabSize));
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden_states, Tensor wordEmbeddings)
    {
        using var scope = NewDisposeScope();
        return F.linear(transform.call(hidden_states), wordEmbeddings, bias).MoveToOuterDisposeScope(); // [batch, length, vocab_size]
    }
}

/// <summary>The checkpoint's level <c>cls</c>.</summary>
internal sealed class BlipLanguageHead : Module
{
    private readonly BlipPredictionHead predictions;

    public BlipLanguageHead(BertConfig config) : base(nameof(BlipLanguageHead))
    {
        predictions = new BlipPredictionHead(config);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden_states, Tensor wordEmbeddings) => predictions.forward(hidden_states, wordEmbeddings);
}

/// <summary>BLIP's text decoder: the transformer with a language head whose matrix is the word embedding.</summary>
/// <remarks>Reference: transformers <c>modeling_blip_text.py</c>, BlipTextLMHeadModel.</remarks>
public sealed class BlipTextDecoder : Module
{
    private readonly BlipTextModel bert;
    private readonly BlipLanguageHead cls;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public BlipTextDecoder(BlipTextConfig config) : base(nameof(BlipTextDecoder))
    {
        bert = new BlipTextModel(config);
        cls = new BlipLanguageHead(config.Bert);
        RegisterComponents();
    }

    /// <summary>Scores of the next token at each position.</summary>
    /// <inheritdoc cref="BlipTextModel.Decode"/>
    /// <returns>Logits, [batch × beams, length, vocab_size].</returns>
    public Tensor forward(Tensor input_ids, Tensor source, Tensor? source_mask = null, KeyValueCache? cache = null)
    {
        using var scope = NewDisposeScope();
        return cls.forward(bert.Decode(input_ids, source, source_mask, cache), bert.WordEmbeddings).MoveToOuterDisposeScope();
    }

    /// <summary>Starts to write: a decoder for <see cref="TextGenerator"/>.</summary>
    /// <param name="prompt">First tokens of each row, as many in each.</param>
    /// <param name="source">[batch, positions, encoder_hidden_size]; must live as long as the decoder.</param>
    /// <param name="source_mask">[batch, positions], 0 where the source is padding; null where it has none.</param>
    public ITextDecoder Start(IReadOnlyList<IReadOnlyList<long>> prompt, Tensor source, Tensor? source_mask = null) =>
        new CachedTextDecoder(prompt, (input_ids, cache) =>
        {
            using var scope = NewDisposeScope();
            var states = bert.Decode(input_ids, source, source_mask, cache);
            return cls.forward(states.select(1, states.shape[1] - 1), bert.WordEmbeddings).MoveToOuterDisposeScope(); // [rows, vocab_size]
        });
}
