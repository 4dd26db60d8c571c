using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Multi-head attention with separate projections named query, key and value: BERT's, and of everything built after it (BLIP, Q-Former, ViT, ViLT).</summary>
internal sealed class SelfAttention : Module
{
    private readonly int heads;
    private readonly double dropout;
    private readonly Linear query, key, value;

    /// <param name="hiddenSize">Width of the queries and of the result.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="sourceWidth">Width of what keys and values are made of; null for <paramref name="hiddenSize"/>.</param>
    /// <param name="bias">Whether the projections have biases.</param>
    /// <param name="dropout">Share of attention weights dropped in training.</param>
    public SelfAttention(int hiddenSize, int heads, int? sourceWidth = null, bool bias = true, double dropout = 0) : base(nameof(SelfAttention))
    {
        (this.heads, this.dropout) = (heads, dropout);
        query = Layer.Linear(hiddenSize, hiddenSize, hasBias: bias);
        key = Layer.Linear(sourceWidth ?? hiddenSize, hiddenSize, hasBias: bias);
        value = Layer.Linear(sourceWidth ?? hiddenSize, hiddenSize, hasBias: bias);
        RegisterComponents();
    }

    /// <summary>Attends to the states themselves, and to those before them if there is a cache.</summary>
    /// <param name="hidden_states">[batch, length, hidden_size].</param>
    /// <param name="mask">Additive, broadcast to [batch, heads, length, keys]; or null.</param>
    /// <param name="cache">Keys and values read before; extended.</param>
    /// <param name="layer">Block, for the cache.</param>
    /// <returns>[batch, length, hidden_size], before the output projection.</returns>
    public Tensor forward(Tensor hidden_states, Tensor? mask = null, KeyValueCache? cache = null, int layer = 0)
    {
        using var scope = NewDisposeScope();
        var q = Attention.SplitHeads(query.call(hidden_states), heads); // [batch, heads, length, head_dim]
        var (k, v) = Project(hidden_states);
        if (cache is not null)
            (k, v) = cache.Append(layer, k, v);
        return Attention.MergeHeads(Attention.Attend(q, k, v, mask, training ? dropout : 0)).MoveToOuterDisposeScope();
    }

    /// <summary>Attends to the states of an encoder.</summary>
    /// <param name="hidden_states">[batch × beams, length, hidden_size].</param>
    /// <param name="source">[batch, positions, source width].</param>
    /// <param name="mask">Additive, [batch, 1, 1, positions]; or null.</param>
    /// <param name="cache">Keeps the encoder's keys and values, so that they are projected once.</param>
    /// <param name="layer">Block, for the cache.</param>
    /// <param name="attentions">Is given the weights, [batch × beams, heads, length, positions], to dispose of; null if nobody wants to know.</param>
    /// <returns>[batch × beams, length, hidden_size], before the output projection.</returns>
    public Tensor Cross(Tensor hidden_states, Tensor source, Tensor? mask = null, KeyValueCache? cache = null, int layer = 0, IList<Tensor>? attentions = null)
    {
        using var scope = NewDisposeScope();
        var q = Attention.SplitHeads(query.call(hidden_states), heads); // [batch × beams, heads, length, head_dim]
        var (k, v) = cache is null ? Project(source) : cache.Source(layer, () => Project(source));
        if (attentions is null)
            return Attention.MergeHeads(Attention.AttendSource(q, k, v, mask, training ? dropout : 0)).MoveToOuterDisposeScope();
        var beams = q.shape[0] / k.shape[0];
        Tensor Repeat(Tensor x) => beams == 1 ? x : x.repeat_interleave(beams, dim: 0);
        return Attention.MergeHeads(Attention.AttendWatched(q, Repeat(k), Repeat(v), mask is null ? null : Repeat(mask), attentions)).MoveToOuterDisposeScope();
    }

    private (Tensor Key, Tensor Value) Project(Tensor states) =>
        (Attention.SplitHeads(key.call(states), heads), Attention.SplitHeads(value.call(states), heads));
}
