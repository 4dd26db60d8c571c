namespace SceneExam.Judging;

/// <summary>Tells the letter A from the article and the digit 7 from a number of things.</summary>
/// <remarks>
/// A single letter or small number is a character where the word before it says so ("the letter A", "an A", "a 7", "a red I"). Bare ones, as in "It is
/// A." or "7 and K", are characters only where the question is about some, and only where what follows does not make them an article
/// ("A dog"), a pronoun ("I see") or a number ("3 dogs").
/// </remarks>
internal static class GlyphReader
{
    private static readonly HashSet<string> Introduce = ["letter", "letters", "digit", "digits", "number", "numeral", "character", "characters", "capital", "uppercase", "figure", "an", "another"];

    private static readonly HashSet<string> Sizes = ["big", "large", "small", "little", "tiny", "huge", "bold", "medium"];

    /// <summary>Words that can follow a name, but not an article.</summary>
    private static readonly HashSet<string> AfterAName =
    [
        ".", "!", ";", ",", ":", "\n", "and", "or", "is", "are", "was", "on", "in", "at", "to", "of", "with", "above", "below", "under", "over", "beside", "next", "lies", "appears",
        "here", "there", "but", "as",
    ];

    private static readonly HashSet<string> AfterThePronounI =
        ["see", "can", "cannot", "do", "don", "think", "am", "know", "would", "could", "have", "only", "believe", "count", "find", "notice", "will", "ll", "m", "ve"];

    private static readonly HashSet<string> Counted =
        ["objects", "object", "shapes", "shape", "things", "thing", "animals", "animal", "letters", "letter", "digits", "digit", "characters", "items", "of", "pieces", "slices", "bunches", "loaves", "different", "other"];

    /// <summary>Tokens in lower case, each with the character that it names, if any.</summary>
    /// <param name="text">An answer or a question.</param>
    /// <param name="bare">Whether a bare letter or number can be a character.</param>
    public static IReadOnlyList<(string Token, char? Character)> Read(string text, bool bare)
    {
        var written = Lexicon.TokensAsWritten(text);
        var shouted = !written.Any(t => char.IsAsciiLetterLower(t[^1])) && written.Count(t => t.Length > 1) > 1;
        var tokens = written.Select(t => t.ToLowerInvariant()).ToArray();
        var read = new List<(string, char?)>();
        for (var i = 0; i < tokens.Length; i++)
        {
            char? character = null;
            if (tokens[i] is [>= 'a' and <= 'z'])
            {
                // "It is B" needs no word before it, where small letters surround it.
                var capital = !shouted && char.IsAsciiLetterUpper(written[i][0]) && tokens[i] is not ("a" or "i");
                if (IsIntroduced(tokens, i) || capital || (bare && IsBareLetter(tokens, i)))
                    character = char.ToUpperInvariant(tokens[i][0]);
            }
            else if (Lexicon.Number(tokens[i]) is { } number and < 10 && !IsPronoun(tokens, i) && (IsIntroduced(tokens, i) || (bare && IsBareNumber(tokens, i))))
            {
                character = (char)('0' + number);
            }
            read.Add((tokens[i], character));
        }
        return read;
    }

    private static bool IsIntroduced(string[] tokens, int at)
    {
        if (at == 0)
            return false;
        var before = tokens[at - 1];
        if (Lexicon.Number(tokens[at]) is not null && IsCounting(tokens, at))
            return false;
        // "Of the two": a number in letters needs more than its article.
        var isWord = tokens[at].Length > 1;
        return Introduce.Contains(before) || before == "a" || (before == "the" && !isWord) || IsAdjective(before);
    }

    private static bool IsBareLetter(string[] tokens, int at) => tokens[at] switch
    {
        "a" => Next(tokens, at) is null || AfterAName.Contains(tokens[at + 1]),
        "i" => Next(tokens, at) is not { } next || !AfterThePronounI.Contains(next),
        _ => true,
    };

    private static bool IsBareNumber(string[] tokens, int at)
    {
        // "There are two: a star and a ring."
        var there = at > 1 && tokens[at - 1] is "are" or "is" && tokens[at - 2] == "there";
        return tokens[at] != "one" && !IsCounting(tokens, at) && !(there && Next(tokens, at) is "," or ":" or "on" or "in");
    }

    /// <summary>Whether a number says how many there are of what follows.</summary>
    private static bool IsCounting(string[] tokens, int at)
    {
        var next = at + 1;
        while (next < tokens.Length && IsAdjective(tokens[next]))
            next++;
        return next < tokens.Length && (Counted.Contains(tokens[next]) || Lexicon.Noun(tokens[next]) is not null);
    }

    /// <summary>"The one", "the red one".</summary>
    private static bool IsPronoun(string[] tokens, int at) =>
        tokens[at] is "one" && at > 0 && (tokens[at - 1] is "the" or "this" or "that" or "which" or "other" or "another" or "each" || IsAdjective(tokens[at - 1]));

    private static bool IsAdjective(string token) => Lexicon.Color(token) is not null || Sizes.Contains(token);

    private static string? Next(string[] tokens, int at) => at + 1 < tokens.Length ? tokens[at + 1] : null;
}
