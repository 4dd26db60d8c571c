namespace Assistant.Vision.Text;

/// <summary>Makes a small vocabulary for <see cref="BertTokenizer"/> from texts: whole words, and characters for the rest.</summary>
/// <remarks>Words of a small world need no pieces between the two. The special tokens come first, as in BERT's vocabularies.</remarks>
public static class WordPieceTrainer
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>The tokens by id.</summary>
    /// <param name="texts">Texts as they will be encoded.</param>
    /// <param name="vocabularySize">Tokens in all; fewer where the texts do not yield so many.</param>
    /// <param name="extra">Further special tokens, put last: BLIP's [DEC], with which a decoder begins.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size has no room for the special tokens and the characters.</exception>
    public static IReadOnlyList<string> Train(IEnumerable<string> texts, int vocabularySize, params IReadOnlyList<string> extra)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(extra);
        var characters = Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => !char.IsAsciiLetterUpper(c)).Select(c => c.ToString()).ToList();
        List<string> tokens = [.. Special, .. characters, .. characters.Select(c => "##" + c)];
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, tokens.Count + extra.Count);
        // The tokenizer's own words: one over characters alone splits everything, and joins what belongs together by its offsets.
        var splitter = new BertTokenizer(tokens);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var word = "";
            foreach (var piece in splitter.Tokenize(text).Select(token => splitter.TokenOf(token.Id)).Append(""))
            {
                if (piece.StartsWith("##", StringComparison.Ordinal))
                {
                    word += piece[2..];
                    continue;
                }
                if (word.Length > 1)
                    counts[word] = counts.GetValueOrDefault(word) + 1;
                word = piece == "[UNK]" ? "" : piece;
            }
        }
        tokens.AddRange(counts.Where(pair => pair.Value > 1).OrderByDescending(pair => pair.Value).Select(pair => pair.Key).Take(vocabularySize - tokens.Count - extra.Count));
        return [.. tokens, .. extra];
    }
}
