using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>Algorithm of a tokenizer (<c>llama_vocab_type</c>).</summary>
public enum LlamaVocabType
{
    /// <summary>The model has no vocabulary.</summary>
    None = 0,

    /// <summary>SentencePiece with byte fallback (Llama, Phi-3).</summary>
    SentencePiece = 1,

    /// <summary>Byte-level BPE (GPT-2, Qwen).</summary>
    BytePairEncoding = 2,

    /// <summary>WordPiece (BERT).</summary>
    WordPiece = 3,

    /// <summary>Unigram (T5).</summary>
    Unigram = 4,

    /// <summary>RWKV's greedy tokenizer.</summary>
    Rwkv = 5,

    /// <summary>PLaMo-2's tokenizer.</summary>
    Plamo2 = 6,
}

/// <summary>A model's tokens: text to token ids and back.</summary>
public sealed unsafe class LlamaVocab
{
    private const int ControlAttribute = 1 << 3, UserDefinedAttribute = 1 << 4, UnknownAttribute = 1 << 0;

    private readonly SafeLlamaModelHandle model;
    private readonly bool[] endOfGeneration;
    private readonly string? missing; // of the special tokens of a text

    internal LlamaVocab(SafeLlamaModelHandle model)
    {
        this.model = model;
        using var vocab = new Borrowed(model);
        Type = (LlamaVocabType)LlamaNative.llama_vocab_type(vocab.Pointer);
        Count = LlamaNative.llama_vocab_n_tokens(vocab.Pointer);
        BeginOfSequence = Token(LlamaNative.llama_vocab_bos(vocab.Pointer));
        EndOfSequence = Token(LlamaNative.llama_vocab_eos(vocab.Pointer));
        EndOfTurn = Token(LlamaNative.llama_vocab_eot(vocab.Pointer));
        NewLine = Token(LlamaNative.llama_vocab_nl(vocab.Pointer));
        Padding = Token(LlamaNative.llama_vocab_pad(vocab.Pointer));
        var separator = Token(LlamaNative.llama_vocab_sep(vocab.Pointer));
        AddsBeginOfSequence = LlamaNative.llama_vocab_get_add_bos(vocab.Pointer);
        AddsEndOfSequence = LlamaNative.llama_vocab_get_add_eos(vocab.Pointer);
        // llama.cpp asserts that what it is to add is there.
        missing = Type == LlamaVocabType.WordPiece
            ? BeginOfSequence is null ? "first" : separator is null ? "last" : null
            : AddsBeginOfSequence && BeginOfSequence is null ? "first" : AddsEndOfSequence && EndOfSequence is null ? "last" : null;
        endOfGeneration = new bool[Count];
        for (var id = 0; id < Count; id++)
        {
            endOfGeneration[id] = LlamaNative.llama_vocab_is_eog(vocab.Pointer, id);
            var spelling = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(LlamaNative.llama_vocab_get_text(vocab.Pointer, id));
            LongestToken = Math.Max(LongestToken, spelling.Length);
        }
    }

    /// <summary>The tokenizer's algorithm.</summary>
    public LlamaVocabType Type { get; }

    /// <summary>Number of tokens; ids run from 0 to one less.</summary>
    public int Count { get; }

    /// <summary>Token before a text (BOS); null without one.</summary>
    public int? BeginOfSequence { get; }

    /// <summary>Token after a text (EOS); null without one.</summary>
    public int? EndOfSequence { get; }

    /// <summary>Token after a turn (EOT), if the file names one or llama.cpp recognises it.</summary>
    public int? EndOfTurn { get; }

    /// <summary>The newline's token; null without one.</summary>
    public int? NewLine { get; }

    /// <summary>Padding token; null without one.</summary>
    public int? Padding { get; }

    /// <summary>Bytes of the longest entry: no token stands for more bytes of a text, so a text of n bytes has at least n divided by this many tokens.</summary>
    public int LongestToken { get; } = 1;

    /// <summary>Whether <c>addSpecial</c> puts <see cref="BeginOfSequence"/> before a text.</summary>
    public bool AddsBeginOfSequence { get; }

    /// <summary>Whether <c>addSpecial</c> puts <see cref="EndOfSequence"/> after a text.</summary>
    public bool AddsEndOfSequence { get; }

    /// <summary>Whether the token ends an answer (EOS, EOT and their kin).</summary>
    /// <exception cref="ArgumentOutOfRangeException">No token has this id.</exception>
    public bool IsEndOfGeneration(int token) => endOfGeneration[Check(token)];

    /// <summary>Whether the token is a control token, which prints as nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No token has this id.</exception>
    public bool IsControl(int token)
    {
        using var vocab = new Borrowed(model);
        return LlamaNative.llama_vocab_is_control(vocab.Pointer, Check(token));
    }

    /// <summary>The token's entry in the vocabulary, in the tokenizer's own notation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No token has this id.</exception>
    public string GetText(int token)
    {
        using var vocab = new Borrowed(model);
        return LlamaBackend.Text(LlamaNative.llama_vocab_get_text(vocab.Pointer, Check(token)));
    }

