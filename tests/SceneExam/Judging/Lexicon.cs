using System.Globalization;
using System.Text.RegularExpressions;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Judging;

/// <summary>The words that an answer is judged by.</summary>
internal static partial class Lexicon
{
    private static readonly string[] NumberWords =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    /// <summary>Other words that people use for a thing of the domain.</summary>
    private static readonly (string Words, Thing Thing)[] Synonyms =
    [
        ("puppy", Thing.Dog), ("kitten", Thing.Cat), ("pony", Thing.Horse), ("bunny", Thing.Rabbit), ("bumblebee honeybee", Thing.Bee), ("tortoise", Thing.Turtle),
        ("grape", Thing.Grapes), ("bike", Thing.Bicycle), ("plane aeroplane", Thing.Airplane), ("sailboat ship", Thing.Boat),
        ("football", Thing.Ball), ("mug", Thing.Cup), ("home", Thing.House), ("sunflower tulip blossom", Thing.Flower),
    ];

    private static readonly Dictionary<string, (Kind Kind, bool Plural)> Nouns = AllNouns();

    private static readonly Dictionary<string, Hue> Hues = new(Enum.GetValues<Hue>()
        .Select(h => KeyValuePair.Create(Words.Color(h), h))
        .Append(KeyValuePair.Create("grey", Hue.Gray)));

    private static readonly Dictionary<string, Side> Sides = new()
    {
        ["left"] = Side.Left, ["right"] = Side.Right,
        ["above"] = Side.Above, ["over"] = Side.Above,
        ["below"] = Side.Below, ["under"] = Side.Below, ["beneath"] = Side.Below, ["underneath"] = Side.Below,
    };

    /// <summary>Lower-case words and numbers, and full stops, which end what a word refers to.</summary>
    public static string[] Tokens(string text) => [.. TokensAsWritten(text).Where(token => token is not ("," or ":")).Select(token => token.ToLowerInvariant())];

    /// <summary>The same with commas and colons, and with the case of the letters.</summary>
    public static string[] TokensAsWritten(string text) => [.. Token().Matches(Ending().Replace(text, "")).Select(m => m.Value)];

    public static (Kind Kind, bool Plural)? Noun(string token) => Nouns.TryGetValue(token, out var noun) ? noun : null;

    public static Hue? Color(string token) => Hues.TryGetValue(token, out var hue) ? hue : null;

    public static Side? Direction(string token) => Sides.TryGetValue(token, out var side) ? side : null;

    public static int? Number(string token) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Array.IndexOf(NumberWords, token) is >= 0 and var index ? index : null;

    public static Side Opposite(Side side) => side switch
    {
        Side.Left => Side.Right,
        Side.Right => Side.Left,
        Side.Above => Side.Below,
        _ => Side.Above,
    };

    private static Dictionary<string, (Kind, bool)> AllNouns()
    {
        var nouns = new Dictionary<string, (Kind, bool)> { ["plus"] = (Shape.Cross, false) };
        foreach (var kind in Enum.GetValues<Shape>().Select(s => (Kind)s).Concat(Enum.GetValues<Thing>().Select(t => (Kind)t)))
        {
            nouns[Words.Plural(kind)] = (kind, true);
            nouns[Words.Noun(kind)] = (kind, false); // the last word on "fish" and "grapes": one, unless a number is said
        }
        foreach (var (word, thing) in Synonyms.SelectMany(s => s.Words.Split(' ').Select(word => (word, s.Thing))))
        {
            nouns[word] = (thing, false);
            nouns[word.EndsWith('y') ? word[..^1] + "ies" : word + "s"] = (thing, true);
        }
        nouns["grapes"] = (Thing.Grapes, false);
        return nouns;
    }

    [GeneratedRegex(@"[A-Za-z]+|\d+|[.!;,:\n]")]
    private static partial Regex Token();

    /// <summary>What an apostrophe shortens, or a genitive: "it's", "aren't", "the A's"; no letter of its own.</summary>
    [GeneratedRegex(@"(?<=[A-Za-z])['’](?:s|t|re|m|ve|ll|d)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Ending();
}
