namespace Assistant.Vision.Generation;

/// <summary>When a beam search stops although its beams could go on.</summary>
public enum EarlyStopping
{
    /// <summary>When no running beam is likely to beat the worst finished one, judged at its present length; transformers' <c>False</c>.</summary>
    WhenUnlikelyToImprove,
    /// <summary>As soon as there are as many finished texts as beams; transformers' <c>True</c>.</summary>
    WhenEnoughFinished,
    /// <summary>Only when no running beam can beat the worst finished one at any length; transformers' <c>"never"</c>.</summary>
    WhenImpossibleToImprove,
}

/// <summary>How text is generated. Names, defaults and meaning are those of transformers' <c>GenerationConfig</c>.</summary>
public sealed record GenerationOptions
{
    /// <summary>Beams kept at each step; 1 is greedy search.</summary>
    public int NumBeams { get; init; } = 1;
    /// <summary>Texts returned for each prompt, best first; at most <see cref="NumBeams"/>.</summary>
    public int NumReturnSequences { get; init; } = 1;
    /// <summary>At most so many tokens, those of the prompt included; not used where <see cref="MaxNewTokens"/> is set.</summary>
    public int MaxLength { get; init; } = 20;
    /// <summary>At most so many new tokens; null to go by <see cref="MaxLength"/>.</summary>
    public int? MaxNewTokens { get; init; }
    /// <summary>No end before so many tokens, those of the prompt included.</summary>
    public int MinLength { get; init; }
    /// <summary>No end before so many new tokens.</summary>
    public int MinNewTokens { get; init; }
    /// <summary>A text's score is the sum of its tokens' log-probabilities divided by their number to this power: above 0 favours long texts, below 0 short ones.</summary>
    public double LengthPenalty { get; init; } = 1;
    /// <summary>When a beam search stops.</summary>
    public EarlyStopping EarlyStopping { get; init; }
    /// <summary>Factor against tokens that were used before, prompt included; 1 for none, above 1 makes them less likely.</summary>
    public double RepetitionPenalty { get; init; } = 1;
    /// <summary>Length of runs of tokens that may occur only once, prompt included; 0 for no limit.</summary>
    public int NoRepeatNgramSize { get; init; }
    /// <summary>Tokens that end a text; null for the model's own.</summary>
    public IReadOnlySet<long>? EndTokens { get; init; }

    /// <summary>These options with an end token, if they name none.</summary>
    public GenerationOptions EndingAt(long token) => EndTokens is null ? this with { EndTokens = new HashSet<long> { token } } : this;

    /// <summary>Number of tokens that may be added to a prompt.</summary>
    internal int Room(int promptLength) => MaxNewTokens ?? MaxLength - promptLength;

    /// <summary>Refuses texts that would outgrow a table of positions. The last new token is never read, so it needs no position.</summary>
    /// <param name="prompt">Positions that the prompt takes.</param>
    /// <param name="positions">Rows of the table.</param>
    /// <param name="embedded">Whether the prompt is embeddings, which <see cref="MaxLength"/> does not count.</param>
    /// <exception cref="ArgumentException">They would.</exception>
    internal void CheckPositions(int prompt, int positions, bool embedded = false)
    {
        long room = Room(embedded ? 0 : prompt);
        if (prompt + room - 1 > positions)
            throw new ArgumentException($"A prompt of {prompt} tokens and up to {Math.Max(0, room)} new ones do not fit this network's {positions} positions, which leave room for {Math.Max(0, positions - prompt + 1)} new ones.");
    }

    internal void Check(int promptLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(NumBeams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(NumReturnSequences, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MinLength);
        ArgumentOutOfRangeException.ThrowIfNegative(MinNewTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(NoRepeatNgramSize);
        if (!double.IsFinite(LengthPenalty))
            throw new ArgumentException($"LengthPenalty must be a finite number, it is {LengthPenalty}.");
        if (!(RepetitionPenalty > 0) || !double.IsFinite(RepetitionPenalty))
            throw new ArgumentException($"RepetitionPenalty must be above 0, it is {RepetitionPenalty}.");
        if (NumReturnSequences > NumBeams)
            throw new ArgumentException($"NumReturnSequences {NumReturnSequences} is more than NumBeams {NumBeams}.");
        if (Room(promptLength) < 1)
            throw new ArgumentException(MaxNewTokens is { } count
                ? $"MaxNewTokens must be at least 1, it is {count}."
                : $"MaxLength {MaxLength} leaves no room after a prompt of {promptLength} tokens.");
    }
}

/// <summary>A generated text.</summary>
/// <param name="Tokens">Its new tokens, without the prompt; the end token included if it has one.</param>
/// <param name="Score">Sum of their log-probabilities divided by their number to the power of the length penalty.</param>
public sealed record GeneratedSequence(IReadOnlyList<long> Tokens, double Score);

/// <summary>Where generation stands after a step.</summary>
/// <param name="Index">Number of the step, from 0.</param>
/// <param name="Sequences">New tokens of each row so far. In a beam search they are the best running beam's, and a later step can replace them; empty for a row that is done.</param>
public sealed record GenerationStep(int Index, IReadOnlyList<IReadOnlyList<long>> Sequences);
