using System.CommandLine;
using System.Globalization;
using Assistant.Chat.Models;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using Microsoft.Extensions.Options;
using SceneExam;
using SceneExam.Blip;
using SceneExam.Fonts;
using SceneExam.Questions;
using SceneExam.Tools;
using SceneExam.ZeroShot;

var count = Count("Questions to ask.", 270);
var seed = new Option<int>("--seed") { Description = "Which exam: the same seed gives the same pictures and questions.", DefaultValueFactory = _ => 1 };
var families = new Option<int[]>("--families") { Description = "Question families to ask, such as 1 2 3; otherwise all.", AllowMultipleArgumentsPerToken = true };
families.AcceptOnlyFromAmong([.. QuestionMaker.Families.Select(family => family.ToString(CultureInfo.InvariantCulture))]);
var tiers = new Option<int[]>("--tiers")
{
    Description = "Tiers of pictures: 1 shapes, 2 things, 3 digits and letters; 2 and 3 need Debian's fonts.",
    DefaultValueFactory = _ => [.. QuestionMaker.Tiers],
    AllowMultipleArgumentsPerToken = true,
};
tiers.AcceptOnlyFromAmong([.. QuestionMaker.Tiers.Select(tier => tier.ToString(CultureInfo.InvariantCulture))]);
var dump = new Option<string?>("--dump") { Description = "Write the pictures and questions.jsonl to this folder and ask nobody." };
var answers = new Option<string?>("--judge") { Description = "Judge answers from a file with lines of {\"id\": 3, \"answer\": \"...\"}." };
var save = new Option<string?>("--save") { Description = "List the wrong answers and save their pictures to this folder." };
var model = new Option<string?>("--model") { Description = "The model to ask; otherwise the default one of the settings." };
var settings = new Option<string?>("--settings") { Description = "The appsettings.json that names the models; otherwise the one of this repository." };
var files = new ModelFileOptions();

var command = new RootCommand("Examines a model on drawings and questions that it was not trained on.")
{
    count, seed, families, tiers, dump, answers, save, model, settings, files.TextModel, files.Projector, files.Threads,
};
command.Add(ClipCommand());
command.Add(ToolCommand(files));
command.Add(BlipCommand(count, seed, families, tiers, save));
command.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        int[] asked = [.. arguments.GetValue(tiers)!.Distinct().Order()];
        if (FontShelf.Installed.Missing(asked) is { } missing)
            throw new FileNotFoundException(missing);
        var questions = QuestionMaker.Make(arguments.GetValue(count), arguments.GetValue(seed), arguments.GetValue(families) is { Length: > 0 } chosen ? chosen : null, asked);
        if (questions.Count == 0 && arguments.GetValue(count) > 0)
            throw new InvalidDataException($"Pictures of tier {string.Join(" and ", asked)} have no question of these families; family 9 asks about tier 3.");
        if (arguments.GetValue(dump) is { } folder)
        {
            Dump.Write(questions, folder);
            Console.WriteLine($"{questions.Count} questions written to {folder}.");
        }
        else if (arguments.GetValue(answers) is { } file)
        {
            var given = Dump.ReadAnswers(file);
            // A question without an answer is not answered rightly.
            Conclude([.. questions.Select(q => Examiner.Mark(q, [.. Enumerable.Repeat("", q.Turns.Count - 1), given.GetValueOrDefault(q.Id, "")]))], arguments.GetValue(save));
        }
        else
        {
            using var examined = ExamModel.FromSettings(arguments.GetValue(settings), arguments.GetValue(model), files.Of(arguments));
            Console.WriteLine($"{examined.Name}: {questions.Count} questions, seed {arguments.GetValue(seed)}");
            Conclude(await Examiner.AskAsync(examined.Client, questions, new Ticker(questions.Count), cancellationToken), arguments.GetValue(save));
        }
        return 0;
    }
    catch (Exception exception) when (IsExplained(exception))
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();

static Option<int> Count(string description, int value)
{
    var count = new Option<int>("--count") { Description = description, DefaultValueFactory = _ => value };
    count.Validators.Add(result =>
    {
        if (result.GetValue(count) < 0)
            result.AddError("--count must be 0 or more.");
    });
    return count;
}

static bool IsExplained(Exception exception) =>
    exception is IOException or InvalidDataException or OptionsValidationException or ModelNotFoundException or ModelLoadException or ChatRequestException;

