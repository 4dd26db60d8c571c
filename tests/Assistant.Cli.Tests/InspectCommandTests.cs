using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Assistant.Vision.Tests;
using Assistant.Vision.Tests.Weights;
using Assistant.Vision.Weights;

namespace Assistant.Cli.Tests;

public sealed class InspectCommandTests : IDisposable
{
    private const string SmallVit = """{"model_type":"vit","architectures":["ViTForImageClassification"],"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":16,"image_size":8,"patch_size":4,"num_labels":3}""";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Safetensors_AreShownAsATreeWithTypesShapesAndTotals()
    {
        var (status, output, _) = Run(Safetensors());
        Assert.Equal(0, status);
        string[] expected =
        [
            "weights.safetensors: safetensors",
            "  format pt",
            "",
            "  encoder 2 tensors 10",
            "    layers 2 tensors 10",
            "      0 2 tensors 10",
            "        weight F32 [2, 3] 6",
            "        bias F16 [4] 4",
            "  head 1 tensor 5",
            "    weight BF16 [5] 5",
            "",
            "  F32 1 tensors, 6 values, 0.0 MiB",
            "  BF16 1 tensors, 5 values, 0.0 MiB",
            "  F16 1 tensors, 4 values, 0.0 MiB",
            "  total 3 tensors, 15 values, 0.0 MiB",
        ];
        Assert.Equal(expected, Lines(output));
    }

