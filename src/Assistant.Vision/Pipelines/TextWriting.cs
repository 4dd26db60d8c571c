using Assistant.Vision.Generation;
using Assistant.Vision.Text;

namespace Assistant.Vision.Pipelines;

/// <summary>What pipelines share that write texts: from tokens to text, while it grows and when it is done.</summary>
internal static class TextWriting
{
    /// <summary>Greedy, at most 30 new tokens: a caption's length.</summary>
    public static GenerationOptions Defaults { get; } = new() { MaxNewTokens = 30 };

    /// <summary>Pictures or questions whose texts are written together; a beam search has several rows for each.</summary>
    public const int ItemsAtOnce = 8;

    /// <summary>Turns a search's steps into texts; null where nobody listens.</summary>
    /// <param name="onToken">Who listens.</param>
    /// <param name="tokenizer">Decodes.</param>
    /// <param name="items">Which pictures or questions of the call the rows are.</param>
    /// <param name="prefix">Tokens before the new ones that belong to the text.</param>
    public static Action<GenerationStep>? Report(Action<GenerationProgress>? onToken, TextTokenizer tokenizer, IReadOnlyList<int> items, IReadOnlyList<long> prefix)
    {
        if (onToken is null)
            return null;
        var texts = new string[items.Count];
        return step =>
        {
            for (var row = 0; row < texts.Length; row++)
            {
                if (step.Sequences[row].Count > 0 || texts[row] is null) // a beam search empties the rows that are done
                    texts[row] = tokenizer.TextOf(prefix.Concat(step.Sequences[row]));
            }
            onToken(new GenerationProgress(step.Index, items, [.. texts]));
        };
    }
}
