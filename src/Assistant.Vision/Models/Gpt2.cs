using Assistant.Vision.Generation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a GPT-2.</summary>
public sealed record Gpt2Config
{
    /// <summary>Entries of the vocabulary.</summary>
    public int VocabSize { get; init; } = 50257;
    /// <summary>Longest text in tokens (n_positions).</summary>
    public int MaxPositions { get; init; } = 1024;
    /// <summary>Width of the transformer (n_embd).</summary>
    public int HiddenSize { get; init; } = 768;
    /// <summary>Number of blocks (n_layer).</summary>
    public int NumLayers { get; init; } = 12;
    /// <summary>Attention heads (n_head).</summary>
    public int NumHeads { get; init; } = 12;
    /// <summary>Width of the feed-forward layers (n_inner); null for four times <see cref="HiddenSize"/>.</summary>
    public int? InnerSize { get; init; }
    /// <summary>Activation of the feed-forward layers.</summary>
    public string ActivationFunction { get; init; } = "gelu_new";
    /// <summary>Epsilon of the layer norms.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-5;
    /// <summary>Whether the blocks can attend to an encoder's states of the same width.</summary>
    public bool AddCrossAttention { get; init; }

    /// <summary>Reads a <c>config.json</c> or <c>decoder</c> section of model_type gpt2.</summary>
    /// <exception cref="ModelConfigException">A field cannot be used.</exception>
    public static Gpt2Config From(ModelConfig json)
    {
        if (!json.Flag("scale_attn_weights", true) || json.Flag("scale_attn_by_inverse_layer_idx", false))
            throw new ModelConfigException("GPT-2 with scale_attn_weights false or scale_attn_by_inverse_layer_idx true is not supported.");
        var config = new Gpt2Config
        {
            VocabSize = json.Size("vocab_size", 50257),
            MaxPositions = json.Size("n_positions", 1024),
            HiddenSize = json.Size("n_embd", 768),
            NumLayers = json.Size("n_layer", 12),
            NumHeads = json.Size("n_head", 12),
            InnerSize = json.Has("n_inner") ? json.Size("n_inner") : null,
            ActivationFunction = Activations.Checked(json.Text("activation_function", "gelu_new")),
            LayerNormEpsilon = json.Number("layer_norm_epsilon", 1e-5),
            AddCrossAttention = json.Flag("add_cross_attention", false),
        };
        return config.HiddenSize % config.NumHeads == 0
            ? config
            : throw new ModelConfigException($"n_embd {config.HiddenSize} is not a multiple of n_head {config.NumHeads}.");
    }
}

/// <summary>A linear layer whose matrix is stored [in, out], as GPT-2's checkpoints do.</summary>
internal sealed class Conv1D : Module<Tensor, Tensor>
{
    private readonly Parameter weight; // [in, out]
    private readonly Parameter bias;   // [out]

    public Conv1D(int inputWidth, int outputWidth) : base(nameof(Conv1D))
    {
        weight = Layer.Normal(0.02, inputWidth, outputWidth);
        bias = Parameter(zeros(outputWidth));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return F.linear(x, weight.t(), bias).MoveToOuterDisposeScope();
    }
}

/// <summary>Attention: to the text before, or to an encoder.</summary>
internal sealed class Gpt2Attention : Module
{
    private readonly int heads;
    private readonly Conv1D? q_attn; // cross attention only: queries alone
    private readonly Conv1D c_attn;  // queries, keys and values; in cross attention keys and values
    private readonly Conv1D c_proj;

