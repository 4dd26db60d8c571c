using Assistant.Vision.Generation;
using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Pipelines;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Docs;

/// <summary>The examples of the part "Pipelines" of docs/networks.md: each region here stands there word for word, and runs.</summary>
public class PipelineExamplesTests
{
    private readonly RgbImage image = ModelFolder.Pictures(1)[0];
    private readonly IReadOnlyList<RgbImage> images = ModelFolder.Pictures(3);

    [Fact]
    public void ZeroShot()
    {
        using var files = RandomFolders.Clip();
        var folder = files.Path;
        #region zero-shot
        using var classifier = ZeroShotImageClassifier.Open(folder);
        string[] labels = ["cat", "dog", "car"];
        foreach (var (_, label, score, cosine) in classifier.Classify(image, labels, new ZeroShotOptions { Templates = PromptTemplates.ImageNet }))
            Console.WriteLine($"{label}: {score:P1}, cosine {cosine:F3}");
        var any = classifier.Classify(image, labels, new ZeroShotOptions { MultiLabel = true }).Where(label => label.Score > 0.5);
        #endregion
        Assert.Equal(1, classifier.Classify(image, labels).Sum(label => label.Score), 1e-4f);
        Assert.All(any, label => Assert.Contains(label.Label, labels));
    }

    [Fact]
    public void Embeddings()
    {
        using var files = RandomFolders.Clip();
        var folder = files.Path;
        #region embeddings
        using var embedder = ClipEmbedder.Open(folder, ScalarType.BFloat16);
        float[] vector = embedder.EmbedText("a dog on the beach"); // of length 1
        var matrix = embedder.Compare(["a cat", "a dog"], images);
        Console.WriteLine($"cosine {matrix.Cosine(text: 1, image: 0):F3}, of the texts {matrix.TextProbability(1, 0):P0}, of the pictures {matrix.ImageProbability(1, 0):P0}");
        using var classifier = new ZeroShotImageClassifier(embedder); // uses the same weights
        #endregion
        Assert.Equal(1, vector.Sum(value => value * value), 1e-4f);
        Assert.Equal(1, classifier.Classify(image, ["cat"])[0].Score);
    }

    [Theory]
    [InlineData("blip")]
    [InlineData("blip-2")]
    [InlineData("vit-gpt2")]
    public void Captions(string family)
    {
        using var files = family == "blip" ? RandomFolders.BlipCaption() : family == "blip-2" ? RandomFolders.Blip2() : RandomFolders.VitGpt2();
        var folder = files.Path;
        var cancellationToken = TestContext.Current.CancellationToken;
        #region captions
        using var captioner = ImageCaptioner.Open(folder);
        var options = new GenerationOptions { MaxNewTokens = 20, NumBeams = 4 };
        foreach (var captions in captioner.Caption(images, options: options, cancellationToken: cancellationToken))
            Console.WriteLine($"{captions[0].Score:F2} {captions[0].Text}");
        var prefixed = captioner.Caption(image, "a photo of", onToken: progress => Console.WriteLine(progress.Texts[0]));
        #endregion
        Assert.True(Assert.Single(prefixed).Tokens.Count <= 30);
    }

    [Theory]
    [InlineData("blip")]
    [InlineData("blip-2")]
    [InlineData("vilt")]
    public void Answers(string family)
    {
        using var files = family == "blip" ? RandomFolders.BlipVqa() : family == "blip-2" ? RandomFolders.Blip2() : RandomFolders.Vilt();
        var folder = files.Path;
        #region answers
        using var answerer = VisualQuestionAnswerer.Open(folder);
        foreach (var answer in answerer.Answer(image, "what is in the picture?", new AnswerOptions { TopK = 3 }))
            Console.WriteLine($"{answer.Score:F3} {answer.Text}");
        #endregion
        Assert.Equal(answerer.IsGenerative ? 1 : 3, answerer.Answer(image, "what?", new AnswerOptions { TopK = 3 }).Count);
    }

    [Fact]
    public void Matching()
    {
        using var files = RandomFolders.BlipItm();
        var folder = files.Path;
        #region matching
        using var matcher = ImageTextMatcher.Open(folder);
        var match = matcher.Match(image, "a woman and a dog on the beach");
        Console.WriteLine($"they belong together: {match.Probability:P1} (read together), cosine {match.Cosine:F3} (compared)");
        #endregion
        Assert.InRange(match.Probability, 0, 1);
    }

    [Fact]
    public void Classes()
    {
        using var files = RandomFolders.ViT();
        var folder = files.Path;
        #region classes
        using var classifier = ImageClassifier.Open(folder);
        foreach (var (_, label, score) in classifier.Classify(image, topK: 3))
            Console.WriteLine($"{label}: {score:P1}");
        #endregion
        Assert.Equal(3, classifier.Labels.Count);
    }

    [Fact]
    public void EveryRegion_StandsInTheDocumentation() => DocumentedRegions.Check("PipelineExamplesTests.cs", 6);
}
