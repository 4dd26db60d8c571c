namespace Assistant.Chat.Models;

/// <summary>How likely a token of an answer was. Updates of a streamed answer carry lists of them in <c>AdditionalProperties</c> under <see cref="Key"/>, where a request asks for them.</summary>
/// <remarks>A token's entry comes no earlier than its text; text that is held back, as the possible beginning of a stop sequence is, takes the entries along.</remarks>
public sealed record AnswerLogprobs
{
    /// <summary>Key of the additional property: an <see cref="IReadOnlyList{T}"/> of these in an update; in a request true asks for them, and <c>top_logprobs</c> for rivals.</summary>
    public const string Key = "logprobs";

    /// <summary>The token's bytes as text; U+FFFD where they are a part of a character.</summary>
    public required string Token { get; init; }

    /// <summary>The token's bytes in UTF-8.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Natural logarithm of its probability by the model's own distribution, before biases, penalties, filters and temperature.</summary>
    public required float Logprob { get; init; }

    /// <summary>The likeliest tokens at this place, the likeliest first, as many as were asked for.</summary>
    public IReadOnlyList<AnswerLogprobs> Top { get; init; } = [];
}
