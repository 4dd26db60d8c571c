namespace Assistant.Vision.Generation;

/// <summary>Changes to the scores of the next token: repetition penalty, forbidden repeats of runs, least length.</summary>
/// <remarks>Keskar et al. 2019, arXiv:1909.05858 (repetition penalty); Paulus et al. 2017, arXiv:1705.04304 (runs); reference: transformers <c>logits_process.py</c>, in the order in which it applies them.</remarks>
internal sealed class ScoreRules
{
    private readonly GenerationOptions options;

    public ScoreRules(GenerationOptions options) => this.options = options;

    /// <summary>Applies the rules in place.</summary>
    /// <param name="prompt">The row's prompt.</param>
    /// <param name="tokens">Its new tokens so far.</param>
    /// <param name="scores">Logits or log-probabilities of the next token, [vocab_size].</param>
    public void Apply(IReadOnlyList<long> prompt, IReadOnlyList<long> tokens, Span<float> scores)
    {
        if (options.RepetitionPenalty != 1)
            PenaliseRepetition(prompt, tokens, scores);
        if (options.NoRepeatNgramSize > 0)
            ForbidRepeatedRuns([.. prompt, .. tokens], scores);
        if (options.EndTokens is { } ends && (prompt.Count + tokens.Count < options.MinLength || tokens.Count < options.MinNewTokens))
        {
            foreach (var end in ends.Where(end => end >= 0))
            {
                if (end < scores.Length)
                    scores[(int)end] = float.NegativeInfinity;
            }
        }
    }

    private void PenaliseRepetition(IReadOnlyList<long> prompt, IReadOnlyList<long> tokens, Span<float> scores)
    {
        var penalty = (float)options.RepetitionPenalty;
        foreach (var token in prompt.Concat(tokens).Distinct())
        {
            if (token < 0 || token >= scores.Length)
                continue;
            ref var score = ref scores[(int)token];
            score = score < 0 ? score * penalty : score / penalty;
        }
    }

    private void ForbidRepeatedRuns(long[] text, Span<float> scores)
    {
        var size = options.NoRepeatNgramSize;
        if (text.Length + 1 < size)
            return;
        var current = text.AsSpan(text.Length - (size - 1)); // the next token would complete this run
        for (var start = 0; start + size <= text.Length; start++)
        {
            var last = text[start + size - 1];
            if (text.AsSpan(start, size - 1).SequenceEqual(current) && last >= 0 && last < scores.Length)
                scores[(int)last] = float.NegativeInfinity;
        }
    }
}
