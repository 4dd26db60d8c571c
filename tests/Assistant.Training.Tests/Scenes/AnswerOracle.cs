using System.Text.RegularExpressions;
using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

/// <summary>Reads an answer's sentence and checks it against the scene, knowing nothing of queries or of the code that wrote it.</summary>
internal static class AnswerOracle
{
    private const string Adjectives = "(?:(?:small|big) )?(?:(?:red|green|blue|yellow|orange|purple|pink|brown|black|white|gray|cyan) )?";
    private static readonly string[] Groups = ["shape", "object", "animal", "fruit", "vehicle", "digit", "letter"];
    private static readonly string Noun = $"(?:{Adjectives}(?:(?:digits?|letters?) [0-9A-Z]|{string.Join('|', Groups)}|{string.Join('|', SceneKind.Shapes.Concat(SceneKind.Things).Select(kind => kind.Singular))}))";
    private static readonly string[] Numbers = ["no", "one", "two", "three", "four"];

    private static readonly (Regex Form, Func<Match, Scene, bool> IsTrue)[] Forms =
    [
        (Form("(?<list>an? .+) on an? (?<color>\\w+) background"), (m, s) => Word(s.Background) == m.Groups["color"].Value
            && Items(m.Groups["list"].Value).SequenceEqual(s.Objects.Select(Full))),
        (Form("There (?:is|are) (?<n>no|one|two|three|four) (?<noun>.+?)"), (m, s) => !Mentions(m, "in the picture") && Numbers[Find(m.Groups["noun"].Value, s).Count] == m.Groups["n"].Value),
        (Form("There is no (?<noun>.+) in the picture"), (m, s) => m.Groups["noun"].Value is "digit or letter" or "digit" or "letter" || Find(m.Groups["noun"].Value, s).Count == 0),
        (Form("There is nothing in the (?<cell>\\w+ \\w+)"), (m, s) => InCell(m.Groups["cell"].Value, s).Count == 0),
        (Form("(?:(?:Yes|No), the|The) background is (?<color>\\w+)"), (m, s) => m.Groups["color"].Value == Word(s.Background)),
        (Form($"Yes, there is an? (?<noun>{Noun})"), (m, s) => Find(m.Groups["noun"].Value, s).Count == 1),
        (Form("Yes, there are (?<n>two|three|four) (?<noun>.+)"), (m, s) => Numbers[Find(m.Groups["noun"].Value, s).Count] == m.Groups["n"].Value),
        (Form("No, there is no (?<noun>.+)"), (m, s) => Find(m.Groups["noun"].Value, s).Count == 0),
        (Form($"(?:(?:Yes|No), the|The) (?<noun>{Noun}) is (?<color>\\w+)"), (m, s) => Find(m.Groups["noun"].Value, s).Exists(o => (o.Color is { } color && Word(color) == m.Groups["color"].Value) || (o.Size is { } size && Word(size) == m.Groups["color"].Value))),
        (Form("The (?<noun>.+) are (?<list>(?!to the|above|below).+)"), (m, s) => Several(Find(m.Groups["noun"].Value, s), m.Groups["list"].Value)),
        (Form($"The (?<noun>{Noun}) is an? (?<kind>.+)"), (m, s) => One(m, "noun", s) is { } o && o.Kind.Singular == m.Groups["kind"].Value),
        (Form("It is the (?<kind>(?:digit|letter) .)"), (m, s) => s.Objects.Count(o => o.Kind.Singular == m.Groups["kind"].Value) == 1),
        (Form("They are (?<list>the .+)"), (m, s) => Regex.Split(m.Groups["list"].Value, ", | and ").All(the => s.Objects.Any(o => "the " + o.Kind.Singular == the))),
        (Form($"The (?<noun>{Noun}) is in the (?<cell>.+)"), (m, s) => One(m, "noun", s) is { } o && (InCell(m.Groups["cell"].Value, s).Contains(o))),
        (Form($"The (?<a>{Noun}) is (?<cmp>bigger|smaller) than the (?<b>{Noun})"), (m, s) => One(m, "a", s) is { } a && One(m, "b", s) is { } b
            && a.Diameter / b.Diameter is var ratio && (m.Groups["cmp"].Value == "bigger" ? ratio > 1.3 : ratio < 1 / 1.3)),
        (Form($"Nothing is (?<dir>to the left of|to the right of|above|below) the (?<b>{Noun})"), (m, s) => One(m, "b", s) is { } b && s.Objects.All(o => ReferenceEquals(o, b) || !Lies(o, m, b, s))),
        (Form($"(?:(?:Yes|No), the|The) (?<list>{Noun}(?:(?:,| and) the {Noun})*) (?:is|are) (?<dir>to the left of|to the right of|above|below) the (?<b>{Noun})"), (m, s) => One(m, "b", s) is { } b
            && Regex.Split(m.Groups["list"].Value, "(?:,| and) the ").All(noun => Find(noun, s).Any(o => Lies(o, m, b, s)))),
        (Form("an? (?<full>.+)"), (m, s) => s.Objects.Any(o => Full(o) == m.Groups["full"].Value)),
    ];

    /// <summary>Whether the sentence has a known form and is true.</summary>
    public static bool IsTrue(string answer, Scene scene) => Forms.Any(form => form.Form.Match(answer) is { Success: true } match && form.IsTrue(match, scene));

    private static Regex Form(string pattern) => new($"^{pattern}\\.$", RegexOptions.IgnoreCase);

    private static bool Mentions(Match match, string text) => match.Value.Contains(text, StringComparison.Ordinal);

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Full(SceneObject o) => o.Kind.Shape is null ? o.Kind.Singular : $"{Word(o.Size!.Value)} {Word(o.Color!.Value)} {o.Kind.Singular}";

    private static IEnumerable<string> Items(string list) => Regex.Split(list, ", | and ").Select(item => Regex.Replace(item, "^[Aa]n? ", ""));

    // An object fits if each word before the noun is its size or colour and the noun says what it is; unknown nouns fit nothing.
    private static List<SceneObject> Find(string phrase, Scene scene)
    {
        var said = Regex.Match(phrase, $"^(?<adjectives>{Adjectives})(?<noun>.+)$");
        var adjectives = said.Groups["adjectives"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var noun = said.Groups["noun"].Value;
        return [.. scene.Objects.Where(o => Names(o.Kind).Contains(noun) && adjectives.All(w => (o.Color is { } color && w == Word(color)) || (o.Size is { } size && w == Word(size))))];

        static IEnumerable<string> Names(SceneKind kind)
        {
            var group = kind.Shape is not null ? "shape" : kind.Glyph is { } glyph ? char.IsDigit(glyph) ? "digit" : "letter" : Word(kind.Thing!.Group);
            return [kind.Singular, kind.Plural, "object", "objects", group, group + "s"];
        }
    }

    private static SceneObject? One(Match match, string group, Scene scene) => Find(match.Groups[group].Value, scene) is [var one] ? one : null;

    private static bool Several(List<SceneObject> objects, string list)
    {
        var said = Items(list).ToHashSet();
        var shapes = objects.GroupBy(o => o.Kind).Select(g => g.Count() == 1 ? g.Key.Singular : $"{Numbers[g.Count()]} {g.Key.Plural}");
        return objects.Count > 1 && ((objects.All(o => o.Color is not null) && said.SetEquals(objects.Select(o => Word(o.Color!.Value)))) || said.SetEquals(shapes));
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
