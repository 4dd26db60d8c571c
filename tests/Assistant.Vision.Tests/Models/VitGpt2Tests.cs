using System.Text.Json;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class VitGpt2Tests
{
    public static TheoryData<string> Folders() => Parity.Folders("VisionEncoderDecoderModel");

    [Theory]
    [MemberData(nameof(Folders))]
    public void States_Logits_AndCaptions_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = VisionEncoderDecoderModel.From(parity.Config);
        Checkpoint.Load(model, parity.Folder, CheckpointNames.Gpt2);
        model.eval();

        var (pixel_values, decoder_input_ids) = (parity.Input("pixel_values"), parity.Input("decoder_input_ids"));
        AssertStates(parity, "encoder", model.Encoder.HiddenStates(pixel_values));
        parity.AssertClose("encoder_last_hidden_state", model.Encoder.call(pixel_values));
        AssertStates(parity, "decoder", model.Decoder.HiddenStates(decoder_input_ids, model.Encode(pixel_values)));
        parity.AssertClose("logits", model.forward(pixel_values, decoder_input_ids));

        long[] start = [parity.Values.GetProperty("generation").GetProperty("decoder_start_token_id").GetInt64()];
        foreach (var (name, options) in GenerationParity.Cases(parity))
            GenerationParity.AssertEqual(parity, name, start, options, model.Generate(pixel_values, options));
    }

    [Fact]
    public void EncoderOfAnotherWidth_IsProjected()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var vision = new ViTConfig { HiddenSize = 12, NumHiddenLayers = 1, NumAttentionHeads = 2, IntermediateSize = 24, ImageSize = 8, PatchSize = 4 };
        var text = new Gpt2Config { VocabSize = 9, MaxPositions = 8, HiddenSize = 16, NumLayers = 1, NumHeads = 2 };
        using var model = new VisionEncoderDecoderModel(vision, text, decoderStartTokenId: 1, eosTokenId: 2);
        Assert.Equal([2, 5, 16], model.Encode(randn(2, 3, 8, 8)).shape);
        Assert.Contains("enc_to_dec_proj.weight", model.state_dict().Keys);
    }

    [Fact]
    public void OtherDecoders_AreRefusedByName()
    {
        var json = JsonDocument.Parse("""{"encoder":{"model_type":"vit"},"decoder":{"model_type":"roberta"}}""").RootElement;
        Assert.Contains("'vit' and 'roberta'", Assert.Throws<ModelConfigException>(() => VisionEncoderDecoderModel.From(new ModelConfig(json))).Message, StringComparison.Ordinal);
    }

    private static void AssertStates(Parity parity, string name, IReadOnlyList<Tensor> states)
    {
        for (var index = 0; index < states.Count; index++)
            parity.AssertClose($"{name}_hidden_{index}", states[index]);
        Assert.False(parity.Expects($"{name}_hidden_{states.Count}"));
    }
}
