using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Assistant.Chat.Models;

namespace Assistant.Chat.Conversations;

/// <summary>An answer at one moment.</summary>
/// <param name="Text">What has been written.</param>
/// <param name="State">Whether there is more to come, and otherwise how it ended.</param>
/// <param name="Error">Why it failed, for the user to read.</param>
/// <param name="Timings">Where its time went; known once it has ended.</param>
/// <param name="Thoughts">What a model that thinks has written before its answer; null where it has not.</param>
public sealed record AnswerSnapshot(string Text, AnswerState State, string? Error = null, AnswerTimings? Timings = null, string? Thoughts = null);

/// <summary>An answer that is being written: it belongs to the <see cref="AnswerService"/>, and any number of pages watch it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "See the field cancellation.")]
public sealed class RunningAnswer
{
    // Never disposed: pages may stop an answer that has just ended, and a source without a timer holds nothing.
    private readonly CancellationTokenSource cancellation = new();
    private readonly Lock gate = new();
    private readonly StringBuilder text = new(), thoughts = new();
    private AnswerSnapshot? last;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AnswerState? stopReason;

    internal RunningAnswer(Guid conversationId, Guid messageId) => (ConversationId, MessageId) = (conversationId, messageId);

    /// <summary>The chat that it belongs to.</summary>
    public Guid ConversationId { get; }

    /// <summary>The message that it becomes.</summary>
    public Guid MessageId { get; }

    /// <summary>The answer now.</summary>
    public AnswerSnapshot Current
    {
        get
        {
            lock (gate)
                return last ??= new AnswerSnapshot(text.ToString(), AnswerState.Running, Thoughts: thoughts.Length > 0 ? thoughts.ToString() : null);
        }
    }

    /// <summary>Ends after the answer has, and after it was stored. Never fails.</summary>
    public Task Completion { get; internal set; } = Task.CompletedTask;

    /// <summary>Cancelled when the answer is to end early.</summary>
    internal CancellationToken Cancelled => cancellation.Token;

    /// <summary>Why it is to end early; null where it is not.</summary>
    internal AnswerState? StopReason
    {
        get
        {
            lock (gate)
                return stopReason;
        }
    }

    /// <summary>The answer now and after each change until it has ended.</summary>
    /// <remarks>A watcher that is slower than the model sees fewer steps, never older ones; it holds nothing up.</remarks>
    public async IAsyncEnumerable<AnswerSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task next;
            AnswerSnapshot snapshot;
            lock (gate)
                (next, snapshot) = (changed.Task, Current);
            yield return snapshot;
            if (snapshot.State != AnswerState.Running)
                yield break;
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the answer to end; the first reason counts.</summary>
    internal void Cancel(AnswerState reason)
    {
        lock (gate)
            stopReason ??= reason;
        cancellation.Cancel();
    }

    internal void Append(string piece, string thought)
    {
        Change(() =>
        {
            text.Append(piece);
            thoughts.Append(thought);
        });
    }

    internal void End(AnswerSnapshot end) => Change(() => last = end, keep: true);

    private void Change(Action change, bool keep = false)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            change();
            if (!keep)
                last = null; // rebuilt when someone looks
            told = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        told.SetResult();
    }
}
