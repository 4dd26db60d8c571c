using Assistant.Vision.Generation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a decoder of the LLaMA kind: RMS norms, rotary positions, gated feed-forward layers.</summary>
public sealed record DecoderConfig
{
    /// <summary>Entries of the vocabulary.</summary>
    public int VocabSize { get; init; } = 32064;
    /// <summary>Width of the transformer.</summary>
    public int HiddenSize { get; init; } = 3072;
    /// <summary>Width of the feed-forward layers.</summary>
    public int IntermediateSize { get; init; } = 8192;
    /// <summary>Number of blocks.</summary>
    public int NumHiddenLayers { get; init; } = 32;
    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 32;
    /// <summary>Heads of keys and values; fewer than <see cref="NumAttentionHeads"/> for grouped-query attention.</summary>
    public int NumKeyValueHeads { get; init; } = 32;
    /// <summary>Width of a head.</summary>
    public int HeadDim { get; init; } = 96;
    /// <summary>Context length of the training.</summary>
    public int MaxPositionEmbeddings { get; init; } = 4096;
    /// <summary>Epsilon of the RMS norms.</summary>
    public double RmsNormEps { get; init; } = 1e-5;
    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10000;
    /// <summary>Share of a head's dimensions that is rotated.</summary>
    public double PartialRotaryFactor { get; init; } = 1;
    /// <summary>How many positions back a position sees, itself included; null for all.</summary>
    public int? SlidingWindow { get; init; }
    /// <summary>Whether the output layer shares the token embedding.</summary>
    public bool TieWordEmbeddings { get; init; }
    /// <summary>Activation of the gate.</summary>
    public string HiddenAct { get; init; } = "silu";

    /// <summary>Reads a <c>config.json</c> or <c>text_config</c> of model_type phi3, llama or mistral, in the old or the new form of the rotary fields.</summary>
    public static DecoderConfig From(ModelConfig json)
    {
        var isPhi3 = json.Text("model_type", "llama") == "phi3";
        var rope = json.Has("rope_parameters") ? json.Object("rope_parameters") : json;
        RequirePlainRope(json.Has("rope_parameters") ? rope : json.Has("rope_scaling") ? json.Object("rope_scaling") : null);
        var (hidden, heads) = (json.Size("hidden_size", isPhi3 ? 3072 : 4096), json.Size("num_attention_heads", 32));
        if (hidden % heads != 0 && !json.Has("head_dim"))
            throw new ModelConfigException($"hidden_size {hidden} is not a multiple of num_attention_heads {heads}.");
        var keyValueHeads = json.Size("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0)
            throw new ModelConfigException($"num_attention_heads {heads} is not a multiple of num_key_value_heads {keyValueHeads}.");
        return new DecoderConfig
        {
            VocabSize = json.Size("vocab_size", isPhi3 ? 32064 : 32000),
            HiddenSize = hidden,
            IntermediateSize = json.Size("intermediate_size", isPhi3 ? 8192 : 11008),
            NumHiddenLayers = json.Size("num_hidden_layers", 32),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadDim = json.Size("head_dim", hidden / heads),
            MaxPositionEmbeddings = json.Size("max_position_embeddings", isPhi3 ? 4096 : 2048),
            RmsNormEps = json.Number("rms_norm_eps", isPhi3 ? 1e-5 : 1e-6),
            RopeTheta = rope.Number("rope_theta", 10000),
            PartialRotaryFactor = rope.Number("partial_rotary_factor", 1),
            SlidingWindow = json.Has("sliding_window") ? json.Size("sliding_window") : null,
            TieWordEmbeddings = json.Flag("tie_word_embeddings", false),
            HiddenAct = Activations.Checked(json.Text("hidden_act", "silu")),
        };
    }

    private static void RequirePlainRope(ModelConfig? scaling)
    {
        var kind = scaling is null ? "default" : scaling.Text("rope_type", scaling.Text("type", "default"));
        if (kind != "default")
            throw new ModelConfigException($"rotary scaling '{kind}' is not supported here; only unscaled rotary positions are.");
    }
}

/// <summary>Keys and values of the positions read so far, one pair a block; and those of an encoder where blocks attend to one.</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Dictionary<int, (Tensor Key, Tensor Value)> entries = [];
    private readonly Dictionary<int, (Tensor Key, Tensor Value)> sources = [];

    /// <summary>Positions held.</summary>
    public long Length => entries.Count == 0 ? 0 : entries[0].Key.shape[2];

