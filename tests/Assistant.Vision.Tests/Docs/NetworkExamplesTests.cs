using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using Assistant.Vision.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Docs;

/// <summary>The examples of docs/networks.md: each region here stands there word for word, and runs.</summary>
public class NetworkExamplesTests
{
    [Fact]
    public void Captions()
    {
        var (folder, pixel_values) = Open("blip_caption", "pixel_values");
        #region captions
        using var model = BlipForConditionalGeneration.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder, CheckpointNames.Blip);
        model.eval();
        var options = new GenerationOptions { MaxNewTokens = 20, NumBeams = 3, NumReturnSequences = 2 };
        foreach (var caption in model.Generate(pixel_values, options)[0])
            Console.WriteLine($"{caption.Score:F2} {string.Join(" ", caption.Tokens)}");
        #endregion
        Assert.Equal(2, model.Generate(pixel_values, options)[0].Count);
    }

    [Fact]
    public void Answers()
    {
        var (folder, pixel_values) = Open("blip_vqa", "pixel_values");
        var (_, input_ids) = Open("blip_vqa", "input_ids");
        #region answers
        using var model = BlipForQuestionAnswering.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder, CheckpointNames.Blip);
        model.eval();
        var answer = model.Generate(pixel_values, input_ids, attention_mask: null, new GenerationOptions { MaxNewTokens = 10 })[0][0];
        #endregion
        Assert.InRange(answer.Tokens.Count, 1, 10);
    }

    [Fact]
    public void Matching()
    {
        var (folder, pixel_values) = Open("blip_itm", "pixel_values");
        var (_, input_ids) = Open("blip_itm", "input_ids");
        #region matching
        using var model = BlipForImageTextRetrieval.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder, CheckpointNames.Blip);
        model.eval();
        using var image_embeds = model.VisionModel.call(pixel_values);
        using var matches = model.MatchLogits(image_embeds, input_ids).softmax(-1).select(1, 1); // [batch], 0 to 1
        using var cosines = BlipForImageTextRetrieval.ContrastiveScores(model.GetImageFeatures(image_embeds), model.GetTextFeatures(input_ids));
        #endregion
        Assert.Equal([pixel_values.shape[0]], matches.shape);
        Assert.Equal([pixel_values.shape[0], input_ids.shape[0]], cosines.shape);
    }

    [Fact]
    public void ViltAnswers()
    {
        var (folder, pixel_values) = Open("vilt_vqa", "full_pixel_values");
        var (_, input_ids) = Open("vilt_vqa", "input_ids");
        #region vilt
        using var model = ViltForQuestionAnswering.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder, CheckpointNames.Vilt);
        model.eval();
        using var scores = model.forward(input_ids, pixel_values).sigmoid(); // [batch, answers]
        var best = model.Answers[(int)scores[0].argmax().item<long>()];
        #endregion
        Assert.Contains(best, model.Answers);
    }

    [Fact]
    public void VitGpt2Captions()
    {
        var (folder, pixel_values) = Open("vit_gpt2", "pixel_values");
        #region vit-gpt2
        using var model = VisionEncoderDecoderModel.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder, CheckpointNames.Gpt2);
        model.eval();
        var caption = model.Generate(pixel_values, new GenerationOptions { MaxLength = 16, NumBeams = 4 })[0][0];
        #endregion
        Assert.InRange(caption.Tokens.Count, 1, 15);
    }

    [Fact]
    public void Blip2Texts()
    {
        var (folder, pixel_values) = Open("blip2", "pixel_values");
        #region blip-2
        using var model = Blip2ForConditionalGeneration.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder, CheckpointNames.Blip2);
        model.eval();
        var text = model.Generate(pixel_values, input_ids: null, new GenerationOptions { MaxNewTokens = 12 })[0][0];
        #endregion
        Assert.InRange(text.Tokens.Count, 1, 12);
    }

    [Fact]
    public void ImageClasses()
    {
        var (folder, pixel_values) = Open("vit", "pixel_values");
        #region vit
        using var model = ViTForImageClassification.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder);
        model.eval();
        using var probabilities = model.call(pixel_values).softmax(-1); // [batch, labels]
        #endregion
        Assert.Equal(pixel_values.shape[0], probabilities.sum().item<float>(), 1e-3);
    }

    [Fact]
    public void TextFeatures()
    {
        var (folder, input_ids) = Open("bert", "input_ids");
        #region bert
        using var model = BertModel.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        Checkpoint.Load(model, folder, CheckpointNames.Bert);
        model.eval();
        using var states = model.LastHiddenState(input_ids, attention_mask: null); // [batch, length, hidden_size]
        using var pooled = model.Pool(states);                                     // [batch, hidden_size]
        #endregion
        Assert.Equal([input_ids.shape[0], states.shape[2]], pooled.shape);
    }

    [Fact]
    public void DualEncoderStep()
    {
        #region dual-encoder
        using var heads = new DualEncoderHeads(imageWidth: 2048, textWidth: 768, width: 256);
        using var optimizer = optim.Adam(heads.parameters(), 1e-3);
        using var images = heads.ImageProjection.call(randn(8, 2048)); // features of a ResNet-50
        using var texts = heads.TextProjection.call(randn(8, 768));    // features of a BERT
        using var loss = ContrastiveLoss.SoftTargets(images, texts).Loss;
        loss.backward();
        optimizer.step();
        Console.WriteLine(ModelSummary.Of(heads));
        #endregion
        Assert.True(float.IsFinite(loss.item<float>()));
    }

    [Fact]
    public void EveryRegion_StandsInTheDocumentation() => DocumentedRegions.Check("NetworkExamplesTests.cs", 9);

    private static (string Folder, Tensor Value) Open(string name, string input) => (ReferenceData.Find(name), Parity.Open(name).Input(input));
}
