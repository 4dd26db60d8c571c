using Assistant.Training.Trainer;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Training.Tests.Trainer;

[Collection("the generator that all threads share")]
public sealed class StageTrainerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Resuming_GivesExactlyTheWeightsOfARunWithoutAStop()
    {
        var whole = Train(Path.Combine(folder, "whole"), stopAfter: null);
        Assert.Throws<OperationCanceledException>(() => Train(Path.Combine(folder, "halves"), stopAfter: 7));
        Assert.Equal(whole, Train(Path.Combine(folder, "halves"), stopAfter: null));
    }

    [Fact]
    public void TheLossFalls_AndReportsSaySo()
    {
        var reports = new List<TrainingProgress>();
        Train(folder, stopAfter: null, new Recorder(reports));
        Assert.Equal(4, reports.Count);
        Assert.True(reports[^1].Loss < reports[0].Loss);
        Assert.Equal(20, reports[^1].Step);
        Assert.NotNull(reports[^1].Evaluation);
        Assert.Equal(4, File.ReadAllLines(Path.Combine(folder, "log.jsonl")).Length);
    }

    [Fact]
    public void CutCheckpoint_IsRefused_AndNamed()
    {
        Train(folder, stopAfter: null);
        var path = StageTrainer.CheckpointPath(folder, "line");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^10]);
        var error = Assert.Throws<CheckpointException>(() => Train(folder, stopAfter: null));
        Assert.Contains("line.ckpt is cut short", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckpointOfAnotherModel_IsRefused_AndNamesTheTensor()
    {
        Train(folder, stopAfter: null);
        using var other = new LineStage(3);
        var error = Assert.Throws<CheckpointException>(() => StageTrainer.Run(other, new TrainerOptions { RunDirectory = folder }));
        Assert.Contains("weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LossThatIsNotFinite_EndsTheRunWithASentence()
    {
        using var stage = new LineStage(2) { Spoiled = true };
        var error = Assert.Throws<TrainingException>(() => StageTrainer.Run(stage, new TrainerOptions { RunDirectory = folder }));
        Assert.Contains("NaN at step 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GradientThatIsNotFinite_EndsTheRunBeforeItSpoilsTheWeights()
    {
        using var stage = new LineStage(2) { Steep = true };
        var error = Assert.Throws<TrainingException>(() => StageTrainer.Run(stage, new TrainerOptions { RunDirectory = folder }));
        Assert.Contains("gradient's norm became", error.Message, StringComparison.Ordinal);
        Assert.All(stage.TrainableParameters, parameter => Assert.All(parameter.data<float>().ToArray(), value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void DamagedCheckpoint_IsRefused_AndNamed()
    {
        Train(folder, stopAfter: null);
        var path = StageTrainer.CheckpointPath(folder, "line");
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf("weight"u8);
        bytes.AsSpan(at + 6, 4).Fill(0xFF); // the number of its dimensions
        File.WriteAllBytes(path, bytes);
        Assert.Contains("line.ckpt is damaged", Assert.Throws<CheckpointException>(() => Train(folder, stopAfter: null)).Message, StringComparison.Ordinal);
    }

    private static float[] Train(string directory, int? stopAfter, IProgress<TrainingProgress>? progress = null)
    {
        manual_seed(1);
        using var stop = new CancellationTokenSource();
        using var stage = new LineStage(2) { OnStep = step => { if (step == stopAfter) stop.Cancel(); } };
        StageTrainer.Run(stage, new TrainerOptions { RunDirectory = directory, ReportEvery = 5, EvaluateEvery = 20, CheckpointEvery = 100 }, progress, stop.Token);
        return stage.Model.state_dict().Values.SelectMany(tensor => tensor.data<float>().ToArray()).ToArray();
    }

    private sealed class Recorder(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }

    /// <summary>Learns a line; the noise comes from the generator, so that its state matters for resuming.</summary>
    private sealed class LineStage(int width) : ITrainingStage
    {
        private readonly Linear line = nn.Linear(width, 1);

        public Action<long>? OnStep { get; init; }

        public bool Spoiled { get; init; }

        public bool Steep { get; init; }

        public string Name => "line";

        public long Steps => 20;

        public int BatchSize => 8;

        public nn.Module Model => line;

        public OptimizerSettings Optimizer { get; } = new() { LearningRate = 0.1, WarmupSteps = 2 };

        public IReadOnlyList<Parameter> TrainableParameters => [.. line.parameters()];

        public Tensor Loss(long step)
        {
            OnStep?.Invoke(step);
            using var scope = NewDisposeScope();
            var x = arange(8 * width, dtype: ScalarType.Float32).view(8, width) / 8 + 0.01 * randn(8, width);
            var target = x.sum(1, keepdim: true) * (Spoiled && step == 3 ? float.NaN : 1);
            if (Steep && step == 3)
                return line.weight!.mul(0).sum().sqrt().MoveToOuterDisposeScope(); // 0, but infinitely steep there
            return nn.functional.mse_loss(line.call(x), target).MoveToOuterDisposeScope();
        }

        public IReadOnlyDictionary<string, double> Evaluate() => new Dictionary<string, double> { ["weight"] = line.weight!.abs().max().item<float>() };

        public IReadOnlyList<string> Samples() => [];

        public void Dispose() => line.Dispose();
    }
}