    /// <summary>Appends new keys and values.</summary>
    /// <param name="layer">Block.</param>
    /// <param name="key">[batch, key_value_heads, length, head_dim].</param>
    /// <param name="value">As the key.</param>
    /// <returns>All of them; owned by the cache.</returns>
    internal (Tensor Key, Tensor Value) Append(int layer, Tensor key, Tensor value)
    {
        if (entries.TryGetValue(layer, out var past))
        {
            (key, value) = (cat([past.Key, key], 2), cat([past.Value, value], 2));
            past.Key.Dispose();
            past.Value.Dispose();
        }
        return entries[layer] = (key.DetachFromDisposeScope(), value.DetachFromDisposeScope());
    }

    /// <summary>Keys and values of an encoder's states, made at the first call and kept: one row an encoded input, however many rows write about it.</summary>
    /// <param name="layer">Block.</param>
    /// <param name="project">Makes them, each [batch, heads, positions, head_dim].</param>
    /// <returns>Owned by the cache.</returns>
    internal (Tensor Key, Tensor Value) Source(int layer, Func<(Tensor Key, Tensor Value)> project)
    {
        if (!sources.TryGetValue(layer, out var kept))
        {
            using var scope = NewDisposeScope();
            var (key, value) = project();
            // Read at each step: laid out once, so that no step copies them.
            sources[layer] = kept = (key.contiguous().DetachFromDisposeScope(), value.contiguous().DetachFromDisposeScope());
        }
        return kept;
    }

    /// <summary>Repeats every row, for several continuations of each input; gradients of the copies add up.</summary>
    /// <param name="times">Copies of each row, which stand together.</param>
    public void Repeat(int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        foreach (var (layer, (key, value)) in entries.ToList())
        {
            entries[layer] = (Repeated(key), Repeated(value));
            key.Dispose();
            value.Dispose();
        }

        Tensor Repeated(Tensor x)
        {
            using var scope = NewDisposeScope();
            var (batch, heads, length, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
            return x.unsqueeze(1).expand(batch, times, heads, length, width).reshape(batch * times, heads, length, width).DetachFromDisposeScope();
        }
    }

    /// <summary>Replaces every row by another, as beam search does; the rows of one encoded input stay together, so that its keys need no copying.</summary>
    /// <param name="rows">[new batch], int64: the row each new row continues.</param>
    public void Reorder(Tensor rows)
    {
        foreach (var (layer, (key, value)) in entries.ToList())
        {
            entries[layer] = (key.index_select(0, rows).DetachFromDisposeScope(), value.index_select(0, rows).DetachFromDisposeScope());
            key.Dispose();
            value.Dispose();
        }
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        foreach (var (key, value) in entries.Values.Concat(sources.Values))
        {
            key.Dispose();
            value.Dispose();
        }
        entries.Clear();
        sources.Clear();
    }
}

/// <summary>Root-mean-square norm.</summary>
/// <remarks>Zhang and Sennrich 2019, arXiv:1910.07467.</remarks>
public sealed class RmsNorm : Module<Tensor, Tensor>
{
    private readonly double eps;
    private readonly Parameter weight; // [hidden_size]

    internal RmsNorm(int hiddenSize, double eps) : base(nameof(RmsNorm))
    {
        this.eps = eps;
        weight = Parameter(ones(hiddenSize));
        RegisterComponents();
    }

    /// <param name="hidden_states">[..., hidden_size].</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        var x = hidden_states.to(ScalarType.Float32);
        var variance = (x * x).mean([-1L], keepdim: true);
        return (weight * (x * (variance + eps).rsqrt()).to(hidden_states.dtype)).MoveToOuterDisposeScope();
    }
}

/// <summary>Rotary position embedding, first and second half of a head paired.</summary>
/// <remarks>Su et al. 2021, arXiv:2104.09864; reference: transformers <c>modeling_llama.py</c>.</remarks>
internal sealed class Rotary
{
    private readonly int rotated;
    private readonly double theta;

    public Rotary(DecoderConfig config) => (rotated, theta) = ((int)(config.HeadDim * config.PartialRotaryFactor), config.RopeTheta);

    /// <summary>Cosines and sines of positions past to past + length, each [length, rotated].</summary>
    public (Tensor Cos, Tensor Sin) Angles(long past, long length, ScalarType dtype)
    {
        var frequencies = Enumerable.Range(0, rotated / 2).Select(i => (float)(1 / Math.Pow(theta, 2.0 * i / rotated))).ToArray();
        var angles = arange(past, past + length, dtype: ScalarType.Float32).unsqueeze(1) * tensor(frequencies).unsqueeze(0); // [length, rotated / 2]
        angles = cat([angles, angles], -1);
        return (angles.cos().to(dtype), angles.sin().to(dtype));
    }

