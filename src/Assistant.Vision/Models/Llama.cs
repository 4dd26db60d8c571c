using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>LLaMA (and Mistral): a decoder with separate projections.</summary>
/// <remarks>Touvron et al. 2023, arXiv:2302.13971; reference: transformers <c>modeling_llama.py</c>.</remarks>
public sealed class LlamaForCausalLM : CausalLanguageModel
{
    /// <param name="config">Sizes; weights are random until a state dict is loaded.</param>
    public LlamaForCausalLM(DecoderConfig config)
        : base(config, () => new DecoderLayer(config, new LlamaAttention(config), new LlamaMlp(config)), nameof(LlamaForCausalLM)) => RegisterComponents();
}

/// <summary>Attention with separate projections.</summary>
public sealed class LlamaAttention : DecoderAttention
{
    private readonly Linear q_proj, k_proj, v_proj;

    internal LlamaAttention(DecoderConfig config) : base(config, nameof(LlamaAttention))
    {
        q_proj = Layer.Linear(config.HiddenSize, config.NumAttentionHeads * config.HeadDim, hasBias: false);
        k_proj = Layer.Linear(config.HiddenSize, config.NumKeyValueHeads * config.HeadDim, hasBias: false);
        v_proj = Layer.Linear(config.HiddenSize, config.NumKeyValueHeads * config.HeadDim, hasBias: false);
        RegisterComponents();
    }

    private protected override (Tensor Query, Tensor Key, Tensor Value) Project(Tensor hidden_states) =>
        (q_proj.call(hidden_states), k_proj.call(hidden_states), v_proj.call(hidden_states));
}

/// <summary>Gated feed-forward layer.</summary>
public sealed class LlamaMlp : Module<Tensor, Tensor>
{
    private readonly string activation;
    private readonly Linear gate_proj, up_proj, down_proj;

    internal LlamaMlp(DecoderConfig config) : base(nameof(LlamaMlp))
    {
        activation = config.HiddenAct;
        gate_proj = Layer.Linear(config.HiddenSize, config.IntermediateSize, hasBias: false);
        up_proj = Layer.Linear(config.HiddenSize, config.IntermediateSize, hasBias: false);
        down_proj = Layer.Linear(config.IntermediateSize, config.HiddenSize, hasBias: false);
        RegisterComponents();
    }

    /// <param name="hidden_states">[batch, length, hidden_size].</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor hidden_states)
    {
        using var scope = NewDisposeScope();
        return down_proj.call(Activations.Apply(activation, gate_proj.call(hidden_states)) * up_proj.call(hidden_states)).MoveToOuterDisposeScope();
    }
}
