using Assistant.Training.Export;
using Assistant.Training.Recipes;
using Assistant.Training.Recipes.Blip;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Tests.Recipes.Blip;

[Collection("the generator that all threads share")]
public sealed class PocketBlipModelTests : IDisposable
{
    private static readonly IReadOnlyList<string> Vocabulary = WordPieceTrainer.Train(["a big red circle", "a big blue dog", "what is in the picture?", "a red what"], 300, "[DEC]");
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-blip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ATowerWithAnEvenFirstNormIsTakenAsItIs()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(5);
        using var tower = new ClipVisionTransformer(PocketModel.Config(1).Vision);
        PocketModel.Initialize(tower, 6);
        var weights = tower.state_dict();
        weights["pre_layrnorm.weight"].copy_(rand(160) + 0.5);
        weights["pre_layrnorm.bias"].copy_(randn(160) * 0.1);
        var pixels = randn(2, 3, PocketModel.ImageSize, PocketModel.ImageSize);
        // Embeddings of one deviation each: the first norm then is linear, and so the two networks are the same.
        var positions = weights["embeddings.position_embedding.weight"];
        weights["embeddings.patch_embedding.weight"].mul_(1e-4);
        weights["embeddings.class_embedding"].mul_(1e-4);
        positions.copy_((positions - positions.mean([-1], keepdim: true)) / positions.std(-1, unbiased: false, keepdim: true));
        using var target = new BlipVisionModel(Config().Vision);
        PocketBlipModel.TakeTower(tower, target, pixels);

