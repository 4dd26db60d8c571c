using System.Text;
using System.Text.Json;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Text;

/// <summary>The byte-level tokenizer of GPT-2, used by OPT and others too: words with the space before them, nothing lost.</summary>
/// <remarks>Source: openai/gpt-2 <c>encoder.py</c>; special tokens in a text are recognised as Hugging Face's tokenizers do.</remarks>
public sealed class Gpt2Tokenizer : TextTokenizer
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    private readonly BpeVocabulary vocabulary;
    private readonly List<(string Text, int Id)> specials;

    /// <summary>A tokenizer over this vocabulary.</summary>
    /// <param name="vocabulary">GPT-2's or one made the same way.</param>
    /// <param name="special">Special tokens besides those that the vocabulary declares; null means <c>&lt;|endoftext|&gt;</c>. What the vocabulary lacks is left out.</param>
    public Gpt2Tokenizer(BpeVocabulary vocabulary, IEnumerable<string>? special = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        this.vocabulary = vocabulary;
        specials = [.. (special ?? ["<|endoftext|>"]).Concat(vocabulary.Special).Distinct()
            .Where(token => token.Length > 0 && vocabulary.Find(token) is not null)
            .Select(token => (token, vocabulary.Find(token)!.Value))
            .OrderByDescending(token => token.token.Length)];
        PaddingId = vocabulary.Find("<pad>") ?? vocabulary.Find("<|endoftext|>") ?? 0;
    }

    /// <summary>Reads a folder: <c>vocab.json</c> with <c>merges.txt</c>, else <c>tokenizer.json</c>; and which tokens are special from <c>special_tokens_map.json</c> where it is there.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no vocabulary.</exception>
    /// <exception cref="WeightFileException">The files are not such.</exception>
    public static Gpt2Tokenizer FromFolder(string folder)
    {
        var vocabulary = BpeVocabulary.InFolder(folder)
            ?? throw new FileNotFoundException($"The folder '{folder}' holds no tokenizer: neither vocab.json with merges.txt, nor tokenizer.json.");
        var map = Path.Combine(folder, "special_tokens_map.json");
        return new Gpt2Tokenizer(vocabulary, File.Exists(map) ? SpecialTokens(map) : null);
    }

    /// <inheritdoc/>
    public override int VocabularySize => vocabulary.Count;

    /// <inheritdoc/>
    public override int? Find(string token) => vocabulary.Find(token);

    /// <inheritdoc/>
    public override IReadOnlyList<TextToken> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<TextToken>();
        var start = 0;
        while (NextSpecial(text, start) is var (at, special, id) && at >= 0)
        {
            AddWords(text, start, at, tokens);
            start = at + special.Length;
            tokens.Add(new TextToken(id, at, start));
        }
        AddWords(text, start, text.Length, tokens);
        return tokens;
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids, bool skipSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            var token = vocabulary.TokenOf(id);
            if (!specials.Exists(special => special.Id == id))
                bytes.AddRange(ByteLevel.Decode(token) ?? Encoding.UTF8.GetBytes(token));
            else if (!skipSpecial)
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>The texts of a <c>special_tokens_map.json</c>: strings, objects with a "content", and lists of either.</summary>
    private static List<string> SpecialTokens(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. json.RootElement.EnumerateObject().SelectMany(IEnumerable<JsonElement> (entry) => entry.Value.ValueKind == JsonValueKind.Array ? entry.Value.EnumerateArray() : [entry.Value]).Select(Content)];
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new WeightFileException($"{Path.GetFileName(path)} is not a list of special tokens that can be read: {broken.Message}", broken);
        }

        static string Content(JsonElement token) => (token.ValueKind == JsonValueKind.Object ? token.GetProperty("content") : token).GetString() ?? "";
    }

    private (int At, string Text, int Id) NextSpecial(string text, int start)
    {
        var next = (At: -1, Text: "", Id: 0);
        foreach (var (special, id) in specials)
        {
            var at = text.IndexOf(special, start, StringComparison.Ordinal);
            if (at >= 0 && (next.At < 0 || at < next.At))
                next = (at, special, id);
        }
        return next;
    }

    private void AddWords(string text, int start, int end, List<TextToken> tokens)
    {
        while (start < end)
        {
            var word = text.AsSpan(start, WordLength(text.AsSpan(start, end - start)));
            var (symbols, characters) = BytePieces.Split(word);
            BytePieces.Add(vocabulary.Merge(symbols), characters, start, tokens);
            start += word.Length;
        }
    }

    /// <summary>
    /// Length of the word at the start: a contraction's end; letters, digits or other characters, each with a space before it;
    /// or white space, whose last character is left to the word behind it.
    /// </summary>
    private static int WordLength(ReadOnlySpan<char> text)
    {
        foreach (var contraction in Contractions)
            if (text.StartsWith(contraction))
                return contraction.Length;
        var space = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        var kind = KindOf(text[space..], out var size);
        if (kind != Kind.Space)
            return RunLength(text, space + size, kind);
        kind = KindOf(text, out size);
        var length = RunLength(text, size, kind);
        if (length == text.Length)
            return length;
        // Every character of white space is one UTF-16 unit; a run of one has no other to give.
        return length > 1 ? length - 1 : length;
    }

    private static int RunLength(ReadOnlySpan<char> text, int length, Kind kind)
    {
        while (length < text.Length && KindOf(text[length..], out var size) == kind)
            length += size;
        return length;
    }

    private static Kind KindOf(ReadOnlySpan<char> text, out int size)
    {
        Rune.DecodeFromUtf16(text, out var rune, out size);
        return Rune.IsLetter(rune) ? Kind.Letter : Rune.IsNumber(rune) ? Kind.Number : Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other;
    }

    private enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }
}
