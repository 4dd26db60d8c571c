using System.Diagnostics;
using System.Runtime.CompilerServices;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Hosting.Metrics;

/// <summary>Counts the answers of models, whoever asks: the page or a protocol.</summary>
internal sealed class MeteredChatModels(IChatModels inner, ServerMetrics metrics) : IChatModels
{
    public string DefaultModel => inner.DefaultModel;

    public IReadOnlyList<ModelDescription> List() => inner.List();

    public ModelDescription? Find(string name) => inner.Find(name);

    public IChatClient GetClient(string name) => new Client(inner.GetClient(name), metrics);

    private sealed class Client(IChatClient inner, ServerMetrics metrics) : DelegatingChatClient(inner)
    {
        public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            metrics.Begin();
            try
            {
                var response = await base.GetResponseAsync(messages, options, cancellationToken);
                if (response.AdditionalProperties?.GetValueOrDefault(AnswerTimings.Key) is AnswerTimings timings)
                    metrics.AddAnswer(timings);
                return response;
            }
            finally
            {
                metrics.End();
            }
        }

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var started = Stopwatch.GetTimestamp();
            var silent = true;
            metrics.Begin();
            try
            {
                await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
                {
                    if (silent && update.Contents.Any(content => content is TextContent { Text.Length: > 0 } or TextReasoningContent { Text.Length: > 0 } or FunctionCallContent))
                    {
                        silent = false;
                        metrics.FirstWords.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                    }
                    if (update.AdditionalProperties?.GetValueOrDefault(AnswerTimings.Key) is AnswerTimings timings)
                        metrics.AddAnswer(timings);
                    yield return update;
                }
            }
            finally
            {
                metrics.End();
            }
        }
    }
}
