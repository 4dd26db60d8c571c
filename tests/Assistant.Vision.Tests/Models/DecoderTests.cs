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
    public void Attentions_AreSharesOfWhatMayBeSeen()
    {
        using var scope = NewDisposeScope();
        using var model = new Phi3ForCausalLM(new DecoderConfig { VocabSize = 20, HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 3, NumAttentionHeads = 4, NumKeyValueHeads = 2, HeadDim = 4 });
        var embeds = model.Embed(tensor(new long[] { 1, 5, 7, 2, 9, 4 }).unsqueeze(0));
        using var cache = new KeyValueCache();
        model.LastHiddenState(embeds.narrow(1, 0, 2), cache: cache);
        var attentions = new List<Tensor>();
        model.LastHiddenState(embeds.narrow(1, 2, 4), cache: cache, attentions: attentions);
        Assert.Equal(3, attentions.Count);
        foreach (var weights in attentions)
        {
            Assert.Equal([1, 4, 4, 6], weights.shape);
            Assert.True((weights.sum(-1) - 1).abs().max().item<float>() < 1e-5);
            Assert.Equal(0, weights[0, 0, 0, 3].item<float>()); // the position after the query's own
            weights.Dispose();
        }
    }

    [Fact]
    public void ARepeatedCache_GivesEachRowItsOwnContinuations()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = new Phi3ForCausalLM(new DecoderConfig { VocabSize = 20, HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, NumKeyValueHeads = 2, HeadDim = 4 });
        var prefixes = tensor(new long[] { 1, 5, 2, 8 }, [2, 2]);
        var continuations = tensor(new long[] { 7, 2, 3, 3, 9, 1, 0, 6 }, [4, 2]); // two of the first prefix, two of the second
        using var cache = new KeyValueCache();
        model.LastHiddenState(model.Embed(prefixes), cache: cache);
        cache.Repeat(2);
        var actual = model.LastHiddenState(model.Embed(continuations), cache: cache);
        var whole = model.LastHiddenState(model.Embed(cat([prefixes.repeat_interleave(2, dim: 0), continuations], 1)));
        Assert.True((whole.narrow(1, 2, 2) - actual).abs().max().item<float>() < 1e-5);
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
