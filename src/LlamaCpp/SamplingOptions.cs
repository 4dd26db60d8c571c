namespace LlamaCpp;

/// <summary>How the next token is drawn. The defaults switch everything off but temperature.</summary>
/// <remarks>Order, as in llama.cpp: logit bias (and the end of loops), penalties, top-k, typical-p, top-p, min-p, temperature, draw.</remarks>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 takes the likeliest token.</summary>
    /// <value>The default is 1.</value>
    public float Temperature { get; init; } = 1;

    /// <summary>Keeps the k likeliest tokens; 0 keeps all.</summary>
    /// <value>The default is 0.</value>
    public int TopK { get; init; }

    /// <summary>Keeps the likeliest tokens that hold this share of the probability; 1 keeps all.</summary>
    /// <value>The default is 1.</value>
    public float TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least this likely, relative to the likeliest; 0 keeps all.</summary>
    /// <value>The default is 0.</value>
    public float MinP { get; init; }

    /// <summary>Locally typical sampling (Meister et al. 2022, arXiv:2202.00666); 1 keeps all.</summary>
    /// <value>The default is 1.</value>
    public float TypicalP { get; init; } = 1;

    /// <summary>Divides the logits of tokens seen lately; 1 is off.</summary>
    /// <value>The default is 1.</value>
    public float RepeatPenalty { get; init; } = 1;

    /// <summary>How many tokens back the penalties look.</summary>
    /// <value>The default is 64; 0 switches them off.</value>
    public int RepeatLastN { get; init; } = 64;

    /// <summary>Subtracted from a token's logit once for each time it was seen lately.</summary>
    /// <value>The default is 0.</value>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted from a token's logit if it was seen lately.</summary>
    /// <value>The default is 0.</value>
    public float PresencePenalty { get; init; }

    /// <summary>Repeated tokens from which on an answer that says a phrase at least three times in a row is in a loop. The first loop of an answer is broken where the
    /// model is least sure of it; at the second the answer ends, if the constraint lets it and no bias is about tokens that end it; where the constraint does not, <see cref="LlamaSampler.HasGivenUp"/> tells of the fourth.</summary>
    /// <value>The default is 0: off.</value>
    public int LoopLimit { get; init; }

    /// <summary>Seed of the draw: equal seeds over equal logits draw equal tokens.</summary>
    /// <value>The default is null: a new random one.</value>
    public uint? Seed { get; init; }

    /// <summary>Added to the logits of these tokens; negative infinity forbids one.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();

    /// <summary>How many of the likeliest tokens to report beside each drawn one, 0 to 20: see <see cref="LlamaSampler.Logprobs"/>.</summary>
    /// <value>The default is null: no probabilities at all.</value>
    public int? TopLogprobs { get; init; }

    /// <summary>Finds the first value out of range; llama.cpp would switch the sampler off, or compute with NaN.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(float.IsFinite(Temperature) && Temperature >= 0, nameof(Temperature), Temperature, "0 or more");
        Require(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "0 to 1");
        Require(TypicalP is > 0 and <= 1, nameof(TypicalP), TypicalP, "above 0 and at most 1");
        Require(float.IsFinite(RepeatPenalty) && RepeatPenalty > 0, nameof(RepeatPenalty), RepeatPenalty, "above 0");
        Require(RepeatLastN is >= 0 and <= 1 << 20, nameof(RepeatLastN), RepeatLastN, "0 to 1048576");
        Require(Math.Abs(FrequencyPenalty) <= 100, nameof(FrequencyPenalty), FrequencyPenalty, "-100 to 100");
        Require(Math.Abs(PresencePenalty) <= 100, nameof(PresencePenalty), PresencePenalty, "-100 to 100");
        Require(LoopLimit >= 0, nameof(LoopLimit), LoopLimit, "0 or more");
        Require(TopLogprobs is null or >= 0 and <= 20, nameof(TopLogprobs), TopLogprobs ?? 0, "0 to 20");
        foreach (var (token, bias) in LogitBias)
            Require(!float.IsNaN(bias) && !float.IsPositiveInfinity(bias), nameof(LogitBias), bias, $"finite or negative infinity (token {token})");
    }

    private static void Require(bool holds, string name, object value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
    }
}
