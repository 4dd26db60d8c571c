using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Remote;

/// <summary>A streamed answer of OpenAI's protocol as it comes in. Nothing about its shape is taken for granted.</summary>
/// <param name="model">The model's name here.</param>
/// <param name="started">Timestamp of the request.</param>
/// <param name="createdAt">Time of the request.</param>
internal sealed class RemoteAnswer(string model, long started, DateTimeOffset createdAt)
{
    private const int MostCalls = 128;

    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly SortedDictionary<int, Call> calls = [];
    private TimeSpan? first;
    private ChatFinishReason? finish;
    private int promptTokens, cachedTokens, answerTokens;

    /// <summary>Whether the server said how it ended.</summary>
    public bool IsComplete => finish is not null;

    /// <summary>The message of an error object; null if it is none.</summary>
    public static string? ErrorText(JsonNode? json) => (json as JsonObject)?["error"] switch
    {
        JsonObject error => Text(error["message"]) ?? error.ToJsonString(),
        JsonValue value => Text(value) ?? value.ToJsonString(),
        _ => null,
    };

    /// <summary>Takes a chunk.</summary>
    /// <returns>What it adds; null if that is nothing to show.</returns>
    public ChatResponseUpdate? Add(JsonNode chunk)
    {
        if (chunk["usage"] is JsonObject usage)
        {
            promptTokens = Number(usage["prompt_tokens"]) ?? promptTokens;
            answerTokens = Number(usage["completion_tokens"]) ?? answerTokens;
            cachedTokens = Number((usage["prompt_tokens_details"] as JsonObject)?["cached_tokens"]) ?? cachedTokens;
        }
        if (chunk["choices"] is not JsonArray { Count: > 0 } choices || choices[0] is not JsonObject choice)
            return null;
        finish = Text(choice["finish_reason"]) switch
        {
            null => finish,
            "length" => ChatFinishReason.Length,
            "tool_calls" => ChatFinishReason.ToolCalls,
            "content_filter" => ChatFinishReason.ContentFilter,
            _ => ChatFinishReason.Stop,
        };
        if (choice["delta"] is not JsonObject delta)
            return null;
        var contents = new List<AIContent>();
        if ((Text(delta["reasoning_content"]) ?? Text(delta["reasoning"])) is { Length: > 0 } thought)
            contents.Add(new TextReasoningContent(thought));
        if (Text(delta["content"]) is { Length: > 0 } text)
            contents.Add(new TextContent(text));
        foreach (var call in (delta["tool_calls"] as JsonArray ?? []).OfType<JsonObject>())
            AddCall(call);
        if (contents.Count == 0)
            return null;
        first ??= Stopwatch.GetElapsedTime(started);
        var update = Update(contents);
        if ((choice["logprobs"] as JsonObject)?["content"] is JsonArray { Count: > 0 } logprobs)
            update.AdditionalProperties = new() { [AnswerLogprobs.Key] = logprobs.Select(ToLogprobs).OfType<AnswerLogprobs>().ToArray() };
        return update;
    }

    /// <summary>The last update: calls of tools, usage, times as they look from here.</summary>
    public ChatResponseUpdate Last()
    {
        var total = Stopwatch.GetElapsedTime(started);
        var timings = new AnswerTimings
        {
            Total = total,
            PromptEvaluation = first ?? total,
            Evaluation = total - (first ?? total),
            PromptTokens = promptTokens,
            CachedTokens = cachedTokens,
            AnswerTokens = answerTokens,
        };
        var usage = new UsageDetails { InputTokenCount = promptTokens, CachedInputTokenCount = cachedTokens, OutputTokenCount = answerTokens, TotalTokenCount = promptTokens + answerTokens };
        var last = Update([.. calls.Values.Select(ToContent), new UsageContent(usage)]);
        last.FinishReason = calls.Count > 0 ? ChatFinishReason.ToolCalls : finish;
        last.AdditionalProperties = new() { [AnswerTimings.Key] = timings };
        return last;
    }

    private static AnswerLogprobs? ToLogprobs(JsonNode? node)
    {
        if (node is not JsonObject json || Text(json["token"]) is not { } token || json["logprob"] is not JsonValue value || !value.TryGetValue<float>(out var logprob))
            return null;
        var bytes = json["bytes"] is JsonArray list ? list.Select(item => (byte)(Number(item) ?? 0)).ToArray() : Encoding.UTF8.GetBytes(token);
        var top = (json["top_logprobs"] as JsonArray ?? []).Select(ToLogprobs).OfType<AnswerLogprobs>().ToList();
        return new AnswerLogprobs { Token = token, Bytes = bytes, Logprob = logprob, Top = top };
    }

    private ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents) { ResponseId = id, MessageId = id, ModelId = model, CreatedAt = createdAt };

    private void AddCall(JsonObject part)
    {
        var index = Number(part["index"]) ?? calls.Count;
        if (!calls.TryGetValue(index, out var call))
        {
            if (calls.Count >= MostCalls)
                return;
            calls[index] = call = new Call();
        }
        call.Id ??= Text(part["id"]);
        if (part["function"] is not JsonObject function)
            return;
        call.Name ??= Text(function["name"]);
        call.Arguments.Append(Text(function["arguments"]) ?? (function["arguments"] as JsonObject)?.ToJsonString());
    }

    private static FunctionCallContent ToContent(Call call)
    {
        var id = call.Id ?? $"call_{Guid.NewGuid():N}";
        try
        {
            var arguments = call.Arguments.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(call.Arguments.ToString());
            return new FunctionCallContent(id, call.Name ?? "", arguments);
        }
        catch (JsonException e)
        {
            return new FunctionCallContent(id, call.Name ?? "") { Exception = e }; // the tool loop tells the model
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private sealed class Call
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
