using System.Collections.Frozen;

namespace Assistant.Vision.Text;

/// <summary>The printable characters that stand for bytes in the vocabularies of GPT-2 and CLIP.</summary>
/// <remarks>Source: openai/gpt-2 <c>encoder.py</c>, <c>bytes_to_unicode</c>.</remarks>
internal static class ByteLevel
{
    /// <summary>The bytes in the order in which CLIP's vocabulary lists them: printable ones first.</summary>
    public static readonly IReadOnlyList<byte> Order = [.. Enumerable.Range(0, 256).Where(IsPrintable).Concat(Enumerable.Range(0, 256).Where(value => !IsPrintable(value))).Select(value => (byte)value)];

    /// <summary>The character of each byte.</summary>
    public static readonly IReadOnlyList<char> Characters = MakeCharacters();

    private static readonly FrozenDictionary<char, byte> Bytes = Characters.Select((character, value) => (character, value)).ToFrozenDictionary(pair => pair.character, pair => (byte)pair.value);

    /// <summary>The bytes of a token; null if it holds a character that stands for none.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!Bytes.TryGetValue(token[i], out bytes[i]))
                return null;
        }
        return bytes;
    }

    private static bool IsPrintable(int value) => value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
            characters[value] = (char)(IsPrintable(value) ? value : next++);
        return characters;
    }
}