    /// <summary>Rotates queries or keys, [batch, heads, length, head_dim].</summary>
    public Tensor Apply(Tensor x, (Tensor Cos, Tensor Sin) angles)
    {
        using var scope = NewDisposeScope();
        var width = x.shape[^1];
        var part = rotated == width ? x : x.narrow(-1, 0, rotated);
        var halves = part.chunk(2, -1);
        var turned = part * angles.Cos + cat([-halves[1], halves[0]], -1) * angles.Sin;
        return (rotated == width ? turned : cat([turned, x.narrow(-1, rotated, width - rotated)], -1)).MoveToOuterDisposeScope();
    }
}

/// <summary>Causal self-attention; the families differ in how queries, keys and values are projected.</summary>
public abstract class DecoderAttention : Module
{
    private readonly DecoderConfig config;
    private protected readonly Linear o_proj;

    private protected DecoderAttention(DecoderConfig config, string name) : base(name)
    {
        this.config = config;
        o_proj = Layer.Linear(config.NumAttentionHeads * config.HeadDim, config.HiddenSize, hasBias: false);
    }

    /// <summary>Queries [batch, length, heads * head_dim], keys and values [batch, length, key_value_heads * head_dim].</summary>
    private protected abstract (Tensor Query, Tensor Key, Tensor Value) Project(Tensor hidden_states);

    internal Tensor forward(Tensor hidden_states, Rotary rotary, (Tensor, Tensor) angles, Tensor mask, KeyValueCache? cache, int layer, IList<Tensor>? attentions)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Project(hidden_states);
        var q = rotary.Apply(Attention.SplitHeads(query, config.NumAttentionHeads), angles); // [batch, heads, length, head_dim]
        var k = rotary.Apply(Attention.SplitHeads(key, config.NumKeyValueHeads), angles);
        var v = Attention.SplitHeads(value, config.NumKeyValueHeads);
        if (cache is not null)
            (k, v) = cache.Append(layer, k, v);
        var groups = config.NumAttentionHeads / config.NumKeyValueHeads;
        if (groups > 1)
            (k, v) = (k.repeat_interleave(groups, dim: 1), v.repeat_interleave(groups, dim: 1));
        var context = attentions is null ? Attention.Attend(q, k, v, mask) : Attention.AttendWatched(q, k, v, mask, attentions);
        return o_proj.call(Attention.MergeHeads(context)).MoveToOuterDisposeScope();
    }
}

/// <summary>A pre-norm block.</summary>
public sealed class DecoderLayer : Module
{
    private readonly DecoderAttention self_attn;
    private readonly Module<Tensor, Tensor> mlp;
    private readonly RmsNorm input_layernorm, post_attention_layernorm;

    internal DecoderLayer(DecoderConfig config, DecoderAttention attention, Module<Tensor, Tensor> feedForward) : base(nameof(DecoderLayer))
    {
        self_attn = attention;
        mlp = feedForward;
        input_layernorm = new RmsNorm(config.HiddenSize, config.RmsNormEps);
        post_attention_layernorm = new RmsNorm(config.HiddenSize, config.RmsNormEps);
        RegisterComponents();
    }

    internal Tensor forward(Tensor hidden_states, Rotary rotary, (Tensor, Tensor) angles, Tensor mask, KeyValueCache? cache, int layer, IList<Tensor>? attentions)
    {
        using var scope = NewDisposeScope();
        var x = hidden_states + self_attn.forward(input_layernorm.call(hidden_states), rotary, angles, mask, cache, layer, attentions);
        return (x + mlp.call(post_attention_layernorm.call(x))).MoveToOuterDisposeScope(); // [batch, length, hidden_size]
    }
}

/// <summary>Embedding, blocks and final norm.</summary>
public sealed class DecoderModel : Module
{
    private readonly DecoderConfig config;
    private readonly Rotary rotary;
    private readonly Embedding embed_tokens;
    private readonly ModuleList<DecoderLayer> layers;
    private readonly RmsNorm norm;

    internal DecoderModel(DecoderConfig config, Func<DecoderLayer> layer) : base(nameof(DecoderModel))
    {
        this.config = config;
        rotary = new Rotary(config);
        embed_tokens = Layer.Embedding(config.VocabSize, config.HiddenSize);
        layers = ModuleList(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => layer()).ToArray());
        norm = new RmsNorm(config.HiddenSize, config.RmsNormEps);
        RegisterComponents();
    }

    internal Tensor EmbeddingWeight => embed_tokens.weight!;

    internal Tensor Embed(Tensor input_ids) => embed_tokens.call(input_ids);

    /// <summary>transformers' hidden states: the embedding, each block's output but the last, and the final norm's output. The caller disposes of them.</summary>
    internal IEnumerable<Tensor> States(Tensor inputs_embeds, Tensor? attention_mask, KeyValueCache? cache, IList<Tensor>? attentions = null)
    {
        var (past, length) = (cache?.Length ?? 0, inputs_embeds.shape[1]);
        var mask = Attention.CausalMask(length, past, config.SlidingWindow, attention_mask, inputs_embeds.dtype);
        var angles = rotary.Angles(past, length, inputs_embeds.dtype);
        var x = inputs_embeds;
        for (var index = 0; index < layers.Count; index++)
        {
            yield return x;
            x = layers[index].forward(x, rotary, angles, mask, cache, index, attentions);
        }
        yield return norm.call(x);
    }
}

