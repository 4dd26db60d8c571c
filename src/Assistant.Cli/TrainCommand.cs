using System.CommandLine;
using System.Globalization;
using Assistant.Training.Recipes;
using Assistant.Training.Recipes.Blip;
using Assistant.Training.Recipes.Clip;
using Assistant.Training.Trainer;
using Assistant.Vision.Weights;

namespace Assistant.Cli;

/// <summary><c>train</c>: runs a recipe, shows how far it is, and goes on where it was stopped.</summary>
internal static class TrainCommand
{
    // For their default numbers of steps and folders.
    private static readonly PocketRecipe Pocket = new() { RunDirectory = "runs/pocket", OutputDirectory = "models/pocket" };
    private static readonly PocketClipRecipe Clip = new() { RunDirectory = "runs/pocket-clip", OutputDirectory = "models/pocket-clip", Tower = "models/pocket/pocket-mmproj-f16.gguf" };

    private static readonly PocketBlipRecipe Blip = new()
    {
        RunDirectory = "runs/pocket-blip", CaptionDirectory = "models/pocket-blip-caption", AnswerDirectory = "models/pocket-blip-vqa", Tower = "models/pocket/pocket-mmproj-f16.gguf",
    };

    public static Command Create() => new("train", "Trains a model of this project; stop with Ctrl+C and start again to go on.") { CreatePocket(), CreateClip(), CreateBlip() };

    private static Command CreatePocket()
    {
        var directory = RunDirectory(Pocket.RunDirectory);
        var output = OutputDirectory(Pocket.OutputDirectory);
        var start = new Option<string?>("--start-from") { Description = "Folder of finished model files to start from, such as models/pocket." };
        var vocabulary = new Option<bool>("--new-vocabulary") { Description = "Gives the model to start from a tokenizer trained on today's texts." };
        var average = new Option<string?>("--average-with") { Description = "Folder of finished model files, such as those to start from, whose weights are averaged with the trained ones." };
        var tower = Steps("--tower-steps", "Steps of the first stage: the tower and its labels.", Pocket.TowerSteps);
        var find = Steps("--find-steps", "Steps of the second stage: language model and projector beside the frozen tower find the object that is asked for.", Pocket.FindSteps);
        var talk = Steps("--talk-steps", "Steps of the third stage: language model and projector beside the frozen tower.", Pocket.TalkSteps);
        var settle = Steps("--settle-steps", "Steps of the last stage: all together.", Pocket.SettleSteps);
        var (stream, threads) = (Stream(), Threads());
        var command = new Command("pocket", "A LLaVA-Phi3 such as the bundled one.") { directory, output, start, vocabulary, average, tower, find, talk, settle, stream, threads };
        command.SetAction((result, cancellationToken) => RunAsync(new PocketRecipe
        {
            RunDirectory = result.GetValue(directory)!,
            OutputDirectory = result.GetValue(output)!,
            StartFrom = result.GetValue(start),
            NewVocabulary = result.GetValue(vocabulary),
            AverageWith = result.GetValue(average),
            TowerSteps = result.GetValue(tower),
            FindSteps = result.GetValue(find),
            TalkSteps = result.GetValue(talk),
            SettleSteps = result.GetValue(settle),
            Stream = result.GetValue(stream),
            Threads = result.GetValue(threads),
        }, cancellationToken));
        return command;
    }

    private static Command CreateClip()
    {
        var directory = RunDirectory(Clip.RunDirectory);
        var output = OutputDirectory(Clip.OutputDirectory);
        var tower = new Option<string>("--tower") { Description = "The mmproj file whose tower it starts from.", DefaultValueFactory = _ => Clip.Tower };
        var steps = Steps("--steps", "Optimiser steps.", Clip.Steps);
        var (stream, threads) = (Stream(), Threads());
        var command = new Command("pocket-clip", "A CLIP beside the bundled LLaVA's tower.") { directory, output, tower, steps, stream, threads };
        command.SetAction((result, cancellationToken) => RunAsync(new PocketClipRecipe
        {
            RunDirectory = result.GetValue(directory)!,
            OutputDirectory = result.GetValue(output)!,
            Tower = result.GetValue(tower)!,
            Steps = result.GetValue(steps),
            Stream = result.GetValue(stream),
            Threads = result.GetValue(threads),
        }, cancellationToken));
        return command;
    }

    private static Command CreateBlip()
    {
        var directory = RunDirectory(Blip.RunDirectory);
        var captions = new Option<string>("--caption-output") { Description = "Folder of the finished captioner.", DefaultValueFactory = _ => Blip.CaptionDirectory };
        var answers = new Option<string>("--answer-output") { Description = "Folder of the finished network that answers.", DefaultValueFactory = _ => Blip.AnswerDirectory };
        var tower = new Option<string>("--tower") { Description = "The mmproj file whose tower it starts from.", DefaultValueFactory = _ => Blip.Tower };
        var start = new Option<string?>("--start-from") { Description = "Folder of a finished network that answers, such as models/pocket-blip-vqa: only the last two stages are then run, with it." };
        var towerSteps = Steps("--tower-steps", "Steps of the first stage: the tower.", Blip.TowerSteps);
        var captionSteps = Steps("--caption-steps", "Steps of the second stage: captions.", Blip.CaptionSteps);
        var findSteps = Steps("--find-steps", "Steps of the third stage: answers about one object.", Blip.FindSteps);
        var answerSteps = Steps("--answer-steps", "Steps of the fourth stage: all answers.", Blip.AnswerSteps);
        var (stream, threads) = (Stream(), Threads());
        var command = new Command("pocket-blip", "Two BLIPs, a captioner and one that answers questions, with the bundled LLaVA's tower.")
        {
            directory, captions, answers, tower, start, towerSteps, captionSteps, findSteps, answerSteps, stream, threads,
        };
        command.SetAction((result, cancellationToken) => RunAsync(new PocketBlipRecipe
        {
            RunDirectory = result.GetValue(directory)!,
            CaptionDirectory = result.GetValue(captions)!,
            AnswerDirectory = result.GetValue(answers)!,
            Tower = result.GetValue(tower)!,
            StartFrom = result.GetValue(start),
            TowerSteps = result.GetValue(towerSteps),
            CaptionSteps = result.GetValue(captionSteps),
            FindSteps = result.GetValue(findSteps),
            AnswerSteps = result.GetValue(answerSteps),
            Stream = result.GetValue(stream),
            Threads = result.GetValue(threads),
        }, cancellationToken));
        return command;
    }

    private static Option<string> RunDirectory(string value) => new("--run") { Description = "Folder of checkpoints and log.", DefaultValueFactory = _ => value };

    private static Option<string> OutputDirectory(string value) => new("--output") { Description = "Folder of the finished model files.", DefaultValueFactory = _ => value };

    private static Option<long> Steps(string name, string description, long value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<int> Stream() => new("--stream") { Description = "Number of the stream of pictures and texts: who trains on from finished files sees new ones with another." };

    private static Option<int> Threads() => new("--threads") { Description = "CPU threads; 0 takes all.", DefaultValueFactory = _ => 0 };

    private static Task<int> RunAsync(Recipe recipe, CancellationToken cancellationToken) => Task.Run(() =>
    {
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
    }, CancellationToken.None);

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
