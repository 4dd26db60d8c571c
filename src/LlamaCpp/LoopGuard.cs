namespace LlamaCpp;

/// <summary>Notices that an answer only repeats itself, and says where it should go on otherwise.</summary>
/// <remarks>
/// Greedy decoding of small models falls into loops that feed themselves: the more often a phrase stands there, the likelier it comes again
/// (Holtzman et al. 2020, arXiv:1904.09751). Penalties on single tokens would also forbid what has to be said twice; here nothing is forbidden but one
/// token of one more round, where the model comes nearest to going on otherwise: behind an item a list ends, behind a sentence the answer.
/// </remarks>
/// <param name="limit">Repeated tokens, not counting the first round, from which on it is a loop.</param>
internal sealed class LoopGuard(int limit)
{
    /// <summary>The longest phrase, in tokens, whose repetition is noticed.</summary>
    public const int LongestPhrase = 128;
    private const int Rounds = 3;

    private readonly int[] last = new int[LongestPhrase]; // a ring: token n is at n % LongestPhrase
    private readonly int[] repeated = new int[LongestPhrase + 1]; // by length of the phrase: tokens at the end that are the same as those a phrase before
    private readonly List<float> leads = []; // of the loop's next token, for the tokens of a round
    private int count;
    private int loop; // length of the phrase that is repeated; 0 if none is

    /// <summary>The token that would go on with a loop; null if there is none.</summary>
    public int? Next => loop == 0 ? null : last[(count - loop) % LongestPhrase];

    /// <summary>Whether a loop should end here. It is watched for a round to find out where it ends best.</summary>
    /// <param name="lead">How far the logit of <see cref="Next"/> is above that of the likeliest other token; infinite if there is no other. Below 0 the model leaves the loop by itself.</param>
    public bool Ends(float lead)
    {
        leads.Add(lead);
        if (leads.Count <= loop || lead < 0 || float.IsPositiveInfinity(lead))
            return false;
        return (leads.Count - 1) % loop == leads.IndexOf(leads.Take(loop).Min());
    }

    /// <summary>Notes a token of the answer.</summary>
    public void Accept(int token)
    {
        for (var phrase = 1; phrase <= Math.Min(count, LongestPhrase); phrase++)
            repeated[phrase] = last[(count - phrase) % LongestPhrase] == token ? repeated[phrase] + 1 : 0;
        last[count++ % LongestPhrase] = token;
        if (loop > 0 && repeated[loop] > 0)
            return;
        leads.Clear();
        loop = 0;
        for (var phrase = 1; phrase <= LongestPhrase && loop == 0; phrase++)
        {
            if (repeated[phrase] >= Math.Max(limit, (Rounds - 1) * phrase))
                loop = phrase;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        (count, loop) = (0, 0);
        Array.Clear(repeated);
        leads.Clear();
    }
}
