using System.CommandLine;
using System.Globalization;
using Assistant.Training.Recipes;
using Assistant.Training.Trainer;
using Assistant.Vision.Weights;

namespace Assistant.Cli;

/// <summary><c>train</c>: runs a recipe, shows how far it is, and goes on where it was stopped.</summary>
internal static class TrainCommand
{
    // For its default numbers of steps.
    private static readonly PocketRecipe Recipe = new() { RunDirectory = "runs/pocket", OutputDirectory = "models/pocket" };

    public static Command Create()
    {
        var recipe = new Argument<string>("recipe") { Description = "What to train: pocket." };
        var directory = new Option<string>("--run") { Description = "Folder of checkpoints and log.", DefaultValueFactory = _ => Recipe.RunDirectory };
        var output = new Option<string>("--output") { Description = "Folder of the finished model files.", DefaultValueFactory = _ => Recipe.OutputDirectory };
        var start = new Option<string?>("--start-from") { Description = "Folder of finished model files to start from, such as models/pocket." };
        var vocabulary = new Option<bool>("--new-vocabulary") { Description = "Gives the model to start from a tokenizer trained on today's texts." };
        var tower = new Option<long>("--tower-steps") { Description = "Steps of the first stage: the tower and its labels.", DefaultValueFactory = _ => Recipe.TowerSteps };
        var find = new Option<long>("--find-steps") { Description = "Steps of the second stage: language model and projector beside the frozen tower find the object that is asked for.", DefaultValueFactory = _ => Recipe.FindSteps };
        var talk = new Option<long>("--talk-steps") { Description = "Steps of the third stage: language model and projector beside the frozen tower.", DefaultValueFactory = _ => Recipe.TalkSteps };
        var settle = new Option<long>("--settle-steps") { Description = "Steps of the last stage: all together.", DefaultValueFactory = _ => Recipe.SettleSteps };
        var threads = new Option<int>("--threads") { Description = "CPU threads; 0 takes all.", DefaultValueFactory = _ => 0 };
        var command = new Command("train", "Trains a model of this project; stop with Ctrl+C and start again to go on.") { recipe, directory, output, start, vocabulary, tower, find, talk, settle, threads };
        command.SetAction((result, cancellationToken) => Task.Run(() => Run(result.GetValue(recipe)!, new PocketRecipe
        {
            RunDirectory = result.GetValue(directory)!,
            OutputDirectory = result.GetValue(output)!,
            StartFrom = result.GetValue(start),
            NewVocabulary = result.GetValue(vocabulary),
            TowerSteps = result.GetValue(tower),
            FindSteps = result.GetValue(find),
            TalkSteps = result.GetValue(talk),
            SettleSteps = result.GetValue(settle),
            Threads = result.GetValue(threads),
        }, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(string name, PocketRecipe recipe, CancellationToken cancellationToken)
    {
        if (name != "pocket")
        {
            Console.Error.WriteLine($"There is no recipe '{name}'; there is: pocket.");
            return 2;
        }
        try
        {
            recipe.Run(new ConsoleProgress(), cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"Stopped; the same command goes on from {recipe.RunDirectory}.");
            return 130;
        }
        catch (Exception error) when (error is TrainingException or CheckpointException or WeightFileException or InvalidDataException or IOException or UnauthorizedAccessException)
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
