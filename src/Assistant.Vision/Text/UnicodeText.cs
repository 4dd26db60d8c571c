using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Assistant.Vision.Text;

/// <summary>
/// Normalisation and lower case as the reference tokenizers do them. The product runs without culture data, where .NET's own
/// <c>string.Normalize</c> leaves everything but ASCII as it is, so the tables are brought along.
/// </summary>
/// <remarks>Source: Unicode Standard Annex #15, section 3.12 of the standard for Hangul.</remarks>
internal static class UnicodeText
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;
    private static readonly Lazy<Tables> Data = new(Tables.Load);

    /// <summary>Normal form D of one character, without ordering: its base first, then its marks.</summary>
    public static void Decompose(Rune rune, List<Rune> output)
    {
        var value = rune.Value;
        if (rune.IsAscii)
        {
            output.Add(rune);
        }
        else if (value is >= HangulBase and < HangulBase + Leads * Vowels * Tails)
        {
            var index = value - HangulBase;
            output.Add(new Rune(LeadBase + index / (Vowels * Tails)));
            output.Add(new Rune(VowelBase + index / Tails % Vowels));
            if (index % Tails > 0)
                output.Add(new Rune(TailBase + index % Tails));
        }
        else if (Data.Value.Decompositions.TryGetValue(value, out var parts))
        {
            foreach (var part in parts)
                Decompose(new Rune(part), output);
        }
        else
        {
            output.Add(rune);
        }
    }

    /// <summary>Normal form C.</summary>
    public static string Compose(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text;
        var runes = new List<Rune>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune, runes);
        OrderMarks(runes);
        var result = new List<Rune>(runes.Count);
        var (starter, lastClass) = (-1, 0);
        foreach (var rune in runes)
        {
            var combiningClass = ClassOf(rune);
            // A mark is blocked by one of the same or a higher class between it and its base.
            if (starter >= 0 && (lastClass < combiningClass || starter == result.Count - 1) && Composite(result[starter], rune) is { } composed)
            {
                result[starter] = composed;
                continue;
            }
            if (combiningClass == 0)
                starter = result.Count;
            lastClass = combiningClass;
            result.Add(rune);
        }
        var output = new StringBuilder(text.Length);
        foreach (var rune in result)
            output.Append(rune.ToString());
        return output.ToString();
    }

    /// <summary>Lower case as Python's <c>str.lower</c>: U+0130 becomes two characters, a sigma at a word's end its final form.</summary>
    public static string ToLower(string text)
    {
        var output = new StringBuilder(text.Length);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            output.Append(rune.Value switch
            {
                0x130 => "i\u0307",
                0x3A3 => EndsWord(text, at) ? "ς" : "σ",
                _ => Rune.ToLowerInvariant(rune).ToString(),
            });
            at += rune.Utf16SequenceLength;
        }
        return output.ToString();
    }

    private static bool EndsWord(string text, int sigma)
    {
        var before = sigma - 1;
        while (before >= 0 && IsCaseIgnorable(text[before]))
            before--;
        var after = sigma + 1;
        while (after < text.Length && IsCaseIgnorable(text[after]))
            after++;
        return before >= 0 && IsCased(text[before]) && !(after < text.Length && IsCased(text[after]));
    }

    private static bool IsCased(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsCaseIgnorable(char character) => character is '\'' or '.' or ':' or '\u00B7' or '\u2019'
        || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static void OrderMarks(List<Rune> runes)
    {
        for (var i = 1; i < runes.Count; i++)
        {
            var combiningClass = ClassOf(runes[i]);
            for (var j = i; combiningClass != 0 && j > 0 && ClassOf(runes[j - 1]) > combiningClass; j--)
                (runes[j - 1], runes[j]) = (runes[j], runes[j - 1]);
        }
    }

    private static int ClassOf(Rune rune) => rune.Value < 0x300 ? 0 : Data.Value.Classes.GetValueOrDefault(rune.Value);

    private static Rune? Composite(Rune first, Rune second)
    {
        var (lead, vowel) = (first.Value - LeadBase, second.Value - VowelBase);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return new Rune(HangulBase + (lead * Vowels + vowel) * Tails);
        var (syllable, tail) = (first.Value - HangulBase, second.Value - TailBase);
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails)
            return new Rune(first.Value + tail);
        return Data.Value.Composites.TryGetValue((first.Value, second.Value), out var composed) ? new Rune(composed) : null;
    }

    private sealed record Tables(FrozenDictionary<int, int[]> Decompositions, FrozenDictionary<(int, int), int> Composites, FrozenDictionary<int, int> Classes)
    {
        public static Tables Load()
        {
            var (decompositions, composites, classes) = (new Dictionary<int, int[]>(), new Dictionary<(int, int), int>(), new Dictionary<int, int>());
            using var stream = typeof(UnicodeText).Assembly.GetManifestResourceStream("UnicodeNormalization.txt")
                ?? throw new InvalidOperationException("The resource UnicodeNormalization.txt is missing from the assembly.");
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                var words = line.Split(' ');
                if (words[0] == "#")
                    continue;
                if (words[0] == "@")
                {
                    for (var value = Hex(words[1]); value <= Hex(words[2]); value++)
                        classes.Add(value, int.Parse(words[3], CultureInfo.InvariantCulture));
                    continue;
                }
                var parts = words[1..].Select(Hex).ToArray();
                decompositions.Add(Hex(words[0].TrimEnd('!')), parts);
                if (parts.Length == 2 && !words[0].EndsWith('!'))
                    composites.Add((parts[0], parts[1]), Hex(words[0]));
            }
            return new Tables(decompositions.ToFrozenDictionary(), composites.ToFrozenDictionary(), classes.ToFrozenDictionary());
        }

        private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
