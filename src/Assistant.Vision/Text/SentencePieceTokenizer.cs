using System.Globalization;
using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Text;

/// <summary>Text to token ids and back as llama.cpp does it for models of the kind <c>llama</c> (Llama, Mistral, Phi-3).</summary>
/// <remarks>
/// A text becomes characters, and the neighbours whose union has the highest score are merged until no union is a token
/// (Sennrich et al. 2016, arXiv:1508.07909, as SentencePiece runs it); characters without a token become bytes.
/// Source: llama.cpp, <c>llama-vocab.cpp</c>. Safe for several threads.
/// </remarks>
public sealed class SentencePieceTokenizer
{
    private const char SpaceMark = '\u2581'; // how pieces write a space
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idOf;
    private readonly SentencePieceType[] types;
    private readonly int[] byteIds = new int[256];
    private readonly byte[][] pieces;
    private readonly (int Id, string Text, bool Strip)[] specials;

    /// <summary>A tokenizer over this vocabulary.</summary>
    /// <exception cref="ArgumentException">The vocabulary is inconsistent.</exception>
    public SentencePieceTokenizer(SentencePieceVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (vocabulary.Problem() is { } problem)
            throw new ArgumentException($"The vocabulary cannot be used: {problem}", nameof(vocabulary));
        Vocabulary = vocabulary;
        var count = vocabulary.Count;
        ids = new Dictionary<string, int>(count, StringComparer.Ordinal);
        idOf = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        types = new SentencePieceType[count];
        pieces = new byte[count][];
        for (var id = 0; id < count; id++)
        {
            ids.Add(vocabulary.Tokens[id], id);
            types[id] = vocabulary.EffectiveType(id);
            pieces[id] = PieceOf(vocabulary.Tokens[id], types[id]);
        }
        for (var value = 0; value < 256; value++)
            byteIds[value] = ids.TryGetValue($"<0x{value:X2}>", out var id) ? id : vocabulary.UnknownId;
        specials = [.. Enumerable.Range(0, count)
            .Where(id => types[id] is SentencePieceType.Control or SentencePieceType.UserDefined or SentencePieceType.Unknown)
            .Select(id => (Id: id, Text: vocabulary.Tokens[id], Strip: vocabulary.StripAfterSpecial && vocabulary.Tokens[id] is not ("<unk>" or "<s>" or "<|endoftext|>")))
            .OrderByDescending(special => Encoding.UTF8.GetByteCount(special.Text))]; // the longest first: one may hold another
    }

    /// <summary>The vocabulary it works with.</summary>
    public SentencePieceVocabulary Vocabulary { get; }

    /// <summary>The tokenizer of a GGUF file.</summary>
    /// <exception cref="WeightFileException">The file has no SentencePiece vocabulary.</exception>
    public static SentencePieceTokenizer FromGguf(GgufFile file) => new(SentencePieceVocabulary.FromGguf(file));

    /// <summary>The id of exactly this token, or null.</summary>
    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>Whether a token is a mark that is not text: a control token or <c>&lt;unk&gt;</c>.</summary>
    public bool IsSpecial(int id) => types[Checked(id)] is SentencePieceType.Control or SentencePieceType.Unknown;

    /// <summary>Token ids of a text.</summary>
    /// <param name="text">Any text; an unpaired surrogate counts as U+FFFD.</param>
    /// <param name="addSpecial">Whether it is a whole sequence, which begins (and ends) with the vocabulary's ids for that.</param>
    /// <param name="parseSpecial">Whether control tokens written in the text are recognised: for templates, never for a user's words.</param>
    public int[] Encode(string text, bool addSpecial = false, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new List<int>(text.Length / 3 + 2);
        if (addSpecial && Vocabulary.AddBos)
            output.Add(Vocabulary.BosId);
        var prefix = Vocabulary.AddSpacePrefix;
        foreach (var (piece, special) in Partition(Repaired(text), parseSpecial))
        {
            if (special >= 0)
            {
                output.Add(special);
                prefix = Vocabulary.AddSpacePrefix;
                continue;
            }
            Merge((prefix ? SpaceMark + piece : piece).Replace(' ', SpaceMark), output);
            prefix = false;
        }
        if (addSpecial && Vocabulary.AddEos)
            output.Add(Vocabulary.EosId);
        return [.. output];
    }

