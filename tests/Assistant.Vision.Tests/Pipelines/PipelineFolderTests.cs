using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Weights;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

/// <summary>Folders in all the forms that are published, and folders that are not sound: a sentence each, naming the file.</summary>
public sealed class PipelineFolderTests : IDisposable
{
    private readonly ModelFolder folder = RandomFolders.Clip();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Shards_AndPyTorchArchives_GiveWhatOneSafetensorsFileGives()
    {
        var wanted = Embed();
        var tensors = Checkpoint.ReadAll(folder.Path);
        // As old files have it, the numbers of the positions lie beside the weights.
        tensors["text_model.embeddings.position_ids"] = arange(70, dtype: ScalarType.Float32).unsqueeze(0);
        File.Delete(folder.File("model.safetensors"));

        var halves = tensors.Select((entry, index) => (entry.Key, entry.Value, File: $"model-0000{index % 2 + 1}-of-00002.safetensors")).ToList();
        foreach (var shard in halves.GroupBy(entry => entry.File))
            folder.Save(shard.Key, shard.Select(entry => (entry.Key, entry.Value)));
        var map = new JsonObject(halves.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.File)));
        folder.Write("model.safetensors.index.json", new JsonObject { ["weight_map"] = map }.ToJsonString());
        Assert.Equal(wanted, Embed());
        File.Delete(folder.File("model-00002-of-00002.safetensors"));
        Refused<FileNotFoundException>("model.safetensors.index.json", "model-00002-of-00002.safetensors", "which is missing");
        File.Delete(folder.File("model.safetensors.index.json"));

        var pickle = new PickleWriter().Op('}').Op('(');
        var storages = new List<(string, byte[])>();
        foreach (var (name, value) in tensors)
        {
            int[] shape = [.. value.shape.Select(size => (int)size)];
            int[] strides = [.. Enumerable.Range(0, shape.Length).Select(at => shape[(at + 1)..].Aggregate(1, (product, size) => product * size))];
            pickle.Text(name).Tensor("FloatStorage", $"{storages.Count}", (int)value.numel(), 0, shape, strides);
            storages.Add(($"archive/data/{storages.Count}", MemoryMarshal.AsBytes(value.data<float>().ToArray().AsSpan()).ToArray()));
        }
        File.WriteAllBytes(folder.File("pytorch_model.bin"), PickleWriter.Archive(pickle.Op('u').Done(), [.. storages]));
        Assert.Equal(wanted, Embed());
    }

    [Fact]
    public void TokenizerJson_AndProcessorConfig_ServeAsWell()
    {
        var wanted = Embed();
        var vocabulary = JsonNode.Parse(File.ReadAllText(folder.File("vocab.json")))!;
        folder.Write("tokenizer.json", new JsonObject { ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() } }.ToJsonString());
        File.Delete(folder.File("vocab.json"));
        folder.Write("processor_config.json", $$"""{"processor_class":"CLIPProcessor","image_processor":{{File.ReadAllText(folder.File("preprocessor_config.json"))}} }""");
        File.Delete(folder.File("preprocessor_config.json"));
        Assert.Equal(wanted, Embed());
        folder.Write("processor_config.json", "{}");
        Refused<InvalidDataException>("processor_config.json", "has no 'image_processor'");
    }

    [Fact]
    public void BertsCase_IsWhatTheFolderSays()
    {
        using var plain = new TemporaryFolder();
        plain.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\nCat"u8.ToArray());
        Assert.Equal([4], BertTokenizer.FromFolder(plain.Path).Tokenize("Cat").Select(token => token.Id));
        plain.Write("tokenizer_config.json", """{"do_lower_case":false}"""u8.ToArray());
        Assert.Equal([5], BertTokenizer.FromFolder(plain.Path).Tokenize("Cat").Select(token => token.Id));
        plain.Write("tokenizer_config.json", "{"u8.ToArray());
        Assert.Contains("tokenizer_config.json cannot be read", Assert.Throws<WeightFileException>(() => BertTokenizer.FromFolder(plain.Path)).Message, StringComparison.Ordinal);
        File.Delete(plain.File("tokenizer_config.json"));
        File.Delete(plain.File("vocab.txt"));
        plain.Write("tokenizer.json", """{"normalizer":{"lowercase":false},"model":{"vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"cat":4,"Cat":5}}}"""u8.ToArray());
        Assert.Equal([5], BertTokenizer.FromFolder(plain.Path).Tokenize("Cat").Select(token => token.Id));
    }

    [Fact]
    public void Gpt2sSpecialTokens_AreWhatTheFolderSays()
    {
        using var opt = new TemporaryFolder();
        opt.Write("vocab.json", """{"<s>":0,"<pad>":1,"</s>":2,"a":3}"""u8.ToArray());
        opt.Write("merges.txt", "#version: 0.2\n"u8.ToArray());
        opt.Write("special_tokens_map.json", """{"bos_token":{"content":"</s>","lstrip":false},"pad_token":"<pad>","additional_special_tokens":["<s>"]}"""u8.ToArray());
        var tokenizer = Gpt2Tokenizer.FromFolder(opt.Path);
        Assert.Equal([2, 3], tokenizer.Tokenize("</s>a").Select(token => token.Id));
        Assert.Equal("a", tokenizer.Decode([2, 3, 0, 1]));
        opt.Write("special_tokens_map.json", "[1]"u8.ToArray());
        Assert.Contains("special_tokens_map.json", Assert.Throws<WeightFileException>(() => Gpt2Tokenizer.FromFolder(opt.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", "holds no config.json")]
    [InlineData("preprocessor_config.json", "holds neither preprocessor_config.json nor processor_config.json")]
    [InlineData("merges.txt", "holds no tokenizer: neither vocab.json with merges.txt, nor tokenizer.json")]
    [InlineData("model.safetensors", "holds no checkpoint; one of model.safetensors, model.safetensors.index.json, pytorch_model.bin")]
    public void AMissingFile_IsNamed(string file, string message)
    {
        File.Delete(folder.File(file));
        Refused<FileNotFoundException>(folder.Path, message);
    }

    [Theory]
    [InlineData("""{"model_type":"vilt","architectures":["ViltForQuestionAnswering"],"vocab_size":9}""", "config.json describes ViLT (ViltForQuestionAnswering); a CLIP pipeline wants CLIPModel.")]
    [InlineData("""{"model_type":"clip","architectures":["CLIPTextModel"]}""", "config.json: the architecture CLIPTextModel of model_type 'clip' is not known; known: CLIPModel.")]
    [InlineData("""{"model_type":"siglip"}""", "config.json: networks of model_type 'siglip' are not known; known: clip, blip, ")]
    [InlineData("{}", "config.json: field 'model_type' is missing.")]
    [InlineData("""{"model_type":7}""", "'model_type' must be a string, it is 7.")]
    [InlineData("""{"model_type":"clip","architectures":"CLIPModel"}""", "'architectures' must be a list of strings")]
    [InlineData("""{"model_type":"clip"}""", "config.json: field 'text_config' is missing.")]
    [InlineData("""{"model_type":"clip",""", "config.json cannot be read: ")]
    [InlineData("[]", "config.json: expected a JSON object, found Array.")]
    public void AConfigurationThatIsNotClips_IsRefused(string config, string message)
    {
        folder.Write("config.json", config);
        Refused<ModelConfigException>("config.json", message);
    }

    [Theory]
    [InlineData("text_config", "hidden_size", 25, "config.json: hidden_size 25 is not a multiple of num_attention_heads 3.")]
    [InlineData("text_config", "hidden_size", 0, "'hidden_size' must be at least 1, it is 0.")]
    [InlineData("text_config", "vocab_size", 50, "has 60 tokens, the network of config.json knows 50")]
    [InlineData("text_config", "eos_token_id", 7, "'eos_token_id' is 7, but the tokenizer ends a text with 59.")]
    [InlineData("text_config", "vocab_size", int.MaxValue, "config.json describes a network that cannot be built: ")]
    [InlineData("vision_config", "patch_size", 19, "config.json: image_size 18 is smaller than patch_size 19.")]
    public void SizesThatCannotBe_AreRefused(string part, string field, int value, string message)
    {
        Change(part, field, value);
        if (value == int.MaxValue)
            Change(part, "hidden_size", 3 << 20); // 25 TB of embeddings
        Refused<ModelConfigException>(message);
    }

    [Fact]
    public void BlipsThatCannotAnswer_AreRefused()
    {
        folder.Write("config.json", RandomFolders.BlipConfig("BlipForQuestionAnswering")).Write("preprocessor_config.json", ModelFolder.BlipProcessor(20)).WithBert(38, 2, 3);
        AssertRefused<ModelConfigException>(() => VisualQuestionAnswerer.Open(folder.Path), "config.json: vision_config.hidden_size 16 and text_config.hidden_size 24 must be equal");
    }

    [Fact]
    public void WithoutArchitectures_TheModelTypeDecides()
    {
        using var blip = RandomFolders.BlipItm();
        blip.Write("config.json", File.ReadAllText(blip.File("config.json")).Replace("\"architectures\":[\"BlipForImageTextRetrieval\"],", "", StringComparison.Ordinal));
        using var matcher = ImageTextMatcher.Open(blip.Path);
        Assert.InRange(matcher.Match(ModelFolder.Pictures(1)[0], "w5").Probability, 0, 1);
        AssertRefused<WeightFileException>(() => ImageCaptioner.Open(blip.Path), "model.safetensors lacks");
    }

    [Fact]
    public void PicturesOfAnotherSize_AreRefused()
    {
        folder.Write("preprocessor_config.json", ModelFolder.ClipProcessor(24));
        Refused<InvalidDataException>("preprocessor_config.json: pictures come out at 24 x 24 pixels, the network of config.json takes 18 x 18.");
        folder.Write("preprocessor_config.json", "{");
        Refused<InvalidDataException>("preprocessor_config.json: it is not valid JSON");
    }

    [Fact]
    public void WeightsThatDoNotFit_AreNamed()
    {
        var tensors = Checkpoint.ReadAll(folder.Path);
        folder.Save("model.safetensors", tensors.Where(entry => entry.Key != "logit_scale").Select(entry => (entry.Key, entry.Value)));
        Refused<WeightFileException>("model.safetensors lacks 1 of the model's tensors: logit_scale.");
        folder.Save("model.safetensors", tensors.Select(entry => (entry.Key, entry.Value)).Append(("lora.weight", zeros(2))));
        Refused<WeightFileException>("model.safetensors has 1 tensors that the model lacks: lora.weight.");
        folder.Save("model.safetensors", tensors.Select(entry => (entry.Key, entry.Key == "text_projection.weight" ? zeros(20, 25) : entry.Value)));
        Refused<WeightFileException>("model.safetensors: 'text_projection.weight' is [20, 25], the model wants [20, 24].");
    }

    [Fact]
    public void BrokenWeights_AreNamed()
    {
        var sound = File.ReadAllBytes(folder.File("model.safetensors"));
        File.WriteAllBytes(folder.File("model.safetensors"), sound[..^100]);
        Refused<WeightFileException>("model.safetensors");
        var huge = (byte[])sound.Clone();
        BinaryPrimitives.WriteInt64LittleEndian(huge, long.MaxValue);
        File.WriteAllBytes(folder.File("model.safetensors"), huge);
        Refused<WeightFileException>("model.safetensors");
        File.WriteAllBytes(folder.File("model.safetensors"), Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"));
        Refused<WeightFileException>("model.safetensors is a Git LFS pointer");
        File.Delete(folder.File("model.safetensors"));
        File.WriteAllBytes(folder.File("pytorch_model.bin"), PickleWriter.Archive(new PickleWriter().Global("os", "system").Op('(').Text("true").Op('t').Op('R').Done()));
        Refused<WeightFileException>("pytorch_model.bin", "holds a 'os.system'");
    }

    [Fact]
    public void OtherPipelines_SayWhatTheyWant()
    {
        AssertRefused<ModelConfigException>(() => ImageCaptioner.Open(folder.Path), "config.json describes CLIP (CLIPModel); a captioner wants BlipForConditionalGeneration or Blip2ForConditionalGeneration or VisionEncoderDecoderModel.");
        AssertRefused<ModelConfigException>(() => VisualQuestionAnswerer.Open(folder.Path), "a question answerer wants BlipForQuestionAnswering or ViltForQuestionAnswering");
        AssertRefused<ModelConfigException>(() => ImageTextMatcher.Open(folder.Path), "an image-text matcher wants BlipForImageTextRetrieval.");
        AssertRefused<ModelConfigException>(() => ImageClassifier.Open(folder.Path), "an image classifier wants ViTForImageClassification or ResNetForImageClassification.");
        AssertRefused<FileNotFoundException>(() => ImageCaptioner.Open(folder.File("nowhere")), "There is no folder '");
        AssertRefused<ArgumentException>(() => ClipEmbedder.Open(folder.Path, ScalarType.Float16), "Float32 or BFloat16, not in Float16");
    }

    private float[] Embed()
    {
        using var embedder = ClipEmbedder.Open(folder.Path);
        return [.. embedder.EmbedText("a cat."), .. embedder.EmbedImage(ModelFolder.Pictures(1)[0])];
    }

    private void Change(string part, string field, int value)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!;
        config[part]![field] = value;
        folder.Write("config.json", config.ToJsonString());
    }

    private void Refused<TException>(params string[] messages) where TException : Exception
    {
        foreach (var message in messages)
            AssertRefused<TException>(() => ClipEmbedder.Open(folder.Path), message);
    }

    private static void AssertRefused<TException>(Func<object> open, string message) where TException : Exception
    {
        var error = Assert.Throws<TException>(open);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
