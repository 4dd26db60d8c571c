using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Assistant.Chat.Grammars;
using Assistant.Chat.Tools.Schemas;
using LlamaCpp;
using static System.FormattableString;

namespace Assistant.LoadBenchmark;

/// <summary>What a bound answer costs beside a free one: the grammar engine and llama.cpp's sampler follow the same texts.</summary>
internal static class GrammarBenchmark
{
    private const string Json = """
        root ::= object
        value ::= object | array | string | number | "true" | "false" | "null"
        object ::= "{" ws (string ws ":" ws value (ws "," ws string ws ":" ws value)*)? ws "}"
        array ::= "[" ws (value (ws "," ws value)*)? ws "]"
        string ::= "\"" ([^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""
        number ::= "-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
        ws ::= [ \t\n]{0,20}
        """;

    private const string Schema = """
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"pets":{"type":"array","items":{"type":"object",
        "properties":{"kind":{"enum":["cat","dog","bird","fish"]},"name":{"type":"string"}},"required":["kind","name"]}}},"required":["name","age","pets"]}
        """;

    // What closes a letter is open until it comes: two stacks become four, eight, sixteen for an engine that keeps each by itself.
    // Four letters are asked for: with ten, and a large vocabulary's long tokens, llama.cpp had not come to an end after a minute.
    private const string Ambiguous = """
        root ::= open
        open ::= [a-z] (open "1"? | open "2"?)?
        """;

    private const string Person = """
        {"name":"Ada Lovelace","age":36,"pets":[{"kind":"cat","name":"Puff \u00e4 the second"},{"kind":"bird","name":"Charles, who sings in the morning"}]}
        """;

    private static readonly (string Name, Grammar Grammar, string Text)[] cases =
    [
        ("any JSON", Grammar.Parse(Json), Person),
        ("a JSON schema", JsonSchemaGrammar.Build(JsonDocument.Parse(Schema).RootElement), Person),
        ("ambiguous", Grammar.Parse(Ambiguous), "abcd"),
    ];

    /// <summary>Prints microseconds a token, for each grammar.</summary>
    /// <param name="path">A GGUF file with a vocabulary.</param>
    /// <param name="rounds">Repetitions of a measurement.</param>
    public static void Run(string path, int rounds)
    {
        using var model = LlamaModel.Load(path, new() { VocabOnly = true });
        var sorted = Stopwatch.GetTimestamp();
        var bytes = new TokenBytes(model.Vocab);
        Console.WriteLine(Invariant($"{Path.GetFileName(path)}: {model.Vocab.Count} tokens, sorted once in {Stopwatch.GetElapsedTime(sorted).TotalMilliseconds:F0} ms"));
        Console.WriteLine($"Microseconds a token, medians of {rounds} answers, each from its beginning; llama.cpp's grammar sampler / the engine");
        Console.WriteLine($"  {"grammar",-24}{"tokens",8}   {"all that can come next",-36}{"whether the likeliest can",-36}");
        var texts = Enumerable.Range(0, model.Vocab.Count).Where(token => !model.Vocab.IsEndOfGeneration(token))
            .GroupBy(token => Encoding.Latin1.GetString(model.Vocab.GetBytes(token))).ToDictionary(same => same.Key, same => same.First());
        foreach (var (name, grammar, text) in cases)
        {
            var tokens = Longest(texts, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)));
            var all = Compare(() => Engine(grammar, bytes, model, tokens, all: true), () => Llama(grammar, model, tokens, all: true), rounds);
            var one = Compare(() => Engine(grammar, bytes, model, tokens, all: false), () => Llama(grammar, model, tokens, all: false), rounds);
            Console.WriteLine($"  {name,-24}{tokens.Length,8}   {all,-36}{one,-36}");
        }
        Console.WriteLine();
    }

    // A tokenizer would put a space first where the vocabulary wants one; no grammar allows it.
    private static int[] Longest(Dictionary<string, int> texts, string text)
    {
        var tokens = new List<int>();
        for (var at = 0; at < text.Length;)
        {
            var length = Enumerable.Range(1, Math.Min(16, text.Length - at)).Last(count => texts.ContainsKey(text.Substring(at, count)));
            tokens.Add(texts[text.Substring(at, length)]);
            at += length;
        }
        return [.. tokens];
    }

    // In turns, so that both meet the same machine.
    private static string Compare(Func<double> engine, Func<double> llama, int rounds)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var (first, second) = (engine(), llama());
            if (round == 0)
                continue; // pays for compilation
            ours.Add(first);
            theirs.Add(second);
        }
        return Invariant($"{LoadPlan.Median(theirs),10:F1} / {LoadPlan.Median(ours),8:F1} = {LoadPlan.Median(theirs.Zip(ours, (a, b) => a / b)),7:F2}");
    }

    private static double Engine(Grammar grammar, TokenBytes bytes, LlamaModel model, int[] tokens, bool all)
    {
        var started = Stopwatch.GetTimestamp();
        var constraint = new GrammarConstraint(grammar, bytes, model.Vocab);
        foreach (var token in tokens)
        {
            var allowed = all ? (constraint.Allowed()[token >> 6] >> (token & 63) & 1) != 0 : constraint.Allows(token);
            if (!allowed)
                throw new InvalidOperationException($"The engine forbids token {token}, which follows the grammar.");
            constraint.Accept(token);
        }
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / tokens.Length;
    }

    private static double Llama(Grammar grammar, LlamaModel model, int[] tokens, bool all)
    {
        var started = Stopwatch.GetTimestamp();
        using var sampler = new LlamaGrammarSampler(model, grammar.Text);
        foreach (var token in tokens)
        {
            if (!(all ? sampler.AllowsAmongAll(token) : sampler.Allows(token)))
                throw new InvalidOperationException($"llama.cpp forbids token {token}, which follows the grammar.");
            sampler.Accept(token);
        }
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / tokens.Length;
    }
}
