using System.Text.Json;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis;

/// <summary>Probabilities of tokens, which both protocols ask for and write alike.</summary>
internal static class LogprobsMapping
{
    /// <summary>Asks for them.</summary>
    /// <param name="options">The options of the request.</param>
    /// <param name="logprobs">Whether they are wanted.</param>
    /// <param name="top">How many of the likeliest tokens beside each.</param>
    /// <exception cref="ApiException">That many are not offered.</exception>
    public static void AskForLogprobs(this ChatOptions options, bool? logprobs, int? top)
    {
        if (top is < 0 or > 20)
            throw ApiException.BadRequest("top_logprobs must be between 0 and 20");
        if (logprobs != true && top is not > 0)
            return;
        options.AdditionalProperties ??= [];
        options.AdditionalProperties[AnswerLogprobs.Key] = true;
        options.AdditionalProperties["top_logprobs"] = top ?? 0;
    }

    /// <summary>Makes tokens likelier, or less likely.</summary>
    /// <param name="options">The options of the request.</param>
    /// <param name="bias">An object from token ids to -100 to 100; null for none. The model's client checks it.</param>
    public static void Bias(this ChatOptions options, JsonElement? bias)
    {
        if (bias is { ValueKind: not JsonValueKind.Null } given)
            (options.AdditionalProperties ??= [])["logit_bias"] = given;
    }

    /// <summary>As the protocols write them; null for none.</summary>
    /// <param name="known">What the model's client told.</param>
    /// <param name="always">Whether a token's list of rivals is written where it is empty.</param>
    public static IReadOnlyList<TokenProbability>? ToWire(this IReadOnlyList<AnswerLogprobs>? known, bool always) => known is null or { Count: 0 } ? null :
        [.. known.Select(token => Of(token) with { TopLogprobs = always || token.Top.Count > 0 ? [.. token.Top.Select(Of)] : null })];

    private static TokenProbability Of(AnswerLogprobs token) => new(token.Token, token.Logprob, [.. token.Bytes.Select(value => (int)value)]);
}

/// <summary>How likely a token was.</summary>
/// <param name="Token">Its text.</param>
/// <param name="Logprob">Natural logarithm of its probability.</param>
/// <param name="Bytes">Its bytes, which can be a part of a character.</param>
internal sealed record TokenProbability(string Token, float Logprob, IReadOnlyList<int> Bytes)
{
    /// <summary>The likeliest tokens at its place; null for a rival, and where none were asked for.</summary>
    public IReadOnlyList<TokenProbability>? TopLogprobs { get; init; }
}
