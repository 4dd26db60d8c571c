using System.Text;
using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis;

/// <summary>What one update adds to an answer.</summary>
internal readonly record struct AnswerDelta(string Text, string Thinking, IReadOnlyList<FunctionCallContent> ToolCalls)
{
    /// <summary>How likely its tokens were; null where nobody asked.</summary>
    public IReadOnlyList<AnswerLogprobs>? Logprobs { get; init; }

    /// <summary>How far the prompt was read; null once it is, and where nobody asked.</summary>
    public PromptProgress? Progress { get; init; }

    /// <summary>Whether there is nothing to show.</summary>
    public bool IsEmpty => Progress is null && Text.Length == 0 && Thinking.Length == 0 && ToolCalls.Count == 0;

    /// <summary>Reads an update.</summary>
    /// <exception cref="ApiException">The update reports an error.</exception>
    public static AnswerDelta From(ChatResponseUpdate update)
    {
        if (update.Contents.OfType<ErrorContent>().FirstOrDefault() is { } error)
            throw new ApiException(StatusCodes.Status500InternalServerError, error.Message);
        return new(
            update.Text,
            string.Concat(update.Contents.OfType<TextReasoningContent>().Select(content => content.Text)),
            // Calls that a stage of ours has answered already are no business of the client's.
            [.. update.Contents.OfType<FunctionCallContent>().Where(call => !call.InformationalOnly)])
        {
            Logprobs = update.AdditionalProperties?.GetValueOrDefault(AnswerLogprobs.Key) as IReadOnlyList<AnswerLogprobs>,
            Progress = update.AdditionalProperties?.GetValueOrDefault(PromptProgress.Key) as PromptProgress,
        };
    }
}

/// <summary>An answer as it grows, without a protocol.</summary>
internal sealed class Answer(TimeProvider time)
{
    private readonly StringBuilder text = new(), thinking = new();
    private readonly List<FunctionCallContent> toolCalls = [];
    private readonly List<AnswerLogprobs> logprobs = [];
    private readonly long started = time.GetTimestamp();
    private UsageDetails? usage;
    private AnswerTimings? timings;

    /// <summary>The text so far.</summary>
    public string Text => text.ToString();

    /// <summary>The thoughts so far; null if there are none.</summary>
    public string? Thinking => thinking.Length == 0 ? null : thinking.ToString();

    /// <summary>The tools that the client is asked to call.</summary>
    public IReadOnlyList<FunctionCallContent> ToolCalls => toolCalls;

    /// <summary>How likely its tokens were; empty where nobody asked.</summary>
    public IReadOnlyList<AnswerLogprobs> Logprobs => logprobs;

    /// <summary>Why it ended; null if the model's client did not say.</summary>
    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>How many of the oldest messages did not fit the context and were left out; null if none were.</summary>
    public int? TruncatedMessages { get; private set; }

    /// <summary>Token ids of the conversation with this answer; null where nobody asked, or it holds a picture.</summary>
    public IReadOnlyList<int>? Context { get; private set; }

    /// <summary>Where the time went, by the model's client; null if it did not say.</summary>
    public AnswerTimings? ToldTimings => timings;

    /// <summary>Where the time went: as the model's client told, else what can be known from here.</summary>
    public AnswerTimings Timings => ToldTimings ?? new AnswerTimings
    {
        Total = time.GetElapsedTime(started),
        PromptTokens = (int)(usage?.InputTokenCount ?? 0),
        CachedTokens = (int)(usage?.CachedInputTokenCount ?? 0),
        AnswerTokens = (int)(usage?.OutputTokenCount ?? 0),
    };

    /// <summary>Adds an update and says what it adds.</summary>
    public AnswerDelta Add(ChatResponseUpdate update)
    {
        var delta = AnswerDelta.From(update);
        text.Append(delta.Text);
        thinking.Append(delta.Thinking);
        toolCalls.AddRange(delta.ToolCalls);
        logprobs.AddRange(delta.Logprobs ?? []);
        FinishReason = update.FinishReason ?? FinishReason;
        foreach (var content in update.Contents.OfType<UsageContent>())
        {
            usage ??= new UsageDetails();
            usage.Add(content.Details);
        }
        timings = AnswerTimings.Add(timings, update);
        if (update.AdditionalProperties?.GetValueOrDefault(LlavaChatClient.TruncatedMessagesKey) is int and > 0 and var count)
            TruncatedMessages = count;
        if (update.AdditionalProperties?.GetValueOrDefault(TokenContext.Key) is int[] context)
            Context = context;
        return delta;
    }

    /// <summary>The whole answer.</summary>
    public static async Task<Answer> CollectAsync(IAsyncEnumerable<ChatResponseUpdate> updates, TimeProvider time, CancellationToken cancellationToken)
    {
        var answer = new Answer(time);
        await foreach (var update in updates.WithCancellation(cancellationToken))
            answer.Add(update);
        return answer;
    }
}
