using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Scripted;

/// <summary>One answer of a script: its pieces come one by one, after a gate if it has one, and end in timings or in an error.</summary>
public sealed class ScriptedAnswer(params string[] pieces)
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Pieces { get; } = pieces;

    /// <summary>The answer waits before the piece of this index until <see cref="Open"/>; -1 means never.</summary>
    public int Gate { get; init; } = -1;

    public TimeSpan Delay { get; init; }

    public Exception? Error { get; init; }

    public AnswerTimings? Timings { get; init; }

    /// <summary>What it thinks before its pieces.</summary>
    public string? Thoughts { get; init; }

    /// <summary>Tools that it calls behind its pieces.</summary>
    public IReadOnlyList<FunctionCallContent> Calls { get; init; } = [];

    public void Open() => opened.TrySetResult();

    internal Task WaitAsync(int index, CancellationToken cancellationToken) =>
        index == Gate ? opened.Task.WaitAsync(cancellationToken) : Task.Delay(Delay, cancellationToken);
}

/// <summary>Models whose answers are written down beforehand; an answer beyond the script repeats the last one.</summary>
public sealed class ScriptedChatModels(params ScriptedAnswer[] answers) : IChatModels
{
    private int next;

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<IReadOnlyList<ChatMessage>> Requests { get; } = new();

    public List<ModelDescription> Models { get; init; } = [new ModelDescription { Name = "scripted", Vision = true }];

    public string DefaultModel => Models.Count > 0 ? Models[0].Name : "";

    public IReadOnlyList<ModelDescription> List() => Models;

    public ModelDescription? Find(string name) => Models.Find(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public IChatClient GetClient(string name) => Find(name) is null ? throw new ModelNotFoundException(name, Models.Select(m => m.Name)) : new Client(this);

    private sealed class Client(ScriptedChatModels script) : IChatClient
    {
        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            script.Requests.Enqueue(messages.ToList());
            var answer = script.Answer();
            if (answer.Thoughts is not null)
                yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(answer.Thoughts)]);
            for (var index = 0; index < answer.Pieces.Count; index++)
            {
                await answer.WaitAsync(index, cancellationToken);
                yield return new ChatResponseUpdate(ChatRole.Assistant, answer.Pieces[index]);
            }
            await answer.WaitAsync(answer.Pieces.Count, cancellationToken);
            if (answer.Error is not null)
                throw answer.Error;
            if (answer.Calls.Count > 0)
                yield return new ChatResponseUpdate(ChatRole.Assistant, [.. answer.Calls]);
            var last = new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = ChatFinishReason.Stop };
            if (answer.Timings is not null)
                last.AdditionalProperties = new AdditionalPropertiesDictionary { [AnswerTimings.Key] = answer.Timings };
            yield return last;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private ScriptedAnswer Answer() => answers[Math.Min(Interlocked.Increment(ref next) - 1, answers.Length - 1)];
}
