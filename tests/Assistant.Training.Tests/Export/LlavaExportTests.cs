using Assistant.Training.Export;
using Assistant.Training.Recipes;
using Assistant.Vision.Generation;
using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using LlamaCpp;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Training.Tests.Export;

/// <summary>What is exported must mean the same to the programs that read it: llama.cpp for the text model, the image encoder for the rest.</summary>
[Collection("the generator that all threads share")]
public sealed class LlavaExportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-export-").FullName;
    private readonly SentencePieceVocabulary vocabulary = SentencePieceTrainer.Train(["the red circle is left of the blue star", "what colour is the circle"], new SentencePieceTrainerOptions { VocabularySize = 400 });
    private readonly LlavaForConditionalGeneration model;

    public LlavaExportTests()
    {
        manual_seed(7);
        model = new LlavaForConditionalGeneration(new LlavaConfig
        {
            Vision = new ClipVisionConfig { HiddenSize = 32, IntermediateSize = 96, NumHiddenLayers = 2, NumAttentionHeads = 2, ImageSize = 32, PatchSize = 8 },
            Text = new DecoderConfig { VocabSize = vocabulary.Count, HiddenSize = 64, IntermediateSize = 96, NumHiddenLayers = 2, NumAttentionHeads = 4, NumKeyValueHeads = 2, HeadDim = 16, MaxPositionEmbeddings = 128 },
            ImageTokenIndex = vocabulary.Count,
            VisionFeatureLayer = -1,
        });
        PocketModel.Initialize(model, 2);
        model.eval();
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Text_GivesTheSameGreedyTokensInLlamaCpp_WithAndWithoutAPicture()
    {
        var path = Path.Combine(folder, "text.gguf");
        LlavaExport.SaveText(model, "test", vocabulary.ToGguf, path, GgmlType.F32);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[] prompt = new SentencePieceTokenizer(vocabulary).Encode("what colour is the circle", addSpecial: true);
        var text = model.LanguageModel.Embed(tensor(prompt.Select(id => (long)id).ToArray()).unsqueeze(0));
        var picture = model.GetImageFeatures(randn(1, 3, 32, 32));

        using var llama = LlamaModel.Load(path);
        Assert.Equal(prompt, llama.Vocab.Tokenize("what colour is the circle", addSpecial: true, parseSpecial: false));
        Assert.Equal(Greedy(text), Decode(llama, prompt, null));
        Assert.Equal(Greedy(cat([text, picture], 1)), Decode(llama, prompt, picture));
        Assert.NotEqual(Greedy(text), Greedy(cat([text, picture], 1)));
    }

    [Fact]
    public void Projector_GivesTheModelsImageFeatures()
    {
        var path = Path.Combine(folder, "mmproj.gguf");
        LlavaExport.SaveProjector(model, "test", path, GgmlType.F32);
        var image = new RgbImage(50, 40);
        new Random(3).NextBytes(image.Pixels);

        using var encoder = LlavaImageEncoder.Load(path);
        Assert.Equal((16, 64), (encoder.TokensPerImage, encoder.EmbeddingLength));
        var actual = encoder.Encode(image);

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pixels = new ImageProcessor(ImageProcessorConfig.Llava(32)).Process(image);
        var wanted = model.GetImageFeatures(tensor(pixels.Data, [1, 3, 32, 32])).data<float>().ToArray();
        // The patch kernel is stored as F16.
        Assert.True(wanted.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)) < 2e-3 * wanted.Max(Math.Abs));
    }

    [Fact]
    public void Import_BringsTheWeightsBack()
    {
        var (text, projector) = (Path.Combine(folder, "text.gguf"), Path.Combine(folder, "mmproj.gguf"));
        LlavaExport.SaveText(model, "test", vocabulary.ToGguf, text, GgmlType.F32);
        LlavaExport.SaveProjector(model, "test", projector, GgmlType.F32);
        using var other = new LlavaForConditionalGeneration(model.Config);
        LlavaImport.Load(other, text, projector);
        var restored = other.state_dict();
        foreach (var (name, wanted) in model.state_dict().Where(entry => !entry.Key.Contains("post_layernorm", StringComparison.Ordinal)))
        {
            // The patch kernel is stored as F16.
            var tolerance = name.Contains("patch_embedding", StringComparison.Ordinal) ? 1e-3 : 0;
            Assert.True((restored[name] - wanted).abs().max().item<float>() <= tolerance, name);
        }
    }

    [Fact]
    public void SwappedFeedForwardNames_MeanTheSame()
    {
        var (path, swapped) = (Path.Combine(folder, "mmproj.gguf"), Path.Combine(folder, "swapped.gguf"));
        LlavaExport.SaveProjector(model, "test", path, GgmlType.F32);
        Rewrite(path, swapped, name => name.Contains("ffn_up", StringComparison.Ordinal) ? name.Replace("ffn_up", "ffn_down", StringComparison.Ordinal) : name.Replace("ffn_down", "ffn_up", StringComparison.Ordinal));
        var image = new RgbImage(32, 32);
        new Random(4).NextBytes(image.Pixels);
        using var first = LlavaImageEncoder.Load(path);
        using var second = LlavaImageEncoder.Load(swapped);
        Assert.Equal(first.Encode(image), second.Encode(image));
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
    }

    [Fact]
    public void MissingTensor_IsNamed()
    {
        var (path, broken) = (Path.Combine(folder, "mmproj.gguf"), Path.Combine(folder, "broken.gguf"));
        LlavaExport.SaveProjector(model, "test", path, GgmlType.F32);
        Rewrite(path, broken, name => name == "v.blk.1.attn_k.bias" ? null : name);
        Assert.Contains("v.blk.1.attn_k.bias", Assert.Throws<WeightFileException>(() => LlavaImageEncoder.Load(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextModelInPlaceOfAProjector_IsRefused()
    {
        var path = Path.Combine(folder, "text.gguf");
        LlavaExport.SaveText(model, "test", vocabulary.ToGguf, path, GgmlType.F32);
        Assert.Contains("'phi3' model and not a vision projector", Assert.Throws<WeightFileException>(() => LlavaImageEncoder.Load(path)).Message, StringComparison.Ordinal);
    }

    private List<long> Greedy(Tensor embeds) => [.. GreedySearch.Generate(model.LanguageModel, embeds, 12)[0]];

    private static List<long> Decode(LlamaModel llama, int[] prompt, Tensor? rows)
    {
        // Full precision throughout, so that the same weights must give the same tokens.
        using var context = new LlamaContext(llama, new LlamaContextOptions { ContextLength = 128, KeyValueType = KeyValueType.F32, FlashAttention = FlashAttention.Disabled });
        var batch = new LlamaBatch(64);
        var position = 0;
        foreach (var token in prompt)
            batch.AddToken(token, position++, logits: position == prompt.Length);
        Assert.Equal(DecodeResult.Ok, context.Decode(batch));
        var last = batch.Count - 1;
        if (rows is not null)
        {
            batch.Clear();
            for (var row = 0; row < rows.shape[1]; row++)
                batch.AddEmbedding(rows[0, row].data<float>().ToArray(), position++, logits: row == rows.shape[1] - 1);
            Assert.Equal(DecodeResult.Ok, context.Decode(batch));
            last = batch.Count - 1;
        }
        var tokens = new List<long>();
        for (var step = 0; step < 12; step++)
        {
            var logits = context.GetLogits(last);
            var best = Array.IndexOf(logits, logits.Max());
            tokens.Add(best);
            batch.Clear();
            last = batch.AddToken(best, position++, logits: true);
            Assert.Equal(DecodeResult.Ok, context.Decode(batch));
        }
        return tokens;
    }

    private static void Rewrite(string from, string to, Func<string, string?> rename)
    {
        using var file = GgufFile.Open(from);
        var writer = new GgufWriter();
        foreach (var (key, value) in file.Metadata)
            writer.SetValue(key, value);
        foreach (var tensor in file.Tensors)
        {
            if (rename(tensor.Name) is { } name)
                writer.Add(name, tensor.Type, tensor.Shape, stream => stream.Write(file.Data(tensor)));
        }
        writer.Save(to);
    }
}
