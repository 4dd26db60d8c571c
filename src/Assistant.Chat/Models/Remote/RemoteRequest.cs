using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Remote;

/// <summary>From messages and options to a body of OpenAI's <c>/chat/completions</c>.</summary>
internal static class RemoteRequest
{
    public static JsonSerializerOptions Json { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Under Ollama's names here, and under the same names in llama-server and vLLM.
    private static readonly string[] passedOn = ["min_p", "typical_p", "repeat_penalty", "repeat_last_n", "logit_bias", "logprobs", "top_logprobs", "grammar"];

    public static JsonObject ToJson(string model, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray([.. messages.SelectMany(ToMessages)]),
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        if (options is null)
            return body;
        Set(body, "temperature", options.Temperature);
        Set(body, "top_p", options.TopP);
        Set(body, "top_k", options.TopK);
        Set(body, "max_tokens", options.MaxOutputTokens);
        Set(body, "seed", options.Seed);
        Set(body, "frequency_penalty", options.FrequencyPenalty);
        Set(body, "presence_penalty", options.PresencePenalty);
        if (options.StopSequences is { Count: > 0 } stops)
            body["stop"] = new JsonArray([.. stops.Select(stop => (JsonNode)stop)]);
        foreach (var key in passedOn)
        {
            if (options.AdditionalProperties?.GetValueOrDefault(key) is { } value)
                body[key] = JsonSerializer.SerializeToNode(value, Json);
        }
        if (ToResponseFormat(options.ResponseFormat) is { } format)
            body["response_format"] = format;
        if (options.Reasoning?.Effort is { } effort)
            body["reasoning_effort"] = ToEffort(effort);
        AddTools(body, options);
        return body;
    }

    private static void Set<T>(JsonObject body, string name, T? value) where T : struct
    {
        if (value is not null)
            body[name] = JsonValue.Create(value.Value);
    }

    private static string ToEffort(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => "none",
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        _ => "xhigh",
    };

    private static JsonObject? ToResponseFormat(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } json => new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = json.SchemaName ?? "answer", ["schema"] = JsonNode.Parse(schema.GetRawText()) },
        },
        ChatResponseFormatJson => new JsonObject { ["type"] = "json_object" },
        _ => null,
    };

    private static void AddTools(JsonObject body, ChatOptions options)
    {
        var functions = options.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        if (functions.Count == 0)
            return;
        body["tools"] = new JsonArray([.. functions.Select(function => new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = function.Name,
                ["description"] = function.Description,
                ["parameters"] = JsonNode.Parse(function.JsonSchema.GetRawText()),
            },
        })]);
        switch (options.ToolMode)
        {
            case NoneChatToolMode:
                body["tool_choice"] = "none";
                break;
            case RequiredChatToolMode { RequiredFunctionName: { } required }:
                body["tool_choice"] = new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = required } };
                break;
            case RequiredChatToolMode:
                body["tool_choice"] = "required";
                break;
        }
    }

    /// <summary>One message, but one each for several results of tools.</summary>
    private static IEnumerable<JsonNode> ToMessages(ChatMessage message)
    {
        if (message.Role == ChatRole.Tool)
        {
            foreach (var result in message.Contents.OfType<FunctionResultContent>())
                yield return new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = ToText(result.Result) };
            yield break;
        }
        var json = new JsonObject { ["role"] = message.Role.Value };
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        var pictures = message.Contents.OfType<DataContent>().Any();
        json["content"] = pictures ? new JsonArray([.. message.Contents.Select(ToPart).OfType<JsonNode>()]) : calls.Count > 0 && message.Text.Length == 0 ? null : message.Text;
        if (calls.Count > 0)
        {
            json["tool_calls"] = new JsonArray([.. calls.Select(call => new JsonObject
            {
                ["id"] = call.CallId,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), Json) },
            })]);
        }
        yield return json;
    }

    private static JsonObject? ToPart(AIContent content) => content switch
    {
        TextContent text => new JsonObject { ["type"] = "text", ["text"] = text.Text },
        DataContent data => new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = data.Uri } },
        _ => null,
    };

    private static string ToText(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => JsonSerializer.Serialize(result, Json),
    };
}
