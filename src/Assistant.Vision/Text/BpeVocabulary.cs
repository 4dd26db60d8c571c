using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Text;

/// <summary>Tokens and merges of a byte-pair encoding, and the merging itself.</summary>
/// <remarks>Sennrich et al. 2016, arXiv:1508.07909. Safe for several threads.</remarks>
public sealed class BpeVocabulary
{
    private const int MaxTokens = 4 << 20;
    private const int MaxCachedWords = 20_000;
    private const int MaxCachedLength = 64;
    private const long MaxFileLength = 256L << 20;

    private readonly Dictionary<string, int> ids;
    private readonly string?[] tokens;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> merges = [];
    private readonly ConcurrentDictionary<string, (int Id, int Symbols)[]> cache = new(StringComparer.Ordinal);

    private BpeVocabulary(string source, Dictionary<string, int> ids, IEnumerable<(string Left, string Right)> rules, IReadOnlyList<string> special)
    {
        (this.ids, Special) = (ids, special);
        var highest = ids.Values.DefaultIfEmpty(-1).Max();
        if (ids.Count == 0 || highest >= MaxTokens || ids.Values.Min() < 0)
            throw new WeightFileException($"{source}: the vocabulary is empty or has ids out of range.");
        tokens = new string?[highest + 1];
        foreach (var (token, id) in ids)
            tokens[id] = tokens[id] is null ? token : throw new WeightFileException($"{source}: the tokens '{tokens[id]}' and '{token}' have the same id {id}.");
        foreach (var (left, right) in rules)
        {
            if (!ids.TryGetValue(left, out var leftId) || !ids.TryGetValue(right, out var rightId) || !ids.TryGetValue(left + right, out var merged))
                throw new WeightFileException($"{source}: the merge '{left} {right}' uses or makes a token that the vocabulary lacks.");
            merges.TryAdd((leftId, rightId), (merges.Count, merged));
        }
    }

    /// <summary>One more than the highest id.</summary>
    public int Count => tokens.Length;

    /// <summary>Tokens that the file declares special.</summary>
    public IReadOnlyList<string> Special { get; }

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>, the files of GPT-2, OPT, CLIP on Hugging Face.</summary>
    /// <exception cref="WeightFileException">The files are not such or do not belong together.</exception>
    public static BpeVocabulary FromFiles(string vocabularyPath, string mergesPath)
    {
        var name = Path.GetFileName(vocabularyPath);
        return Guarded(name, () =>
        {
            using var json = JsonDocument.Parse(ReadBounded(vocabularyPath));
            var lines = Encoding.UTF8.GetString(ReadBounded(mergesPath)).Split('\n');
            return new BpeVocabulary(name, Ids(json.RootElement), lines.Where(IsRule).Select(Rule), []);
        });
    }

    /// <summary>Reads <c>tokenizer.json</c> of Hugging Face's tokenizers.</summary>
    /// <exception cref="WeightFileException">The file is not such or holds another kind of tokenizer.</exception>
    public static BpeVocabulary FromTokenizerJson(string path)
    {
        var name = Path.GetFileName(path);
        return Guarded(name, () =>
        {
            using var json = JsonDocument.Parse(ReadBounded(path));
            var model = json.RootElement.GetProperty("model");
            if (model.TryGetProperty("type", out var type) && type.GetString() != "BPE")
                throw new WeightFileException($"{name} holds a '{type}' tokenizer; a BPE one was expected.");
            var ids = Ids(model.GetProperty("vocab"));
            var special = new List<string>();
            if (json.RootElement.TryGetProperty("added_tokens", out var added))
            {
                foreach (var token in added.EnumerateArray())
                {
                    var content = token.GetProperty("content").GetString()!;
                    ids.TryAdd(content, token.GetProperty("id").GetInt32());
                    if (token.GetProperty("special").GetBoolean())
                        special.Add(content);
                }
            }
            // Merges are "left right" in older files and ["left", "right"] in newer ones.
            var rules = model.GetProperty("merges").EnumerateArray().Select(merge =>
                merge.ValueKind == JsonValueKind.String ? Rule(merge.GetString()!) : (merge[0].GetString()!, merge[1].GetString()!));
            return new BpeVocabulary(name, ids, rules, special);
        });
    }

