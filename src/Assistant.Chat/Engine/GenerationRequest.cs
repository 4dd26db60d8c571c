using System.Collections.Concurrent;
using System.Threading.Channels;
using Assistant.Chat.Grammars;
using Assistant.Chat.Prompts;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Engine;

/// <summary>What the engine is asked to go on with.</summary>
public sealed record GenerationRequest
{
    /// <summary>The prompt; shorter than the context.</summary>
    public required PromptSequence Prompt { get; init; }

    /// <summary>How tokens are drawn.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>What the answer must follow; null for no bound.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Most tokens of the answer; null: until the model ends or the context is full.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Tokens that end the answer, besides the vocabulary's own.</summary>
    public IReadOnlySet<int> StopTokens { get; init; } = new HashSet<int>();

    /// <summary>Where the prompt's pictures get their rows; null where it has none.</summary>
    public ImageFeatureSource? Images { get; init; }
}

/// <summary>What an answer cost, filled in as it grows.</summary>
public sealed class GenerationReport
{
    /// <summary>Positions that were known and not read again.</summary>
    public int CachedTokens { get; set; }

    /// <summary>Time of waiting for a slot, the vision tower's time left out.</summary>
    public TimeSpan Queued { get; set; }

    /// <summary>One entry a token, there before the token is, where <see cref="SamplingOptions.TopLogprobs"/> asks for them; for the answer's reader to take out.</summary>
    public ConcurrentQueue<TokenLogprobs> Logprobs { get; } = new();

    /// <summary>Where a reader hears how far the prompt is read.</summary>
    /// <value>The default is null: nobody listens.</value>
    public ChannelWriter<PromptProgress>? Progress { get; init; }

    /// <summary>How often the vision tower ran.</summary>
    public int TowerRuns { get; set; }

    /// <summary>Time in the vision tower.</summary>
    public TimeSpan Vision { get; set; }

    /// <summary>Time of reading the prompt.</summary>
    public TimeSpan PromptEvaluation { get; set; }

    /// <summary>Time of writing the answer.</summary>
    public TimeSpan Evaluation { get; set; }

    /// <summary>Tokens written.</summary>
    public int AnswerTokens { get; set; }

    /// <summary>Why the answer ended; null while it grows.</summary>
    public ChatFinishReason? FinishReason { get; set; }
}