        var (expected, actual) = (tower.HiddenStates(pixels), target.HiddenStates(pixels));
        Assert.InRange((expected[0] - actual[0]).abs().max().item<float>(), 0, 2e-3f);
        Assert.InRange((expected[^1] - actual[^1]).abs().max().item<float>() / expected[^1].abs().max().item<float>(), 0, 2e-3f);
    }

    [Fact]
    public void AnExportedCaptionerWritesWhatTheNetworkWrites()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(6);
        using var model = new BlipForConditionalGeneration(Config());
        PocketModel.Initialize(model, 3);
        // Weights that float16 keeps as they are.
        foreach (var parameter in model.parameters())
            parameter.copy_(parameter.to(ScalarType.Float16).to(ScalarType.Float32));
        BlipExport.Save(model, Vocabulary, folder);
        var scene = new SceneGenerator(3).Generate(1);
        var picture = SceneRenderer.Render(scene, new SceneRandom(3));
        using var captioner = ImageCaptioner.Open(folder);
        var options = new GenerationOptions { MaxNewTokens = 8 };

        var pixels = new float[3 * PocketModel.ImageSize * PocketModel.ImageSize];
        new Assistant.Vision.Imaging.Processors.ImageProcessor(Assistant.Vision.Imaging.Processors.ImageProcessorConfig.Llava(PocketModel.ImageSize)).Process(picture).Data.CopyTo(pixels);
        var expected = model.Generate(tensor(pixels, [1, 3, PocketModel.ImageSize, PocketModel.ImageSize]), options)[0][0];
        Assert.Equal(expected.Tokens, captioner.Caption(picture, options: options)[0].Tokens);
    }

    [Fact]
    public void TrainingOnFromAFinishedNetwork_BeginsWithItsWeightsAndWords()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        using var finished = new BlipForQuestionAnswering(Config());
        PocketModel.Initialize(finished, 3);
        string from = Path.Combine(folder, "finished"), to = Path.Combine(folder, "again");
        BlipExport.Save(finished, Vocabulary, from);
        new PocketBlipRecipe
        {
            RunDirectory = Path.Combine(folder, "run"), StartFrom = from, FindSteps = 0, AnswerSteps = 0, AnswerDirectory = to,
            CaptionDirectory = Path.Combine(folder, "no captioner"), Tower = Path.Combine(folder, "no tower"),
        }.Run();

        foreach (var file in new[] { "model.safetensors", "vocab.txt", "config.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(from, file)), File.ReadAllBytes(Path.Combine(to, file)));
        Assert.False(Directory.Exists(Path.Combine(folder, "no captioner")));
    }

    [Fact]
    public void TrainingOnFromAnotherNetworksVocabulary_SaysWhatItLacks()
    {
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), Vocabulary.Where(token => token != "[DEC]"));
        var recipe = new PocketBlipRecipe { RunDirectory = Path.Combine(folder, "run"), StartFrom = folder, AnswerDirectory = folder, CaptionDirectory = folder, Tower = "" };
        Assert.Contains("[DEC]", Assert.Throws<TrainingException>(() => recipe.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABatchAsksForWhatTheNetworkHasToSayNext()
    {
        using var scope = NewDisposeScope();
        var tokenizer = new BertTokenizer(Vocabulary);
        var generator = new SceneGenerator(3);
        var batch = BlipBatch.Captions(tokenizer, [generator.Generate(1), generator.Generate(2)], new SceneRandom(1));
        var (ids, targets) = (batch.DecoderIds(start: 7), batch.Next());
        Assert.Equal(ids.shape, targets.shape);
        for (var row = 0; row < 2; row++)
        {
            var (said, next) = (ids[row].data<long>().ToArray(), targets[row].data<long>().ToArray());
            var end = Array.IndexOf(next, (long)tokenizer.EndId!.Value);
            Assert.Equal(7, said[0]);
            Assert.Equal(next[..end], said[1..(end + 1)]);
            Assert.All(next[(end + 1)..], token => Assert.Equal(-100, token));
        }
    }

    [Fact]
    public void ABatchOfQuestionsSaysHowFarTheyLookAway()
    {
        using var scope = NewDisposeScope();
        const int questions = 6, patches = PocketModel.Grid * PocketModel.Grid;
        var generator = new SceneGenerator(3);
        var batch = BlipBatch.QuestionsAbout(new BertTokenizer(Vocabulary), [generator.Generate(1), generator.Generate(2)], questions, new SceneRandom(1));
        var (rows, columns) = (batch.Questions!.Rows, batch.Questions.Columns);
        Assert.Equal(2 * questions, rows);
        var targets = tensor(batch.Targets, [2, rows, patches]);
        Assert.InRange(targets.sum().item<float>(), 1, 2 * rows * patches / 2);

        // Whoever looks at all of what is wanted and at nothing else does not look away, whatever padding and other heads do.
        var weights = rand(rows, 5, columns, 1 + patches);
        weights.narrow(1, 0, 2).narrow(3, 1, patches).copy_((targets / targets.sum(2, keepdim: true).clamp_min(1)).transpose(0, 1).unsqueeze(2).expand(rows, 2, columns, patches));
        var padding = tensor(batch.Questions.AttentionMask, [rows, 1, columns, 1]) == 0;
        Assert.True(padding.any().item<bool>());
        Assert.InRange(batch.LookingAway(weights.masked_fill(padding, 0)).item<float>(), -1e-3f, 1e-3f);
        // A patch of all is seen by chance.
        var even = full([rows, 5, columns, 1 + patches], 1.0 / (1 + patches));
        Assert.InRange(batch.LookingAway(even).item<float>(), 1, MathF.Log(1 + patches));
    }

    [Fact]
    public void QuestionsAboutAPictureShareIt_AndShowWhereTheyLook()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(7);
        using var encoder = new BlipTextModel(Config().Text);
        PocketModel.Initialize(encoder, 3);
        var (ids, pictures) = (randint(0, Vocabulary.Count, [6, 7]), randn(2, 10, 160));
        var mask = ones(6, 7, dtype: ScalarType.Int64);
        mask[4, 6] = 0;

        var attentions = new List<Tensor>();
        var watched = encoder.Encode(ids, mask, pictures, attentions);
        var each = encoder.Encode(ids, mask, pictures.repeat_interleave(3, 0));
        Assert.InRange((watched - each).abs().max().item<float>(), 0, 1e-5f);
        Assert.InRange((encoder.Encode(ids, mask, pictures) - each).abs().max().item<float>(), 0, 1e-5f);
        Assert.Equal(3, attentions.Count);
        foreach (var weights in attentions)
        {
            Assert.Equal([6L, 5, 7, 10], weights.shape);
            Assert.InRange((weights.sum(-1) - 1).abs().max().item<float>(), 0, 1e-5f);
            weights.Dispose();
        }
    }

    private static BlipConfig Config()
    {
        var tokenizer = new BertTokenizer(Vocabulary);
        return PocketBlipModel.Config(Vocabulary.Count, tokenizer.EndId!.Value, tokenizer.Find("[DEC]")!.Value);
    }
}
