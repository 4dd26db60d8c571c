namespace Assistant.Chat.Grammars;

/// <summary>Code points as ranges of UTF-8 bytes.</summary>
/// <remarks>The way of Russ Cox's RE2 (<c>re2/compile.cc</c>, AddRuneRangeUTF8): ranges are split until all bytes but the first that differs run over all that can follow.</remarks>
internal static class Utf8Ranges
{
    private static readonly int[] lastOfLength = [0x7F, 0x7FF, 0xFFFF];

    /// <summary>The sequences of byte ranges that together are the set; halves of surrogate pairs are left out, UTF-8 has none.</summary>
    public static IEnumerable<(byte From, byte To)[]> Of(CharSet set) =>
        set.Ranges.SelectMany(range => new[] { (range.From, To: Math.Min(range.To, 0xD7FF)), (From: Math.Max(range.From, 0xE000), range.To) })
            .Where(range => range.From <= range.To).SelectMany(range => Split(range.From, range.To));

    private static IEnumerable<(byte From, byte To)[]> Split(int from, int to)
    {
        foreach (var last in lastOfLength)
        {
            if (from <= last && last < to)
                return [.. Split(from, last), .. Split(last + 1, to)];
        }
        var length = Length(from);
        for (var i = 1; i < length; i++)
        {
            var mask = (1 << (6 * i)) - 1;
            if ((from & ~mask) == (to & ~mask))
                continue;
            if ((from & mask) != 0)
                return [.. Split(from, from | mask), .. Split((from | mask) + 1, to)];
            if ((to & mask) != mask)
                return [.. Split(from, (to & ~mask) - 1), .. Split(to & ~mask, to)];
        }
        return [[.. Enumerable.Range(0, length).Select(i => (Byte(from, i, length), Byte(to, i, length)))]];
    }

    private static int Length(int character) => 1 + lastOfLength.Count(last => character > last);

    private static byte Byte(int character, int index, int length) => (index, length) switch
    {
        (0, 1) => (byte)character,
        (0, _) => (byte)((0xFF00 >> length) | (character >> (6 * (length - 1)))),
        _ => (byte)(0x80 | ((character >> (6 * (length - 1 - index))) & 0x3F)),
    };
}