/// <summary>A decoder with its output layer: scores of the next token.</summary>
public abstract class CausalLanguageModel : Module<Tensor, Tensor>
{
    private protected readonly DecoderModel model;
    private protected readonly Linear? lm_head; // null where it is tied to the embedding

    private protected CausalLanguageModel(DecoderConfig config, Func<DecoderLayer> layer, string name) : base(name)
    {
        Config = config;
        model = new DecoderModel(config, layer);
        if (!config.TieWordEmbeddings)
            lm_head = Layer.Linear(config.HiddenSize, config.VocabSize, hasBias: false);
    }

    /// <summary>The sizes it was built with.</summary>
    public DecoderConfig Config { get; }

    /// <summary>Builds the decoder of a configuration's model_type: phi3, llama or mistral.</summary>
    /// <exception cref="ModelConfigException">Another model_type, or a field that cannot be used.</exception>
    public static CausalLanguageModel From(ModelConfig json) => json.Text("model_type", "llama") switch
    {
        "phi3" => new Phi3ForCausalLM(DecoderConfig.From(json)),
        "llama" or "mistral" => new LlamaForCausalLM(DecoderConfig.From(json)),
        var other => throw new ModelConfigException($"text model_type '{other}' is not known; known: phi3, llama, mistral."),
    };

    /// <summary>Token embeddings.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns>[batch, length, hidden_size].</returns>
    public Tensor Embed(Tensor input_ids) => model.Embed(input_ids);

    /// <summary>All hidden states as transformers numbers them: 0 is the embedding, the last follows the final norm.</summary>
    /// <param name="inputs_embeds">[batch, length, hidden_size].</param>
    /// <param name="attention_mask">[batch, past + length], 0 for padding; null where there is none.</param>
    public IReadOnlyList<Tensor> HiddenStates(Tensor inputs_embeds, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        return model.States(inputs_embeds, attention_mask, cache: null).Select(state => state.MoveToOuterDisposeScope()).ToList();
    }

    /// <summary>The last hidden state.</summary>
    /// <param name="inputs_embeds">[batch, length, hidden_size].</param>
    /// <param name="attention_mask">[batch, past + length], 0 for padding; null where there is none.</param>
    /// <param name="cache">What was read before; extended by these positions.</param>
    /// <param name="attentions">Is given each block's attention weights, [batch, heads, length, past + length], to dispose of; null where nobody wants them.</param>
    /// <returns>[batch, length, hidden_size].</returns>
    public Tensor LastHiddenState(Tensor inputs_embeds, Tensor? attention_mask = null, KeyValueCache? cache = null, IList<Tensor>? attentions = null)
    {
        using var scope = NewDisposeScope();
        return model.States(inputs_embeds, attention_mask, cache, attentions).Last().MoveToOuterDisposeScope();
    }

    /// <summary>Scores of the next token.</summary>
    /// <param name="hidden_states">[..., hidden_size].</param>
    /// <returns>[..., vocab_size].</returns>
    public Tensor Logits(Tensor hidden_states) =>
        lm_head is null ? functional.linear(hidden_states, model.EmbeddingWeight) : lm_head.call(hidden_states);

    /// <summary>Starts to write after a prompt of embeddings: a decoder for <see cref="TextGenerator"/>.</summary>
    /// <param name="inputs_embeds">[rows, length, hidden_size], without padding; must live until the prompt is read.</param>
    public ITextDecoder Start(Tensor inputs_embeds) =>
        new CachedTextDecoder((int)inputs_embeds.shape[0], cache => NextLogits(inputs_embeds, cache), (input_ids, cache) =>
        {
            using var scope = NewDisposeScope();
            return NextLogits(Embed(input_ids), cache).MoveToOuterDisposeScope();
        });

    private Tensor NextLogits(Tensor inputs_embeds, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        var states = LastHiddenState(inputs_embeds, cache: cache);
        return Logits(states.select(1, states.shape[1] - 1)).MoveToOuterDisposeScope(); // [rows, vocab_size]
    }

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    public override Tensor forward(Tensor input_ids)
    {
        using var scope = NewDisposeScope();
        return Logits(LastHiddenState(Embed(input_ids))).MoveToOuterDisposeScope();
    }
}
