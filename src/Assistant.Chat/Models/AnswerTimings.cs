using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models;

/// <summary>Where an answer's time went. The last update of a streamed answer carries it in <c>AdditionalProperties</c> under <see cref="Key"/>.</summary>
public sealed record AnswerTimings
{
    /// <summary>Key of the additional property.</summary>
    public const string Key = "timings";

    /// <summary>From the request to the end of the answer.</summary>
    public TimeSpan Total { get; init; }

    /// <summary>Loading the model; zero if it was loaded.</summary>
    public TimeSpan Load { get; init; }

    /// <summary>Running the vision tower and the projector.</summary>
    public TimeSpan Vision { get; init; }

    /// <summary>How often the vision tower ran: 0 where all pictures were known.</summary>
    public int TowerRuns { get; init; }

    /// <summary>Pictures in the prompt.</summary>
    public int Images { get; init; }

    /// <summary>Reading the prompt (prefill).</summary>
    public TimeSpan PromptEvaluation { get; init; }

    /// <summary>Positions of the whole prompt, pictures included.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Positions of the prompt that were known from an earlier turn and not read again.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Writing the answer (decode).</summary>
    public TimeSpan Evaluation { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public int AnswerTokens { get; init; }

    /// <summary>How many of the oldest messages did not fit the context and were left out.</summary>
    public int TruncatedMessages { get; init; }

    /// <summary>Adds what an update carries: with tools of the server an answer takes several rounds, each of which ends in an update with timings.</summary>
    /// <param name="sum">Those of the rounds before; null if there were none.</param>
    /// <param name="update">Any update of the answer.</param>
    /// <returns>The sum; null as long as no update carried any.</returns>
    public static AnswerTimings? Add(AnswerTimings? sum, ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.AdditionalProperties?.GetValueOrDefault(Key) is not AnswerTimings told ? sum : sum is null ? told : sum + told;
    }

    /// <summary>The timings of an answer that took several rounds: everything added up.</summary>
    public static AnswerTimings operator +(AnswerTimings a, AnswerTimings b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new()
        {
            Total = a.Total + b.Total,
            Load = a.Load + b.Load,
            Vision = a.Vision + b.Vision,
            TowerRuns = a.TowerRuns + b.TowerRuns,
            Images = a.Images + b.Images,
            PromptEvaluation = a.PromptEvaluation + b.PromptEvaluation,
            PromptTokens = a.PromptTokens + b.PromptTokens,
            CachedTokens = a.CachedTokens + b.CachedTokens,
            Evaluation = a.Evaluation + b.Evaluation,
            AnswerTokens = a.AnswerTokens + b.AnswerTokens,
            TruncatedMessages = a.TruncatedMessages + b.TruncatedMessages,
        };
    }
}
