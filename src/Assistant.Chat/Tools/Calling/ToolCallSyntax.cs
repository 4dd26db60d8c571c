using Assistant.Chat.Tools.Schemas;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tools.Calling;

/// <summary>How a family of models writes the calls of tools.</summary>
public sealed class ToolCallSyntax
{
    /// <summary>Most calls that a grammar lets into one answer: a weak model would go on until the context is full.</summary>
    public const int MaxCalls = 16;

    private ToolCallSyntax(string name, string begin, string end) => (Name, Begin, End) = (name, begin, end);

    /// <summary><c>&lt;tool_call&gt;{"name": ..., "arguments": {...}}&lt;/tool_call&gt;</c>, one after the other: Hermes, Qwen; what models are taught here that know no other.</summary>
    public static ToolCallSyntax Hermes { get; } = new("hermes", "<tool_call>", "</tool_call>");

    /// <summary><c>[TOOL_CALLS][{"name": ..., "arguments": {...}}, ...]</c>: Mistral.</summary>
    public static ToolCallSyntax Mistral { get; } = new("mistral", "[TOOL_CALLS]", "") { IsList = true };

    /// <summary><c>&lt;|tool_call|&gt;[{"name": ..., "arguments": {...}}, ...]&lt;|/tool_call|&gt;</c>: Phi-4-mini.</summary>
    public static ToolCallSyntax Phi4 { get; } = new("phi4", "<|tool_call|>", "<|/tool_call|>") { IsList = true };

    /// <summary><c>{"name": ..., "parameters": {...}}</c> as the whole answer: Llama 3.</summary>
    public static ToolCallSyntax Llama3 { get; } = new("llama3", "", "") { ArgumentsKey = "parameters" };

    /// <summary>Every syntax.</summary>
    public static IReadOnlyList<ToolCallSyntax> All { get; } = [Hermes, Mistral, Phi4, Llama3];

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What a call begins with; empty where the JSON is the whole answer.</summary>
    public string Begin { get; }

    /// <summary>What ends it.</summary>
    public string End { get; }

    /// <summary>Key of the arguments in a call's JSON.</summary>
    public string ArgumentsKey { get; private init; } = "arguments";

    /// <summary>Whether several calls are one JSON array.</summary>
    public bool IsList { get; private init; }

    /// <summary>The syntax that a chat template writes; null if it is none of these.</summary>
    /// <param name="template">A chat template in Jinja.</param>
    public static ToolCallSyntax? Recognise(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        bool Has(string text) => template.Contains(text, StringComparison.Ordinal);
        return Has("[TOOL_CALLS]") ? Mistral
            : Has("<|tool_call|>") ? Phi4
            : Has("<tool_call>") ? Hermes
            : Has("\"parameters\": ") && (Has("<|python_tag|>") || Has("ipython")) ? Llama3
            : null;
    }

    /// <summary>Adds the rules of an answer that calls tools.</summary>
    /// <param name="grammar">Where the rules go.</param>
    /// <param name="tools">The tools that may be called.</param>
    /// <param name="several">Whether more than one call may be written.</param>
    /// <param name="anyArguments">Whether arguments are any JSON object, whatever the tools' schemas say.</param>
    internal ToolCallRules AddCalls(GrammarRules grammar, IReadOnlyList<AIFunctionDeclaration> tools, bool several, bool anyArguments = false)
    {
        var ws = grammar.WhiteSpace;
        var call = grammar.Add("call", string.Join(" | ", tools.Select(tool => grammar.Add("call",
            $"\"{{\" {ws} \"\\\"name\\\":\" {ws} {GrammarRules.Literal(JsonSpelling.Of(tool.Name))} {ws} \",\" {ws} \"\\\"{ArgumentsKey}\\\":\" {ws} {(anyArguments ? grammar.Object : Arguments(grammar, tool))} {ws} \"}}\""))));
        var (begin, end) = (GrammarRules.Literal(Begin), GrammarRules.Literal(End));
        if (Begin.Length == 0)
            return new(call, call);
        if (IsList)
        {
            var list = grammar.Add("calls", $"{ws} {grammar.Sequence("\"[\"", $"{call} {ws}", "\"]\"", 1, several ? MaxCalls : 1)} {end}");
            return new($"{begin} {list}", list);
        }
        var one = grammar.Add("call", $"{ws} {call} {ws} {end}");
        var more = several ? grammar.Add("calls", GrammarRules.Repeat($"( {ws} {begin} {one} )", 0, MaxCalls - 1)) : "\"\"";
        return new($"{begin} {one} {more}", grammar.Add("calls", $"{one} {more}"));
    }

    /// <summary>Adds the rules of an answer in words, which ends or goes over into calls: words never hold the beginning of a call that is none.</summary>
    /// <returns>The rule of the answer.</returns>
    internal string AddAnswer(GrammarRules grammar, ToolCallRules calls)
    {
        if (Begin.Length == 0)
            return grammar.Add("answer", $"{calls.Whole} | ( [^{{\\x00] {grammar.Add("any", @"[\x01-\U0010FFFF]")}* )?");
        // One rule for each length of a beginning that has been written, as in the search of Knuth, Morris and Pratt.
        var states = Enumerable.Range(0, Begin.Length).Select(_ => grammar.Fresh("words")).ToArray();
        var letters = Begin.Distinct().ToList();
        var others = "[^\\x00" + string.Concat(letters.Select(letter => $"\\x{(int)letter:X2}")) + "]";
        for (var state = 0; state < states.Length; state++)
        {
            var steps = new List<string> { "\"\"" };
            foreach (var letter in letters)
            {
                var written = Begin[..state] + letter;
                var next = Enumerable.Range(0, written.Length + 1).Reverse().First(length => Begin.StartsWith(written[^length..], StringComparison.Ordinal));
                steps.Add($"{GrammarRules.Literal(letter.ToString())} {(next == Begin.Length ? calls.AfterBegin : states[next])}");
            }
            steps.Add($"{others} {states[0]}");
            grammar.Define(states[state], string.Join(" | ", steps));
        }
        return states[0];
    }

    private static string Arguments(GrammarRules grammar, AIFunctionDeclaration tool)
    {
        try
        {
            return SchemaRules.Add(grammar, tool.JsonSchema);
        }
        catch (JsonSchemaException)
        {
            return grammar.Object; // a tool that no grammar can describe can still be called
        }
    }
}

/// <summary>Rules of calls in a grammar.</summary>
/// <param name="Whole">The calls, their marks included.</param>
/// <param name="AfterBegin">What follows the first call's <see cref="ToolCallSyntax.Begin"/>.</param>
internal sealed record ToolCallRules(string Whole, string AfterBegin);
