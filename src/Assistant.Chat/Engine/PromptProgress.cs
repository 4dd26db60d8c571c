using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Assistant.Chat.Engine;

/// <summary>How far a prompt was read. Where the additional property <see cref="Request"/> asks for it, updates before the first word carry it under <see cref="Key"/>.</summary>
/// <param name="Total">Positions of the prompt, pictures included.</param>
/// <param name="Cached">Those that were known from an earlier request.</param>
/// <param name="Processed">Those that are in the context now, known ones included.</param>
/// <param name="Time">Since reading began.</param>
public sealed record PromptProgress(int Total, int Cached, int Processed, TimeSpan Time)
{
    /// <summary>Additional property of an update.</summary>
    public const string Key = "prompt_progress";

    /// <summary>Additional property of the options that asks for it: true.</summary>
    public const string Request = "return_progress";

    /// <summary>A place for the latest progress alone: a slow reader misses steps, and holds nothing up.</summary>
    internal static Channel<PromptProgress> CreateChannel() => Channel.CreateBounded<PromptProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>An answer's tokens, and before them the steps of reading its prompt.</summary>
    /// <param name="generate">Begins the answer.</param>
    /// <param name="steps">The steps; null where nobody asks.</param>
    /// <param name="cancellationToken">Stops the answer.</param>
    internal static async IAsyncEnumerable<(int? Token, PromptProgress? Step)> WithTokens(
        Func<CancellationToken, IAsyncEnumerable<int>> generate, ChannelReader<PromptProgress>? steps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (steps is null)
        {
            await foreach (var token in generate(cancellationToken).ConfigureAwait(false))
                yield return (token, null);
            yield break;
        }
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var tokens = generate(leaving.Token).GetAsyncEnumerator(leaving.Token);
        var next = tokens.MoveNextAsync().AsTask();
        try
        {
            while (!next.IsCompleted && !leaving.IsCancellationRequested) // then the steps end at once, the token when it can
            {
                await Task.WhenAny(next, steps.WaitToReadAsync(leaving.Token).AsTask()).ConfigureAwait(false);
                if (steps.TryRead(out var step))
                    yield return (null, step);
            }
            if (steps.TryRead(out var last)) // the prompt is read: whoever shows a bar sees it full
                yield return (null, last);
            while (await next.ConfigureAwait(false))
            {
                yield return (tokens.Current, null);
                next = tokens.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // A reader who leaves while a token is on its way: an enumerator that is moving cannot be disposed of.
            await leaving.CancelAsync().ConfigureAwait(false);
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        }
    }
}
