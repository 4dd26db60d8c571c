using Assistant.Vision.Models;

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
    [InlineData("decoder.transformer.h.0.attn.c_attn.bias", "decoder.transformer.h.0.attn.c_attn.bias")]
    public void Gpt2_LosesMasksAndTheTiedOutput(string published, string? own) => Assert.Equal(own, CheckpointNames.Gpt2(published));

    [Theory]
    [InlineData("language_model.lm_head.weight", null)]
    [InlineData("qformer.layernorm.weight", "qformer.layernorm.weight")]
    public void Blip2_LosesTheTiedOutput(string published, string? own) => Assert.Equal(own, CheckpointNames.Blip2(published));

    [Fact]
    public void Vilt_LosesPositionNumbers() => Assert.Null(CheckpointNames.Vilt("vilt.embeddings.text_embeddings.position_ids"));
}
