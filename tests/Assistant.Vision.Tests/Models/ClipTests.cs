using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class ClipTests
{
    public static TheoryData<string> Folders() => Parity.Folders("CLIPModel");

    [Theory]
    [MemberData(nameof(Folders))]
    public void HiddenStates_Features_AndLogits_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = ClipModel.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var pixel_values = parity.Input("pixel_values");
        AssertStates(parity, "vision", model.VisionModel.HiddenStates(pixel_values));
        var last = model.VisionModel.call(pixel_values);
        parity.AssertClose("vision_last_hidden_state", last);
        parity.AssertClose("vision_pooled", model.VisionModel.Pool(last));

        var input_ids = parity.Input("input_ids");
        AssertStates(parity, "text", model.TextModel.HiddenStates(input_ids));
        parity.AssertClose("text_last_hidden_state", model.TextModel.LastHiddenState(input_ids));
        parity.AssertClose("text_pooled", model.TextModel.call(input_ids));

        var (images, texts) = (model.GetImageFeatures(pixel_values), model.GetTextFeatures(input_ids));
        parity.AssertClose("image_features", images);
        parity.AssertClose("text_features", texts);
        parity.AssertClose("logits_per_image", model.Logits(images, texts));
        parity.AssertClose("logits_per_text", model.Logits(images, texts).t());
        parity.AssertClose("text_embeds_masked", nn.functional.normalize(model.GetTextFeatures(input_ids, parity.Input("attention_mask")), dim: -1));
        for (var text = 0; text < texts.shape[0]; text++)
            Assert.Equal(parity.Values.GetProperty("argmax_image_per_text")[text].GetInt64(), model.Logits(images, texts).argmax(0)[text].item<long>());
    }

    [Fact]
    public void HiddenState_RunsOnlyTheBlocksItNeeds_AndCountsFromTheEnd()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var tower = new ClipVisionTransformer(new ClipVisionConfig { HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 3, NumAttentionHeads = 2, ImageSize = 8, PatchSize = 4 });
        var pixel_values = randn(1, 3, 8, 8);
        var states = tower.HiddenStates(pixel_values);
        Assert.Equal(4, states.Count);
        for (var index = 0; index < states.Count; index++)
        {
            Assert.True(tower.HiddenState(pixel_values, index).allclose(states[index]));
            Assert.True(tower.HiddenState(pixel_values, index - states.Count).allclose(states[index]));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => tower.HiddenState(pixel_values, 4));
    }

    [Fact]
    public void WrongPictureSize_IsNamed()
    {
        using var tower = new ClipVisionTransformer(new ClipVisionConfig { HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 1, NumAttentionHeads = 2, ImageSize = 8, PatchSize = 4 });
        using var wrong = zeros(1, 3, 8, 12);
        Assert.Contains("8 x 8 pixels, not 12 x 8", Assert.Throws<ArgumentException>(() => tower.call(wrong)).Message, StringComparison.Ordinal);
    }

    private static void AssertStates(Parity parity, string tower, IReadOnlyList<Tensor> states)
    {
        for (var index = 0; index < states.Count; index++)
            parity.AssertClose($"{tower}_hidden_{index}", states[index]);
        Assert.False(parity.Expects($"{tower}_hidden_{states.Count}"));
    }
}