    /// <summary>Reads CLIP's <c>bpe_simple_vocab_16e6.txt.gz</c>: merges alone, from which the vocabulary follows.</summary>
    /// <exception cref="WeightFileException">The file is not such.</exception>
    /// <remarks>Source: openai/CLIP <c>clip/simple_tokenizer.py</c>: 256 bytes, the same at a word's end, 48894 merges, two special tokens.</remarks>
    public static BpeVocabulary FromClipMerges(string path)
    {
        const int Merges = 49152 - 256 - 2;
        var name = Path.GetFileName(path);
        return Guarded(name, () =>
        {
            var lines = Encoding.UTF8.GetString(ReadBounded(path)).Split('\n');
            if (lines.Length <= Merges)
                throw new WeightFileException($"{name} has {lines.Length} lines; the merges of CLIP's vocabulary have more than {Merges}.");
            var rules = lines[1..(Merges + 1)].Select(Rule).ToList();
            var bytes = ByteLevel.Order.Select(value => ByteLevel.Characters[value].ToString()).ToList();
            string[] special = ["<|startoftext|>", "<|endoftext|>"];
            var ids = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var token in bytes.Concat(bytes.Select(value => value + ClipTokenizer.EndOfWord)).Concat(rules.Select(rule => rule.Left + rule.Right)).Concat(special))
                if (!ids.TryAdd(token, ids.Count))
                    throw new WeightFileException($"{name} makes the token '{token}' twice.");
            return new BpeVocabulary(name, ids, rules, special);
        });
    }

    /// <summary>Reads a folder's <c>vocab.json</c> and <c>merges.txt</c>, else its <c>tokenizer.json</c>; null where it has neither.</summary>
    internal static BpeVocabulary? InFolder(string folder)
    {
        var (vocabulary, merges, tokenizer) = (Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"), Path.Combine(folder, "tokenizer.json"));
        return File.Exists(vocabulary) && File.Exists(merges) ? FromFiles(vocabulary, merges) : File.Exists(tokenizer) ? FromTokenizerJson(tokenizer) : null;
    }

    /// <summary>The id of exactly this token, or null.</summary>
    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The token of an id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string TokenOf(int id) => (uint)id < (uint)tokens.Length && tokens[id] is { } token
        ? token
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has {tokens.Length} ids; {id} is none of them.");

    /// <summary>Merges a word, the earliest rule first.</summary>
    /// <param name="symbols">The word as single tokens of the vocabulary.</param>
    /// <returns>The ids that remain and how many symbols each stands for.</returns>
    internal (int Id, int Symbols)[] Merge(IReadOnlyList<string> symbols)
    {
        var key = symbols.Count <= MaxCachedLength ? string.Concat(symbols) : null;
        if (key is not null && cache.TryGetValue(key, out var known))
            return known;
        var result = MergeUncached(symbols);
        if (key is not null && cache.Count < MaxCachedWords)
            cache.TryAdd(key, result);
        return result;
    }

    private (int Id, int Symbols)[] MergeUncached(IReadOnlyList<string> symbols)
    {
        var chain = new (int Id, int Symbols, int Previous, int Next)[symbols.Count];
        for (var i = 0; i < chain.Length; i++)
            chain[i] = (Find(symbols[i]) ?? throw new WeightFileException($"The vocabulary lacks the token '{symbols[i]}' of a single byte."), 1, i - 1, i + 1 < chain.Length ? i + 1 : -1);

        // A rule's result is used by later rules only, so taking the earliest rule, leftmost first, equals passing over the word rule by rule.
        var queue = new PriorityQueue<(int Left, int LeftId, int RightId), (int Rank, int Left)>();
        for (var i = 0; i + 1 < chain.Length; i++)
            Propose(i);
        while (queue.TryDequeue(out var pair, out _))
        {
            ref var left = ref chain[pair.Left];
            if (left.Symbols == 0 || left.Id != pair.LeftId || left.Next < 0 || chain[left.Next].Id != pair.RightId)
                continue; // one of them has been merged since
            ref var right = ref chain[left.Next];
            left.Id = merges[(pair.LeftId, pair.RightId)].Merged;
            left.Symbols += right.Symbols;
            right.Symbols = 0;
            left.Next = right.Next;
            if (left.Next >= 0)
                chain[left.Next].Previous = pair.Left;
            if (left.Previous >= 0)
                Propose(left.Previous);
            Propose(pair.Left);
        }
        return [.. chain.Where(symbol => symbol.Symbols > 0).Select(symbol => (symbol.Id, symbol.Symbols))];

        void Propose(int left)
        {
            if (chain[left].Next is >= 0 and var right && merges.TryGetValue((chain[left].Id, chain[right].Id), out var rule))
                queue.Enqueue((left, chain[left].Id, chain[right].Id), (rule.Rank, left));
        }
    }

    private static Dictionary<string, int> Ids(JsonElement vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in vocabulary.EnumerateObject())
            if (!ids.TryAdd(entry.Name, entry.Value.GetInt32()))
                throw new FormatException($"the token '{entry.Name}' is there twice");
        return ids;
    }

    private static bool IsRule(string line) => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal);

    private static (string Left, string Right) Rule(string line)
    {
        var words = line.TrimEnd('\r').Split(' ');
        return words is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right) : throw new FormatException($"'{line}' is not a merge of two tokens");
    }

    private static BpeVocabulary Guarded(string name, Func<BpeVocabulary> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or InvalidDataException)
        {
            throw new WeightFileException($"{name} is not a vocabulary that can be read: {broken.Message}", broken);
        }
    }

    /// <summary>A file's bytes, unpacked if it is a gzip file; a small one that unpacks to all memory is refused.</summary>
    private static byte[] ReadBounded(string path)
    {
        using var stream = File.OpenRead(path);
        var packed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = 0;
        using Stream source = packed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = source.Read(buffer)) > 0;)
        {
            content.Write(buffer.AsSpan(0, count));
            if (content.Length > MaxFileLength)
                throw new WeightFileException($"{Path.GetFileName(path)} has more than {MaxFileLength} bytes, too many for a vocabulary.");
        }
        return content.ToArray();
    }
}
