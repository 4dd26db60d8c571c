using System.Text.RegularExpressions;
using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

/// <summary>Reads an answer's sentence and checks it against the scene, knowing nothing of queries or of the code that wrote it.</summary>
internal static class AnswerOracle
{
    private const string Noun = "(?:(?:small |big )?(?:(?:red|green|blue|yellow|orange|purple|pink|brown|black|white|gray|cyan) )?(?:shape|object|circle|square|triangle|star|heart|diamond|cross|ring))";
    private static readonly string[] Numbers = ["no", "one", "two", "three", "four"];

    private static readonly (Regex Form, Func<Match, Scene, bool> IsTrue)[] Forms =
    [
        (Form($"(?<list>an? .+) on an? (?<color>\\w+) background"), (m, s) => Word(s.Background) == m.Groups["color"].Value
            && Items(m.Groups["list"].Value).SequenceEqual(s.Objects.Select(Full))),
        (Form("There (?:is|are) (?<n>no|one|two|three|four) (?<noun>.+?)"), (m, s) => !Mentions(m, "in the picture") && Numbers[Find(m.Groups["noun"].Value, s).Count] == m.Groups["n"].Value),
        (Form("There is no (?<noun>.+) in the picture"), (m, s) => m.Groups["noun"].Value is "digit or letter" or "digit" or "letter" || Find(m.Groups["noun"].Value, s).Count == 0),
        (Form("There is nothing in the (?<cell>\\w+ \\w+)"), (m, s) => InCell(m.Groups["cell"].Value, s).Count == 0),
        (Form("(?:(?:Yes|No), the|The) background is (?<color>\\w+)"), (m, s) => m.Groups["color"].Value == Word(s.Background)),
        (Form($"Yes, there is an? (?<noun>{Noun})"), (m, s) => Find(m.Groups["noun"].Value, s).Count > 0),
        (Form("No, there is no (?<noun>.+)"), (m, s) => Find(m.Groups["noun"].Value, s).Count == 0),
        (Form($"(?:(?:Yes|No), the|The) (?<noun>{Noun}) is (?<color>\\w+)"), (m, s) => One(m, "noun", s) is { } o && (Word(o.Color!.Value) == m.Groups["color"].Value || Word(o.Size!.Value) == m.Groups["color"].Value)),
        (Form($"The (?<noun>{Noun}e?s) are (?<list>.+)"), (m, s) => Several(Find(Singular(m.Groups["noun"].Value), s), m.Groups["list"].Value)),
        (Form($"The (?<noun>{Noun}) is an? (?<shape>\\w+)"), (m, s) => One(m, "noun", s) is { } o && o.Kind.Singular == m.Groups["shape"].Value),
        (Form($"The (?<noun>{Noun}) is in the (?<cell>.+)"), (m, s) => One(m, "noun", s) is { } o && (InCell(m.Groups["cell"].Value, s).Contains(o))),
        (Form($"The (?<a>{Noun}) is (?<cmp>bigger|smaller) than the (?<b>{Noun})"), (m, s) => One(m, "a", s) is { } a && One(m, "b", s) is { } b
            && a.Diameter / b.Diameter is var ratio && (m.Groups["cmp"].Value == "bigger" ? ratio > 1.3 : ratio < 1 / 1.3)),
        (Form($"Nothing is (?<dir>to the left of|to the right of|above|below) the (?<b>{Noun})"), (m, s) => One(m, "b", s) is { } b && s.Objects.All(o => ReferenceEquals(o, b) || !Lies(o, m, b, s))),
        (Form($"(?:(?:Yes|No), the|The) (?<list>{Noun}(?:(?:,| and) the {Noun})*) (?:is|are) (?<dir>to the left of|to the right of|above|below) the (?<b>{Noun})"), (m, s) => One(m, "b", s) is { } b
            && Regex.Split(m.Groups["list"].Value, "(?:,| and) the ").All(noun => Find(noun, s).Any(o => Lies(o, m, b, s)))),
        (Form($"an? (?<full>(?:small|big) \\w+ \\w+)"), (m, s) => s.Objects.Any(o => Full(o) == m.Groups["full"].Value)),
    ];

    /// <summary>Whether the sentence has a known form and is true.</summary>
    public static bool IsTrue(string answer, Scene scene) => Forms.Any(form => form.Form.Match(answer) is { Success: true } match && form.IsTrue(match, scene));

    private static Regex Form(string pattern) => new($"^{pattern}\\.$", RegexOptions.IgnoreCase);

    private static bool Mentions(Match match, string text) => match.Value.Contains(text, StringComparison.Ordinal);

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Full(SceneObject o) => $"{Word(o.Size!.Value)} {Word(o.Color!.Value)} {o.Kind.Singular}";

    private static string Singular(string plural) => plural.EndsWith("crosses", StringComparison.Ordinal) ? plural[..^2] : plural.EndsWith('s') && !plural.EndsWith("cross", StringComparison.Ordinal) ? plural[..^1] : plural;

    private static IEnumerable<string> Items(string list) => Regex.Split(list, ", | and ").Select(item => Regex.Replace(item, "^[Aa]n? ", ""));

    // An object fits if each word before the noun is its size or colour; unknown nouns fit nothing.
    private static List<SceneObject> Find(string phrase, Scene scene)
    {
        var words = Singular(phrase).Split(' ');
        return [.. scene.Objects.Where(o => (words[^1] is "shape" or "object" || words[^1] == o.Kind.Singular) && words[..^1].All(w => w == Word(o.Color!.Value) || w == Word(o.Size!.Value)))];
    }

    private static SceneObject? One(Match match, string group, Scene scene) => Find(match.Groups[group].Value, scene) is [var one] ? one : null;

    private static bool Several(List<SceneObject> objects, string list)
    {
        var said = Items(list).ToHashSet();
        var shapes = objects.GroupBy(o => o.Kind).Select(g => g.Count() == 1 ? g.Key.Singular : $"{Numbers[g.Count()]} {g.Key.Plural}");
        return objects.Count > 1 && (said.SetEquals(objects.Select(o => Word(o.Color!.Value))) || said.SetEquals(shapes));
    }

    private static List<SceneObject> InCell(string cell, Scene scene) => [.. scene.Objects.Where(o =>
        cell == "middle" ? scene.Objects.Count == 1
        : cell == (o.Y < scene.Height / 2.0 ? "upper " : "lower ") + (o.X < scene.Width / 2.0 ? "left" : "right"))];

    private static bool Lies(SceneObject a, Match match, SceneObject b, Scene scene)
    {
        var (dx, dy) = ((a.X - b.X) / scene.Width, (a.Y - b.Y) / scene.Height);
        return match.Groups["dir"].Value switch { "to the left of" => dx < -0.15, "to the right of" => dx > 0.15, "above" => dy < -0.15, _ => dy > 0.15 };
    }
}