    /// <summary>The text of token ids, without the space that encoding puts in front.</summary>
    /// <param name="tokens">Ids of the vocabulary.</param>
    /// <param name="showSpecial">Whether control tokens are written out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(IEnumerable<int> tokens, bool showSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var decoder = new SentencePieceDecoder(this, showSpecial);
        var text = new StringBuilder();
        foreach (var token in tokens)
            text.Append(decoder.Append(token));
        return text.Append(decoder.Flush()).ToString();
    }

    /// <summary>The UTF-8 bytes that a token stands for; one token may be part of a character.</summary>
    internal ReadOnlySpan<byte> Piece(int id) => pieces[Checked(id)];

    private int Checked(int id) => (uint)id < (uint)types.Length
        ? id
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has {types.Length} tokens; {id} is none of them.");

    private static byte[] PieceOf(string token, SentencePieceType type) => type switch
    {
        SentencePieceType.Normal => Encoding.UTF8.GetBytes(token.Replace(SpaceMark, ' ')),
        SentencePieceType.Byte when token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) => [value],
        SentencePieceType.Control or SentencePieceType.UserDefined or SentencePieceType.Unknown => Encoding.UTF8.GetBytes(token),
        _ => [],
    };

    private static string Repaired(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)); // the decoder's replacement for unpaired surrogates

    /// <summary>Cuts a text at its special tokens: parts are text (id -1) or the id of a special.</summary>
    private List<(string Text, int Special)> Partition(string text, bool parseSpecial)
    {
        var parts = new List<(string Text, int Special)>();
        if (text.Length > 0)
            parts.Add((text, -1));
        foreach (var (id, mark, strip) in specials)
        {
            if (!parseSpecial && types[id] != SentencePieceType.UserDefined || !text.Contains(mark, StringComparison.Ordinal))
                continue;
            var cut = new List<(string Text, int Special)>();
            foreach (var part in parts)
            {
                if (part.Special >= 0)
                    cut.Add(part);
                else
                    Cut(part.Text, id, mark, strip, cut);
            }
            parts = cut;
        }
        return parts;
    }

    private static void Cut(string text, int id, string mark, bool strip, List<(string Text, int Special)> parts)
    {
        var start = 0;
        while (text.IndexOf(mark, start, StringComparison.Ordinal) is >= 0 and var found)
        {
            if (found > start)
                parts.Add((text[start..found], -1));
            parts.Add((mark, id));
            start = found + mark.Length;
            while (strip && start < text.Length && text[start] is ' ' or (>= '\t' and <= '\r')) // C's isspace
                start++;
        }
        if (start < text.Length)
            parts.Add((text[start..], -1));
    }

    private void Merge(string text, List<int> output)
    {
        var symbols = new List<Symbol>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = char.IsHighSurrogate(text[at]) ? 2 : 1;
            symbols.Add(new Symbol { Start = at, Length = length, Previous = symbols.Count - 1, Next = symbols.Count + 1 });
            at += length;
        }
        if (symbols.Count == 0)
            return;
        var chain = symbols.ToArray();
        chain[^1].Next = -1;

        // Highest score first; of equal ones the leftmost.
        var queue = new PriorityQueue<(int Left, int Right, int Length), (float NegatedScore, int Left)>();
        for (var i = 1; i < chain.Length; i++)
            Propose(i - 1, i);
        while (queue.TryDequeue(out var pair, out _))
        {
            ref var left = ref chain[pair.Left];
            ref var right = ref chain[pair.Right];
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
                continue; // one of them has been merged since
            left.Length += right.Length;
            right.Length = 0;
            left.Next = right.Next;
            if (right.Next >= 0)
                chain[right.Next].Previous = pair.Left;
            Propose(left.Previous, pair.Left);
            Propose(pair.Left, left.Next);
        }
        for (var i = 0; i >= 0; i = chain[i].Next)
            Emit(text.AsSpan(chain[i].Start, chain[i].Length), output);

        void Propose(int left, int right)
        {
            if (left < 0 || right < 0)
                return;
            var length = chain[left].Length + chain[right].Length;
            if (idOf.TryGetValue(text.AsSpan(chain[left].Start, length), out var id))
                queue.Enqueue((left, right, length), (-Vocabulary.Scores[id], left));
        }
    }

    private void Emit(ReadOnlySpan<char> symbol, List<int> output)
    {
        if (idOf.TryGetValue(symbol, out var id))
        {
            output.Add(id);
            return;
        }
        Span<byte> bytes = stackalloc byte[4]; // a symbol without a token is a single character
        foreach (var value in bytes[..Encoding.UTF8.GetBytes(symbol, bytes)])
            output.Add(byteIds[value]);
    }

    private struct Symbol
    {
        public int Start;
        public int Length; // 0: merged into the symbol before it
        public int Previous;
        public int Next;
    }
}
