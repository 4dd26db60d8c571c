using System.Text;

namespace Assistant.Vision.Text;

/// <summary>A word as byte symbols, with the way back from symbols to characters.</summary>
internal static class BytePieces
{
    /// <summary>The symbols of a word's UTF-8 bytes, and for each the index of the character it belongs to: first and behind the last (UTF-16).</summary>
    public static (List<string> Symbols, List<(int Start, int End)> Characters) Split(ReadOnlySpan<char> word)
    {
        var symbols = new List<string>(word.Length);
        var characters = new List<(int, int)>(word.Length);
        Span<byte> bytes = stackalloc byte[4];
        var at = 0;
        foreach (var rune in word.EnumerateRunes()) // an unpaired surrogate comes as U+FFFD
        {
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                symbols.Add(Names[value]);
                characters.Add((at, at + rune.Utf16SequenceLength));
            }
            at += rune.Utf16SequenceLength;
        }
        return (symbols, characters);
    }

    /// <summary>Adds merged symbols as tokens.</summary>
    /// <param name="merged">Ids and how many symbols each stands for.</param>
    /// <param name="characters">What <see cref="Split"/> gave.</param>
    /// <param name="start">Index of the word's first character.</param>
    /// <param name="tokens">Receives the tokens.</param>
    public static void Add((int Id, int Symbols)[] merged, List<(int Start, int End)> characters, int start, List<TextToken> tokens)
    {
        var at = 0;
        foreach (var (id, symbols) in merged)
        {
            tokens.Add(new TextToken(id, start + characters[at].Start, start + characters[at + symbols - 1].End));
            at += symbols;
        }
    }

    private static readonly string[] Names = [.. ByteLevel.Characters.Select(character => character.ToString())];
}
