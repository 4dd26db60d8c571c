using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis;

/// <summary>A client that plays a script: updates, exceptions, and waits that end with the request's cancellation.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int requests;

    public ScriptedChatClient(params object[] script) => Script = script;

    /// <summary>A text, an update, an exception to throw, or <see cref="WaitForCancellation"/>.</summary>
    public IReadOnlyList<object> Script { get; set; }

    /// <summary>What all requests after the first play; null: the same.</summary>
    public IReadOnlyList<object>? Then { get; set; }

    public static object WaitForCancellation { get; } = new();

    public ConcurrentQueue<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> Requests { get; } = new();

    public (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) LastRequest => Requests.Last();

    /// <summary>Completes when a request has come.</summary>
    public Task Asked => asked.Task;

    /// <summary>Completes when a waiting answer has seen its cancellation.</summary>
    public Task Cancelled => cancelled.Task;

    public static ChatResponseUpdate Last(ChatFinishReason? reason = null, AnswerTimings? timings = null) => new(ChatRole.Assistant, "")
    {
        FinishReason = reason ?? ChatFinishReason.Stop,
        AdditionalProperties = new() { [AnswerTimings.Key] = timings ?? Timings },
    };

    public static AnswerTimings Timings { get; } = new()
    {
        Total = TimeSpan.FromMilliseconds(1234.5),
        Load = TimeSpan.FromMilliseconds(200),
        Vision = TimeSpan.FromMilliseconds(300),
        TowerRuns = 1,
        Images = 1,
        PromptEvaluation = TimeSpan.FromMilliseconds(400),
        PromptTokens = 603,
        CachedTokens = 12,
        Evaluation = TimeSpan.FromMilliseconds(334),
        AnswerTokens = 5,
    };

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var script = Interlocked.Increment(ref requests) > 1 && Then is { } later ? later : Script;
        Requests.Enqueue(([.. messages], options!));
        asked.TrySetResult();
        foreach (var step in script)
        {
            if (step == WaitForCancellation)
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    cancelled.SetResult();
                    throw;
                }
            }
            if (step is Exception exception)
                throw exception;
            yield return step as ChatResponseUpdate ?? new ChatResponseUpdate(ChatRole.Assistant, (string)step);
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
