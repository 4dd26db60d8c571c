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

    private static readonly Dictionary<string, (Shape Shape, bool Plural)> Nouns = new(Enum.GetValues<Shape>()
        .SelectMany(s => new[] { KeyValuePair.Create(Words.Noun(s), (s, false)), KeyValuePair.Create(Words.Plural(s), (s, true)) })
        .Append(KeyValuePair.Create("plus", (Shape.Cross, false))));

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
    public static string[] Tokens(string text) => [.. Token().Matches(text.ToLowerInvariant()).Select(m => m.Value)];

    public static (Shape Shape, bool Plural)? Noun(string token) => Nouns.TryGetValue(token, out var noun) ? noun : null;

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

    [GeneratedRegex(@"[a-z]+|\d+|[.!;\n]")]
    private static partial Regex Token();
}
