using System.Runtime.CompilerServices;
using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis.OpenAI;

/// <summary>From a model's updates to OpenAI's objects.</summary>
internal static class OpenAIAnswerMapping
{
    /// <summary>The events of a streamed chat completion.</summary>
    /// <param name="updates">The model's answer.</param>
    /// <param name="model">The name as the client sent it.</param>
    /// <param name="includeUsage">Whether one more event tells the tokens.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Stops the answer.</param>
    public static async IAsyncEnumerable<ChatChunk> ToChunks(
        this IAsyncEnumerable<ChatResponseUpdate> updates, string model, bool includeUsage, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (id, created, answer, calls) = (NewId("chatcmpl"), time.GetUtcNow().ToUnixTimeSeconds(), new Answer(time), 0);
        ChatChunk Chunk(IReadOnlyList<ChunkChoice> choices, Usage? usage = null) => new(id, "chat.completion.chunk", created, model, choices, usage);

        string? role = "assistant";
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            if (answer.Add(update) is not { IsEmpty: false } delta)
                continue;
            yield return Chunk([new ChunkChoice(0, new ChunkDelta
            {
                Role = role,
                Content = NullIfEmpty(delta.Text),
                Reasoning = NullIfEmpty(delta.Thinking),
                ToolCalls = ToToolCalls(delta.ToolCalls, calls),
            }, Logprobs: ToLogprobs(delta.Logprobs))]) with { PromptProgress = ToProgress(delta.Progress) };
            calls += delta.ToolCalls.Count;
            role = null;
        }
        // Clients build their message from the role: an answer without a word has one, too.
        yield return Chunk([new ChunkChoice(0, new ChunkDelta { Role = role }, ToFinishReason(answer))]) with { Timings = includeUsage ? null : ToTimings(answer) };
        if (includeUsage)
            yield return Chunk([], ToUsage(answer)) with { Timings = ToTimings(answer) };
    }

    /// <summary>The events of a streamed text completion.</summary>
    public static async IAsyncEnumerable<TextCompletion> ToTextChunks(
        this IAsyncEnumerable<ChatResponseUpdate> updates, string model, bool includeUsage, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (id, created, answer) = (NewId("cmpl"), time.GetUtcNow().ToUnixTimeSeconds(), new Answer(time));
        TextCompletion Chunk(IReadOnlyList<TextChoice> choices, Usage? usage = null) => new(id, "text_completion", created, model, choices, usage);

        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            if (answer.Add(update) is { Text.Length: > 0 } delta)
                yield return Chunk([new TextChoice(0, delta.Text, Logprobs: ToTextLogprobs(delta.Logprobs))]);
        }
        yield return Chunk([new TextChoice(0, "", ToFinishReason(answer))]);
        if (includeUsage)
            yield return Chunk([], ToUsage(answer));
    }

    /// <summary>The whole chat completion.</summary>
    public static ChatCompletion ToChatCompletion(this Answer answer, string model, TimeProvider time)
    {
        var message = new AnswerMessage
        {
            Content = answer.ToolCalls.Count > 0 ? NullIfEmpty(answer.Text) : answer.Text,
            Reasoning = answer.Thinking,
            ToolCalls = ToToolCalls(answer.ToolCalls, first: 0),
        };
        return new(NewId("chatcmpl"), "chat.completion", time.GetUtcNow().ToUnixTimeSeconds(), model,
            [new ChatChoice(0, message, ToFinishReason(answer), ToLogprobs(answer.Logprobs))], ToUsage(answer), ToTimings(answer));
    }

    /// <summary>The whole text completion.</summary>
    public static TextCompletion ToTextCompletion(this Answer answer, string model, TimeProvider time) =>
        new(NewId("cmpl"), "text_completion", time.GetUtcNow().ToUnixTimeSeconds(), model,
            [new TextChoice(0, answer.Text, ToFinishReason(answer), ToTextLogprobs(answer.Logprobs))], ToUsage(answer));

    private static ChoiceLogprobs? ToLogprobs(IReadOnlyList<AnswerLogprobs>? known) => known.ToWire(always: true) is { } tokens ? new ChoiceLogprobs(tokens) : null;

    private static TextLogprobs? ToTextLogprobs(IReadOnlyList<AnswerLogprobs>? known)
    {
        if (known is null or { Count: 0 })
            return null;
        var (offset, offsets) = (0, new List<int>());
        foreach (var token in known)
        {
            offsets.Add(offset);
            offset += token.Token.Length;
        }
        return new(
            [.. known.Select(token => token.Token)], [.. known.Select(token => token.Logprob)],
            // Bytes that are no whole characters are all spelt alike: the likeliest of them stands for them.
            [.. known.Select(token => token.Top.GroupBy(rival => rival.Token).ToDictionary(group => group.Key, group => group.Max(rival => rival.Logprob)))], offsets);
    }

    private static string NewId(string prefix) => $"{prefix}-{Guid.NewGuid():N}";

    private static string ToFinishReason(Answer answer) => answer switch
    {
        { ToolCalls.Count: > 0 } => "tool_calls",
        _ when answer.FinishReason == ChatFinishReason.Length => "length",
        _ when answer.FinishReason == ChatFinishReason.ContentFilter => "content_filter",
        _ => "stop",
    };

    private static Usage ToUsage(Answer answer)
    {
        var timings = answer.Timings;
        return new(timings.PromptTokens, timings.AnswerTokens, timings.PromptTokens + timings.AnswerTokens, new PromptTokensDetails(timings.CachedTokens), answer.TruncatedMessages);
    }

    private static ServerTimings? ToTimings(Answer answer)
    {
        if (answer.ToldTimings is not { } timings)
            return null;
        var (read, reading, writing) = (timings.PromptTokens - timings.CachedTokens, timings.PromptEvaluation.TotalMilliseconds, timings.Evaluation.TotalMilliseconds);
        return new(
            timings.CachedTokens, read, Rounded(reading), Ratio(reading, read), Ratio(1000 * read, reading),
            timings.AnswerTokens, Rounded(writing), Ratio(writing, timings.AnswerTokens), Ratio(1000 * timings.AnswerTokens, writing),
            timings.Vision > TimeSpan.Zero ? Rounded(timings.Vision.TotalMilliseconds) : null);

        static double Rounded(double value) => Math.Round(value, 3);
        static double? Ratio(double value, double by) => by > 0 && value > 0 ? Rounded(value / by) : null;
    }

    private static PromptProgressState? ToProgress(PromptProgress? progress) =>
        progress is null ? null : new(progress.Total, progress.Cached, progress.Processed, (long)progress.Time.TotalMilliseconds);

    private static IReadOnlyList<AnswerToolCall>? ToToolCalls(IReadOnlyList<FunctionCallContent> calls, int first) => calls.Count == 0 ? null :
        [.. calls.Select((call, i) => new AnswerToolCall(call.CallId, first + i, "function",
            new AnswerFunctionCall(call.Name, (call.Arguments ?? new Dictionary<string, object?>()).ToJson().ToJsonString(OpenAIJson.Wire.Options))))];

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
