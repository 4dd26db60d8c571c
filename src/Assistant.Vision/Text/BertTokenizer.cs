using System.Globalization;
using System.Text;
using System.Text.Json;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Text;

/// <summary>BERT's WordPiece tokenizer, used by BLIP and ViLT too.</summary>
/// <remarks>Devlin et al. 2019, arXiv:1810.04805; source: google-research/bert <c>tokenization.py</c> and the BertNormalizer and BertPreTokenizer of Hugging Face's tokenizers.</remarks>
public sealed class BertTokenizer : TextTokenizer
{
    private const int MaxWordLength = 100; // characters; a longer word is unknown
    private const string Continuation = "##";
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idOf;
    private readonly List<string> tokens = [];
    private readonly HashSet<int> special = [];
    private readonly int unknown;

    /// <summary>A tokenizer over these tokens.</summary>
    /// <param name="vocabulary">The tokens by id.</param>
    /// <param name="lowerCase">Whether texts are lower-cased and stripped of accents, as the "uncased" models want.</param>
    /// <exception cref="WeightFileException">A token is there twice, or [UNK], [CLS], [SEP] or [PAD] is missing.</exception>
    public BertTokenizer(IEnumerable<string> vocabulary, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        foreach (var token in vocabulary)
        {
            if (!ids.TryAdd(token, tokens.Count))
                throw new WeightFileException($"The vocabulary has the token '{token}' twice.");
            tokens.Add(token);
        }
        idOf = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        LowerCase = lowerCase;
        (unknown, BeginId, EndId, PaddingId) = (Special("[UNK]"), Special("[CLS]"), Special("[SEP]"), Special("[PAD]"));
        if (ids.TryGetValue("[MASK]", out var mask))
            special.Add(mask);

        int Special(string token)
        {
            if (!ids.TryGetValue(token, out var id))
                throw new WeightFileException($"The vocabulary has no {token}, so it is not BERT's.");
            special.Add(id);
            return id;
        }
    }

    /// <summary>Whether texts are lower-cased and stripped of accents.</summary>
    public bool LowerCase { get; }

    /// <inheritdoc/>
    public override int VocabularySize => tokens.Count;

    /// <inheritdoc/>
    public override bool TakesPairs => true;

    /// <summary>Reads <c>vocab.txt</c> (a token a line) or <c>tokenizer.json</c> with a WordPiece model.</summary>
    /// <exception cref="WeightFileException">The file is not such.</exception>
    public static BertTokenizer FromFile(string path, bool lowerCase = true)
    {
        var name = Path.GetFileName(path);
        if (!name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return new BertTokenizer(File.ReadLines(path).Select(line => line.TrimEnd('\r')), lowerCase);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var entries = json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject()
                .Select(entry => (entry.Name, Id: entry.Value.GetInt32())).OrderBy(entry => entry.Id).ToList();
            if (entries.Where((entry, i) => entry.Id != i).Any())
                throw new WeightFileException($"{name}: the ids of the vocabulary have gaps.");
            return new BertTokenizer(entries.Select(entry => entry.Name), lowerCase);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new WeightFileException($"{name} is not a WordPiece tokenizer that can be read: {broken.Message}", broken);
        }
    }

