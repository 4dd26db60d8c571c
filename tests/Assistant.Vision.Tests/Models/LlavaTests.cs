using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class LlavaTests
{
    public static TheoryData<string> Folders() => Parity.Folders("LlavaForConditionalGeneration");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Features_Logits_AndGreedyIds_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = new LlavaForConditionalGeneration(LlavaConfig.From(parity.Config));
        parity.LoadWeights(model);
        model.eval();

        var pixel_values = parity.Input("pixel_values");
        parity.AssertClose("vision_selected", model.SelectVisionFeatures(pixel_values));
        parity.AssertClose("image_features", model.GetImageFeatures(pixel_values));
        parity.AssertClose("logits", model.forward(parity.Input("input_ids"), pixel_values));

        var prompt = ExpandImageToken(parity.Input("prompt_ids_one_image_token"), model.Config);
        var embeds = model.MergeImageFeatures(prompt, model.GetImageFeatures(pixel_values));
        var steps = parity.Values.GetProperty("greedy_max_new_tokens").GetInt32();
        Assert.Equal(parity.Ids("greedy_new_ids"), GreedySearch.Generate(model.LanguageModel, embeds, steps).Select(row => row.ToArray()));
    }

    [Fact]
    public void AsManyRowsAsImageTokens_AreRequired()
    {
        var config = new LlavaConfig
        {
            Vision = new ClipVisionConfig { HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 1, NumAttentionHeads = 2, ImageSize = 8, PatchSize = 4 },
            Text = new DecoderConfig { VocabSize = 10, HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 1, NumAttentionHeads = 2, NumKeyValueHeads = 2, HeadDim = 8 },
            ImageTokenIndex = 10,
        };
        using var model = new LlavaForConditionalGeneration(config);
        using var ids = tensor(new long[] { 1, 10, 10, 2 }).unsqueeze(0);
        using var features = zeros(1, 4, 16);
        var error = Assert.Throws<ArgumentException>(() => model.MergeImageFeatures(ids, features));
        Assert.Contains("2 image tokens, the pictures give 4 rows", error.Message, StringComparison.Ordinal);
    }

    private static Tensor ExpandImageToken(Tensor ids, LlavaConfig config)
    {
        var patches = config.Vision.NumPatches + (config.DropClassToken ? 0 : 1);
        var rows = Enumerable.Range(0, (int)ids.shape[0]).Select(row => tensor(ids[row].data<long>().ToArray()
            .SelectMany(id => Enumerable.Repeat(id, id == config.ImageTokenIndex ? patches : 1)).ToArray()));
        return stack(rows.ToArray());
    }
}
