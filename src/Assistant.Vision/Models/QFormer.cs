using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a Q-Former.</summary>
public sealed record QFormerConfig
{
    /// <summary>Sizes of its blocks, and the width of the image states.</summary>
    public required BertConfig Bert { get; init; }
    /// <summary>Every so many blocks, from the first on, one looks at the picture.</summary>
    public int CrossAttentionFrequency { get; init; } = 2;

    /// <summary>Reads a <c>qformer_config</c>.</summary>
    /// <param name="json">The section.</param>
    /// <param name="visionWidth">Width of the image encoder, which decides what cross attention reads.</param>
    /// <exception cref="ModelConfigException">A field cannot be used.</exception>
    public static QFormerConfig From(ModelConfig json, int visionWidth)
    {
        if (json.Flag("use_qformer_text_input", false))
            throw new ModelConfigException("a Q-Former that reads text (use_qformer_text_input) is not supported; BLIP-2's reads the picture alone.");
        return new QFormerConfig
        {
            Bert = new BertConfig
            {
                HiddenSize = json.Size("hidden_size", 768),
                NumHiddenLayers = json.Size("num_hidden_layers", 12),
                NumAttentionHeads = json.Size("num_attention_heads", 12),
                IntermediateSize = json.Size("intermediate_size", 3072),
                HiddenAct = Activations.Checked(json.Text("hidden_act", "gelu")),
                LayerNormEps = json.Number("layer_norm_eps", 1e-12),
                HiddenDropoutProb = json.Number("hidden_dropout_prob", 0.1),
                AttentionProbsDropoutProb = json.Number("attention_probs_dropout_prob", 0.1),
                EncoderHiddenSize = visionWidth,
            }.Checked(),
            CrossAttentionFrequency = json.Size("cross_attention_frequency", 2),
        };
    }
}

/// <summary>Attention with output projection and norm; as BERT's, but the inner level is named attention.</summary>
internal sealed class QFormerAttention : Module
{
    private readonly SelfAttention attention;
    private readonly BertOutput output;

    public QFormerAttention(BertConfig config, int? sourceWidth = null) : base(nameof(QFormerAttention))
    {
        attention = new SelfAttention(config.HiddenSize, config.NumAttentionHeads, sourceWidth, dropout: config.AttentionProbsDropoutProb);
        output = new BertOutput(config.HiddenSize, config.HiddenSize, config.LayerNormEps, config.HiddenDropoutProb);
        RegisterComponents();
    }

    public Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return output.forward(attention.forward(x), x).MoveToOuterDisposeScope();
    }

    public Tensor Cross(Tensor x, Tensor source)
    {
        using var scope = NewDisposeScope();
        return output.forward(attention.Cross(x, source), x).MoveToOuterDisposeScope();
    }
}

/// <summary>A post-norm block over the queries.</summary>
internal sealed class QFormerLayer : Module
{
    private readonly QFormerAttention attention;
    private readonly QFormerAttention? crossattention;
    private readonly BertIntermediate intermediate_query;
    private readonly BertOutput output_query;

    public QFormerLayer(BertConfig config, bool cross) : base(nameof(QFormerLayer))
    {
        attention = new QFormerAttention(config);
        if (cross)
            crossattention = new QFormerAttention(config, config.EncoderHiddenSize);
        intermediate_query = new BertIntermediate(config.HiddenSize, config.IntermediateSize, config.HiddenAct);
        output_query = new BertOutput(config.IntermediateSize, config.HiddenSize, config.LayerNormEps, config.HiddenDropoutProb);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden_states, Tensor image_embeds)
    {
        using var scope = NewDisposeScope();
        var x = attention.forward(hidden_states);
        if (crossattention is not null)
            x = crossattention.Cross(x, image_embeds);
        return output_query.forward(intermediate_query.call(x), x).MoveToOuterDisposeScope(); // [batch, queries, hidden_size]
    }
}

/// <summary>The blocks.</summary>
internal sealed class QFormerEncoder : Module
{
    private readonly ModuleList<QFormerLayer> layer;

    public QFormerEncoder(QFormerConfig config) : base(nameof(QFormerEncoder))
    {
        layer = ModuleList(Enumerable.Range(0, config.Bert.NumHiddenLayers)
            .Select(index => new QFormerLayer(config.Bert, cross: index % config.CrossAttentionFrequency == 0)).ToArray());
        RegisterComponents();
    }

    public Tensor forward(Tensor x, Tensor image_embeds)
    {
        using var scope = NewDisposeScope();
        foreach (var block in layer)
            x = block.forward(x, image_embeds);
        return x.MoveToOuterDisposeScope();
    }
}

/// <summary>Q-Former: learned queries that draw from a picture what a language model needs.</summary>
/// <remarks>Li et al. 2023, arXiv:2301.12597; reference: transformers <c>modeling_blip_2.py</c>, Blip2QFormerModel. Names are the checkpoint's.</remarks>
public sealed class QFormerModel : Module
{
    private readonly LayerNorm layernorm;
    private readonly Dropout dropout;
    private readonly QFormerEncoder encoder;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public QFormerModel(QFormerConfig config) : base(nameof(QFormerModel))
    {
        layernorm = LayerNorm(config.Bert.HiddenSize, config.Bert.LayerNormEps);
        dropout = Dropout(config.Bert.HiddenDropoutProb);
        encoder = new QFormerEncoder(config);
        RegisterComponents();
    }

    /// <param name="query_embeds">[batch, queries, hidden_size].</param>
    /// <param name="image_embeds">[batch, positions, vision width].</param>
    /// <returns><c>last_hidden_state</c>, [batch, queries, hidden_size].</returns>
    public Tensor forward(Tensor query_embeds, Tensor image_embeds)
    {
        using var scope = NewDisposeScope();
        return encoder.forward(dropout.call(layernorm.call(query_embeds)), image_embeds).MoveToOuterDisposeScope();
    }
}
