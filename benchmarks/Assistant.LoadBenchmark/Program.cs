using System.CommandLine;
using Assistant.LoadBenchmark;

var model = new Option<string>("--model") { Description = "GGUF file of the language model.", DefaultValueFactory = _ => "models/pocket/pocket-q8_0.gguf" };
var projector = new Option<string?>("--projector") { Description = "GGUF file of its vision tower and projector; without one pictures are left out." };
var template = new Option<string?>("--template") { Description = "Chat template, where the file's own does not do." };
var threads = new Option<int>("--threads") { Description = "Threads of llama.cpp; 0 takes all cores.", DefaultValueFactory = _ => 0 };
var context = new Option<int>("--context") { Description = "Tokens of a conversation.", DefaultValueFactory = _ => 1024 };
var tokens = new Option<int>("--tokens") { Description = "Tokens of an answer.", DefaultValueFactory = _ => 64 };
var rounds = new Option<int>("--rounds") { Description = "Repetitions of a measurement.", DefaultValueFactory = _ => 5 };
var clients = new Option<int[]>("--clients") { Description = "Clients that stream at a time.", DefaultValueFactory = _ => [1, 2, 4, 8, 16], AllowMultipleArgumentsPerToken = true };
var root = new RootCommand("Measures the chat engine under load, beside llama.cpp itself on the same model file and threads; compare only figures of one run.")
{
    model, projector, template, threads, context, tokens, rounds, clients,
};
root.SetAction(async (result, _) =>
{
    var text = result.GetValue(model)!;
    var bundled = result.GetResult(model) is null or { Implicit: true };
    var plan = new LoadPlan(
        text, result.GetValue(projector) ?? (bundled ? "models/pocket/pocket-mmproj-f16.gguf" : null), result.GetValue(template) ?? (bundled ? "phi3" : null),
        result.GetValue(threads) is > 0 and var count ? count : Environment.ProcessorCount,
        result.GetValue(context), result.GetValue(tokens), result.GetValue(rounds), result.GetValue(clients)!);
    Console.WriteLine($"{Path.GetFileName(text)}, {plan.Threads} threads of {Environment.ProcessorCount} cores, contexts of {plan.Context} tokens; load {Load()} before\n");
    using (var chat = new ChatLoad(plan))
    {
        await chat.FirstAnswerAsync();
        await chat.SecondTurnAsync();
        await chat.ClientsAsync(withPictures: false);
        if (plan.Projector is not null)
            await chat.ClientsAsync(withPictures: true);
    }
    await EngineRate.CompareAsync(plan);
});
var vocabulary = new Option<string>("--model") { Description = "GGUF file; its vocabulary is enough.", DefaultValueFactory = _ => "models/pocket/pocket-q8_0.gguf" };
var answers = new Option<int>("--rounds") { Description = "Repetitions of a measurement.", DefaultValueFactory = _ => 15 };
var grammar = new Command("grammar", "Measures what it costs to follow a grammar, beside llama.cpp's own sampler.") { vocabulary, answers };
grammar.SetAction(result => GrammarBenchmark.Run(result.GetValue(vocabulary)!, result.GetValue(answers)));
root.Add(grammar);
return await root.Parse(args).InvokeAsync();

static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
