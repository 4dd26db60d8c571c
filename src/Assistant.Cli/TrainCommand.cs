using System.CommandLine;
using System.Globalization;
using Assistant.Training.Recipes;
using Assistant.Training.Trainer;

namespace Assistant.Cli;

/// <summary><c>train</c>: runs a recipe, shows how far it is, and goes on where it was stopped.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var recipe = new Argument<string>("recipe") { Description = "What to train: pocket." };
        var directory = new Option<string>("--run") { Description = "Folder of checkpoints and log.", DefaultValueFactory = _ => "runs/pocket" };
        var output = new Option<string>("--output") { Description = "Folder of the finished model files.", DefaultValueFactory = _ => "models/pocket" };
        var scale = new Option<double>("--scale") { Description = "Share of the recipe's steps; 0.01 tries it out.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "CPU threads; 0 takes all.", DefaultValueFactory = _ => 0 };
        var command = new Command("train", "Trains a model of this project; stop with Ctrl+C and start again to go on.") { recipe, directory, output, scale, threads };
        command.SetAction((result, cancellationToken) => Task.Run(() => Run(
            result.GetValue(recipe)!, result.GetValue(directory)!, result.GetValue(output)!, result.GetValue(scale), result.GetValue(threads), cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(string recipe, string directory, string output, double scale, int threads, CancellationToken cancellationToken)
    {
        if (recipe != "pocket")
        {
            Console.Error.WriteLine($"There is no recipe '{recipe}'; there is: pocket.");
            return 2;
        }
        try
        {
            new PocketRecipe { RunDirectory = directory, OutputDirectory = output, Scale = scale, Threads = threads }.Run(new ConsoleProgress(), cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"Stopped; the same command goes on from {directory}.");
            return 130;
        }
        catch (Exception error) when (error is TrainingException or CheckpointException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
    }

    private sealed class ConsoleProgress : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{value.Stage} {value.Step}/{value.Steps}  loss {value.Loss:F4}  lr {value.LearningRate:E1}  {value.SamplesPerSecond:F1}/s  {value.Remaining:hh\\:mm\\:ss} left"));
            if (value.Evaluation is { } figures)
                Console.WriteLine("  " + string.Join("  ", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key} {figure.Value:F3}"))));
            foreach (var sample in value.Samples ?? [])
                Console.WriteLine("  " + sample);
        }
    }
}
