using Assistant.Training.Recipes;
using Assistant.Training.Trainer;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Training.Tests.Recipes;

[Collection("the generator that all threads share")]
public sealed class TowerStageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFrozenTowerStaysAsItIs_WhileItsHeadsLearn(bool freezeTower)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var config = PocketModel.Config(vocabSize: 300).Vision;
        using var tower = new ClipVisionTransformer(config);
        using var labels = new TowerWithLabels(tower, config.HiddenSize);
        var towerBefore = Copies(tower.parameters());
        var headsBefore = Copies(labels.HeadParameters);
        var folder = Directory.CreateTempSubdirectory("assistant-run-").FullName;
        try
        {
            using var stage = new TowerStage(labels, seed: 3, steps: 2, batchSize: 4, freezeTower) { Optimizer = new OptimizerSettings { LearningRate = 5e-3, WarmupSteps = 1 } };
            StageTrainer.Run(stage, new TrainerOptions { RunDirectory = folder }, progress: null, TestContext.Current.CancellationToken);
            Assert.True(File.Exists(StageTrainer.CheckpointPath(folder, freezeTower ? "heads" : "tower")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.All(Changed(headsBefore, labels.HeadParameters), Assert.True);
        Assert.Equal(!freezeTower, Changed(towerBefore, tower.parameters()).Any(changed => changed));

        static List<Tensor> Copies(IEnumerable<Tensor> parameters) => [.. parameters.Select(parameter => parameter.detach().clone())];

        static IEnumerable<bool> Changed(List<Tensor> before, IEnumerable<Tensor> after) => before.Zip(after, (was, isNow) => (isNow - was).abs().max().item<float>() > 0);
    }
}
