using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class CheckpointNamesTests
{
    [Theory]
    [InlineData("bert.encoder.layer.0.attention.output.LayerNorm.gamma", "encoder.layer.0.attention.output.LayerNorm.weight")]
    [InlineData("embeddings.LayerNorm.beta", "embeddings.LayerNorm.bias")]
    [InlineData("bert.embeddings.position_ids", null)]
    [InlineData("cls.predictions.bias", null)]
    public void Bert_LosesPrefixHeadAndOldNames(string published, string? own) => Assert.Equal(own, CheckpointNames.Bert(published));

    [Theory]
    [InlineData("text_decoder.cls.predictions.decoder.weight", null)]
    [InlineData("text_decoder.cls.predictions.bias", "text_decoder.cls.predictions.bias")]
    [InlineData("text_decoder.bert.embeddings.position_ids", null)]
    public void Blip_LosesWhatIsStoredTwice(string published, string? own) => Assert.Equal(own, CheckpointNames.Blip(published));

    [Theory]
    [InlineData("decoder.transformer.h.0.attn.bias", null)]
    [InlineData("decoder.transformer.h.0.crossattention.masked_bias", null)]
    [InlineData("decoder.lm_head.weight", null)]
    [InlineData("encoder.pooler.dense.weight", null)]
    [InlineData("decoder.transformer.h.0.attn.c_attn.bias", "decoder.transformer.h.0.attn.c_attn.bias")]
    public void Gpt2_LosesMasksAndTheTiedOutput(string published, string? own) => Assert.Equal(own, CheckpointNames.Gpt2(published));

    [Theory]
    [InlineData("language_model.lm_head.weight", null)]
    [InlineData("qformer.layernorm.weight", "qformer.layernorm.weight")]
    public void Blip2_LosesTheTiedOutput(string published, string? own) => Assert.Equal(own, CheckpointNames.Blip2(published));

    [Fact]
    public void PublishedFile_WithTiedAndOldTensors_Loads_AndNothingElseIsForgiven()
    {
        using var scope = NewDisposeScope();
        var config = new Gpt2Config { VocabSize = 9, MaxPositions = 8, HiddenSize = 8, NumLayers = 1, NumHeads = 2 };
        using var published = new Gpt2LMHeadModel(config);
        var writer = new SafetensorsWriter();
        foreach (var (name, value) in published.state_dict())
            writer.Add(name, WeightType.F32, value.shape, () => value.detach().cpu().contiguous().data<float>().ToArray());
        writer.Add("lm_head.weight", WeightType.F32, [1], () => new float[1]);
        writer.Add("transformer.h.0.attn.bias", WeightType.F32, [1], () => new float[1]);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            writer.Save(path);
            using var loaded = new Gpt2LMHeadModel(config);
            Assert.Contains("2 tensors that the model lacks", Assert.Throws<WeightFileException>(() => Checkpoint.Load(loaded, path)).Message, StringComparison.Ordinal);
            Checkpoint.Load(loaded, path, CheckpointNames.Gpt2);
            var ids = tensor(new long[] { 1, 2, 3 }).unsqueeze(0);
            Assert.True(loaded.call(ids).allclose(published.call(ids)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("resnet.embedder.embedder.convolution.weight", "conv1.weight")]
    [InlineData("resnet.embedder.embedder.normalization.running_var", "bn1.running_var")]
    [InlineData("resnet.encoder.stages.0.layers.0.shortcut.convolution.weight", "layer1.0.downsample.0.weight")]
    [InlineData("resnet.encoder.stages.3.layers.0.shortcut.normalization.bias", "layer4.0.downsample.1.bias")]
    [InlineData("resnet.encoder.stages.2.layers.5.layer.2.convolution.weight", "layer3.5.conv3.weight")]
    [InlineData("resnet.encoder.stages.2.layers.5.layer.0.normalization.num_batches_tracked", "layer3.5.bn1.num_batches_tracked")]
    [InlineData("classifier.1.bias", "fc.bias")]
    [InlineData("resnet.something.else", "resnet.something.else")]
    public void ResNet_GetsTorchvisionsNames(string published, string own) => Assert.Equal(own, CheckpointNames.ResNet(published));

    [Fact]
    public void ViT_LosesThePooler_ButNotItsLikes()
    {
        Assert.Null(CheckpointNames.ViT("vit.pooler.dense.bias"));
        Assert.Equal("vit.layernorm.weight", CheckpointNames.ViT("vit.layernorm.weight"));
    }

    [Theory]
    [InlineData("h.0.attn.masked_bias", null)]
    [InlineData("h.0.attn.c_attn.bias", "transformer.h.0.attn.c_attn.bias")]
    [InlineData("wte.weight", "transformer.wte.weight")]
    [InlineData("transformer.ln_f.bias", "transformer.ln_f.bias")]
    public void Gpt2_Alone_GetsItsPrefix(string published, string? own) => Assert.Equal(own, CheckpointNames.Gpt2(published));

    [Theory]
    [InlineData("text_model.embeddings.position_ids", true)]
    [InlineData("position_ids", true)]
    [InlineData("model.layers.0.self_attn.rotary_emb.inv_freq", true)]
    [InlineData("model.layers.0.self_attn.q_proj.weight", false)]
    [InlineData("my_position_ids.weight", false)]
    public void Buffers_AreKnownInEveryFamily(string name, bool expected) => Assert.Equal(expected, CheckpointNames.IsBuffer(name));

    [Fact]
    public void Clip_LosesPositionNumbers() => Assert.Null(CheckpointNames.Clip("vision_model.embeddings.position_ids"));

    [Fact]
    public void Vilt_LosesPositionNumbers() => Assert.Null(CheckpointNames.Vilt("vilt.embeddings.text_embeddings.position_ids"));
}
