using System.Text.Json;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis;

/// <summary>Request fields that both protocols have and that a model may refuse.</summary>
internal static class AnswerConstraints
{
    /// <summary>Declares a client's tools; their results come with a later request. Models without a place for tools in their template are told of them in words.</summary>
    /// <exception cref="ApiException">A tool has no name.</exception>
    public static IList<AITool>? ToTools(IReadOnlyList<ToolDefinition>? tools)
    {
        if (tools is null or { Count: 0 })
            return null;
        return [.. tools.Select(AITool (tool) => AIFunctionFactory.CreateDeclaration(
            tool?.Function?.Name is { Length: > 0 } name ? name : throw ApiException.BadRequest("a tool must have a function with a name"),
            tool.Function.Description,
            tool.Function.Parameters is { ValueKind: JsonValueKind.Object } schema ? schema : EmptySchema))];
    }

    /// <summary>Whether tools may or must be called.</summary>
    /// <param name="choice"><c>none</c>, <c>auto</c>, <c>required</c>, or an object that names a function; null for auto.</param>
    /// <exception cref="ApiException">It is something else.</exception>
    public static ChatToolMode? ToToolMode(JsonElement? choice) => choice switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } word when word.ValueEquals("auto") => ChatToolMode.Auto,
        { ValueKind: JsonValueKind.String } word when word.ValueEquals("none") => ChatToolMode.None,
        { ValueKind: JsonValueKind.String } word when word.ValueEquals("required") || word.ValueEquals("any") => ChatToolMode.RequireAny,
        { ValueKind: JsonValueKind.Object } named when ToolName(named) is { } name => ChatToolMode.RequireSpecific(name),
        _ => throw ApiException.BadRequest("invalid tool_choice: expected \"none\", \"auto\", \"required\" or {\"type\": \"function\", \"function\": {\"name\": ...}}"),
    };

    private static string? ToolName(JsonElement choice) =>
        (choice.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object ? function : choice).TryGetProperty("name", out var name)
            && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>Asks for thoughts, or for none.</summary>
    /// <param name="effort"><c>none</c> to <c>max</c> in the words of either protocol; null leaves it to the model.</param>
    /// <param name="field">The field's name, for the error.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ApiException">The word is unknown, or the model does not think.</exception>
    public static ReasoningOptions? ToReasoning(string? effort, string field, ModelDescription model)
    {
        if (effort is null)
            return null;
        ReasoningEffort level = effort switch
        {
            "none" => ReasoningEffort.None,
            "minimal" or "low" => ReasoningEffort.Low,
            "medium" => ReasoningEffort.Medium,
            "high" => ReasoningEffort.High,
            "max" or "xhigh" or "ultra" => ReasoningEffort.ExtraHigh,
            _ => throw ApiException.BadRequest($"invalid {field} value '{effort}'; there are none, minimal, low, medium, high and max"),
        };
        if (level != ReasoningEffort.None && !model.Thinking)
            throw ApiException.BadRequest($"\"{model.Name}\" does not support thinking");
        return new ReasoningOptions { Effort = level };
    }

    /// <summary>Binds the answer by a grammar.</summary>
    /// <param name="options">The request's options, tools and format among them.</param>
    /// <param name="grammar">In llama.cpp's notation; null or empty for none.</param>
    /// <param name="formatField">The name of the protocol's field for a format.</param>
    /// <param name="visionTools">Whether the server's own tools are asked for.</param>
    /// <exception cref="ApiException">Something else binds the answer, too.</exception>
    public static void Follow(this ChatOptions options, string? grammar, string formatField, bool visionTools)
    {
        if (grammar is not { Length: > 0 })
            return;
        var other = options.ResponseFormat is ChatResponseFormatJson ? formatField : options.Tools is { Count: > 0 } ? "tools" : visionTools ? "vision_tools" : null;
        if (other is not null)
            throw ApiException.BadRequest($"grammar and {other} were both given; an answer follows one of them");
        (options.AdditionalProperties ??= [])["grammar"] = grammar;
    }

    /// <summary><c>name:latest</c>, as lists show it.</summary>
    public static string FullName(this ModelDescription model) => model.Name.Contains(':', StringComparison.Ordinal) ? model.Name : model.Name + ":latest";

    private static JsonElement EmptySchema { get; } = JsonElement.Parse("""{"type":"object","properties":{}}""");
}

/// <summary>A tool that the client offers; both protocols write it the same way.</summary>
internal sealed record ToolDefinition
{
    public string? Type { get; init; }
    public ToolFunction? Function { get; init; }
}

/// <summary>Name, purpose and JSON schema of a tool.</summary>
internal sealed record ToolFunction
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public JsonElement? Parameters { get; init; }
}