    /// <summary>Reads a folder: <c>vocab.txt</c>, else <c>tokenizer.json</c>; and <c>do_lower_case</c> from <c>tokenizer_config.json</c> where it is there.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no vocabulary.</exception>
    /// <exception cref="WeightFileException">A file is not such.</exception>
    public static BertTokenizer FromFolder(string folder)
    {
        string[] names = ["vocab.txt", "tokenizer.json"];
        var file = names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"The folder '{folder}' holds no tokenizer: neither {names[0]} nor {names[1]}.");
        return FromFile(file, LowerCaseIn(Path.Combine(folder, "tokenizer_config.json"), "do_lower_case") ?? LowerCaseIn(Path.Combine(folder, "tokenizer.json"), "lowercase") ?? true);
    }

    /// <summary>A truth value of a JSON file, in its root or its "normalizer"; null where there is none.</summary>
    private static bool? LowerCaseIn(string path, string name)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            var holder = root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind == JsonValueKind.Object ? normalizer : root;
            return holder.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new WeightFileException($"{Path.GetFileName(path)} cannot be read: {broken.Message}", broken);
        }
    }

    /// <inheritdoc/>
    public override int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The token of an id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string TokenOf(int id) => (uint)id < (uint)tokens.Count
        ? tokens[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has {tokens.Count} ids; {id} is none of them.");

    /// <inheritdoc/>
    public override IReadOnlyList<TextToken> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new List<TextToken>();
        var start = 0;
        for (var at = text.IndexOf('['); at >= 0; at = text.IndexOf('[', at + 1))
        {
            foreach (var id in special)
            {
                if (at < start || string.CompareOrdinal(text, at, tokens[id], 0, tokens[id].Length) != 0)
                    continue;
                AddWords(text, start, at, output);
                start = at + tokens[id].Length;
                output.Add(new TextToken(id, at, start));
            }
        }
        AddWords(text, start, text.Length, output);
        return output;
    }

    /// <inheritdoc/>
    /// <remarks>Words are joined by spaces, with none before full stop, comma, question and exclamation mark.</remarks>
    public override string Decode(IEnumerable<int> ids, bool skipSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            var token = TokenOf(id);
            if (skipSpecial && special.Contains(id))
                continue;
            if (text.Length > 0 && token.StartsWith(Continuation, StringComparison.Ordinal))
                token = token[Continuation.Length..];
            else if (text.Length > 0 && token is not ("." or "," or "?" or "!"))
                text.Append(' ');
            text.Append(token);
        }
        return text.ToString();
    }

    /// <summary>Cleans characters, keeping where each came from, and cuts them into words at spaces and punctuation.</summary>
    private void AddWords(string text, int start, int end, List<TextToken> output)
    {
        var word = new List<(Rune Rune, int Start, int End)>();
        var parts = new List<Rune>();
        for (var at = start; at < end;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(at, end - at), out var rune, out var size);
            var from = at;
            at += size;
            if (rune.Value is 0 or 0xFFFD || IsControl(rune))
                continue;
            if (Rune.IsWhiteSpace(rune))
            {
                AddWord(word, output);
                continue;
            }
            var alone = IsChinese(rune);
            if (alone)
                AddWord(word, output);
            parts.Clear();
            Normalize(rune, parts);
            foreach (var part in parts)
            {
                if (!IsPunctuation(part))
                {
                    word.Add((part, from, at));
                    continue;
                }
                AddWord(word, output);
                word.Add((part, from, at));
                AddWord(word, output);
            }
            if (alone)
                AddWord(word, output);
        }
        AddWord(word, output);
    }

    private void Normalize(Rune rune, List<Rune> output)
    {
        if (!LowerCase)
        {
            output.Add(rune);
            return;
        }
        UnicodeText.Decompose(rune, output);
        output.RemoveAll(part => Rune.GetUnicodeCategory(part) == UnicodeCategory.NonSpacingMark);
        for (var i = 0; i < output.Count; i++)
            output[i] = Rune.ToLowerInvariant(output[i]);
    }

    /// <summary>The longest pieces from the left; a word that has none at some point is unknown as a whole.</summary>
    private void AddWord(List<(Rune Rune, int Start, int End)> word, List<TextToken> output)
    {
        if (word.Count == 0)
            return;
        var first = output.Count;
        var at = word.Count > MaxWordLength ? word.Count + 1 : 0; // beyond the end: unknown at once
        while (at < word.Count)
        {
            var (id, length) = LongestPiece(word, at);
            if (length == 0)
            {
                at = word.Count + 1;
                break;
            }
            output.Add(new TextToken(id, word[at].Start, word[at + length - 1].End));
            at += length;
        }
        if (at > word.Count)
        {
            output.RemoveRange(first, output.Count - first);
            output.Add(new TextToken(unknown, word[0].Start, word[^1].End));
        }
        word.Clear();
    }

    private (int Id, int Length) LongestPiece(List<(Rune Rune, int Start, int End)> word, int at)
    {
        Span<char> buffer = stackalloc char[Continuation.Length + 2 * MaxWordLength];
        var prefix = at == 0 ? 0 : Continuation.Length;
        Continuation.CopyTo(buffer);
        var length = prefix;
        Span<int> ends = stackalloc int[MaxWordLength + 1];
        for (var i = at; i < word.Count; i++)
            ends[i - at + 1] = length += word[i].Rune.EncodeToUtf16(buffer[length..]);
        for (var count = word.Count - at; count > 0; count--)
            if (idOf.TryGetValue(buffer[..ends[count]], out var id))
                return (id, count);
        return (0, 0);
    }

    private static bool IsControl(Rune rune) => rune.Value is not ('\t' or '\n' or '\r') && Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~'
        : Rune.IsPunctuation(rune);

    /// <summary>The blocks of CJK ideographs, each of which is a word of its own.</summary>
    private static bool IsChinese(Rune rune) => rune.Value
        is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
