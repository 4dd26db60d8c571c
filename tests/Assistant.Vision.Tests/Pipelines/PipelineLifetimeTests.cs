using Assistant.Vision.Generation;
using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

/// <summary>What pipelines hold: the weights while they are open, nothing more from call to call, nothing after.</summary>
public class PipelineLifetimeTests
{
    private static readonly GenerationOptions Beams = new() { NumBeams = 2, MaxNewTokens = 4 };
    private static readonly IReadOnlyList<RgbImage> Images = ModelFolder.Pictures(2);

    public static TheoryData<string, ScalarType> Pipelines()
    {
        var data = new TheoryData<string, ScalarType>();
        foreach (var name in new[] { "zero-shot", "blip captions", "vit-gpt2 captions", "blip-2 captions", "blip answers", "vilt answers", "blip-2 answers", "matching", "classes" })
        {
            data.Add(name, ScalarType.Float32);
            data.Add(name, ScalarType.BFloat16);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void OnlyTheWeightsStay_AndCallsLeaveNoTensors(string name, ScalarType dtype)
    {
        using var folder = Folder(name);
        using var file = Assistant.Vision.Weights.WeightFile.Open(folder.Path);
        var before = Live();
        var (pipeline, call) = Open(name, folder.Path, dtype);
        call();
        var open = Live();
        // The statistics count a weight once more for each time that its memory changed hands: as it became a parameter, and as it was converted.
        Assert.InRange(open - before, file.Tensors.Count, (dtype == ScalarType.Float32 ? 2 : 3) * file.Tensors.Count + 4);
        for (var count = 0; count < 3; count++)
            call();
        Assert.Equal(open, Live());
        pipeline.Dispose();
        Assert.InRange(open - Live(), file.Tensors.Count, open);
        Assert.Throws<ObjectDisposedException>(call);
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void APipelineOpenedInADisposeScope_OutlivesIt(string name, ScalarType dtype)
    {
        using var folder = Folder(name);
        (IDisposable Pipeline, Action Call) opened;
        using (NewDisposeScope())
            opened = Open(name, folder.Path, dtype);
        opened.Call();
        opened.Pipeline.Dispose();
    }

    [Fact]
    public void ANetworkGivenToAClassifier_IsReleasedWithIt()
    {
        var network = new Assistant.Vision.Models.Vgg([[4]], classes: 2);
        var parameters = network.parameters().ToList();
        var classifier = new ImageClassifier(network, Assistant.Vision.Imaging.Processors.ImageProcessorConfig.ViT(16), ["cat", "dog"]);
        Assert.Equal(2, classifier.Classify(Images[0]).Count);
        Assert.DoesNotContain(parameters, parameter => parameter.IsInvalid);
        classifier.Dispose();
        Assert.All(parameters, parameter => Assert.True(parameter.IsInvalid));
    }

    private static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    internal static (IDisposable Pipeline, Action Call) Open(string name, string folder, ScalarType dtype)
    {
        switch (name.Split(' ')[^1])
        {
            case "zero-shot":
                var zeroShot = ZeroShotImageClassifier.Open(folder, dtype);
                return (zeroShot, () => zeroShot.Classify(Images, ["cat", "dog"]));
            case "captions":
                var captioner = ImageCaptioner.Open(folder, dtype);
                return (captioner, () => captioner.Caption(Images, name.StartsWith("blip ", StringComparison.Ordinal) ? "w5" : "ab", Beams, _ => { }));
            case "answers":
                var answerer = VisualQuestionAnswerer.Open(folder, dtype);
                return (answerer, () => answerer.Answer(Images[0], "w5", new AnswerOptions { Generation = Beams }));
            case "matching":
                var matcher = ImageTextMatcher.Open(folder, dtype);
                return (matcher, () => matcher.Match(Images, ["w5", "w6 w7"]));
            default:
                var classifier = ImageClassifier.Open(folder, dtype);
                return (classifier, () => classifier.Classify(Images));
        }
    }

    internal static ModelFolder Folder(string name) => name switch
    {
        "zero-shot" => RandomFolders.Clip(),
        "blip captions" => RandomFolders.BlipCaption(),
        "vit-gpt2 captions" => RandomFolders.VitGpt2(),
        "blip answers" => RandomFolders.BlipVqa(),
        "vilt answers" => RandomFolders.Vilt(),
        "matching" => RandomFolders.BlipItm(),
        "classes" => RandomFolders.ViT(),
        _ => RandomFolders.Blip2(),
    };
}
