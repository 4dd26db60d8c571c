using System.Diagnostics;
using System.Text.Json;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Training.Trainer;

/// <summary>Runs a stage: steps, reports, evaluations, checkpoints; goes on from the last checkpoint where there is one.</summary>
public static class StageTrainer
{
    /// <summary>Checkpoint of a stage within a run's folder.</summary>
    public static string CheckpointPath(string runDirectory, string stage) => Path.Combine(runDirectory, stage + ".ckpt");

    /// <summary>Trains a stage to its end.</summary>
    /// <param name="stage">What is trained.</param>
    /// <param name="options">Folder and intervals.</param>
    /// <param name="progress">Told every <see cref="TrainerOptions.ReportEvery"/> steps.</param>
    /// <param name="cancellationToken">Ends the run after the current step, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; a later call goes on from there.</exception>
    /// <exception cref="TrainingException">Loss or gradient is not finite.</exception>
    public static void Run(ITrainingStage stage, TrainerOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(options.RunDirectory);
        using var optimizer = CreateOptimizer(stage);
        var checkpoint = CheckpointPath(options.RunDirectory, stage.Name);
        var step = File.Exists(checkpoint) ? TrainingCheckpoint.Load(checkpoint, stage.Model, optimizer) : 0;
        var window = new Window();
        stage.Model.train();
        while (step < stage.Steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                TrainingCheckpoint.Save(checkpoint, step, stage.Model, optimizer);
                cancellationToken.ThrowIfCancellationRequested();
            }
            var rate = stage.Optimizer.RateAt(step, stage.Steps);
            window.Add(Step(stage, optimizer, step, rate));
            step++;
            var last = step == stage.Steps;
            var evaluate = last || step % options.EvaluateEvery == 0;
            if (evaluate || step % options.ReportEvery == 0)
                Report(stage, options, progress, window, step, rate, evaluate);
            if (last || step % options.CheckpointEvery == 0)
                TrainingCheckpoint.Save(checkpoint, step, stage.Model, optimizer);
        }
    }

    private static OptimizerHelper CreateOptimizer(ITrainingStage stage)
    {
        var settings = stage.Optimizer;
        // Norms and biases are vectors; decaying them towards zero only hurts.
        var matrices = stage.TrainableParameters.Where(parameter => parameter.dim() >= 2).ToList();
        var vectors = stage.TrainableParameters.Where(parameter => parameter.dim() < 2).ToList();
        var (beta1, beta2) = settings.Betas;
        return optim.AdamW(
            [
                new AdamW.ParamGroup(matrices, new AdamW.Options { LearningRate = settings.LearningRate, beta1 = beta1, beta2 = beta2, weight_decay = settings.WeightDecay }),
                new AdamW.ParamGroup(vectors, new AdamW.Options { LearningRate = settings.LearningRate, beta1 = beta1, beta2 = beta2, weight_decay = 0 }),
            ],
            settings.LearningRate);
    }

    private static double Step(ITrainingStage stage, OptimizerHelper optimizer, long step, double rate)
    {
        using var scope = NewDisposeScope();
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        optimizer.zero_grad();
        var loss = stage.Loss(step);
        var value = loss.item<float>();
        if (!float.IsFinite(value))
            throw new TrainingException($"Stage '{stage.Name}': the loss became {value} at step {step}; lower the learning rate and resume from the last checkpoint.");
        loss.backward();
        // A gradient can overflow where the loss did not; a step with it would spoil every weight, and the next checkpoint.
        var norm = nn.utils.clip_grad_norm_(stage.TrainableParameters, stage.Optimizer.ClipNorm);
        if (!double.IsFinite(norm))
            throw new TrainingException($"Stage '{stage.Name}': the gradient's norm became {norm} at step {step}; lower the learning rate and resume from the last checkpoint.");
        optimizer.step();
        return value;
    }

    private static void Report(
        ITrainingStage stage, TrainerOptions options, IProgress<TrainingProgress>? progress, Window window, long step, double rate, bool evaluate)
    {
        var (loss, seconds) = window.Take();
        var report = new TrainingProgress(
            stage.Name, step, stage.Steps, loss.Mean, rate, loss.Count * stage.BatchSize / seconds,
            TimeSpan.FromSeconds(seconds / loss.Count * (stage.Steps - step)));
        if (evaluate)
        {
            stage.Model.eval();
            using (no_grad())
                report = report with { Evaluation = stage.Evaluate(), Samples = stage.Samples() };
            stage.Model.train();
            window.Take(); // the evaluation's time is not the next report's
        }
        File.AppendAllText(Path.Combine(options.RunDirectory, "log.jsonl"), JsonSerializer.Serialize(report) + "\n");
        progress?.Report(report);
    }

    private sealed class Window
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private double sum;
        private int count;

        public void Add(double loss)
        {
            sum += loss;
            count++;
        }

        public ((double Mean, int Count) Loss, double Seconds) Take()
        {
            var taken = ((count == 0 ? double.NaN : sum / count, count), Math.Max(1e-9, watch.Elapsed.TotalSeconds));
            (sum, count) = (0, 0);
            watch.Restart();
            return taken;
        }
    }
}

/// <summary>A training cannot go on; the message says why and what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public TrainingException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
