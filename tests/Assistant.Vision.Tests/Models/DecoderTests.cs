using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class DecoderTests
{
    public static TheoryData<string> Folders() => Parity.Folders("Phi3ForCausalLM", "LlamaForCausalLM");

    [Theory]
    [MemberData(nameof(Folders))]
    public void HiddenStates_Logits_AndGreedyIds_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = CausalLanguageModel.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var input_ids = parity.Input("input_ids");
        var states = model.HiddenStates(model.Embed(input_ids));
        for (var index = 0; index < states.Count; index++)
            parity.AssertClose($"hidden_{index}", states[index]);
        parity.AssertClose("logits", model.call(input_ids));

        var padded = model.Logits(model.LastHiddenState(model.Embed(parity.Input("padded_input_ids")), parity.Input("padded_attention_mask")));
        var padding = padded.shape[1] - parity.Expected("padded_logits").shape[1];
        parity.AssertClose("padded_logits", padded.narrow(1, padding, padded.shape[1] - padding));

        var wanted = parity.Ids("greedy_ids");
        var steps = parity.Values.GetProperty("greedy_max_new_tokens").GetInt32();
        var generated = GreedySearch.Generate(model, model.Embed(input_ids), steps);
        for (var row = 0; row < wanted.Count; row++)
            Assert.Equal<IEnumerable<long>>(wanted[row], input_ids[row].data<long>().ToArray().Concat(generated[row]));
    }

    [Fact]
    public void Cache_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = new Phi3ForCausalLM(new DecoderConfig { VocabSize = 20, HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, NumKeyValueHeads = 2, HeadDim = 4, SlidingWindow = 3 });
        var embeds = model.Embed(tensor(new long[] { 1, 5, 7, 2, 9, 4 }).unsqueeze(0));
        var whole = model.LastHiddenState(embeds);
        using var cache = new KeyValueCache();
        model.LastHiddenState(embeds.narrow(1, 0, 2), cache: cache);
        var rest = model.LastHiddenState(embeds.narrow(1, 2, 4), cache: cache);
        Assert.Equal(6, cache.Length);
        Assert.True(rest.allclose(whole.narrow(1, 2, 4), atol: 1e-5));
    }

    [Fact]
    public void ScaledRotaryPositions_AreRefusedByName()
    {
        var json = System.Text.Json.JsonDocument.Parse("""{"model_type":"phi3","rope_scaling":{"type":"longrope"}}""").RootElement;
        Assert.Contains("'longrope'", Assert.Throws<ModelConfigException>(() => DecoderConfig.From(new ModelConfig(json))).Message, StringComparison.Ordinal);
    }
}
