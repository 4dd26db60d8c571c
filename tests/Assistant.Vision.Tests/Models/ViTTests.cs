using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class ViTTests
{
    public static TheoryData<string> Folders() => Parity.Folders("ViTForImageClassification");

    [Theory]
    [MemberData(nameof(Folders))]
    public void HiddenStates_AndLogits_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = ViTForImageClassification.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var pixel_values = parity.Input("pixel_values");
        var states = model.Vit.HiddenStates(pixel_values);
        for (var index = 0; index < states.Count; index++)
            parity.AssertClose($"hidden_{index}", states[index]);
        Assert.False(parity.Expects($"hidden_{states.Count}"));
        parity.AssertClose("last_hidden_state", model.Vit.call(pixel_values));
        var logits = model.call(pixel_values);
        parity.AssertClose("logits", logits);
        Assert.Equal(parity.Values.GetProperty("argmax").EnumerateArray().Select(index => index.GetInt64()), logits.argmax(-1).data<long>().ToArray());
    }

    [Fact]
    public void WrongPictureSize_IsNamed()
    {
        using var model = new ViTModel(new ViTConfig { HiddenSize = 16, NumHiddenLayers = 1, NumAttentionHeads = 2, IntermediateSize = 32, ImageSize = 8, PatchSize = 4 }, addPooler: false);
        using var wrong = zeros(1, 3, 8, 12);
        Assert.Contains("8 x 8 pixels, not 12 x 8", Assert.Throws<ArgumentException>(() => model.call(wrong)).Message, StringComparison.Ordinal);
        using var states = zeros(1, 5, 16);
        Assert.Contains("without a pooler", Assert.Throws<InvalidOperationException>(() => model.Pool(states)).Message, StringComparison.Ordinal);
    }
}
