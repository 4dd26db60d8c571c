using System.Text;

namespace LlamaCpp;

/// <summary>Turns a stream of tokens into text. A token can hold a part of a character, so the rest waits for the next token.</summary>
public sealed class TokenTextDecoder(LlamaVocab vocab)
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();

    /// <summary>The text that this token completes; empty while a character is incomplete, and for control tokens.</summary>
    public string Decode(int token) => Decode(vocab.GetBytes(token), flush: false);

    /// <summary>What is left at the end: U+FFFD for a character that was never completed, otherwise empty.</summary>
    public string Flush() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush)];
        return new string(characters, 0, decoder.GetChars(bytes, characters, flush));
    }
}
