using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis.Ollama;

/// <summary>From a model's updates to Ollama's objects.</summary>
internal static class OllamaAnswerMapping
{
    /// <summary>The stream of <c>/api/generate</c>.</summary>
    public static IAsyncEnumerable<OllamaGenerateAnswer> ToGenerateAnswers(
        this IAsyncEnumerable<ChatResponseUpdate> updates, string model, TimeProvider time) =>
        updates.ToAnswers(time, delta => new OllamaGenerateAnswer
        {
            Model = model,
            CreatedAt = time.GetUtcNow().UtcDateTime,
            Logprobs = delta.Logprobs.ToWire(always: false),
            Response = delta.Text,
            Thinking = delta.Thinking.NullIfEmpty(),
        });

    /// <summary>The stream of <c>/api/chat</c>.</summary>
    public static IAsyncEnumerable<OllamaChatAnswer> ToChatAnswers(
        this IAsyncEnumerable<ChatResponseUpdate> updates, string model, TimeProvider time)
    {
        var calls = 0;
        return updates.ToAnswers(time, delta => new OllamaChatAnswer
        {
            Model = model,
            CreatedAt = time.GetUtcNow().UtcDateTime,
            Logprobs = delta.Logprobs.ToWire(always: false),
            Message = new OllamaMessage
            {
                Role = "assistant",
                Content = delta.Text,
                Thinking = delta.Thinking.NullIfEmpty(),
                ToolCalls = ToToolCalls(delta.ToolCalls, ref calls),
            },
        });
    }

    /// <summary>The whole answer of <c>/api/generate</c>.</summary>
    public static OllamaGenerateAnswer ToGenerateAnswer(this Answer answer, string model, TimeProvider time) => new OllamaGenerateAnswer
    {
        Model = model,
        CreatedAt = time.GetUtcNow().UtcDateTime,
        Logprobs = answer.Logprobs.ToWire(always: false),
        Response = answer.Text,
        Thinking = answer.Thinking,
    }.Finish(answer);

    /// <summary>The whole answer of <c>/api/chat</c>.</summary>
    public static OllamaChatAnswer ToChatAnswer(this Answer answer, string model, TimeProvider time)
    {
        var calls = 0;
        return new OllamaChatAnswer
        {
            Model = model,
            CreatedAt = time.GetUtcNow().UtcDateTime,
            Logprobs = answer.Logprobs.ToWire(always: false),
            Message = new OllamaMessage
            {
                Role = "assistant",
                Content = answer.Text,
                Thinking = answer.Thinking,
                ToolCalls = ToToolCalls(answer.ToolCalls, ref calls),
            },
        }.Finish(answer);
    }

    private static async IAsyncEnumerable<T> ToAnswers<T>(
        this IAsyncEnumerable<ChatResponseUpdate> updates, TimeProvider time, Func<AnswerDelta, T> toAnswer,
        [EnumeratorCancellation] CancellationToken cancellationToken = default) where T : OllamaAnswer
    {
        var answer = new Answer(time);
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            if (answer.Add(update) is { IsEmpty: false } delta)
                yield return toAnswer(delta);
        }
        yield return toAnswer(new AnswerDelta("", "", [])).Finish(answer);
    }

    private static T Finish<T>(this T chunk, Answer answer) where T : OllamaAnswer
    {
        var timings = answer.Timings;
        return chunk with
        {
            Done = true,
            // Tool calls end with "stop", too.
            DoneReason = answer.FinishReason == ChatFinishReason.Length ? "length" : "stop",
            Context = answer.Context,
            TotalDuration = Nanoseconds(timings.Total),
            LoadDuration = Nanoseconds(timings.Load),
            PromptEvalCount = NullIfZero(timings.PromptTokens),
            PromptEvalDuration = Nanoseconds(timings.PromptEvaluation + timings.Vision),
            VisionDuration = Nanoseconds(timings.Vision),
            EvalCount = NullIfZero(timings.AnswerTokens),
            EvalDuration = Nanoseconds(timings.Evaluation),
            TruncatedMessages = answer.TruncatedMessages,
        };
    }

    private static List<OllamaToolCall>? ToToolCalls(IReadOnlyList<FunctionCallContent> calls, ref int index)
    {
        if (calls.Count == 0)
            return null;
        var result = new List<OllamaToolCall>();
        foreach (var call in calls)
        {
            result.Add(new OllamaToolCall
            {
                Id = call.CallId,
                Function = new OllamaFunctionCall { Index = index++, Name = call.Name, Arguments = (call.Arguments ?? new Dictionary<string, object?>()).ToJson() },
            });
        }
        return result;
    }

    private static long? Nanoseconds(TimeSpan duration) => duration > TimeSpan.Zero ? duration.Ticks * TimeSpan.NanosecondsPerTick : null;

    private static int? NullIfZero(int count) => count == 0 ? null : count;

    private static string? NullIfEmpty(this string text) => text.Length == 0 ? null : text;
}
