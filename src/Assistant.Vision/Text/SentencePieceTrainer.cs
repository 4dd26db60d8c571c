using System.Globalization;
using System.Text;

namespace Assistant.Vision.Text;

/// <summary>Settings of <see cref="SentencePieceTrainer"/>.</summary>
public sealed record SentencePieceTrainerOptions
{
    /// <summary>Tokens in all, special and byte tokens included; the result has fewer where the texts do not yield so many.</summary>
    public int VocabularySize { get; init; } = 1024;

    /// <summary>Control tokens besides <c>&lt;unk&gt;</c>, <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>; their ids follow the byte tokens, so they do not depend on the texts.</summary>
    public IReadOnlyList<string> ControlTokens { get; init; } = ["<|endoftext|>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>"];

    /// <summary>The control token that ends a sequence and fills up batches; null means <c>&lt;/s&gt;</c>.</summary>
    public string? EndOfText { get; init; } = "<|endoftext|>";

    /// <summary>The control token that ends a turn, if there is one.</summary>
    public string? EndOfTurn { get; init; } = "<|end|>";

    /// <summary>See <see cref="SentencePieceVocabulary.StripAfterSpecial"/>.</summary>
    public bool StripAfterSpecial { get; init; }

    /// <summary>How often a piece must occur to become a token.</summary>
    public int MinimumFrequency { get; init; } = 2;
}

/// <summary>Makes a small vocabulary for <see cref="SentencePieceTokenizer"/> (and llama.cpp) from texts: byte-pair encoding.</summary>
/// <remarks>
/// Pieces are runs of letters, with the space before them if there is one; digits, punctuation and spaces stay single, so no
/// piece reaches across words. Scores are negated ranks, and a merge is counted by its result, whichever two parts make it:
/// both are what the tokenizer does, so it splits a word as training left it. The result depends on the texts alone.
/// Made for vocabularies of a few thousand tokens.
/// </remarks>
public sealed class SentencePieceTrainer
{
    private const string SpaceMark = "\u2581";
    private readonly SentencePieceTrainerOptions options;
    private readonly Dictionary<string, long> characters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> ranks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> pairs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<int>> wordsOf = new(StringComparer.Ordinal);
    private readonly List<(List<string> Symbols, long Count)> words = [];

    private SentencePieceTrainer(SentencePieceTrainerOptions options) => this.options = options;

    /// <summary>Trains a vocabulary.</summary>
    /// <param name="texts">Texts as they will be encoded; control tokens in them are skipped.</param>
    /// <param name="options">Size and special tokens; null means the defaults.</param>
    /// <param name="cancellationToken">Checked between merges.</param>
    /// <exception cref="ArgumentException">The size has no room for the special tokens, bytes and ASCII characters.</exception>
    public static SentencePieceVocabulary Train(
        IEnumerable<string> texts, SentencePieceTrainerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new SentencePieceTrainerOptions();
        foreach (var token in (string?[])[options.EndOfText, options.EndOfTurn])
            if (token is not null && !options.ControlTokens.Contains(token))
                throw new ArgumentException($"'{token}' is not among the control tokens {string.Join(", ", options.ControlTokens)}.", nameof(options));
        return new SentencePieceTrainer(options).Train(texts, cancellationToken);
    }

