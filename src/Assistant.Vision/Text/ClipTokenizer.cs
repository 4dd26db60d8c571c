using System.Net;
using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Text;

/// <summary>CLIP's tokenizer: cleaned, lower-cased text in words, each a byte-pair encoding that knows where a word ends.</summary>
/// <remarks>
/// Source: openai/CLIP <c>clip/simple_tokenizer.py</c>. Of its repair of broken texts (ftfy) only normal form C is done.
/// Offsets refer to the text that <see cref="Clean"/> gives.
/// </remarks>
public sealed class ClipTokenizer : TextTokenizer
{
    /// <summary>Tokens a text takes in CLIP's models, special ones included.</summary>
    public const int ContextLength = 77;

    internal const string EndOfWord = "</w>";
    private static readonly string[] Specials = ["<|startoftext|>", "<|endoftext|>"];
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    private readonly BpeVocabulary vocabulary;

    /// <summary>A tokenizer over CLIP's vocabulary; texts are filled up with 0, as <c>clip.tokenize</c> does.</summary>
    /// <exception cref="WeightFileException">The vocabulary lacks <c>&lt;|startoftext|&gt;</c> or <c>&lt;|endoftext|&gt;</c>.</exception>
    public ClipTokenizer(BpeVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        this.vocabulary = vocabulary;
        BeginId = vocabulary.Find("<|startoftext|>") ?? throw new WeightFileException("The vocabulary has no <|startoftext|>, so it is not CLIP's.");
        EndId = vocabulary.Find("<|endoftext|>") ?? throw new WeightFileException("The vocabulary has no <|endoftext|>, so it is not CLIP's.");
    }

    /// <summary>Reads a folder: <c>vocab.json</c> with <c>merges.txt</c>, else <c>tokenizer.json</c>, else openai's <c>bpe_simple_vocab_16e6.txt.gz</c>.</summary>
    /// <exception cref="FileNotFoundException">The folder holds none of them.</exception>
    /// <exception cref="WeightFileException">The files are not such.</exception>
    public static ClipTokenizer FromFolder(string folder)
    {
        var merges = Path.Combine(folder, "bpe_simple_vocab_16e6.txt.gz");
        return new ClipTokenizer(BpeVocabulary.InFolder(folder) is { } vocabulary ? vocabulary
            : File.Exists(merges) ? BpeVocabulary.FromClipMerges(merges)
            : throw new FileNotFoundException($"The folder '{folder}' holds no tokenizer: neither vocab.json with merges.txt, nor tokenizer.json, nor bpe_simple_vocab_16e6.txt.gz."));
    }

    /// <inheritdoc/>
    public override int VocabularySize => vocabulary.Count;

    /// <inheritdoc/>
    public override int? Find(string token) => vocabulary.Find(token);

    /// <summary>Texts as CLIP's text tower takes them: [rows, 77], too long ones cut with the end token kept.</summary>
    public TextBatch EncodeForTower(IReadOnlyList<string> texts, int contextLength = ContextLength) => EncodeBatch(texts, contextLength, padToMaxLength: true);

    /// <summary>The text that is tokenized: HTML entities resolved, normal form C, white space collapsed, lower case.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = UnicodeText.Compose(WebUtility.HtmlDecode(WebUtility.HtmlDecode(text)));
        var output = new StringBuilder(plain.Length);
        var space = false;
        foreach (var character in plain)
        {
            if (char.IsWhiteSpace(character))
            {
                space = output.Length > 0;
                continue;
            }
            if (space)
                output.Append(' ');
            space = false;
            output.Append(character);
        }
        return UnicodeText.ToLower(output.ToString());
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TextToken> Tokenize(string text)
    {
        var clean = Clean(text);
        var tokens = new List<TextToken>();
        for (var at = 0; at < clean.Length;)
        {
            var length = WordLength(clean.AsSpan(at));
            if (clean[at] != ' ')
                AddWord(clean, at, length, tokens);
            at += length;
        }
        return tokens;
    }

    /// <inheritdoc/>
    /// <remarks>Every word is followed by a space, as in the reference implementation.</remarks>
    public override string Decode(IEnumerable<int> ids, bool skipSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            var token = vocabulary.TokenOf(id);
            if (skipSpecial && (id == BeginId || id == EndId))
                continue;
            var ends = token.EndsWith(EndOfWord, StringComparison.Ordinal);
            var word = ends ? token.AsSpan(0, token.Length - EndOfWord.Length) : token;
            bytes.AddRange(ByteLevel.Decode(word) ?? Encoding.UTF8.GetBytes(word.ToString()));
            if (ends)
                bytes.Add((byte)' ');
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>The words of a clean text.</summary>
    internal static IEnumerable<string> Words(string clean)
    {
        for (var at = 0; at < clean.Length;)
        {
            var length = WordLength(clean.AsSpan(at));
            if (clean[at] != ' ')
                yield return clean.Substring(at, length);
            at += length;
        }
    }

    /// <summary>Length of the word at the start: a special token, a contraction's end, a run of letters, one digit, a run of anything else but spaces.</summary>
    private static int WordLength(ReadOnlySpan<char> text)
    {
        foreach (var special in Specials)
            if (text.StartsWith(special))
                return special.Length;
        foreach (var contraction in Contractions)
            if (text.StartsWith(contraction))
                return contraction.Length;
        Rune.DecodeFromUtf16(text, out var first, out var length);
        if (Rune.IsNumber(first) || Rune.IsWhiteSpace(first))
            return length;
        var letters = Rune.IsLetter(first);
        while (length < text.Length)
        {
            Rune.DecodeFromUtf16(text[length..], out var next, out var size);
            if (Rune.IsWhiteSpace(next) || Rune.IsNumber(next) || Rune.IsLetter(next) != letters)
                break;
            length += size;
        }
        return length;
    }

    private void AddWord(string text, int start, int length, List<TextToken> tokens)
    {
        var word = text.AsSpan(start, length);
        if (word is "<|startoftext|>" or "<|endoftext|>")
        {
            tokens.Add(new TextToken((word is "<|startoftext|>" ? BeginId : EndId)!.Value, start, start + length));
            return;
        }
        var (symbols, ends) = BytePieces.Split(word);
        symbols[^1] += EndOfWord;
        BytePieces.Add(vocabulary.Merge(symbols), ends, start, tokens);
    }
}
