using System.Text.Json;
using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class Blip2Tests
{
    public static TheoryData<string> Folders() => Parity.Folders("Blip2ForConditionalGeneration");

    [Theory]
    [MemberData(nameof(Folders))]
    public void States_Logits_AndTexts_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = Blip2ForConditionalGeneration.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var (pixel_values, input_ids) = (parity.Input("pixel_values"), parity.Input("input_ids"));
        var states = model.VisionModel.HiddenStates(pixel_values);
        for (var index = 0; index < states.Count; index++)
            parity.AssertClose($"vision_hidden_{index}", states[index]);
        var image_embeds = model.VisionModel.call(pixel_values);
        parity.AssertClose("vision_last_hidden_state", image_embeds);
        parity.AssertClose("vision_pooled", model.VisionModel.Pool(image_embeds));
        var query_output = model.Query(image_embeds);
        parity.AssertClose("query_output", query_output);
        parity.AssertClose("language_projection", model.Project(query_output));
        parity.AssertClose("logits", model.forward(pixel_values, input_ids));

        var end = parity.Values.GetProperty("greedy_eos_token_id");
        var options = new GenerationOptions
        {
            MaxNewTokens = parity.Values.GetProperty("greedy_max_new_tokens").GetInt32(),
            EndTokens = end.ValueKind == JsonValueKind.Null ? new HashSet<long>() : new HashSet<long> { end.GetInt64() },
        };
        Assert.Equal(parity.Ids("greedy_new_ids"), model.Generate(pixel_values, input_ids, options).Select(row => row[0].Tokens.ToArray()));
        Assert.Equal(parity.Ids("greedy_new_ids_no_prompt"), model.Generate(pixel_values, null, options).Select(row => row[0].Tokens.ToArray()));
    }

    [Fact]
    public void PaddingBeforeAText_MovesNothing()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = new OptForCausalLM(new OptConfig { VocabSize = 11, HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, FfnDim = 24, MaxPositionEmbeddings = 8, WordEmbedProjDim = 16 });
        model.eval();
        var text = model.call(tensor(new long[] { 2, 5, 7 }).unsqueeze(0));
        var padded = model.forward(model.Embed(tensor(new long[] { 1, 1, 2, 5, 7 }).unsqueeze(0)), tensor(new long[] { 0, 0, 1, 1, 1 }).unsqueeze(0));
        Assert.True(padded.narrow(1, 2, 3).allclose(text, atol: 1e-5));
    }

    [Fact]
    public void PostNormWithNarrowEmbeddings_HasTheNamesOfTheSmallestOpt()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = new OptForCausalLM(new OptConfig { VocabSize = 11, HiddenSize = 16, NumHiddenLayers = 1, NumAttentionHeads = 2, FfnDim = 24, MaxPositionEmbeddings = 8, WordEmbedProjDim = 8, DoLayerNormBefore = false });
        Assert.Equal([1, 3, 11], model.call(tensor(new long[] { 2, 5, 7 }).unsqueeze(0)).shape);
        var names = model.state_dict().Keys;
        Assert.Contains("model.decoder.project_in.weight", names);
        Assert.DoesNotContain("model.decoder.final_layer_norm.weight", names);
    }

    [Theory]
    [InlineData("""{"text_config":{"model_type":"t5"},"vision_config":{},"qformer_config":{}}""", "'t5' is not known here; known: opt")]
    [InlineData("""{"text_config":{},"vision_config":{},"qformer_config":{"use_qformer_text_input":true}}""", "use_qformer_text_input")]
    public void WhatIsNotSupported_IsNamed(string config, string message)
    {
        var json = JsonDocument.Parse(config).RootElement;
        Assert.Contains(message, Assert.Throws<ModelConfigException>(() => Blip2Config.From(new ModelConfig(json))).Message, StringComparison.Ordinal);
    }
}
