using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class BlipTests
{
    public static TheoryData<string> CaptionFolders() => Parity.Folders("BlipForConditionalGeneration");

    public static TheoryData<string> QuestionFolders() => Parity.Folders("BlipForQuestionAnswering");

    public static TheoryData<string> MatchingFolders() => Parity.Folders("BlipForImageTextRetrieval");

    [Theory]
    [MemberData(nameof(CaptionFolders))]
    public void Captions_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = BlipForConditionalGeneration.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var pixel_values = parity.Input("pixel_values");
        var states = model.VisionModel.HiddenStates(pixel_values);
        for (var index = 0; index < states.Count; index++)
            parity.AssertClose($"vision_hidden_{index}", states[index]);
        var image_embeds = model.VisionModel.call(pixel_values);
        parity.AssertClose("image_embeds", image_embeds);
        parity.AssertClose("vision_pooled", model.VisionModel.Pool(image_embeds));
        parity.AssertClose("logits", model.forward(pixel_values, parity.Input("decoder_input_ids")));

        foreach (var (name, options) in GenerationParity.Cases(parity, without: "prompt_"))
            GenerationParity.AssertEqual(parity, name, [model.Config.Text.BosTokenId], options, model.Generate(pixel_values, options));
        var prompt = parity.Input("prompt_ids")[0].data<long>().ToArray();
        foreach (var (name, options) in GenerationParity.Cases(parity, "prompt_"))
            GenerationParity.AssertEqual(parity, name, [model.Config.Text.BosTokenId, .. prompt[1..^1]], options, model.Generate(pixel_values, options, prompt));
    }

    [Theory]
    [MemberData(nameof(QuestionFolders))]
    public void Answers_AgreeWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = BlipForQuestionAnswering.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var (pixel_values, input_ids, attention_mask) = (parity.Input("pixel_values"), parity.Input("input_ids"), parity.Input("attention_mask"));
        parity.AssertClose("image_embeds", model.VisionModel.call(pixel_values));
        var question = model.EncodeQuestion(pixel_values, input_ids, attention_mask);
        parity.AssertClose("question_states", question);
        parity.AssertClose("decoder_logits", model.TextDecoder.forward(parity.Input("decoder_input_ids"), question));
        parity.AssertClose("decoder_logits_question_mask", model.forward(pixel_values, input_ids, attention_mask, parity.Input("decoder_input_ids")));
        foreach (var (name, options) in GenerationParity.Cases(parity))
            GenerationParity.AssertEqual(parity, name, [model.Config.Text.BosTokenId], options, model.Generate(pixel_values, input_ids, attention_mask, options));
    }

    [Theory]
    [MemberData(nameof(MatchingFolders))]
    public void Matching_AgreesWithTheReference(string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(folder);
        using var model = BlipForImageTextRetrieval.From(parity.Config);
        parity.LoadWeights(model);
        model.eval();

        var (pixel_values, input_ids, attention_mask) = (parity.Input("pixel_values"), parity.Input("input_ids"), parity.Input("attention_mask"));
        var image_embeds = model.VisionModel.call(pixel_values);
        parity.AssertClose("image_embeds", image_embeds);
        parity.AssertClose("itm_question_states", model.TextEncoder.Encode(input_ids, attention_mask, image_embeds));
        var logits = model.MatchLogits(image_embeds, input_ids, attention_mask);
        parity.AssertClose("itm_logits", logits);
        parity.AssertClose("itm_probs", logits.softmax(-1));
        parity.AssertClose("itm_logits_images_swapped", model.MatchLogits(image_embeds.flip(0), input_ids, attention_mask));
        parity.AssertClose("itc_text_states", model.TextEncoder.Encode(input_ids, attention_mask));
        parity.AssertClose("itc_scores", BlipForImageTextRetrieval.ContrastiveScores(
            model.GetImageFeatures(image_embeds), model.GetTextFeatures(input_ids, attention_mask)));
    }

    [Fact]
    public void Caption_CanBeWatchedAndStopped()
    {
        using var scope = NewDisposeScope();
        using var model = Small();
        model.eval();
        using var stop = new CancellationTokenSource();
        var steps = new List<GenerationStep>();
        var options = new GenerationOptions { MaxNewTokens = 6, EndTokens = new HashSet<long>() };
        Assert.Throws<OperationCanceledException>(() => model.Generate(randn(1, 3, 8, 8), options, onStep: step =>
        {
            steps.Add(step);
            if (steps.Count == 3)
                stop.Cancel();
        }, cancellationToken: stop.Token));
        Assert.Equal([1, 2, 3], steps.Select(step => step.Sequences[0].Count));
    }

    [Fact]
    public void BeamsOfSeveralPictures_AreThoseOfEachAlone()
    {
        using var scope = NewDisposeScope();
        using var model = Small();
        model.eval();
        var pictures = randn(3, 3, 8, 8);
        var options = new GenerationOptions { NumBeams = 3, NumReturnSequences = 2, MaxNewTokens = 5, EndTokens = new HashSet<long> { 4 } };
        var together = model.Generate(pictures, options);
        for (var index = 0; index < 3; index++)
        {
            var alone = model.Generate(pictures.narrow(0, index, 1), options)[0];
            Assert.Equal(alone.Select(text => text.Tokens), together[index].Select(text => text.Tokens));
            Assert.Equal(alone[0].Score, together[index][0].Score, 1e-4);
        }
    }

    [Fact]
    public void SourceMask_HidesPadding()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Small();
        model.eval();
        var text = tensor(new long[] { 1, 5, 7 }).unsqueeze(0);
        var source = randn(1, 5, 16);
        var masked = model.TextDecoder.forward(text, source, tensor(new long[] { 1, 1, 1, 0, 0 }).unsqueeze(0));
        Assert.True(masked.allclose(model.TextDecoder.forward(text, source.narrow(1, 0, 3)), atol: 1e-5));
        Assert.False(masked.allclose(model.TextDecoder.forward(text, source), atol: 1e-5));
    }

    [Fact]
    public void PromptWithoutItsFrame_IsRefused()
    {
        using var model = Small();
        using var picture = zeros(1, 3, 8, 8);
        Assert.Contains("at least its first and last token", Assert.Throws<ArgumentException>(() => model.Generate(picture, new GenerationOptions(), [5])).Message, StringComparison.Ordinal);
    }

    private static BlipForConditionalGeneration Small() => new(new BlipConfig
    {
        Vision = new BlipVisionConfig { HiddenSize = 16, IntermediateSize = 32, NumHiddenLayers = 1, NumAttentionHeads = 2, ImageSize = 8, PatchSize = 4 },
        Text = new BlipTextConfig
        {
            Bert = new BertConfig { VocabSize = 12, HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 32, MaxPositionEmbeddings = 16, TypeVocabSize = 0, EncoderHiddenSize = 16, HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 },
            BosTokenId = 1, SepTokenId = 2,
        },
    });
}
