using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis;

/// <summary>An answer that thinks and then asks for two tools; a third call has been answered by the server itself.</summary>
internal static class ToolScript
{
    public static object[] Steps =>
    [
        new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("Let me look.")]),
        new ChatResponseUpdate(ChatRole.Assistant,
        [
            new FunctionCallContent("call_0", "internal") { InformationalOnly = true },
            new FunctionCallContent("call_1", "locate", new Dictionary<string, object?> { ["what"] = "dog", ["count"] = 2, ["box"] = new[] { 0.5, 1 } }),
            new FunctionCallContent("call_2", "caption"),
        ]),
        ScriptedChatClient.Last(ChatFinishReason.ToolCalls),
    ];

    public static string Request(bool stream) => $$"""
        {
          "model": "thinker", "stream": {{(stream ? "true" : "false")}},
          "messages": [{ "role": "user", "content": "Where is the dog?" }],
          "tools": [{ "type": "function", "function": { "name": "locate", "description": "Finds things.", "parameters": { "type": "object", "properties": { "what": { "type": "string" } } } } }]
        }
        """;
}