    [Fact]
    public void NumberedBlocks_AreInTheOrderOfTheirNumbers()
    {
        var writer = new SafetensorsWriter();
        foreach (var block in Enumerable.Range(0, 12))
            writer.Add($"layers.{block}", WeightType.F32, [1], () => new float[1]); // stored as 0, 1, 10, 11, 2, ...
        writer.Save(folder.File("blocks.safetensors"));
        var blocks = Lines(Run(folder.File("blocks.safetensors")).Output).Where(line => line.EndsWith("[1] 1", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(Enumerable.Range(0, 12).Select(block => $"{block}"), blocks);
    }

    [Fact]
    public void Depth_SumsUpWhatLiesDeeper()
    {
        var lines = Lines(Run(Safetensors(), "--depth", "1").Output);
        Assert.Contains("  encoder 2 tensors 10", lines);
        Assert.DoesNotContain(lines, line => line.Contains("layers", StringComparison.Ordinal));
        Assert.Contains("  total 3 tensors, 15 values, 0.0 MiB", lines);
        Assert.DoesNotContain(Lines(Run(Safetensors(), "--depth", "0").Output), line => line.Contains("encoder", StringComparison.Ordinal));
        Assert.Equal(1, Run(Safetensors(), "--depth", "-1").Status);
    }

    [Fact]
    public void Json_HasTheSameNumbers()
    {
        using var json = JsonDocument.Parse(Run(Safetensors(), "--json").Output);
        var root = json.RootElement;
        Assert.Equal("safetensors", root.GetProperty("format").GetString());
        Assert.Equal("pt", root.GetProperty("metadata").GetProperty("format").GetString());
        Assert.Equal((3, 15, 42), (root.GetProperty("tensor_count").GetInt32(), root.GetProperty("values").GetInt32(), root.GetProperty("bytes").GetInt32()));
        var weight = root.GetProperty("tensors").EnumerateArray().Single(tensor => tensor.GetProperty("name").GetString() == "encoder.layers.0.weight");
        Assert.Equal("F32", weight.GetProperty("type").GetString());
        Assert.Equal([2, 3], weight.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal(["encoder", "encoder.layers", "encoder.layers.0", "head"],
            root.GetProperty("modules").EnumerateArray().Select(module => module.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Gguf_ShowsItsMetadata_LongListsByTheirLength()
    {
        var writer = new GgufWriter();
        writer.Set("general.architecture", "clip");
        writer.Set("clip.vision.block_count", 2);
        writer.Set("clip.use_gelu", true);
        writer.Set("clip.vision.image_mean", [0.5f, 0.25f]);
        writer.Set("tokens", Enumerable.Repeat("x", 50));
        writer.Add("v.blk.0.ln1.weight", GgmlType.F32, [4], () => new float[4]);
        writer.Save(folder.File("tower.gguf"));
        var lines = Lines(Run(folder.File("tower.gguf")).Output).Select(line => line.Trim()).ToList();
        Assert.Equal("tower.gguf: GGUF 3", lines[0]);
        Assert.Contains("clip.vision.block_count 2", lines);
        Assert.Contains("clip.use_gelu true", lines);
        Assert.Contains("clip.vision.image_mean [0.5, 0.25]", lines);
        Assert.Contains("tokens [50 values]", lines);
        Assert.Contains("weight F32 [4] 4", lines);
    }

    [Fact]
    public void PyTorchArchive_IsShown_AndAForeignClassIsNamed()
    {
        var good = new PickleWriter().Op('}').Op('(').Text("fc.weight").Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1]).Op('u').Done();
        var (status, output, _) = Run(folder.Write("good.pt", PickleWriter.Archive(good, ("archive/data/0", new byte[24]))));
        Assert.Equal(0, status);
        Assert.Contains("good.pt: PyTorch", output, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", output, StringComparison.Ordinal);

        var evil = new PickleWriter().Global("os", "system").Op('(').Text("true").Op('t').Op('R').Done();
        Refused(folder.Write("evil.pt", PickleWriter.Archive(evil)), "os.system");
    }

    [Fact]
    public void BrokenFiles_AreRefusedInOneSentence()
    {
        var whole = File.ReadAllBytes(Safetensors());
        Refused(folder.Write("cut.safetensors", whole[..^4]), "cut.safetensors");
        Refused(folder.Write("empty.safetensors", []), "empty.safetensors");
        Refused(folder.Write("page.bin", "<!DOCTYPE html>"u8.ToArray()), "web page");
        Refused(folder.Write("cut.gguf", "GGUF\u0003\0\0\0"u8.ToArray()), "cut.gguf");
        Refused(folder.File("absent.safetensors"), "absent.safetensors");
    }

    [Fact]
    public void Folder_ShowsTheFamilyAndItsSizes_DefaultsIncluded()
    {
        SaveVit(labels: 3);
        folder.Write("config.json", Encoding.UTF8.GetBytes(SmallVit));
        var (status, output, error) = Run(folder.Path, "--check");
        Assert.Equal("", error);
        Assert.Equal(0, status);
        var lines = Lines(output).Select(line => line.Trim()).ToList();
        Assert.Equal("ViT: ViTForImageClassification", lines[0]);
        Assert.Contains("hidden_size 8", lines);
        Assert.Contains("num_channels 3", lines); // not in the file
        using var json = JsonDocument.Parse(Run(folder.Path, "--json", "--depth", "1").Output);
        Assert.Equal("vit", json.RootElement.GetProperty("model_type").GetString());
        Assert.Equal(16, json.RootElement.GetProperty("config").GetProperty("intermediate_size").GetInt32());
    }

    [Fact]
    public void Check_NamesWhatDoesNotFitTheConfiguration()
    {
        SaveVit(labels: 4);
        folder.Write("config.json", Encoding.UTF8.GetBytes(SmallVit));
        Refused(folder.Path, "'classifier.weight' is [4, 8], the model wants [3, 8]", "--check");
        Assert.Equal(0, Run(folder.Path).Status);
        Refused(Safetensors(), "config.json", "--check");
    }

    [Fact]
    public void UnknownNetworks_AreRefusedWithWhatIsKnown()
    {
        SaveVit(labels: 3);
        folder.Write("config.json", """{"model_type":"whisper"}"""u8.ToArray());
        Refused(folder.Path, "model_type 'whisper' are not known; known: clip, blip, blip-2");
        folder.Write("config.json", """{"model_type":"blip","architectures":["BlipForDreams"]}"""u8.ToArray());
        Refused(folder.Path, "BlipForDreams");
        folder.Write("config.json", Encoding.UTF8.GetBytes(SmallVit.Replace("\"hidden_size\":8", "\"hidden_size\":9", StringComparison.Ordinal)));
        Refused(folder.Path, "hidden_size 9 is not a multiple of num_attention_heads 2");
        folder.Write("config.json", "{"u8.ToArray());
        Refused(folder.Path, "config.json");
    }

    [Fact]
    public void WeightsOfTorchvision_AreKnownWithoutAConfiguration()
    {
        using (var network = Vision.Models.ResNet.ResNet18(3))
            Save(network);
        var (status, output, error) = Run(folder.File("model.safetensors"), "--check", "--depth", "0");
        Assert.Equal((0, ""), (status, error));
        Assert.Equal(["ResNet: resnet18", "  layer_type basic", "  depths [2,2,2,2]", "  classes 3"], Lines(output).Take(4));
    }

    [Fact]
    public void ControlCharactersOfAFile_DoNotReachTheTerminal()
    {
        var writer = new SafetensorsWriter { Metadata = { ["note"] = "a\u001b[2Jb\nc" } };
        writer.Add("x\u001b[31m", WeightType.F32, [1], () => new float[1]);
        writer.Save(folder.File("loud.safetensors"));
        var output = Run(folder.File("loud.safetensors")).Output;
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains("a\\u001b[2Jb\\nc", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clip", "CLIP: CLIPModel")]
    [InlineData("clip_legacy_eos", "CLIP: CLIPModel")]
    [InlineData("blip_caption", "BLIP: BlipForConditionalGeneration")]
    [InlineData("blip_vqa", "BLIP: BlipForQuestionAnswering")]
    [InlineData("blip_itm", "BLIP: BlipForImageTextRetrieval")]
    [InlineData("blip2", "BLIP-2: Blip2ForConditionalGeneration")]
    [InlineData("vilt_vqa", "ViLT: ViltForQuestionAnswering")]
    [InlineData("vit", "ViT: ViTForImageClassification")]
    [InlineData("vit_gpt2", "ViT-GPT2: VisionEncoderDecoderModel")]
    [InlineData("bert", "BERT: BertModel")]
    [InlineData("llava", "LLaVA: LlavaForConditionalGeneration")]
    [InlineData("llava_llama", "LLaVA: LlavaForConditionalGeneration")]
    [InlineData("phi3", "Phi-3: Phi3ForCausalLM")]
    public void FolderOfTheReference_IsKnownAndFitsItsConfiguration(string name, string family)
    {
        var (status, output, error) = Run(ReferenceData.Find(name), "--check", "--depth", "1");
        Assert.Equal("", error);
        Assert.Equal((0, family), (status, Lines(output)[0]));
    }

    private string Safetensors()
    {
        var writer = new SafetensorsWriter { Metadata = { ["format"] = "pt" } };
        writer.Add("encoder.layers.0.weight", WeightType.F32, [2, 3], () => new float[6]);
        writer.Add("encoder.layers.0.bias", WeightType.F16, [4], () => new float[4]);
        writer.Add("head.weight", WeightType.BF16, [5], () => new float[5]);
        writer.Save(folder.File("weights.safetensors"));
        return folder.File("weights.safetensors");
    }

    private void SaveVit(int labels)
    {
        using var network = new Vision.Models.ViTForImageClassification(new Vision.Models.ViTConfig
        {
            HiddenSize = 8, NumHiddenLayers = 1, NumAttentionHeads = 2, IntermediateSize = 16, ImageSize = 8, PatchSize = 4,
        }, labels);
        Save(network);
    }

    private void Save(TorchSharp.torch.nn.Module network)
    {
        var writer = new SafetensorsWriter();
        foreach (var tensor in Vision.Models.ModelSummary.Of(network).Tensors)
            writer.Add(tensor.Name, WeightType.F32, tensor.Shape, () => new float[tensor.Count]);
        writer.Save(folder.File("model.safetensors"));
    }

    private static void Refused(string path, string expected, params string[] options)
    {
        var (status, output, error) = Run(path, options);
        Assert.Equal((1, ""), (status, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(Lines(error));
    }

    /// <summary>Lines with their indentation, their columns one space apart.</summary>
    private static List<string> Lines(string text) => [.. text.TrimEnd('\n').Split('\n').Select(line => Regex.Replace(line.TrimEnd(), @"(?<=\S) +", " "))];

    private static (int Status, string Output, string Error) Run(string path, params string[] options)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var status = Commands.Root().Parse(["inspect", path, .. options]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (status, output.ToString(), error.ToString());
    }
}
