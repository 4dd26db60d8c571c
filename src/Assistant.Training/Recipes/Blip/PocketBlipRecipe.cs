using Assistant.Training.Export;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Blip;

/// <summary>The recipe of two small BLIPs: one tower, made of the bundled LLaVA's; a captioner and a network that answers questions beside it.</summary>
public sealed class PocketBlipRecipe
{
    private const ulong Seed = 20261124;
    private const int VocabularySize = 1024;
    private const int CorpusPictures = 20_000;
    private const string StartToken = "[DEC]";

    /// <summary>Folder of checkpoints, log and vocabulary.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Folder of the finished captioner.</summary>
    public required string CaptionDirectory { get; init; }

    /// <summary>Folder of the finished network that answers.</summary>
    public required string AnswerDirectory { get; init; }

    /// <summary>The mmproj file whose tower it starts from.</summary>
    public required string Tower { get; init; }

    /// <summary>Steps of the first stage: the tower gets used to its new embeddings, 32 pictures each.</summary>
    public long TowerSteps { get; init; } = 1000;

    /// <summary>Steps of the second stage: captions, 32 pictures each.</summary>
    public long CaptionSteps { get; init; } = 3000;

    /// <summary>Steps of the third stage: answers, 8 pictures each with 12 questions.</summary>
    public long AnswerSteps { get; init; } = 6000;

    /// <summary>CPU threads; 0 takes all.</summary>
    public int Threads { get; init; }

    /// <summary>Runs what has not been run yet.</summary>
    /// <param name="progress">Told of the steps.</param>
    /// <param name="cancellationToken">Stops after a step, with a checkpoint.</param>
    public void Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(RunDirectory);
        if (Threads > 0)
            set_num_threads(Threads);
        manual_seed((long)Seed);
        var vocabulary = LoadOrTrainVocabulary();
        var tokenizer = new BertTokenizer(vocabulary);
        var config = PocketBlipModel.Config(vocabulary.Count, tokenizer.EndId!.Value, tokenizer.Find(StartToken)!.Value);
        var options = new TrainerOptions { RunDirectory = RunDirectory };

        using var captioner = new BlipForConditionalGeneration(config);
        PocketModel.Initialize(captioner, config.Text.Bert.NumHiddenLayers);
        StartTower(captioner.VisionModel);
        using var labels = new TowerWithLabels(captioner.VisionModel); // owns the tower as its part: kept as long
        using (var stage = new TowerStage(labels, Seed, TowerSteps, batchSize: 32) { Optimizer = new OptimizerSettings { LearningRate = 1e-3, WarmupSteps = 50 } })
            StageTrainer.Run(stage, options, progress, cancellationToken);
        using (var stage = new BlipStage(captioner, tokenizer, Seed + 1, CaptionSteps, pictures: 32))
            StageTrainer.Run(stage, options, progress, cancellationToken);
        BlipExport.Save(captioner, vocabulary, CaptionDirectory);

        using var answerer = new BlipForQuestionAnswering(config);
        PocketModel.Initialize(answerer, config.Text.Bert.NumHiddenLayers);
        Copy(captioner.VisionModel, answerer.VisionModel);
        using (var stage = new BlipStage(answerer, tokenizer, Seed + 2, AnswerSteps, pictures: 8))
            StageTrainer.Run(stage, options, progress, cancellationToken);
        BlipExport.Save(answerer, vocabulary, AnswerDirectory);
    }

    private void StartTower(BlipVisionModel target)
    {
        using var scope = NewDisposeScope();
        using var tower = new ClipVisionTransformer(PocketModel.Config(vocabSize: 1).Vision);
        LlavaImport.LoadTower(tower, Tower);
        var scenes = PocketModel.Scenes(Seed);
        PocketBlipModel.TakeTower(tower, target, LabelledPictures.Draw([.. Enumerable.Range(0, 16).Select(i => scenes.Generate((ulong)i))], _ => new SceneRandom(Seed)).PixelTensor());
    }

    private static void Copy(nn.Module from, nn.Module to)
    {
        using var noGrad = no_grad();
        var weights = from.state_dict();
        foreach (var (name, weight) in to.state_dict())
            weight.copy_(weights[name]);
    }

    private IReadOnlyList<string> LoadOrTrainVocabulary()
    {
        var path = Path.Combine(RunDirectory, "vocab.txt");
        if (!File.Exists(path))
            File.WriteAllLines(path, WordPieceTrainer.Train(Texts(), VocabularySize, StartToken));
        return File.ReadAllLines(path);
    }

    private static IEnumerable<string> Texts()
    {
        var scenes = PocketModel.Scenes(Seed ^ 0x7E47);
        for (var i = 0UL; i < CorpusPictures; i++)
        {
            var scene = scenes.Generate(i);
            var (question, answer) = BlipBatch.Ask(scene, SceneRandom.For(Seed ^ 0x7E47, i));
            yield return question;
            yield return answer;
            yield return SceneAnswers.Answer(new SceneQuery.Describe(), scene)!;
        }
    }
}
