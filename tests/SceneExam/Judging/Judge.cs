using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Judging;

/// <summary>Decides by key words whether an answer holds what it must, and nothing against it.</summary>
internal static class Judge
{
    private static readonly HashSet<string> Negations = ["no", "none", "not", "isn", "aren", "nothing"];

    /// <param name="question">The words of the turn that is answered: what it names may be repeated.</param>
    /// <param name="expected">What the answer must hold.</param>
    /// <param name="answer">The answer.</param>
    public static bool IsRight(string question, Expectation expected, string answer) => expected switch
    {
        CaptionExpected caption => IsCaption(caption, answer),
        ThingsExpected things => AreThings(things, answer),
        CountExpected(var count) => IsCount(count, answer),
        ColorExpected(var color) => IsColor(color, question, answer),
        ObjectExpected found => IsObject(found, question, answer),
        YesNoExpected(var yes) => Lexicon.Tokens(answer) is [var first, ..] && first == (yes ? "yes" : "no"),
        SideExpected(var side) => IsSide(side, answer),
        FirstNamedExpected pair => IsBigger(pair, answer),
        GlyphsExpected(var characters) => AreGlyphs(characters, answer),
        _ => throw new ArgumentOutOfRangeException(nameof(expected), expected, "No rule for this expectation."),
    };

    private static bool IsCaption(CaptionExpected expected, string answer)
    {
        var mentions = Mentions.Of(answer, HasGlyphs(expected.Objects));
        return mentions.Background == expected.Background && NamesAll(mentions, expected.Objects, colorsNeeded: true);
    }

    private static bool AreThings(ThingsExpected expected, string answer)
    {
        var mentions = Mentions.Of(answer, HasGlyphs(expected.Objects));
        return (mentions.Background ?? expected.Background) == expected.Background && NamesAll(mentions, expected.Objects, colorsNeeded: false);
    }

    /// <summary>Each object once, none besides. A shape's colour must be right, and said where it is needed; a character's must be right where it is said; a thing has none.</summary>
    private static bool NamesAll(Mentions mentions, IReadOnlyList<Described> expected, bool colorsNeeded)
    {
        var rest = expected.ToList();
        // Mentions with a colour choose first, so that "a star" takes what "a red star" leaves.
        foreach (var mention in mentions.Objects.OrderBy(m => m.Color is null).SelectMany(m => Enumerable.Repeat(m, m.Count)))
        {
            var at = rest.FindIndex(o => SameKind(o.Kind, mention.Kind) && (o.Color is null || o.Color == mention.Color
                || (mention.Color is null && !(colorsNeeded && o.Kind is ShapeKind))));
            if (at < 0)
                return false;
            rest.RemoveAt(at);
        }
        return rest.Count == 0;
    }

    private static bool IsCount(int expected, string answer)
    {
        var tokens = GlyphReader.Read(answer, bare: false);
        var numbers = new HashSet<int>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var (token, character) = tokens[i];
            // "There are two letters: A and 7" has said its number before the colon.
            if (token == ":" && numbers.Count > 0)
                break;
            // "the red one" counts nothing, and "a 7" is no seven things.
            var pronoun = token == "one" && i > 0 && (tokens[i - 1].Token is "the" or "this" or "that" or "which" || Lexicon.Color(tokens[i - 1].Token) is not null);
            if (!pronoun && character is null && Lexicon.Number(token) is { } number)
                numbers.Add(number);
        }
        return numbers.Count > 0 ? numbers.SetEquals([expected]) : expected == 0 && tokens.Any(t => Negations.Contains(t.Token));
    }

    private static bool IsColor(Hue expected, string question, string answer)
    {
        var asked = Colors(question);
        var said = Colors(answer);
        said.ExceptWith(asked.Where(hue => hue != expected));
        return said.SetEquals([expected]);
    }

    private static bool IsObject(ObjectExpected expected, string question, string answer)
    {
        var asked = Mentions.Of(question).Objects;
        var said = Mentions.Of(answer, expected.Object.Kind is GlyphKind || asked.Any(m => m.Kind is GlyphKind)).Objects;
        bool Fits(Mention m) => SameKind(m.Kind, expected.Object.Kind)
            && (expected.Object.Color is null || m.Color == expected.Object.Color || (m.Color is null && !expected.ColorNeeded));
        bool Repeated(Mention m) => asked.Any(a => a.Kind == m.Kind && (a.Kind is ThingKind || a.Color is null || m.Color is null || a.Color == m.Color));
        return said.Any(Fits) && said.All(m => Fits(m) || Repeated(m)) && said.Where(Fits).All(m => m.Count == 1);
    }

    private static bool IsSide(Side expected, string answer)
    {
        var sides = Lexicon.Tokens(answer).Select(Lexicon.Direction).OfType<Side>().ToHashSet();
        return sides.Contains(expected) && !sides.Contains(Lexicon.Opposite(expected));
    }

    private static bool IsBigger(FirstNamedExpected pair, string answer)
    {
        var tokens = Lexicon.Tokens(answer);
        var smaller = tokens.Contains("smaller") && !tokens.Contains("bigger") && !tokens.Contains("larger");
        var (right, other) = smaller ? (pair.Smaller, pair.Bigger) : (pair.Bigger, pair.Smaller);
        var first = Mentions.Of(answer, HasGlyphs([right, other])).Objects is [var named, ..] ? named : null;
        if (right.Kind != other.Kind)
            return first is not null && SameKind(first.Kind, right.Kind) && (first.Color is null || right.Color is null || first.Color == right.Color);
        return (first?.Color ?? tokens.Select(Lexicon.Color).FirstOrDefault(c => c is not null)) == right.Color;
    }

    private static bool AreGlyphs(string characters, string answer)
    {
        var said = Mentions.Of(answer, glyphs: true).Objects.Select(m => m.Kind).OfType<GlyphKind>().Select(g => g.Character);
        return said.ToHashSet().SetEquals(characters);
    }

    private static HashSet<Hue> Colors(string text) => [.. Lexicon.Tokens(text).Select(Lexicon.Color).OfType<Hue>()];

    private static bool SameKind(Kind a, Kind b) => Likeness.Canonical(a) == Likeness.Canonical(b);

    private static bool HasGlyphs(IEnumerable<Described> objects) => objects.Any(o => o.Kind is GlyphKind);
}