    public Gpt2Attention(Gpt2Config config, bool cross) : base(nameof(Gpt2Attention))
    {
        heads = config.NumHeads;
        c_attn = new Conv1D(config.HiddenSize, (cross ? 2 : 3) * config.HiddenSize);
        if (cross)
            q_attn = new Conv1D(config.HiddenSize, config.HiddenSize);
        c_proj = new Conv1D(config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    public Tensor forward(Tensor x, Tensor mask, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        var parts = c_attn.call(x).chunk(3, -1); // each [rows, length, n_embd]
        var (q, k, v) = (Attention.SplitHeads(parts[0], heads), Attention.SplitHeads(parts[1], heads), Attention.SplitHeads(parts[2], heads));
        if (cache is not null)
            (k, v) = cache.Append(layer, k, v);
        return c_proj.call(Attention.MergeHeads(Attention.Attend(q, k, v, mask))).MoveToOuterDisposeScope();
    }

    public Tensor Cross(Tensor x, CrossSource source, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        var q = Attention.SplitHeads(q_attn!.call(x), heads);
        var (k, v) = cache is null ? Project(source.States) : cache.Source(layer, () => Project(source.States));
        return c_proj.call(Attention.MergeHeads(Attention.AttendSource(q, k, v, source.Mask))).MoveToOuterDisposeScope();
    }

    private (Tensor Key, Tensor Value) Project(Tensor states)
    {
        var parts = c_attn.call(states).chunk(2, -1); // each [batch, positions, n_embd]
        return (Attention.SplitHeads(parts[0], heads), Attention.SplitHeads(parts[1], heads));
    }
}

/// <summary>The feed-forward half of a block.</summary>
internal sealed class Gpt2Mlp : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Conv1D c_fc, c_proj;

    public Gpt2Mlp(Gpt2Config config) : base(nameof(Gpt2Mlp))
    {
        activation = config.ActivationFunction;
        var inner = config.InnerSize ?? 4 * config.HiddenSize;
        c_fc = new Conv1D(config.HiddenSize, inner);
        c_proj = new Conv1D(inner, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return c_proj.call(Activations.Apply(activation, c_fc.call(x))).MoveToOuterDisposeScope();
    }
}

/// <summary>A pre-norm block; with cross attention where the configuration asks for it.</summary>
internal sealed class Gpt2Block : Module
{
    private readonly LayerNorm ln_1;
    private readonly Gpt2Attention attn;
    private readonly LayerNorm ln_2;
    private readonly Gpt2Attention? crossattention;
    private readonly LayerNorm? ln_cross_attn;
    private readonly Gpt2Mlp mlp;

    public Gpt2Block(Gpt2Config config) : base(nameof(Gpt2Block))
    {
        ln_1 = LayerNorm(config.HiddenSize, config.LayerNormEpsilon);
        attn = new Gpt2Attention(config, cross: false);
        ln_2 = LayerNorm(config.HiddenSize, config.LayerNormEpsilon);
        if (config.AddCrossAttention)
        {
            crossattention = new Gpt2Attention(config, cross: true);
            ln_cross_attn = LayerNorm(config.HiddenSize, config.LayerNormEpsilon);
        }
        mlp = new Gpt2Mlp(config);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden_states, Tensor mask, CrossSource? source, KeyValueCache? cache, int layer)
    {
        using var scope = NewDisposeScope();
        var x = hidden_states + attn.forward(ln_1.call(hidden_states), mask, cache, layer);
        if (source is not null && crossattention is not null)
            x = x + crossattention.Cross(ln_cross_attn!.call(x), source, cache, layer);
        return (x + mlp.call(ln_2.call(x))).MoveToOuterDisposeScope(); // [rows, length, n_embd]
    }
}

/// <summary>Embeddings, blocks and final norm.</summary>
internal sealed class Gpt2Transformer : Module
{
    private readonly Embedding wte, wpe;
    private readonly ModuleList<Gpt2Block> h;
    private readonly LayerNorm ln_f;

    public Gpt2Transformer(Gpt2Config config) : base(nameof(Gpt2Transformer))
    {
        wte = Layer.Embedding(config.VocabSize, config.HiddenSize);
        wpe = Layer.Embedding(config.MaxPositions, config.HiddenSize);
        h = ModuleList(Enumerable.Range(0, config.NumLayers).Select(_ => new Gpt2Block(config)).ToArray());
        ln_f = LayerNorm(config.HiddenSize, config.LayerNormEpsilon);
        RegisterComponents();
    }

    public Tensor WordEmbeddings => wte.weight!;

    /// <summary>transformers' hidden states: the embedding, each block's output but the last, and the final norm's output.</summary>
    public IEnumerable<Tensor> States(Tensor input_ids, CrossSource? source, KeyValueCache? cache)
    {
        var (past, length, longest) = (cache?.Length ?? 0, input_ids.shape[1], wpe.weight!.shape[0]);
        if (past + length > longest)
            throw new ArgumentException($"A text of {past + length} tokens does not fit this network's {longest} positions.", nameof(input_ids));
        var x = wte.call(input_ids) + wpe.weight!.narrow(0, past, length);
        var mask = Attention.CausalMask(length, past, window: null, attention_mask: null, x.dtype);
        for (var index = 0; index < h.Count; index++)
        {
            yield return x;
            x = h[index].forward(x, mask, source, cache, index);
        }
        yield return ln_f.call(x);
    }
}

/// <summary>GPT-2 with its output layer, which shares the token embedding.</summary>
/// <remarks>Radford et al. 2019; reference: transformers <c>modeling_gpt2.py</c>, GPT2LMHeadModel. Names are the checkpoint's.</remarks>
public sealed class Gpt2LMHeadModel : Module<Tensor, Tensor>
{
    private readonly Gpt2Transformer transformer;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public Gpt2LMHeadModel(Gpt2Config config) : base(nameof(Gpt2LMHeadModel))
    {
        Config = config;
        transformer = new Gpt2Transformer(config);
        RegisterComponents();
    }

    /// <summary>The sizes it was built with.</summary>
    public Gpt2Config Config { get; }

    /// <summary>All hidden states as transformers numbers them: 0 is the embedding, the last follows the final norm.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="encoder_hidden_states">[batch, positions, n_embd]; null without an encoder.</param>
    public IReadOnlyList<Tensor> HiddenStates(Tensor input_ids, Tensor? encoder_hidden_states = null)
    {
        using var scope = NewDisposeScope();
        return transformer.States(input_ids, Source(encoder_hidden_states), cache: null).Select(state => state.MoveToOuterDisposeScope()).ToList();
    }

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    public override Tensor forward(Tensor input_ids) => forward(input_ids, encoder_hidden_states: null);

    /// <summary>Scores of the next token at each position.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="encoder_hidden_states">[batch, positions, n_embd]; null without an encoder.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    /// <exception cref="ArgumentException">The text is longer than the position table.</exception>
    public Tensor forward(Tensor input_ids, Tensor? encoder_hidden_states)
    {
        using var scope = NewDisposeScope();
        return Logits(transformer.States(input_ids, Source(encoder_hidden_states), cache: null).Last()).MoveToOuterDisposeScope();
    }

    /// <summary>Starts to write: a decoder for <see cref="TextGenerator"/>.</summary>
    /// <param name="prompt">First tokens of each row, as many in each.</param>
    /// <param name="encoder_hidden_states">[rows, positions, n_embd], must live as long as the decoder; null without an encoder.</param>
    public ITextDecoder Start(IReadOnlyList<IReadOnlyList<long>> prompt, Tensor? encoder_hidden_states = null) =>
        new CachedTextDecoder(prompt, (input_ids, cache) =>
        {
            using var scope = NewDisposeScope();
            var states = transformer.States(input_ids, Source(encoder_hidden_states), cache).Last();
            return Logits(states.select(1, states.shape[1] - 1)).MoveToOuterDisposeScope(); // [rows, vocab_size]
        });

    private Tensor Logits(Tensor states) => F.linear(states, transformer.WordEmbeddings);

    private static CrossSource? Source(Tensor? states) => states is null ? null : new CrossSource(states);
}