static Command ToolCommand(ModelFileOptions files)
{
    var count = Count("Requests of each sort.", 60);
    var seed = new Option<int>("--seed") { Description = "Which requests.", DefaultValueFactory = _ => 1 };
    var wrong = new Option<bool>("--wrong") { Description = "Print what went wrong." };
    var command = new Command("tools", "Examines whether a model calls tools where they are needed, and only there.") { count, seed, files.TextModel, files.Projector, files.Threads, wrong };
    command.SetAction(async (arguments, cancellationToken) =>
    {
        try
        {
            using var examined = ExamModel.FromSettings(files: files.Of(arguments));
            Action<string>? show = arguments.GetValue(wrong) ? Console.WriteLine : null;
            Console.WriteLine(ToolExam.Table(await ToolExam.RunAsync(examined.Client, arguments.GetValue(count), arguments.GetValue(seed), show, cancellationToken)));
            return 0;
        }
        catch (Exception exception) when (IsExplained(exception))
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    });
    return command;
}

static Command ClipCommand()
{
    var folder = new Option<string>("--model") { Description = "The CLIP's folder.", DefaultValueFactory = _ => Path.Combine(Repository.Root, "models", "pocket-clip") };
    var seeds = new Option<int[]>("--seeds") { Description = "Which pictures.", DefaultValueFactory = _ => [1, 2, 3], AllowMultipleArgumentsPerToken = true };
    var clip = new Command("clip", "Examines a CLIP: which label, which caption fits a picture best.") { folder, seeds };
    clip.SetAction(arguments =>
    {
        try
        {
            Console.WriteLine(ClipExam.Table(ClipExam.Run(arguments.GetValue(folder)!, arguments.GetValue(seeds)!)));
            return 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ModelConfigException or WeightFileException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    });
    return clip;
}

static Command BlipCommand(Option<int> count, Option<int> seed, Option<int[]> families, Option<int[]> tiers, Option<string?> save)
{
    var captioner = new Option<string>("--captioner") { Description = "Folder of the captioner.", DefaultValueFactory = _ => Path.Combine(Repository.Root, "models", "pocket-blip-caption") };
    var answerer = new Option<string>("--answerer") { Description = "Folder of the network that answers questions.", DefaultValueFactory = _ => Path.Combine(Repository.Root, "models", "pocket-blip-vqa") };
    var command = new Command("blip", "Examines a captioner and a network that answers in a word or two.") { captioner, answerer, count, seed, families, tiers, save };
    command.SetAction((arguments, cancellationToken) =>
    {
        try
        {
            int[] asked = [.. arguments.GetValue(tiers)!.Distinct().Order()];
            if (FontShelf.Installed.Missing(asked) is { } missing)
                throw new FileNotFoundException(missing);
            var questions = QuestionMaker.Make(arguments.GetValue(count), arguments.GetValue(seed), arguments.GetValue(families) is { Length: > 0 } chosen ? chosen : BlipExam.Families, asked);
            Conclude(BlipExam.Run(arguments.GetValue(captioner)!, arguments.GetValue(answerer)!, questions, cancellationToken), arguments.GetValue(save));
            return Task.FromResult(0);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ModelConfigException or WeightFileException)
        {
            Console.Error.WriteLine(exception.Message);
            return Task.FromResult(1);
        }
    });
    return command;
}

static void Conclude(IReadOnlyList<Result> results, string? save)
{
    if (save is not null)
    {
        foreach (var result in results.Where(r => r.IsBad))
            Dump.SavePictures(result.Question, save);
        Console.WriteLine(Report.Failures(results, save));
    }
    Console.WriteLine(Report.Table(results));
}

/// <summary>Says on standard error how far the exam is; at once and in order, unlike Progress.</summary>
internal sealed class Ticker(int count) : IProgress<Result>
{
    private int asked, right;

    public void Report(Result value)
    {
        right += value.Right ? 1 : 0;
        if (++asked % 10 == 0 || asked == count)
            Console.Error.WriteLine($"{asked} of {count} asked, {right} right");
    }
}

/// <summary>Which files to examine instead of those of the settings.</summary>
internal sealed class ModelFileOptions
{
    public Option<string?> TextModel { get; } = new("--text-model") { Description = "Ask this GGUF language model, with the settings of the one it stands for." };

    public Option<string?> Projector { get; } = new("--projector") { Description = "The GGUF vision tower and projector that go with --text-model." };

    public Option<int> Threads { get; } = new("--threads") { Description = "Threads for --text-model; 0 takes every processor." };

    public ExamModelFiles? Of(ParseResult arguments) => arguments.GetValue(TextModel) is { } text
        ? new ExamModelFiles(text, arguments.GetValue(Projector), arguments.GetValue(Threads)) : null;
}
