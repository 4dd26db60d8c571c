using Assistant.Training.Export;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Blip;

/// <summary>The recipe of two small BLIPs: one tower, made of the bundled LLaVA's; a captioner and a network that answers questions beside it.</summary>
public sealed class PocketBlipRecipe : Recipe
{
    private const ulong ModelSeed = 20261124;
    private const int VocabularySize = 1024;
    private const int CorpusPictures = 20_000;
    private const string StartToken = "[DEC]";

    private protected override ulong FirstSeed => ModelSeed;

    private protected override string Origin => StartFrom is null ? Nothing : OriginOf(Path.Combine(StartFrom, "model.safetensors"), Path.Combine(StartFrom, "vocab.txt"));

    /// <summary>Folder of the finished captioner.</summary>
    public required string CaptionDirectory { get; init; }

    /// <summary>Folder of the finished network that answers.</summary>
    public required string AnswerDirectory { get; init; }

    /// <summary>The mmproj file whose tower it starts from.</summary>
    public required string Tower { get; init; }

    /// <summary>Folder of a finished network that answers, with its vocabulary, to train on; nothing else is then trained. Null starts from the tower.</summary>
    public string? StartFrom { get; init; }

    /// <summary>Steps of the first stage: the tower gets used to its new embeddings, 32 pictures each.</summary>
    public long TowerSteps { get; init; } = 1000;

    /// <summary>Steps of the second stage: captions, 32 pictures each.</summary>
    public long CaptionSteps { get; init; } = 3000;

    /// <summary>Steps of the third stage: answers about one object, 8 pictures each with 12 questions.</summary>
    public long FindSteps { get; init; } = 2000;

    /// <summary>Steps of the fourth stage: all answers, 8 pictures each with 12 questions.</summary>
    public long AnswerSteps { get; init; } = 6000;

    private protected override void Run(Action<ITrainingStage> train, CancellationToken cancellationToken)
    {
        var vocabulary = LoadOrTrainVocabulary(cancellationToken);
        var tokenizer = new BertTokenizer(vocabulary);
        if (tokenizer is not { EndId: { } end } || tokenizer.Find(StartToken) is not { } start)
            throw new TrainingException($"The vocabulary lacks [SEP] or {StartToken}: it is none of a BLIP that this recipe made.");
        var config = PocketBlipModel.Config(vocabulary.Count, end, start);

        using var answerer = StartFrom is null ? AfterCaptioner(train, config, vocabulary, tokenizer) : new BlipForQuestionAnswering(config);
        if (StartFrom is not null)
            Checkpoint.Load(answerer, StartFrom);
        train(new BlipStage(answerer, tokenizer, Seed + 3, FindSteps, pictures: 8, aboutOne: true));
        train(new BlipStage(answerer, tokenizer, Seed + 2, AnswerSteps, pictures: 8));
        BlipExport.Save(answerer, vocabulary, AnswerDirectory);
    }

    // Trains a captioner, and makes of it a network that has yet to learn to answer.
    private BlipForQuestionAnswering AfterCaptioner(Action<ITrainingStage> train, BlipConfig config, IReadOnlyList<string> vocabulary, BertTokenizer tokenizer)
    {
        using var captioner = new BlipForConditionalGeneration(config);
        PocketModel.Initialize(captioner, config.Text.Bert.NumHiddenLayers);
        StartTower(captioner.VisionModel);
        using var labels = new TowerWithLabels(captioner.VisionModel); // owns the tower as its part: kept as long
        train(new TowerStage(labels, Seed, TowerSteps, batchSize: 32) { Optimizer = new OptimizerSettings { LearningRate = 1e-3, WarmupSteps = 50 } });
        train(new BlipStage(captioner, tokenizer, Seed + 1, CaptionSteps, pictures: 32));
        BlipExport.Save(captioner, vocabulary, CaptionDirectory);

        var answerer = new BlipForQuestionAnswering(config);
        PocketModel.Initialize(answerer, config.Text.Bert.NumHiddenLayers);
        // Whoever describes pictures knows how to read one and what its words look like: both texts of the second network begin as the captioner's.
        Copy(captioner.VisionModel, answerer.VisionModel);
        Copy(captioner.TextDecoder, answerer.TextDecoder);
        Copy(captioner.TextDecoder, answerer.TextEncoder, "bert.");
        return answerer;
    }

    private void StartTower(BlipVisionModel target)
    {
        using var scope = NewDisposeScope();
        using var tower = new ClipVisionTransformer(PocketModel.Config(vocabSize: 1).Vision);
        LlavaImport.LoadTower(tower, Tower);
        var scenes = PocketModel.Scenes(Seed);
        PocketBlipModel.TakeTower(tower, target, LabelledPictures.Draw([.. Enumerable.Range(0, 16).Select(i => scenes.Generate((ulong)i))], _ => new SceneRandom(Seed)).PixelTensor());
    }

    private static void Copy(nn.Module from, nn.Module to, string prefix = "")
    {
        using var noGrad = no_grad();
        var weights = from.state_dict();
        foreach (var (name, weight) in to.state_dict())
            weight.copy_(weights[prefix + name]);
    }

    private IReadOnlyList<string> LoadOrTrainVocabulary(CancellationToken cancellationToken)
    {
        // A run's own may be another one of the same size, which the weights would not tell.
        var path = Path.Combine(StartFrom ?? RunDirectory, "vocab.txt");
        if (StartFrom is null && !File.Exists(path))
            AtomicFile.WriteAllLines(path, WordPieceTrainer.Train(Texts(cancellationToken), VocabularySize, StartToken));
        return File.ReadAllLines(path);
    }

    private static IEnumerable<string> Texts(CancellationToken cancellationToken)
    {
        var scenes = PocketModel.Scenes(ModelSeed ^ 0x7E47);
        for (var i = 0UL; i < CorpusPictures; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var scene = scenes.Generate(i);
            var (question, answer, _) = ShortAnswers.Ask(scene, SceneRandom.For(ModelSeed ^ 0x7E47, i));
            yield return question;
            yield return answer;
            yield return SceneAnswers.Answer(new SceneQuery.Describe(), scene)!;
        }
    }
}
