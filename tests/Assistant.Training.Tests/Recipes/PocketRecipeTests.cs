using Assistant.Training.Export;
using Assistant.Training.Recipes;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Training.Tests.Recipes;

[Collection("the generator that all threads share")]
public sealed class PocketRecipeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-pocket-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Averaging_TakesTheMeanOfTwoFinishedModels()
    {
        var vocabulary = Vocabulary("<|system|><|user|><|assistant|><|end|> the red circle").With(ToolSketch.Marks);
        var (first, second) = (Save("first", vocabulary, seed: 1), Save("second", vocabulary, seed: 2));
        Recipe(first, second).Run();

        foreach (var name in (string[])["output_norm.weight", "blk.0.attn_qkv.weight", "v.blk.0.attn_q.weight", "mm.0.weight"])
        {
            var (a, b, mean) = (Read(first, name), Read(second, name), Read(Path.Combine(folder, "mean"), name));
            Assert.True(name == "output_norm.weight" || a.Zip(b).Any(pair => Math.Abs(pair.First - pair.Second) > 0.01), name);
            Assert.All(a.Zip(b, mean), triple => Assert.Equal((triple.First + triple.Second) / 2, triple.Third, 2e-3f)); // 8 bits a weight
        }
    }

    [Fact]
    public void AveragingWithAnotherVocabulary_IsRefused()
    {
        var first = Save("first", Vocabulary("<|system|><|user|><|assistant|><|end|> the red circle").With(ToolSketch.Marks), seed: 1);
        var second = Save("second", Vocabulary("<|system|><|user|><|assistant|><|end|> some other words").With(ToolSketch.Marks), seed: 2);
        Assert.Contains("another vocabulary", Assert.Throws<TrainingException>(() => Recipe(first, second).Run()).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "mean")));
    }

    private PocketRecipe Recipe(string first, string second) => new()
    {
        RunDirectory = Path.Combine(folder, "run"), OutputDirectory = Path.Combine(folder, "mean"), StartFrom = first, AverageWith = second,
        TowerSteps = 0, FindSteps = 0, TalkSteps = 0, SettleSteps = 0,
    };

    private static SentencePieceVocabulary Vocabulary(string text) => SentencePieceTrainer.Train([text], new SentencePieceTrainerOptions { VocabularySize = 400 });

    private string Save(string name, SentencePieceVocabulary vocabulary, long seed)
    {
        manual_seed(seed);
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(path);
        using var model = new LlavaForConditionalGeneration(PocketModel.Config(vocabulary.Count));
        PocketModel.Initialize(model, model.Config.Text.NumHiddenLayers);
        LlavaExport.SaveText(model, name, vocabulary.ToGguf, Path.Combine(path, "pocket-q8_0.gguf"), GgmlType.Q8_0);
        LlavaExport.SaveProjector(model, name, Path.Combine(path, "pocket-mmproj-f16.gguf"), GgmlType.F16);
        return path;
    }

    private static float[] Read(string path, string name)
    {
        foreach (var file in (string[])["pocket-q8_0.gguf", "pocket-mmproj-f16.gguf"])
        {
            using var gguf = GgufFile.Open(Path.Combine(path, file));
            if (gguf.Find(name) is { } tensor)
                return gguf.ReadFloats(tensor);
        }
        throw new ArgumentException($"There is no {name}.", nameof(name));
    }
}
