using System.Text.Json;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class BertTests
{
    public static TheoryData<string> Folders() => Parity.Folders("BertModel");

    [Theory]
    [MemberData(nameof(Folders))]
    public void HiddenStates_AndPooler_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = BertModel.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var (input_ids, attention_mask, token_type_ids) = (parity.Input("input_ids"), parity.Input("attention_mask"), parity.Input("token_type_ids"));
        var states = model.HiddenStates(input_ids, attention_mask, token_type_ids);
        for (var index = 0; index < states.Count; index++)
            parity.AssertClose($"hidden_{index}", states[index]);
        Assert.False(parity.Expects($"hidden_{states.Count}"));
        var last = model.LastHiddenState(input_ids, attention_mask, token_type_ids);
        parity.AssertClose("last_hidden_state", last);
        parity.AssertClose("pooler_output", model.Pool(last));
    }

    [Fact]
    public void Padding_DoesNotChangeTheTextBeforeIt()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Small();
        model.eval();
        var text = tensor(new long[] { 3, 1, 4 }).unsqueeze(0);
        var padded = model.LastHiddenState(tensor(new long[] { 3, 1, 4, 0, 0 }).unsqueeze(0), tensor(new long[] { 1, 1, 1, 0, 0 }).unsqueeze(0));
        Assert.True(padded.narrow(1, 0, 3).allclose(model.call(text), atol: 1e-5));
    }

    [Fact]
    public void Dropout_ActsInTrainingOnly()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Small();
        var text = tensor(new long[] { 3, 1, 4 }).unsqueeze(0);
        model.train();
        Assert.False(model.call(text).allclose(model.call(text)));
        model.eval();
        Assert.True(model.call(text).allclose(model.call(text)));
    }

    [Fact]
    public void TooLongText_IsNamed()
    {
        using var model = Small();
        using var text = zeros(1, 9, dtype: ScalarType.Int64);
        Assert.Contains("9 tokens does not fit this network's 8 positions", Assert.Throws<ArgumentException>(() => model.call(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HeadsThatDoNotDivideTheWidth_AreNamed()
    {
        var json = JsonDocument.Parse("""{"hidden_size":10,"num_attention_heads":4}""").RootElement;
        Assert.Contains("hidden_size 10 is not a multiple of num_attention_heads 4", Assert.Throws<ModelConfigException>(() => BertConfig.From(new ModelConfig(json))).Message, StringComparison.Ordinal);
    }

    private static BertModel Small() => new(new BertConfig
    {
        VocabSize = 10, HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 32, MaxPositionEmbeddings = 8, HiddenDropoutProb = 0.5,
    });
}
