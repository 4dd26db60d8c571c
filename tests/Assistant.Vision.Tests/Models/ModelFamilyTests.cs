using System.Text;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public sealed class ModelFamilyTests : IDisposable
{
    private const string Text = "\"vocab_size\":9,\"hidden_size\":8,\"intermediate_size\":16,\"num_hidden_layers\":1,\"num_attention_heads\":2,\"max_position_embeddings\":6,\"projection_dim\":4";
    private const string Vision = "\"hidden_size\":8,\"intermediate_size\":16,\"num_hidden_layers\":1,\"num_attention_heads\":2,\"image_size\":8,\"patch_size\":4,\"projection_dim\":4";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string, string, string> Folders => new()
    {
        { "GPT-2", "GPT2LMHeadModel", "\"model_type\":\"gpt2\",\"vocab_size\":9,\"n_positions\":6,\"n_embd\":8,\"n_layer\":1,\"n_head\":2", "transformer.h.0.attn.bias" },
        { "CLIP image encoder", "CLIPVisionModel", $"\"model_type\":\"clip_vision_model\",{Vision}", "vision_model.embeddings.position_ids" },
        { "CLIP image encoder", "CLIPVisionModelWithProjection", $"\"model_type\":\"clip_vision_model\",{Vision}", "vision_model.embeddings.position_ids" },
        { "CLIP text encoder", "CLIPTextModel", $"\"model_type\":\"clip_text_model\",{Text}", "text_model.embeddings.position_ids" },
        { "CLIP text encoder", "CLIPTextModelWithProjection", $"\"model_type\":\"clip_text_model\",{Text}", "text_model.embeddings.position_ids" },
        { "LLaMA", "LlamaForCausalLM", "\"model_type\":\"llama\",\"vocab_size\":9,\"hidden_size\":8,\"intermediate_size\":16,\"num_hidden_layers\":1,\"num_attention_heads\":2,\"num_key_value_heads\":2,\"max_position_embeddings\":6", "model.layers.0.self_attn.rotary_emb.inv_freq" },
    };

    /// <summary>The network is built as described; its own weights fit, with the buffer that old files hold, and nothing else is let through.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_IsKnown_AndItsOldBuffersAreLetThrough(string name, string architecture, string config, string buffer)
    {
        folder.Write("config.json", Encoding.UTF8.GetBytes($"{{\"architectures\":[\"{architecture}\"],{config}}}"));
        var family = ModelFamily.Of(ModelConfig.Load(folder.File("config.json")));
        Assert.Equal((name, architecture), (family.Name, family.Architecture));
        using var network = family.Build();
        Save(network.state_dict(), buffer);
        Checkpoint.Load(network, folder.Path, family.Names);
        Save(network.state_dict(), buffer, "vision_model.surplus.weight");
        Assert.Contains("vision_model.surplus.weight", Assert.Throws<WeightFileException>(() => Checkpoint.Load(network, folder.Path, family.Names)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gpt2_AsPublished_LacksThePrefix()
    {
        folder.Write("config.json", """{"model_type":"gpt2","vocab_size":9,"n_positions":6,"n_embd":8,"n_layer":1,"n_head":2}"""u8.ToArray());
        var family = ModelFamily.Of(ModelConfig.Load(folder.File("config.json")));
        using var network = family.Build();
        Save(network.state_dict().ToDictionary(entry => entry.Key["transformer.".Length..], entry => entry.Value), "h.0.attn.masked_bias");
        Checkpoint.Check(network, folder.Path, family.Names);
    }

    [Fact]
    public void ClipTowersWithProjection_AreTheHalvesOfClip()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var text = new ClipTextConfig { VocabSize = 9, HiddenSize = 8, IntermediateSize = 16, NumHiddenLayers = 1, NumAttentionHeads = 2, MaxPositionEmbeddings = 6, EosTokenId = 8 };
        var vision = new ClipVisionConfig { HiddenSize = 8, IntermediateSize = 16, NumHiddenLayers = 1, NumAttentionHeads = 2, ImageSize = 8, PatchSize = 4 };
        using var clip = new ClipModel(text, vision, 4);
        using var texts = new ClipTextModelWithProjection(text, 4);
        using var images = new ClipVisionModelWithProjection(vision, 4);
        texts.load_state_dict(clip.state_dict(), strict: false);
        images.load_state_dict(clip.state_dict(), strict: false);
        var (ids, pixels) = (tensor(new long[] { 1, 2, 8 }).unsqueeze(0), randn(2, 3, 8, 8));
        Assert.True(texts.call(ids).allclose(clip.GetTextFeatures(ids)));
        Assert.True(images.call(pixels).allclose(clip.GetImageFeatures(pixels)));
    }

    [Theory]
    [InlineData("resnet18", "ResNet")]
    [InlineData("resnet50", "ResNet")]
    [InlineData("resnet101", "ResNet")]
    [InlineData("vgg16", "VGG")]
    [InlineData("vgg19", "VGG")]
    public void WeightsOfTorchvision_AreKnownByNamesAndShapes(string architecture, string name)
    {
        using var network = Layer.Unfilled(() => Build(architecture));
        SaveShapes(network.state_dict());
        using var file = WeightFile.Open(folder.File("model.safetensors"));
        var family = ModelFamily.OfWeights(file);
        Assert.Equal((name, architecture), (family?.Name, family?.Architecture));
        using var built = family!.BuildUnfilled();
        Checkpoint.Check(built, folder.Path, family.Names);
    }

    [Theory]
    [InlineData("layer1.0.conv2.weight")] // a ResNeXt's or wide ResNet's is wider
    [InlineData("layer3.0.conv1.weight")] // a stage is missing
    [InlineData("fc.weight")]
    public void OtherWeights_AreNotTakenForThem(string without)
    {
        using var network = Layer.Unfilled(() => ResNet.ResNet50());
        SaveShapes(network.state_dict().Where(entry => entry.Key != without));
        using var file = WeightFile.Open(folder.File("model.safetensors"));
        Assert.Null(ModelFamily.OfWeights(file));
    }

    private static nn.Module Build(string architecture) => architecture switch
    {
        "resnet18" => ResNet.ResNet18(7),
        "resnet50" => ResNet.ResNet50(7),
        "resnet101" => ResNet.ResNet101(7),
        "vgg16" => Vgg.Vgg16(7),
        _ => Vgg.Vgg19(7),
    };

    private void Save(Dictionary<string, Tensor> state, params string[] buffers)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, value) in state)
            writer.Add(name, WeightType.F32, value.shape, () => value.detach().data<float>().ToArray());
        foreach (var name in buffers)
            writer.Add(name, WeightType.F32, [1], () => new float[1]);
        writer.Save(folder.File("model.safetensors"));
    }

    /// <summary>A file with holes where the values would be: half a gigabyte for a VGG, of which nothing is read.</summary>
    private void SaveShapes(IEnumerable<KeyValuePair<string, Tensor>> state)
    {
        var (entries, end) = (new List<string>(), 0L);
        foreach (var (name, value) in state)
        {
            var (type, size) = value.dtype == ScalarType.Int64 ? ("I64", 8) : ("F32", 4);
            entries.Add($"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(",", value.shape)}],\"data_offsets\":[{end},{end + size * value.numel()}]}}");
            end += size * value.numel();
        }
        var header = Encoding.UTF8.GetBytes($"{{{string.Join(",", entries)}}}");
        using var file = File.Create(folder.File("model.safetensors"));
        file.Write(BitConverter.GetBytes((long)header.Length));
        file.Write(header);
        file.SetLength(8 + header.Length + end);
    }
}
