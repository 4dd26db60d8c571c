using System.Text;

namespace Assistant.Vision.Text;

/// <summary>Turns tokens into text one by one, as a model says them: a character spread over several tokens appears when it is whole.</summary>
public sealed class SentencePieceDecoder
{
    private readonly SentencePieceTokenizer tokenizer;
    private readonly bool showSpecial;
    private readonly Decoder utf8 = Encoding.UTF8.GetDecoder();
    private bool atStart;

    /// <summary>A decoder at the start of a text.</summary>
    /// <param name="tokenizer">Whose tokens they are.</param>
    /// <param name="showSpecial">Whether control tokens are written out.</param>
    public SentencePieceDecoder(SentencePieceTokenizer tokenizer, bool showSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (this.tokenizer, this.showSpecial) = (tokenizer, showSpecial);
        atStart = tokenizer.Vocabulary.AddSpacePrefix;
    }

    /// <summary>Takes the next token.</summary>
    /// <returns>The text that is complete by now and was not given before; may be empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Append(int token)
    {
        var special = tokenizer.IsSpecial(token);
        var piece = tokenizer.Piece(token);
        if (special && !showSpecial)
            return "";
        if (atStart && !special)
        {
            atStart = false;
            if (piece is [(byte)' ', ..])
                piece = piece[1..]; // the space that encoding put in front
        }
        return Decode(piece, flush: false);
    }

    /// <summary>Ends the text: an incomplete character becomes U+FFFD.</summary>
    public string Flush() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> buffer = stackalloc char[256];
        if (bytes.Length + 4 <= buffer.Length) // never more characters than bytes and what was kept
            return buffer[..utf8.GetChars(bytes, buffer, flush)].ToString();
        var large = new char[bytes.Length + 4];
        return new string(large, 0, utf8.GetChars(bytes, large, flush));
    }
}
