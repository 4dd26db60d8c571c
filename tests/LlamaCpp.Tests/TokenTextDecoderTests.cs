namespace LlamaCpp.Tests;

public class TokenTextDecoderTests
{
    [Fact]
    public void Characters_SplitOverTokens_ComeWhole()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath, new() { VocabOnly = true });
        var decoder = new TokenTextDecoder(model.Vocab);

        var pieces = "😀"u8.ToArray().Select(b => decoder.Decode(TinyModel.FirstByte + b)).ToArray();

        Assert.Equal(["", "", "", "😀"], pieces);
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void Flush_GivesTheReplacementCharacter_ForWhatWasNeverCompleted()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath, new() { VocabOnly = true });
        var decoder = new TokenTextDecoder(model.Vocab);

        Assert.Equal("", decoder.Decode(TinyModel.FirstByte + 0xF0));
        Assert.Equal("\uFFFD", decoder.Flush());
    }
}
