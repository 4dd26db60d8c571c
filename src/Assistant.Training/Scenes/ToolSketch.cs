using System.Text;

namespace Assistant.Training.Scenes;

/// <summary>A tool that is offered in a conversation: what its JSON schema says.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Arguments">Its arguments, all required.</param>
internal sealed record ToolSketch(string Name, string Description, params IReadOnlyList<ToolArgument> Arguments)
{
    private const string Before = "You can call functions. Each line describes one, with the JSON schema of its arguments:\n";
    private const string After = "To call a function, write nothing but <tool_call>{\"name\": \"...\", \"arguments\": {...}}</tool_call>; several calls follow each other. "
        + "What a function returns is told to you as <tool_response>...</tool_response>; then answer in words. If no function helps, answer in words at once.";

    /// <summary>What is the same in all offers, calls and results: a token each, else an offer of five tools would be longer than the talk about it.</summary>
    public static IReadOnlyList<string> Marks { get; } =
    [
        Before, After, "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
        "{\"name\":\"", "\",\"description\":\"", "\",\"parameters\":{\"type\":\"object\",\"properties\":{\"", "\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}\n", "\":{\"description\":\"", "\":{\"type\":\"string\"}", "\":{\"type\":\"integer\"}",
        "\",\"type\":\"string\"}", "\",\"type\":\"integer\"}", "\",\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "},\"required\":[\"", "\"]}}\n",
        "\",\"arguments\":{\"", "\",\"arguments\":{}}", "\":\"", "\":[\"", "\":", "\",\"", ",\"", "\"}}", "\"]}}", "}}", "{\"", "\"}",
    ];

    /// <summary>The system message that offers tools, word for word as the chat engine writes it for models whose template has no place for them.</summary>
    public static string Offer(IEnumerable<ToolSketch> tools) => Before + string.Concat(tools.Select(tool => tool.Json() + "\n")) + After;

    /// <summary>A call of it.</summary>
    /// <param name="values">The arguments' values as JSON, in their order.</param>
    public string Call(params IReadOnlyList<string> values) =>
        $"<tool_call>{{\"name\":{Quoted(Name)},\"arguments\":{{{string.Join(",", Arguments.Zip(values, (argument, value) => $"{Quoted(argument.Name)}:{value}"))}}}}}</tool_call>";

    /// <summary>What it returned, as the model is told.</summary>
    public static string Response(string result) => $"<tool_response>{result}</tool_response>";

    /// <summary>A text as JSON.</summary>
    public static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>Texts as a JSON array.</summary>
    public static string Quoted(IEnumerable<string> texts) => $"[{string.Join(",", texts.Select(Quoted))}]";

    private string Json()
    {
        var json = new StringBuilder($"{{\"name\":{Quoted(Name)},\"description\":{Quoted(Description)},\"parameters\":{{\"type\":\"object\",\"properties\":{{");
        json.AppendJoin(",", Arguments.Select(argument => $"{Quoted(argument.Name)}:{argument.Schema}"));
        json.Append('}');
        if (Arguments.Count > 0)
            json.Append($",\"required\":{Quoted(Arguments.Select(argument => argument.Name))}");
        return json.Append("}}").ToString();
    }
}

/// <summary>An argument of a tool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type in JSON schema; "strings" is an array of strings.</param>
/// <param name="Description">What it means; null says nothing.</param>
internal sealed record ToolArgument(string Name, string Type, string? Description = null)
{
    /// <summary>Its JSON schema.</summary>
    public string Schema => "{" + (Description is null ? "" : $"\"description\":{ToolSketch.Quoted(Description)},")
        + (Type == "strings" ? "\"type\":\"array\",\"items\":{\"type\":\"string\"}" : $"\"type\":\"{Type}\"") + "}";
}
