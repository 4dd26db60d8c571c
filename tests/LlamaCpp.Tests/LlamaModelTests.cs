namespace LlamaCpp.Tests;

public class LlamaModelTests
{
    [Fact]
    public void Load_ReadsSizesAndMetadata()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);

        Assert.Equal(1024, model.TrainedContextLength);
        Assert.Equal(64, model.EmbeddingLength);
        Assert.Equal(2, model.LayerCount);
        Assert.Equal(4, model.HeadCount);
        Assert.Equal(2, model.KeyValueHeadCount);
        Assert.Equal("llama", model.Metadata["general.architecture"]);
        Assert.Equal("tiny", model.Metadata["general.name"]);
        Assert.Equal(TinyModel.Tokens.Count, model.Vocab.Count);
        Assert.True(model.ParameterCount > 60_000);
        Assert.Equal(4 * model.ParameterCount, model.SizeInBytes);
        Assert.Contains("llama", model.Description, StringComparison.Ordinal);
        Assert.Null(model.ChatTemplate);
        Assert.True(model.IsDecoderOnly);
        Assert.False(model.UsesMultiRope);
    }

    [Fact]
    public void Load_NamesAMissingFile()
    {
        var e = Assert.Throws<FileNotFoundException>(() => LlamaModel.Load("/nowhere/model.gguf"));
        Assert.Contains("/nowhere/model.gguf", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TellsWhy_WhenTheFileIsTruncatedOrNoModel()
    {
        var bytes = File.ReadAllBytes(TinyModel.DefaultPath);
        var path = Path.Combine(AppContext.BaseDirectory, "broken.gguf");

        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        var truncated = Assert.Throws<LlamaException>(() => LlamaModel.Load(path));
        Assert.Contains("broken.gguf", truncated.Message, StringComparison.Ordinal);
        Assert.Contains("llama.cpp says", truncated.Message, StringComparison.Ordinal);

        File.WriteAllText(path, "this is a text file, and long enough to be looked at");
        Assert.Contains("llama.cpp says", Assert.Throws<LlamaException>(() => LlamaModel.Load(path)).Message, StringComparison.Ordinal);

        using var model = LlamaModel.Load(TinyModel.DefaultPath); // the library is none the worse for it
        Assert.Equal(2, model.LayerCount);
    }

    [Fact]
    public void VocabularyOnly_GetsNoContext()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath, new() { VocabOnly = true });

        Assert.Contains("vocabulary only", Assert.Throws<InvalidOperationException>(() => new LlamaContext(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_OutlivesItsDispose_WhileAContextUsesIt()
    {
        var model = LlamaModel.Load(TinyModel.DefaultPath);
        var context = new LlamaContext(model, new() { ContextLength = 64, Threads = 1 });
        model.Dispose();

        var batch = new LlamaBatch(1);
        batch.AddToken(1, 0);
        Assert.Equal(DecodeResult.Ok, context.Decode(batch));
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.EmbeddingLength);
    }
}