    private SentencePieceVocabulary Train(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        List<string> fixedTokens = ["<unk>", "<s>", "</s>"];
        fixedTokens.AddRange(Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"));
        var firstControl = fixedTokens.Count;
        fixedTokens.AddRange(options.ControlTokens);
        CountWords(texts);
        var room = options.VocabularySize - fixedTokens.Count;
        var alphabet = ChooseAlphabet(room);
        while (ranks.Count < room - alphabet.Count && NextPiece() is { } piece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ranks.Add(piece, ranks.Count);
            foreach (var word in wordsOf[piece].ToArray())
                Resegment(word);
        }

        var merged = ranks.OrderBy(rank => rank.Value).Select(rank => rank.Key).ToList();
        string[] tokens = [.. fixedTokens, .. merged, .. alphabet];
        return new SentencePieceVocabulary
        {
            Tokens = tokens,
            // Characters are never the result of a merge; theirs come last, as SentencePiece writes them.
            Scores = [.. tokens.Select((_, id) => id < fixedTokens.Count ? 0f : -(id - fixedTokens.Count))],
            Types = [.. tokens.Select((_, id) =>
                id == 0 ? SentencePieceType.Unknown
                : id < 3 ? SentencePieceType.Control
                : id < firstControl ? SentencePieceType.Byte
                : id < fixedTokens.Count ? SentencePieceType.Control
                : SentencePieceType.Normal)],
            EosId = options.EndOfText is { } end ? fixedTokens.IndexOf(end) : 2,
            PaddingId = options.EndOfText is { } padding ? fixedTokens.IndexOf(padding) : null,
            EndOfTurnId = options.EndOfTurn is { } turn ? fixedTokens.IndexOf(turn) : null,
            StripAfterSpecial = options.StripAfterSpecial,
        };
    }

    private void CountWords(IEnumerable<string> texts)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        string[] controls = [.. options.ControlTokens];
        foreach (var text in texts)
        {
            var parts = text.Split(controls, StringSplitOptions.None);
            for (var i = 0; i < parts.Length; i++)
            {
                var part = i > 0 && options.StripAfterSpecial ? parts[i].TrimStart(' ', '\t', '\n', '\v', '\f', '\r') : parts[i];
                if (part.Length == 0)
                    continue;
                foreach (var word in Words(SpaceMark + part.Replace(" ", SpaceMark, StringComparison.Ordinal)))
                    counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }
        foreach (var (word, count) in counts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            List<string> symbols = [.. word.EnumerateRunes().Select(rune => rune.ToString())];
            foreach (var symbol in symbols)
                characters[symbol] = characters.GetValueOrDefault(symbol) + count;
            words.Add((symbols, count));
            CountPairs(words.Count - 1, sign: 1);
        }
    }

    /// <summary>Runs of letters with the space mark before them; every other character alone.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var start = 0;
        var letters = false;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var letter = Rune.IsLetter(rune) || letters && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            var joins = letter && (letters || at > start && text[start..at] == SpaceMark);
            if (at > start && !joins)
            {
                yield return text[start..at];
                start = at;
            }
            letters = letter;
            at += rune.Utf16SequenceLength;
        }
        if (at > start)
            yield return text[start..at];
    }

    /// <summary>The characters that get a token: printable ASCII always, then the most frequent others; what is left out becomes bytes.</summary>
    private List<string> ChooseAlphabet(int room)
    {
        List<string> ascii = [SpaceMark, .. Enumerable.Range('!', '~' - '!' + 1).Select(value => ((char)value).ToString())];
        if (room < ascii.Count)
            throw new ArgumentException($"A vocabulary of {options.VocabularySize} tokens has no room for {ascii.Count} characters beside the special and byte tokens.");
        var others = characters
            .Where(character => character.Value >= options.MinimumFrequency && !ascii.Contains(character.Key) && !char.IsControl(character.Key, 0))
            .OrderByDescending(character => character.Value).ThenBy(character => character.Key, StringComparer.Ordinal)
            .Select(character => character.Key)
            .Take((room - ascii.Count) / 2);
        List<string> alphabet = [.. ascii, .. others];
        return [.. alphabet.OrderByDescending(character => characters.GetValueOrDefault(character)).ThenBy(character => character, StringComparer.Ordinal)];
    }

    /// <summary>The most frequent union of neighbours; of equal ones the shortest, then the first in ordinal order.</summary>
    private string? NextPiece()
    {
        string? best = null;
        var most = (long)options.MinimumFrequency - 1;
        foreach (var (piece, count) in pairs)
            if (count > most || count == most && best is not null && (piece.Length, StringComparer.Ordinal.Compare(piece, best)).CompareTo((best.Length, 0)) < 0)
                (best, most) = (piece, count);
        return best;
    }

    /// <summary>Merges a word with the pieces known by now, lowest rank first and leftmost of equals, as the tokenizer will.</summary>
    private void Resegment(int word)
    {
        CountPairs(word, sign: -1);
        var symbols = words[word].Symbols;
        while (true)
        {
            var (best, bestRank) = (-1, int.MaxValue);
            for (var i = 1; i < symbols.Count; i++)
                if (ranks.TryGetValue(symbols[i - 1] + symbols[i], out var rank) && rank < bestRank)
                    (best, bestRank) = (i, rank);
            if (best < 0)
                break;
            symbols[best - 1] += symbols[best];
            symbols.RemoveAt(best);
        }
        CountPairs(word, sign: 1);
    }

    private void CountPairs(int word, int sign)
    {
        var (symbols, count) = words[word];
        for (var i = 1; i < symbols.Count; i++)
        {
            var piece = symbols[i - 1] + symbols[i];
            var total = pairs.GetValueOrDefault(piece) + sign * count;
            if (total == 0)
            {
                pairs.Remove(piece);
                continue;
            }
            pairs[piece] = total;
            if (sign > 0)
            {
                if (!wordsOf.TryGetValue(piece, out var places))
                    wordsOf.Add(piece, places = []);
                places.Add(word);
            }
        }
    }
}
