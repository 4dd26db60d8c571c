using System.CommandLine;
using SceneExam;
using SceneExam.Questions;

var count = new Option<int>("--count") { Description = "Questions to ask.", DefaultValueFactory = _ => 270 };
var seed = new Option<int>("--seed") { Description = "Which exam: the same seed gives the same pictures and questions.", DefaultValueFactory = _ => 1 };
var dump = new Option<string?>("--dump") { Description = "Write the pictures and questions.jsonl to this folder and ask nobody." };
var answers = new Option<string?>("--judge") { Description = "Judge answers from a file with lines of {\"id\": 3, \"answer\": \"...\"}." };
var save = new Option<string?>("--save") { Description = "Save the pictures of wrong answers to this folder." };

var command = new RootCommand("Examines a model on drawings that it was not trained on.") { count, seed, dump, answers, save };
command.SetAction(arguments =>
{
    var questions = QuestionMaker.Make(arguments.GetValue(count), arguments.GetValue(seed));
    if (arguments.GetValue(dump) is { } folder)
    {
        Dump.Write(questions, folder);
        Console.WriteLine($"{questions.Count} questions written to {folder}.");
        return 0;
    }
    if (arguments.GetValue(answers) is { } file)
    {
        var given = Dump.ReadAnswers(file);
        Conclude([.. questions.Where(q => given.ContainsKey(q.Id)).Select(q => Examiner.Mark(q, [.. Enumerable.Repeat("", q.Turns.Count - 1), given[q.Id]]))], arguments.GetValue(save));
        return 0;
    }
    Console.Error.WriteLine("Nothing to do: give --dump or --judge.");
    return 1;
});
return command.Parse(args).Invoke();

static void Conclude(IReadOnlyList<Result> results, string? save)
{
    if (save is not null)
    {
        foreach (var result in results.Where(r => !r.Right))
            Dump.SavePictures(result.Question, save);
        Console.WriteLine(Report.Failures(results, save));
    }
    Console.WriteLine(Report.Table(results));
}
