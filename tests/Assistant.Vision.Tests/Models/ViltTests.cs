using System.Text.Json;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class ViltTests
{
    public static TheoryData<string> Folders() => Parity.Folders("ViltForQuestionAnswering");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Answers_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = ViltForQuestionAnswering.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var (input_ids, attention_mask, token_type_ids) = (parity.Input("input_ids"), parity.Input("attention_mask"), parity.Input("token_type_ids"));
        foreach (var name in new[] { "full", "padded" })
        {
            var (pixel_values, pixel_mask) = (parity.Input($"{name}_pixel_values"), parity.Input($"{name}_pixel_mask"));
            var states = model.Vilt.forward(input_ids, pixel_values, attention_mask, token_type_ids, pixel_mask);
            var length = input_ids.shape[1];
            var valid = attention_mask.unsqueeze(-1).to(ScalarType.Float32); // rows of padding carry no meaning
            parity.AssertClose($"{name}_text_states", states.narrow(1, 0, length) * valid + parity.Expected($"{name}_text_states") * (1 - valid));
            parity.AssertClose($"{name}_image_cls_state", states.select(1, length));
            var pooled = model.Vilt.Pool(states);
            parity.AssertClose($"{name}_pooled", pooled);
            var logits = model.forward(input_ids, pixel_values, attention_mask, token_type_ids, pixel_mask);
            parity.AssertClose($"{name}_logits", logits);
            Assert.Equal(parity.Values.GetProperty($"{name}_answer").EnumerateArray().Select(index => index.GetInt64()), logits.argmax(-1).data<long>().ToArray());
        }
    }

    [Fact]
    public void PicturePaddedInABatch_GivesWhatItGivesAlone()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Small();
        model.eval();
        var question = tensor(new long[] { 1, 2, 3 }).unsqueeze(0);
        var small = randn(1, 3, 8, 12);
        var batch = zeros(2, 3, 16, 16);
        var mask = zeros(2, 16, 16, dtype: ScalarType.Int64);
        batch[0] = randn(3, 16, 16);
        mask[0] = ones(16, 16, dtype: ScalarType.Int64);
        batch[1].narrow(1, 0, 8).narrow(2, 0, 12).copy_(small[0]);
        mask[1].narrow(0, 0, 8).narrow(1, 0, 12).fill_(1);
        var alone = model.forward(question, small);
        var together = model.forward(question.repeat(2, 1), batch, pixel_mask: mask);
        Assert.True(together.narrow(0, 1, 1).allclose(alone, atol: 1e-5));
    }

    [Fact]
    public void LimitedPatches_AndEmptyPictures_AreRefused()
    {
        var json = JsonDocument.Parse("""{"max_image_length":40}""").RootElement;
        Assert.Contains("max_image_length 40", Assert.Throws<ModelConfigException>(() => ViltConfig.From(new ModelConfig(json))).Message, StringComparison.Ordinal);
        using var scope = NewDisposeScope();
        using var model = Small();
        var error = Assert.Throws<ArgumentException>(() => model.forward(
            ones(1, 2, dtype: ScalarType.Int64), zeros(1, 3, 8, 8), pixel_mask: zeros(1, 8, 8, dtype: ScalarType.Int64)));
        Assert.Contains("leaves nothing of picture 0", error.Message, StringComparison.Ordinal);
    }

    private static ViltForQuestionAnswering Small() => new(new ViltConfig
    {
        Vision = new ViTConfig { HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 32, ImageSize = 16, PatchSize = 4 },
        Text = new BertConfig { VocabSize = 10, HiddenSize = 16, MaxPositionEmbeddings = 8, HiddenDropoutProb = 0 },
    }, ["yes", "no", "two"]);
}
