using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Chat.Tools.Schemas;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tools.Calling;

/// <summary>Tools, calls and results as the JSON that models read and write.</summary>
internal static class ToolJson
{
    private static readonly JsonSerializerOptions options = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    /// <summary>A tool, as OpenAI's protocol and the templates of most models write it.</summary>
    public static JsonObject Of(AIFunctionDeclaration tool) => new()
    {
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["parameters"] = JsonNode.Parse(tool.JsonSchema.GetRawText()) },
    };

    /// <summary>A call's arguments.</summary>
    public static JsonObject Arguments(FunctionCallContent call)
    {
        var arguments = new JsonObject();
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
            arguments[name] = value as JsonNode is { } node ? node.DeepClone() : JsonSerializer.SerializeToNode(value, options.GetTypeInfo(value?.GetType() ?? typeof(object)));
        return arguments;
    }

    /// <summary>A call: name and arguments.</summary>
    public static string Of(FunctionCallContent call) => JsonSpelling.Of(new JsonObject { ["name"] = call.Name, ["arguments"] = Arguments(call) });

    /// <summary>A result as text: a string as it is, anything else as JSON.</summary>
    public static string Of(FunctionResultContent result) => result.Result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        TextContent text => text.Text,
        var value => JsonSerializer.Serialize(value, options.GetTypeInfo(value.GetType())),
    };
}
