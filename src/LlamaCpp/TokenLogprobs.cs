namespace LlamaCpp;

/// <summary>Natural logarithm of a token's probability.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Logprob">At most 0.</param>
public readonly record struct TokenLogprob(int Token, float Logprob);

/// <summary>How likely a drawn token and its rivals were by the model's own distribution: before biases, penalties, filters and temperature.</summary>
/// <param name="Drawn">The token that was drawn.</param>
/// <param name="Top">The likeliest tokens, the likeliest first; the drawn one need not be among them.</param>
public sealed record TokenLogprobs(TokenLogprob Drawn, IReadOnlyList<TokenLogprob> Top)
{
    /// <summary>Reads them off logits.</summary>
    /// <param name="logits">[vocabulary size], numbers or negative infinity.</param>
    /// <param name="drawn">The drawn token.</param>
    /// <param name="count">How many of the likeliest.</param>
    internal static TokenLogprobs Of(ReadOnlySpan<float> logits, int drawn, int count)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
            largest = Math.Max(largest, logit);
        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - largest);
        var total = largest + Math.Log(sum); // log-sum-exp

        var top = new TokenLogprob[Math.Min(count, logits.Length)];
        var filled = 0;
        for (var token = 0; token < logits.Length && top.Length > 0; token++)
        {
            if (filled == top.Length && logits[token] <= top[^1].Logprob)
                continue;
            var at = filled < top.Length ? filled++ : top.Length - 1;
            for (; at > 0 && top[at - 1].Logprob < logits[token]; at--)
                top[at] = top[at - 1];
            top[at] = new TokenLogprob(token, logits[token]);
        }
        for (var i = 0; i < top.Length; i++)
            top[i] = top[i] with { Logprob = Relative(top[i].Logprob) };
        return new TokenLogprobs(new TokenLogprob(drawn, Relative(logits[drawn])), top);

        float Relative(float logit) => (float)Math.Min(0, logit - total);
    }
}
