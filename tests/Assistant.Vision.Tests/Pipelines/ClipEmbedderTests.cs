using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Models;
using Assistant.Vision.Text;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Tests.Pipelines;

public class ClipEmbedderTests
{
    public static TheoryData<string> Folders() => Parity.Folders("CLIPModel");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Embeddings_AndTheirComparison_AgreeWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open(name);
        var ids = parity.Input("input_ids");
        using var folder = ModelFolder.FromReference(name, ModelFolder.ClipProcessor((int)parity.Input("pixel_values").shape[2]))
            .WithClip((int)ids[0][0].item<long>(), (int)ids[0][-1].item<long>());
        using var embedder = ClipEmbedder.Open(folder.Path);
        var images = embedder.Embed(ModelFolder.Pixels(parity.Input("pixel_values")));
        var texts = embedder.Embed(ModelFolder.Tokens(ids));
        AssertWithin(1e-5, parity.Expected("image_embeds"), images);
        AssertWithin(1e-5, parity.Expected("text_embeds"), texts);

        var matrix = new SimilarityMatrix(texts, images, embedder.LogitScale);
        var logits = parity.Expected("logits_per_image");
        var (perImage, perText) = (logits.softmax(1), logits.softmax(0));
        var scale = logits.abs().max().item<float>();
        for (var image = 0; image < matrix.Images; image++)
        {
            for (var text = 0; text < matrix.Texts; text++)
            {
                Assert.Equal(logits[image, text].item<float>(), embedder.LogitScale * matrix.Cosine(text, image), 1e-4f * scale);
                Assert.Equal(perImage[image, text].item<float>(), matrix.TextProbability(text, image), 1e-4f);
                Assert.Equal(perText[image, text].item<float>(), matrix.ImageProbability(text, image), 1e-4f);
            }
        }
        Assert.Equal(parity.Values.GetProperty("argmax_image_per_text").EnumerateArray().Select(index => index.GetInt32()),
            Enumerable.Range(0, matrix.Texts).Select(text => Enumerable.Range(0, matrix.Images).MaxBy(image => matrix.Cosine(text, image))));
    }

    [Fact]
    public void FullSizeEmbeddings_AgreeWithTheReference()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open("clip_vit_base_full");
        var merges = ReferenceData.FindData("clip", "bpe_simple_vocab_16e6.txt.gz");
        var network = ClipModel.From(parity.Config);
        FormulaValues.Load(network, parity.Values.GetProperty("parameters"));
        network.eval();
        using var embedder = new ClipEmbedder(new SharedModel<ClipModel>(network, ScalarType.Float32), ClipConfig.From(parity.Config),
            new ClipTokenizer(BpeVocabulary.FromClipMerges(merges)), new ImageProcessor(ImageProcessorConfig.Clip()), network.LogitScale.exp().item<float>());
        var images = embedder.Embed(ModelFolder.Pixels(FormulaValues.Images(3, 224, 224, 39000, grid: 7)));
        var texts = embedder.Embed(ModelFolder.Tokens(parity.Input("input_ids")));
        AssertWithin(1e-5, parity.Expected("image_embeds"), images);
        AssertWithin(1e-5, parity.Expected("text_embeds"), texts);
        var matrix = new SimilarityMatrix(texts, images, embedder.LogitScale);
        for (var image = 0; image < 3; image++)
        {
            for (var text = 0; text < 4; text++)
                Assert.Equal(parity.Expected("logits_per_image")[image, text].item<float>(), embedder.LogitScale * matrix.Cosine(text, image), 2e-3f);
        }
    }

    [Theory]
    [InlineData(24, 3, 2, 6, 18, "gelu")]
    [InlineData(32, 4, 1, 5, 25, "quick_gelu")]
    public void Embeddings_AreTheNetworksOwn_WhateverItsSizes(int width, int heads, int layers, int patch, int size, string activation)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = RandomFolders.Clip(width, heads, layers, patch, size, activation);
        using var embedder = ClipEmbedder.Open(folder.Path);
        Assert.Equal(20, embedder.Width);
        using var model = ClipModel.From(ModelConfig.Load(folder.File("config.json")));
        Checkpoint.Load(model, folder.Path);
        model.eval();

        var pictures = ModelFolder.Pictures(2);
        var pixels = new ImageProcessor(ImageProcessorConfig.Clip(size)).ProcessBatch(pictures);
        AssertWithin(1e-5, F.normalize(model.GetImageFeatures(tensor(pixels.Data, 2, 3, size, size)), dim: -1), embedder.EmbedImages(pictures));
        // "cat." is c, a, t</w>, .</w>
        var ids = tensor(new long[] { 58, 2, 0, 28 + 19, 28 + 26, 59 }).unsqueeze(0);
        AssertWithin(1e-5, F.normalize(model.GetTextFeatures(ids), dim: -1), [embedder.EmbedText("Cat.")]);
    }

    [Fact]
    public void ManyAtOnce_AreWhatEachIsAlone()
    {
        using var folder = RandomFolders.Clip();
        using var embedder = ClipEmbedder.Open(folder.Path);
        var pictures = ModelFolder.Pictures(19); // more than go through the tower together
        var texts = Enumerable.Range(0, 70).Select(index => new string((char)('a' + index % 26), 1 + index % 9)).ToList();
        foreach (var (together, alone) in embedder.EmbedImages(pictures).Zip(pictures, (vector, picture) => (vector, embedder.EmbedImage(picture))))
            Assert.Equal(1, VectorMath.Dot(together, alone), 1e-5f);
        foreach (var (together, alone) in embedder.EmbedTexts(texts).Zip(texts, (vector, text) => (vector, embedder.EmbedText(text))))
            Assert.Equal(1, VectorMath.Dot(together, alone), 1e-5f);
        Assert.Empty(embedder.EmbedImages([]));
        Assert.Throws<ArgumentException>(() => embedder.Compare([], pictures));
    }

    [Fact]
    public void TextTooLong_IsCutWithItsEndKept()
    {
        using var folder = RandomFolders.Clip();
        using var embedder = ClipEmbedder.Open(folder.Path);
        var (cut, same) = (embedder.EmbedText(new string('a', 300)), embedder.EmbedText(new string('a', 200)));
        Assert.Equal(1, VectorMath.Dot(cut, same), 1e-5f);
    }

    [Fact]
    public void Bfloat16_StaysNear_WithTheExactTemperature()
    {
        using var folder = RandomFolders.Clip();
        using var exact = ClipEmbedder.Open(folder.Path);
        using var rounded = ClipEmbedder.Open(folder.Path, ScalarType.BFloat16);
        Assert.Equal(exact.LogitScale, rounded.LogitScale);
        var (pictures, texts) = (ModelFolder.Pictures(3), new[] { "a cat.", "dog" });
        var (a, b) = (exact.Compare(texts, pictures), rounded.Compare(texts, pictures));
        for (var at = 0; at < 6; at++)
            Assert.Equal(a.Cosine(at % 2, at / 2), b.Cosine(at % 2, at / 2), 0.03f); // 8 bits of mantissa through four matrices a block
    }

    [Fact]
    public void SeveralCallers_GetTheirOwnResults()
    {
        using var folder = RandomFolders.Clip();
        using var embedder = ClipEmbedder.Open(folder.Path);
        var pictures = ModelFolder.Pictures(8);
        var alone = pictures.Select(picture => embedder.EmbedImage(picture)).ToList();
        var together = new float[8][];
        Parallel.For(0, 8, index => together[index] = embedder.EmbedImage(pictures[index]));
        for (var index = 0; index < 8; index++)
            Assert.Equal(alone[index], together[index]);
    }

    [Fact]
    public void Cancellation_AndRelease_EndACall()
    {
        using var folder = RandomFolders.Clip();
        var embedder = ClipEmbedder.Open(folder.Path);
        Assert.ThrowsAny<OperationCanceledException>(() => embedder.EmbedText("cat", new CancellationToken(canceled: true)));
        Assert.Equal(20, embedder.EmbedText("cat").Length);
        embedder.Dispose();
        embedder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => embedder.EmbedText("cat"));
    }

    [Fact]
    public void ThePublishedVocabulary_IsReadFromTheFolder()
    {
        using var scope = NewDisposeScope();
        var merges = ReferenceData.FindData("clip", "bpe_simple_vocab_16e6.txt.gz");
        using var folder = ModelFolder.OfRandom("""
            {"model_type":"clip","projection_dim":8,"text_config":{"hidden_size":8,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":2,"eos_token_id":2},
             "vision_config":{"hidden_size":8,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":2,"image_size":16,"patch_size":8}}
            """, ModelFolder.ClipProcessor(16), ClipModel.From);
        File.Copy(merges, folder.File("bpe_simple_vocab_16e6.txt.gz"));
        using var embedder = ClipEmbedder.Open(folder.Path);
        var ids = tensor(new long[] { 49406, 320, 1125, 539, 320, 2368, 269, 49407 }).unsqueeze(0); // the old rule: pool at the highest id
        Assert.Equal(1, VectorMath.Dot(embedder.EmbedText("a photo of a cat."), embedder.Embed(ModelFolder.Tokens(ids))[0]), 1e-5f);
    }

    private static void AssertWithin(double tolerance, Tensor expected, IReadOnlyList<float[]> actual)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape[0], actual.Count);
        for (var row = 0; row < actual.Count; row++)
            Assert.True((tensor(actual[row]) - expected[row]).abs().max().item<float>() <= tolerance, $"row {row} differs by {(tensor(actual[row]) - expected[row]).abs().max().item<float>()}");
    }
}
