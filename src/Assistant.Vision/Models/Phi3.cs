using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Phi-3: a decoder whose query, key and value projections are fused, and gate and up projections too.</summary>
/// <remarks>Abdin et al. 2024, arXiv:2404.14219; reference: transformers <c>modeling_phi3.py</c>.</remarks>
public sealed class Phi3ForCausalLM : CausalLanguageModel
{
    /// <param name="config">Sizes; weights are random until a state dict is loaded.</param>
    public Phi3ForCausalLM(DecoderConfig config)
        : base(config, () => new DecoderLayer(config, new Phi3Attention(config), new Phi3Mlp(config)), nameof(Phi3ForCausalLM)) => RegisterComponents();
}

/// <summary>Attention with one projection for queries, keys and values.</summary>
public sealed class Phi3Attention : DecoderAttention
{
    private readonly long queryWidth, keyWidth;
    private readonly Linear qkv_proj;

    internal Phi3Attention(DecoderConfig config) : base(config, nameof(Phi3Attention))
    {
        (queryWidth, keyWidth) = (config.NumAttentionHeads * config.HeadDim, config.NumKeyValueHeads * config.HeadDim);
        qkv_proj = Layer.Linear(config.HiddenSize, queryWidth + 2 * keyWidth, hasBias: false);
        RegisterComponents();
    }

    private protected override (Tensor Query, Tensor Key, Tensor Value) Project(Tensor hidden_states)
    {
        // One split and not three slices: its gradient is one concatenation and not three tensors of zeros to add up.
        var parts = qkv_proj.call(hidden_states).split([queryWidth, keyWidth, keyWidth], -1);
        return (parts[0], parts[1], parts[2]);
    }
}

/// <summary>Gated feed-forward layer with one projection for gate and up.</summary>
public sealed class Phi3Mlp : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Linear gate_up_proj, down_proj;

    internal Phi3Mlp(DecoderConfig config) : base(nameof(Phi3Mlp))
    {
        activation = config.HiddenAct;
        gate_up_proj = Layer.Linear(config.HiddenSize, 2 * config.IntermediateSize, hasBias: false);
        down_proj = Layer.Linear(config.IntermediateSize, config.HiddenSize, hasBias: false);
        RegisterComponents();
    }

    /// <param name="hidden_states">[batch, length, hidden_size].</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        var parts = gate_up_proj.call(hidden_states).chunk(2, -1); // gate first
        return down_proj.call(parts[1] * Activations.Apply(activation, parts[0])).MoveToOuterDisposeScope();
    }
}
