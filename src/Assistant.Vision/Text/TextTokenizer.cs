namespace Assistant.Vision.Text;

/// <summary>Text to the ids that a vision-language model's text side takes, and back.</summary>
/// <remarks>Safe for several threads.</remarks>
public abstract class TextTokenizer
{
    /// <summary>Number of ids.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Id that fills up shorter texts of a batch.</summary>
    public int PaddingId { get; init; }

    /// <summary>Id put before a text, if any.</summary>
    public int? BeginId { get; init; }

    /// <summary>Id put after a text (and after the second of a pair), if any.</summary>
    public int? EndId { get; init; }

    /// <summary>Whether the models of this tokenizer take two texts at once.</summary>
    public virtual bool TakesPairs => false;

    /// <summary>The id of exactly this token, or null.</summary>
    public abstract int? Find(string token);

    /// <summary>Tokens of a text, none added.</summary>
    public abstract IReadOnlyList<TextToken> Tokenize(string text);

    /// <summary>The text of token ids.</summary>
    /// <param name="ids">Ids of the vocabulary.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract string Decode(IEnumerable<int> ids, bool skipSpecial = true);

    /// <summary>Tokens of a text or a pair with the special ones around them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="second">The second text of a pair, or null.</param>
    /// <param name="maxLength">Most tokens, special ones included; the longer text loses its end. Null means no limit.</param>
    /// <exception cref="NotSupportedException">A second text is given and the tokenizer takes none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit does not leave room for the special tokens.</exception>
    public TextEncoding Encode(string text, string? second = null, int? maxLength = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (second is not null && !TakesPairs)
            throw new NotSupportedException($"{GetType().Name} takes one text, not a pair.");
        var (first, other) = (Tokenize(text), second is null ? [] : Tokenize(second));
        var added = (BeginId is null ? 0 : 1) + (EndId is null ? 0 : second is null ? 1 : 2);
        if (maxLength < added)
            throw new ArgumentOutOfRangeException(nameof(maxLength), maxLength, $"{added} special tokens need more room.");
        var (keepFirst, keepOther) = Truncate(first.Count, other.Count, (maxLength ?? int.MaxValue) - added);

        var ids = new List<int>(keepFirst + keepOther + added);
        var types = new List<int>(ids.Capacity);
        var offsets = new List<(int, int)>(ids.Capacity);
        AddSpecial(BeginId, 0);
        AddTokens(first, keepFirst, 0);
        AddSpecial(EndId, 0);
        if (second is not null)
        {
            AddTokens(other, keepOther, 1);
            AddSpecial(EndId, 1);
        }
        return new TextEncoding { Ids = ids, TypeIds = types, Offsets = offsets, Truncated = keepFirst < first.Count || keepOther < other.Count };

        void AddSpecial(int? id, int type)
        {
            if (id is not { } special)
                return;
            ids.Add(special);
            types.Add(type);
            offsets.Add((0, 0));
        }

        void AddTokens(IReadOnlyList<TextToken> tokens, int count, int type)
        {
            foreach (var token in tokens.Take(count))
            {
                ids.Add(token.Id);
                types.Add(type);
                offsets.Add((token.Start, token.End));
            }
        }
    }

    /// <summary>Encodes texts and fills them up to one length on the right.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="maxLength">Most tokens a text, special ones included; null means no limit.</param>
    /// <param name="padToMaxLength">Whether every text is filled up to <paramref name="maxLength"/>; else to the longest of them.</param>
    public TextBatch EncodeBatch(IReadOnlyList<string> texts, int? maxLength = null, bool padToMaxLength = false)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Pad([.. texts.Select(text => Encode(text, second: null, maxLength))], padToMaxLength ? maxLength : null);
    }

    /// <summary>Encodes pairs of texts and fills them up to one length on the right.</summary>
    /// <inheritdoc cref="EncodeBatch(IReadOnlyList{string}, int?, bool)"/>
    public TextBatch EncodePairs(IReadOnlyList<(string First, string Second)> texts, int? maxLength = null, bool padToMaxLength = false)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Pad([.. texts.Select(pair => Encode(pair.First, pair.Second, maxLength))], padToMaxLength ? maxLength : null);
    }

    private TextBatch Pad(TextEncoding[] encodings, int? length)
    {
        var columns = length ?? encodings.Select(encoding => encoding.Ids.Count).DefaultIfEmpty(0).Max();
        var (ids, mask, types) = (new long[encodings.Length * columns], new long[encodings.Length * columns], new long[encodings.Length * columns]);
        Array.Fill(ids, PaddingId);
        for (var row = 0; row < encodings.Length; row++)
        {
            for (var i = 0; i < encodings[row].Ids.Count; i++)
            {
                var at = row * columns + i;
                (ids[at], mask[at], types[at]) = (encodings[row].Ids[i], 1, encodings[row].TypeIds[i]);
            }
        }
        return new TextBatch { Rows = encodings.Length, Columns = columns, InputIds = ids, AttentionMask = mask, TokenTypeIds = types };
    }

    /// <summary>How many tokens each text keeps: the shorter one keeps all it can ("longest first" of Hugging Face's tokenizers).</summary>
    private static (int First, int Second) Truncate(int first, int second, int room)
    {
        if (first + second <= room)
            return (first, second);
        var (shorter, longer) = (Math.Min(first, second), Math.Max(first, second));
        longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        if (shorter + longer > room)
            (shorter, longer) = (room / 2, room / 2 + room % 2);
        return first > second ? (longer, shorter) : (shorter, longer);
    }
}