    /// <summary>Text to token ids.</summary>
    /// <param name="text">Any text; unpaired surrogates become U+FFFD.</param>
    /// <param name="addSpecial">Adds BOS and EOS as the model wants them.</param>
    /// <param name="parseSpecial">Reads spelt-out special tokens, such as <c>&lt;|end|&gt;</c>, as the token. False for text that a user wrote.</param>
    /// <exception cref="LlamaException">Special tokens are to be added, and the vocabulary has none.</exception>
    public int[] Tokenize(string text, bool addSpecial, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Type == LlamaVocabType.None)
            throw new InvalidOperationException("The model has no vocabulary, so it cannot tokenize.");
        if (addSpecial && missing is not null)
            throw new LlamaException($"The vocabulary has no token for the {missing} place of a text, where one belongs.");
        var utf8 = Encoding.UTF8.GetBytes(text);
        var tokens = ArrayPool<int>.Shared.Rent(utf8.Length + 2);
        try
        {
            using var vocab = new Borrowed(model);
            var count = Tokenize(vocab.Pointer, utf8, tokens, addSpecial, parseSpecial);
            if (count == int.MinValue)
                throw new ArgumentException($"A text of {utf8.Length} bytes is too long to tokenize.", nameof(text));
            if (count < 0) // the number of tokens that there would be, negated
            {
                ArrayPool<int>.Shared.Return(tokens);
                tokens = ArrayPool<int>.Shared.Rent(-count);
                count = Tokenize(vocab.Pointer, utf8, tokens, addSpecial, parseSpecial);
            }
            return tokens[..count];
        }
        finally
        {
            ArrayPool<int>.Shared.Return(tokens);
        }
    }

    /// <summary>The bytes that a token stands for. They can be a part of a character: see <see cref="TokenTextDecoder"/>.</summary>
    /// <param name="token">The token.</param>
    /// <param name="special">Whether special tokens are spelt out; otherwise they have no bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">No token has this id.</exception>
    public byte[] GetBytes(int token, bool special = false)
    {
        Check(token);
        using var vocab = new Borrowed(model);
        var buffer = stackalloc byte[128];
        var length = LlamaNative.llama_token_to_piece(vocab.Pointer, token, buffer, 128, lstrip: 0, special);
        if (length >= 0)
            return new ReadOnlySpan<byte>(buffer, length).ToArray();
        var bytes = new byte[-length];
        fixed (byte* p = bytes)
            length = LlamaNative.llama_token_to_piece(vocab.Pointer, token, p, bytes.Length, lstrip: 0, special);
        return bytes[..Math.Max(0, length)];
    }

    /// <summary>Token ids to text; bytes that form no character become U+FFFD.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="special">Whether special tokens are spelt out; otherwise they are left out.</param>
    public string Detokenize(ReadOnlySpan<int> tokens, bool special = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var token in tokens)
            bytes.Write(GetBytes(token, special));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The special token of this spelling, such as <c>&lt;|end|&gt;</c>; null if there is none.</summary>
    /// <remarks>Ordinary text never counts: the spelling must be one single token that the file marks as control, user-defined or unknown.</remarks>
    public int? FindSpecial(string spelling)
    {
        ArgumentException.ThrowIfNullOrEmpty(spelling);
        if (Type == LlamaVocabType.None)
            return null;
        // SentencePiece may put a space token before the first piece.
        foreach (var token in Tokenize(spelling, addSpecial: false, parseSpecial: true))
        {
            using var vocab = new Borrowed(model);
            var special = (LlamaNative.llama_vocab_get_attr(vocab.Pointer, token) & (ControlAttribute | UserDefinedAttribute | UnknownAttribute)) != 0;
            if (special && GetText(token) == spelling)
                return token;
        }
        return null;
    }

    internal int Check(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Count);
        return token;
    }

    private static int? Token(int id) => id < 0 ? null : id;

    private static int Tokenize(nint vocab, byte[] utf8, int[] tokens, bool addSpecial, bool parseSpecial)
    {
        fixed (byte* text = utf8)
        fixed (int* ids = tokens)
        {
            byte nothing = 0; // an empty array pins to null
            return LlamaNative.llama_tokenize(vocab, text is null ? &nothing : text, utf8.Length, ids, tokens.Length, addSpecial, parseSpecial);
        }
    }

    /// <summary>The vocabulary's pointer, with the model that owns it held.</summary>
    internal readonly ref struct Borrowed
    {
        private readonly SafeLlamaModelHandle model;

        public Borrowed(SafeLlamaModelHandle model)
        {
            var added = false;
            model.DangerousAddRef(ref added);
            this.model = model;
            Pointer = LlamaNative.llama_model_get_vocab(model);
        }

        public nint Pointer { get; }

        public void Dispose() => model.DangerousRelease();
    }
}
