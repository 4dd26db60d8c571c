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
        ObjectExpected thing => IsObject(thing, question, answer),
        YesNoExpected(var yes) => Lexicon.Tokens(answer) is [var first, ..] && first == (yes ? "yes" : "no"),
        SideExpected(var side) => IsSide(side, answer),
        FirstNamedExpected pair => IsBigger(pair, answer),
        _ => throw new ArgumentOutOfRangeException(nameof(expected), expected, "No rule for this expectation."),
    };

    private static bool IsCaption(CaptionExpected expected, string answer)
    {
        var mentions = Mentions.Of(answer);
        var named = mentions.Objects.SelectMany(m => Enumerable.Repeat((m.Shape, m.Color), m.Count));
        return mentions.Background == expected.Background
            && SameBag(named, expected.Objects.Select(o => (o.Shape, (Hue?)o.Color)));
    }

    private static bool AreThings(ThingsExpected expected, string answer)
    {
        var mentions = Mentions.Of(answer);
        if (mentions.Background is { } background && background != expected.Background)
            return false;
        if (!SameBag(mentions.Objects.SelectMany(m => Enumerable.Repeat(m.Shape, m.Count)), expected.Objects.Select(o => o.Shape)))
            return false;
        var there = expected.Objects.ToList();
        foreach (var mention in mentions.Objects.Where(m => m.Color is not null))
        {
            for (var i = 0; i < mention.Count; i++)
            {
                if (!there.Remove(new Described(mention.Shape, mention.Color!.Value)))
                    return false;
            }
        }
        return true;
    }

    private static bool IsCount(int expected, string answer)
    {
        var tokens = Lexicon.Tokens(answer);
        var numbers = new HashSet<int>();
        for (var i = 0; i < tokens.Length; i++)
        {
            // "the red one" counts nothing.
            var pronoun = tokens[i] == "one" && i > 0 && (tokens[i - 1] is "the" or "this" or "that" or "which" || Lexicon.Color(tokens[i - 1]) is not null);
            if (!pronoun && Lexicon.Number(tokens[i]) is { } number)
                numbers.Add(number);
        }
        return numbers.Count > 0 ? numbers.SetEquals([expected]) : expected == 0 && tokens.Any(Negations.Contains);
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
        var said = Mentions.Of(answer).Objects;
        bool Fits(Mention m) => m.Shape == expected.Object.Shape
            && (m.Color == expected.Object.Color || (m.Color is null && !expected.ColorNeeded));
        bool Repeated(Mention m) => asked.Any(a => a.Shape == m.Shape && (a.Color is null || m.Color is null || a.Color == m.Color));
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
        var first = Mentions.Of(answer).Objects is [var named, ..] ? named : null;
        if (right.Shape != other.Shape)
            return first is not null && first.Shape == right.Shape && (first.Color is null || first.Color == right.Color);
        return (first?.Color ?? tokens.Select(Lexicon.Color).FirstOrDefault(c => c is not null)) == right.Color;
    }

    private static HashSet<Hue> Colors(string text) => [.. Lexicon.Tokens(text).Select(Lexicon.Color).OfType<Hue>()];

    private static bool SameBag<T>(IEnumerable<T> a, IEnumerable<T> b)
    {
        var rest = a.ToList();
        return b.All(rest.Remove) && rest.Count == 0;
    }
}
