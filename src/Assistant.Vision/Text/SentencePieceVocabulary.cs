using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Text;

/// <summary>What a token of a SentencePiece vocabulary is; the values are those of <c>tokenizer.ggml.token_type</c>.</summary>
public enum SentencePieceType
{
    /// <summary>A piece of text, U+2581 standing for a space.</summary>
    Normal = 1,

    /// <summary>Stands for what the vocabulary cannot say.</summary>
    Unknown = 2,

    /// <summary>A mark such as <c>&lt;|end|&gt;</c>: never made from plain text, never shown.</summary>
    Control = 3,

    /// <summary>A text that is always one token.</summary>
    UserDefined = 4,

    /// <summary>A reserved id.</summary>
    Unused = 5,

    /// <summary>One byte of UTF-8, written <c>&lt;0x0A&gt;</c>.</summary>
    Byte = 6,
}

/// <summary>The fixed part of a SentencePiece tokenizer: tokens, scores, types and special ids.</summary>
public sealed record SentencePieceVocabulary
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // pieces stay legible; the file is never put in a page
        IndentSize = 1,
        WriteIndented = true,
    };

    /// <summary>
    /// Texts that end a model's turn wherever they occur in published vocabularies. llama.cpp treats them as control tokens
    /// even where the file calls them something else, so that a user's text cannot spell them.
    /// </summary>
    private static readonly HashSet<string> EndsOfGeneration = new(StringComparer.Ordinal)
    {
        "</s>", "<eos>", "[EOS]", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|im_end|>",
        "<end_of_turn>", "<EOT>", "_<EOT>", "[EOT]", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_utterance>",
    };

    /// <summary>The tokens by id; unique.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>By id: of two possible merges the one whose result has the higher score is made first.</summary>
    public required IReadOnlyList<float> Scores { get; init; }

    /// <summary>By id: what each token is.</summary>
    public required IReadOnlyList<SentencePieceType> Types { get; init; }

    /// <summary>Id of <c>&lt;unk&gt;</c>.</summary>
    public int UnknownId { get; init; }

    /// <summary>Id that begins a sequence.</summary>
    public int BosId { get; init; } = 1;

    /// <summary>Id that ends a sequence.</summary>
    public int EosId { get; init; } = 2;

    /// <summary>Id for filling up batches, if there is one.</summary>
    public int? PaddingId { get; init; }

    /// <summary>Id that ends a turn of a conversation, if it is another than <see cref="EosId"/>.</summary>
    public int? EndOfTurnId { get; init; }

    /// <summary>Whether a whole sequence begins with <see cref="BosId"/>.</summary>
    public bool AddBos { get; init; } = true;

    /// <summary>Whether a whole sequence ends with <see cref="EosId"/>.</summary>
    public bool AddEos { get; init; }

    /// <summary>Whether a space is put before a text, so that its first word is the same token as inside a sentence.</summary>
    public bool AddSpacePrefix { get; init; } = true;

    /// <summary>
    /// Whether white space after a special token is dropped, as the tokenizer of Phi-3 does (its <c>rstrip</c>), except after
    /// <c>&lt;unk&gt;</c>, <c>&lt;s&gt;</c> and <c>&lt;|endoftext|&gt;</c>.
    /// </summary>
    /// <remarks>llama.cpp decides this by the model's name: it does so where <c>general.name</c> holds "phi3" or "phi-3".</remarks>
    public bool StripAfterSpecial { get; init; }

    /// <summary>Number of tokens.</summary>
    [JsonIgnore]
    public int Count => Tokens.Count;

    /// <summary>Reads the keys <c>tokenizer.ggml.*</c> of a GGUF file.</summary>
    /// <exception cref="WeightFileException">The file has no SentencePiece vocabulary, or an inconsistent one.</exception>
    public static SentencePieceVocabulary FromGguf(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var metadata = file.Metadata;
        if (metadata.FindString("tokenizer.ggml.model") is var model && model != "llama")
            throw new WeightFileException($"{file.Name} has a '{model ?? "missing"}' tokenizer; a SentencePiece one ('llama') was expected.");
        var tokens = metadata.FindStrings("tokenizer.ggml.tokens") ?? throw new WeightFileException($"{file.Name} has no vocabulary.");
        var types = metadata.FindIntegers("tokenizer.ggml.token_type");
        var name = metadata.FindString("general.name") ?? "";
        var vocabulary = new SentencePieceVocabulary
        {
            Tokens = [.. tokens.Select((token, id) => token.Length > 0 ? token : $"[EMPTY_{id}]")], // llama.cpp's name for a token without text
            Scores = metadata.FindNumbers("tokenizer.ggml.scores") ?? new float[tokens.Length],
            Types = types is null
                ? [.. Enumerable.Repeat(SentencePieceType.Normal, tokens.Length)]
                : [.. types.Select(type => (SentencePieceType)(int)Math.Clamp(type, 0, 7))],
            UnknownId = metadata.FindInt32("tokenizer.ggml.unknown_token_id") ?? 0,
            BosId = metadata.FindInt32("tokenizer.ggml.bos_token_id") ?? 1,
            EosId = metadata.FindInt32("tokenizer.ggml.eos_token_id") ?? 2,
            PaddingId = metadata.FindInt32("tokenizer.ggml.padding_token_id"),
            EndOfTurnId = metadata.FindInt32("tokenizer.ggml.eot_token_id"),
            AddBos = metadata.FindBool("tokenizer.ggml.add_bos_token") ?? true,
            AddEos = metadata.FindBool("tokenizer.ggml.add_eos_token") ?? false,
            AddSpacePrefix = metadata.FindBool("tokenizer.ggml.add_space_prefix") ?? true,
            StripAfterSpecial = name.Contains("phi-3", StringComparison.OrdinalIgnoreCase) || name.Contains("phi3", StringComparison.OrdinalIgnoreCase),
        };
        return vocabulary.Problem() is { } problem ? throw new WeightFileException($"{file.Name}: {problem}") : vocabulary;
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="WeightFileException">The file is not such a vocabulary.</exception>
    public static SentencePieceVocabulary Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var vocabulary = JsonSerializer.Deserialize<SentencePieceVocabulary>(stream, Json);
            return (vocabulary is null ? "it holds null." : vocabulary.Problem()) is { } problem
                ? throw new WeightFileException($"{Path.GetFileName(path)} is not a vocabulary: {problem}")
                : vocabulary!;
        }
        catch (JsonException broken)
        {
            throw new WeightFileException($"{Path.GetFileName(path)} is not a vocabulary: {broken.Message}", broken);
        }
    }

    /// <summary>Writes a JSON file; an existing one is replaced when the new one is whole.</summary>
    public void Save(string path)
    {
        using var file = new AtomicFile(path);
        JsonSerializer.Serialize(file.Stream, this, Json);
        file.Commit();
    }

    /// <summary>Sets the keys <c>tokenizer.ggml.*</c>, with which llama.cpp makes the same tokens.</summary>
    /// <remarks>Where <see cref="StripAfterSpecial"/> is set, <c>general.name</c> must hold "phi3" or "phi-3".</remarks>
    public void ToGguf(GgufWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Set("tokenizer.ggml.model", "llama");
        writer.Set("tokenizer.ggml.pre", "default");
        writer.Set("tokenizer.ggml.tokens", Tokens);
        writer.Set("tokenizer.ggml.scores", Scores);
        writer.Set("tokenizer.ggml.token_type", Types.Select(type => (int)type));
        writer.Set("tokenizer.ggml.bos_token_id", BosId);
        writer.Set("tokenizer.ggml.eos_token_id", EosId);
        writer.Set("tokenizer.ggml.unknown_token_id", UnknownId);
        if (PaddingId is { } padding)
            writer.Set("tokenizer.ggml.padding_token_id", padding);
        if (EndOfTurnId is { } endOfTurn)
            writer.Set("tokenizer.ggml.eot_token_id", endOfTurn);
        writer.Set("tokenizer.ggml.add_bos_token", AddBos);
        writer.Set("tokenizer.ggml.add_eos_token", AddEos);
        writer.Set("tokenizer.ggml.add_space_prefix", AddSpacePrefix);
    }

    /// <summary>The same with texts that are one token each wherever they stand, behind the tokens so far; those that are tokens already are left out.</summary>
    public SentencePieceVocabulary With(IEnumerable<string> texts)
    {
        string[] added = [.. texts.Except(Tokens, StringComparer.Ordinal)];
        var last = Scores.Min();
        return this with
        {
            Tokens = [.. Tokens, .. added],
            Scores = [.. Scores, .. added.Select((_, i) => last - 1 - i)],
            Types = [.. Types, .. added.Select(_ => SentencePieceType.UserDefined)],
        };
    }

    /// <summary>The type that decides how a token is treated; see <see cref="EndsOfGeneration"/>.</summary>
    internal SentencePieceType EffectiveType(int id) => EndsOfGeneration.Contains(Tokens[id]) ? SentencePieceType.Control : Types[id];

    /// <summary>What is inconsistent, in a sentence; null where nothing is.</summary>
    internal string? Problem()
    {
        if (Tokens is null || Scores is null || Types is null || Tokens.Count == 0)
            return "tokens, scores or types are missing.";
        if (Scores.Count != Tokens.Count || Types.Count != Tokens.Count)
            return $"there are {Tokens.Count} tokens, but {Scores.Count} scores and {Types.Count} types.";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in Tokens)
            if (string.IsNullOrEmpty(token) || !seen.Add(token))
                return $"the token '{token}' is empty or there twice.";
        foreach (var id in (int?[])[UnknownId, BosId, EosId, PaddingId, EndOfTurnId])
            if (id is { } special && (special < 0 || special >= Tokens.Count))
                return $"a special id is {special}, but there are {Tokens.Count} tokens.";
        return null;
    }
}
