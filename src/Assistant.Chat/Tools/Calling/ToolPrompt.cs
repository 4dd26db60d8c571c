using System.Text;
using Assistant.Chat.Tools.Schemas;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tools.Calling;

/// <summary>Tells a model of tools in words, where its template has no place for them, and puts calls and results of the past into text.</summary>
internal static class ToolPrompt
{
    /// <summary>The conversation with the tools described in the system message.</summary>
    public static IReadOnlyList<ChatMessage> Describe(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        var spoken = Speak(messages);
        var about = new TextContent(Describe(tools));
        if (spoken is [var first, ..] && first.Role == ChatRole.System)
            return [new ChatMessage(ChatRole.System, [.. first.Contents, new TextContent("\n\n"), about]), .. spoken.Skip(1)];
        return [new ChatMessage(ChatRole.System, [about]), .. spoken];
    }

    /// <summary>The conversation with calls and results as text.</summary>
    public static IReadOnlyList<ChatMessage> Speak(IReadOnlyList<ChatMessage> messages) => [.. messages.Select(Speak)];

    private static ChatMessage Speak(ChatMessage message)
    {
        if (!message.Contents.Any(content => content is FunctionCallContent or FunctionResultContent))
            return message;
        return new ChatMessage(message.Role == ChatRole.Tool ? ChatRole.User : message.Role, [.. message.Contents.Select(content => content switch
        {
            FunctionCallContent call => new TextContent($"<tool_call>{ToolJson.Of(call)}</tool_call>"),
            FunctionResultContent result => new TextContent($"<tool_response>{ToolJson.Of(result)}</tool_response>"),
            _ => content,
        })]);
    }

    private static string Describe(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        var text = new StringBuilder("You can call functions. Each line describes one, with the JSON schema of its arguments:\n");
        foreach (var tool in tools)
            text.Append(JsonSpelling.Of(ToolJson.Of(tool)["function"])).Append('\n');
        return text
            .Append("To call a function, write nothing but <tool_call>{\"name\": \"...\", \"arguments\": {...}}</tool_call>; several calls follow each other. ")
            .Append("What a function returns is told to you as <tool_response>...</tool_response>; then answer in words. If no function helps, answer in words at once.")
            .ToString();
    }
}
