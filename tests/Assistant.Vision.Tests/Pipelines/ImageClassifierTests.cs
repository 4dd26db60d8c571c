using System.Text.RegularExpressions;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

public partial class ImageClassifierTests
{
    public static TheoryData<string> Folders() => Parity.Folders("ViTForImageClassification");

    [Theory]
    [MemberData(nameof(Folders))]
    public void ViT_GivesTheReferencesClasses(string name)
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open(name);
        var pixel_values = parity.Input("pixel_values");
        using var folder = ModelFolder.FromReference(name, ModelFolder.ViTProcessor((int)pixel_values.shape[2]));
        using var classifier = ImageClassifier.Open(folder.Path);
        var labels = parity.Config.Labels();
        Assert.Equal(labels, classifier.Labels);
        var wanted = parity.Values.GetProperty("argmax").EnumerateArray().Select(index => labels[index.GetInt32()]);
        AssertScores(parity.Expected("logits"), classifier.Classify(ModelFolder.Pixels(pixel_values), labels.Count), wanted);
    }

    [Theory]
    [InlineData("resnet50", "eval_logits", 19000u)]
    [InlineData("vgg16", "logits", 29000u)]
    public void ResNet50_AndVgg16_GiveTheReferencesClasses(string name, string logits, uint pictures)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open(name);
        nn.Module<Tensor, Tensor> network = name == "vgg16" ? Vgg.Vgg16() : ResNet.ResNet50();
        FormulaValues.Load(network, parity.Values.GetProperty("parameters"));
        using var classifier = new ImageClassifier(network, ImageProcessorConfig.Torchvision(), [.. Enumerable.Range(0, 1000).Select(index => $"class {index}")]);
        var pixels = FormulaValues.Images(2, 224, 224, pictures);
        var expected = parity.Expected(logits);
        var best = expected.argmax(-1).data<long>().ToArray().Select(index => $"class {index}");
        AssertScores(expected, classifier.Classify(ModelFolder.Pixels(pixels), topK: 5), best);
    }

    [Fact]
    public void TorchvisionsFile_DecidesHowManyClassesThereAre()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        using var holder = ModelFolder.OfRandom("{}", "{}", _ => ResNet.ResNet18(3));
        var weights = holder.File("model.safetensors");
        File.Delete(holder.File("config.json"));
        using var classifier = ImageClassifier.OpenTorchvision("resnet18", weights);
        Assert.Equal(["class 0", "class 1", "class 2"], classifier.Labels);
        var pictures = ModelFolder.Pictures(2);
        var together = classifier.Classify(pictures, topK: 2);
        Assert.All(together, row => Assert.Equal(2, row.Count));

        using var network = ResNet.ResNet18(3);
        Checkpoint.Load(network, weights);
        network.eval();
        var pixels = new ImageProcessor(ImageProcessorConfig.Torchvision()).Process(pictures[1]);
        var probabilities = network.call(tensor(pixels.Data, 1, 3, 224, 224)).softmax(-1);
        Assert.Equal(probabilities[0, together[1][0].Index].item<float>(), together[1][0].Score, 1e-4f);

        using var named = ImageClassifier.OpenTorchvision("resnet18", weights, ["cat", "dog", "car"]);
        Assert.Equal(new[] { "cat", "dog", "car" }[together[0][0].Index], named.Classify(pictures[0])[0].Label);
        holder.Write("config.json", """{"id2label":{"0":"a","1":"b","2":"c"}}""");
        using var beside = ImageClassifier.OpenTorchvision("resnet18", weights);
        Assert.Equal(["a", "b", "c"], beside.Labels);

        Assert.Contains("has 3 classes, there are 2 labels", Assert.Throws<ArgumentException>(() => ImageClassifier.OpenTorchvision("resnet18", weights, ["a", "b"])).Message, StringComparison.Ordinal);
        Assert.Contains("'alexnet' is not known", Assert.Throws<ArgumentException>(() => ImageClassifier.OpenTorchvision("alexnet", weights)).Message, StringComparison.Ordinal);
        Assert.Contains("model.safetensors lacks", Assert.Throws<Assistant.Vision.Weights.WeightFileException>(() => ImageClassifier.OpenTorchvision("resnet50", weights)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TransformersResNet_IsTorchvisionsUnderOtherNames()
    {
        const string Config = """{"model_type":"resnet","architectures":["ResNetForImageClassification"],"layer_type":"basic","depths":[1,2,1,1],"hidden_sizes":[64,128,256,512],"id2label":{"0":"cat","1":"dog"}}""";
        const string Processor = """{"image_processor_type":"ConvNextFeatureExtractor","size":64,"crop_pct":0.875}""";
        using var scope = NewDisposeScope();
        using var plain = ModelFolder.OfRandom(Config, Processor, ResNet.From); // torchvision's names
        var weights = Checkpoint.ReadAll(plain.Path);
        foreach (var statistic in weights.Where(entry => entry.Key.EndsWith("running_mean", StringComparison.Ordinal)))
            statistic.Value.add_(randn_like(statistic.Value) * 0.1);
        plain.Save("model.safetensors", weights.Select(entry => (entry.Key, entry.Value)));
        using var folder = ModelFolder.OfRandom(Config, Processor, ResNet.From);
        folder.Save("model.safetensors", weights.Select(entry => (PublishedName(entry.Key), entry.Value)));
        Assert.Contains("resnet.encoder.stages.1.layers.0.shortcut.normalization.running_mean", File.ReadAllText(folder.File("model.safetensors")), StringComparison.Ordinal);
        using var classifier = ImageClassifier.Open(folder.Path);
        using var network = ResNet.From(ModelConfig.Load(plain.File("config.json")));
        Checkpoint.Load(network, plain.Path);
        using var same = new ImageClassifier(network, ImageProcessorConfig.Load(plain.Path), classifier.Labels);
        var picture = ModelFolder.Pictures(1)[0];
        Assert.Equal(same.Classify(picture), classifier.Classify(picture));
        Assert.Equal(["cat", "dog"], classifier.Labels);
    }

    [Fact]
    public void Batches_Bfloat16_AndIndependentClasses()
    {
        using var folder = RandomFolders.ViT();
        using var classifier = ImageClassifier.Open(folder.Path);
        using var rounded = ImageClassifier.Open(folder.Path, ScalarType.BFloat16);
        var pictures = ModelFolder.Pictures(18);
        var together = classifier.Classify(pictures, topK: 3);
        for (var index = 0; index < pictures.Count; index++)
        {
            var alone = classifier.Classify(pictures[index], topK: 3);
            Assert.Equal(alone.Select(score => score.Label), together[index].Select(score => score.Label));
            Assert.Equal(alone[0].Score, together[index][0].Score, 1e-5f);
            var low = rounded.Classify(pictures[index], topK: 3);
            foreach (var score in alone)
                Assert.Equal(score.Score, low.Single(other => other.Label == score.Label).Score, 0.05f);
        }

        folder.Write("config.json", File.ReadAllText(folder.File("config.json")).Replace("\"model_type\"", "\"problem_type\":\"multi_label_classification\",\"model_type\"", StringComparison.Ordinal));
        using var independent = ImageClassifier.Open(folder.Path);
        var (one, all) = (independent.Classify(pictures[0], topK: 3), together[0]);
        // Softmax and sigmoid of the same logits: differences of logits agree.
        double Logit(float p) => Math.Log(p / (1 - p));
        Assert.Equal(Math.Log(all[0].Score / all[1].Score), Logit(one[0].Score) - Logit(one[1].Score), 1e-3);
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Classify(pictures[0], topK: 0));
    }

    private static void AssertScores(Tensor logits, IReadOnlyList<IReadOnlyList<Classification>> rows, IEnumerable<string> best)
    {
        Assert.Equal(best, rows.Select(row => row[0].Label));
        var probabilities = logits.softmax(-1);
        for (var row = 0; row < rows.Count; row++)
        {
            foreach (var score in rows[row])
                Assert.Equal(probabilities[row, score.Index].item<float>(), score.Score, 1e-4f);
        }
    }

    /// <summary>A torchvision name in transformers' words.</summary>
    private static string PublishedName(string name)
    {
        static string Kind(string kind) => kind == "conv" ? "convolution" : "normalization";
        if (Block().Match(name) is { Success: true } block)
            return $"resnet.encoder.stages.{int.Parse(block.Groups[1].Value) - 1}.layers.{block.Groups[2].Value}.layer.{int.Parse(block.Groups[4].Value) - 1}.{Kind(block.Groups[3].Value)}.{block.Groups[5].Value}";
        if (Shortcut().Match(name) is { Success: true } shortcut)
            return $"resnet.encoder.stages.{int.Parse(shortcut.Groups[1].Value) - 1}.layers.{shortcut.Groups[2].Value}.shortcut.{(shortcut.Groups[3].Value == "0" ? "convolution" : "normalization")}.{shortcut.Groups[4].Value}";
        return name.Replace("fc.", "classifier.1.", StringComparison.Ordinal)
            .Replace("conv1.", "resnet.embedder.embedder.convolution.", StringComparison.Ordinal).Replace("bn1.", "resnet.embedder.embedder.normalization.", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^layer(\d)\.(\d+)\.(conv|bn)(\d)\.(\w+)$")]
    private static partial Regex Block();

    [GeneratedRegex(@"^layer(\d)\.(\d+)\.downsample\.(\d)\.(\w+)$")]
    private static partial Regex Shortcut();
}
