using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>How the exam writes the domain's words.</summary>
internal static class Words
{
    public static string Noun(Kind kind) => kind switch
    {
        ShapeKind(var shape) => shape.ToString().ToLowerInvariant(),
        ThingKind(var thing) => thing.ToString().ToLowerInvariant(),
        GlyphKind glyph => $"{(glyph.IsDigit ? "digit" : "letter")} {glyph.Character}",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not an object of the domain."),
    };

    public static string Plural(Kind kind) => kind switch
    {
        ShapeKind(Shape.Cross) => "crosses",
        ThingKind(Thing.Bus) => "buses",
        ThingKind(Thing.Fish or Thing.Grapes or Thing.Bread) => Noun(kind),
        ThingKind(Thing.Butterfly or Thing.Strawberry) => Noun(kind)[..^1] + "ies",
        _ => Noun(kind) + "s",
    };

    /// <summary>Whether one can ask how many there are: a bunch of grapes is one thing of many grapes.</summary>
    public static bool IsCountable(Kind kind) => kind is ShapeKind or ThingKind { Thing: not (Thing.Grapes or Thing.Bread) };

    public static string Color(Hue hue) => hue.ToString().ToLowerInvariant();

    public static string Corner(Place place) => place switch
    {
        Place.UpperLeft => "upper left",
        Place.UpperRight => "upper right",
        Place.LowerLeft => "lower left",
        Place.LowerRight => "lower right",
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "The middle is no corner."),
    };

    /// <summary>With its article; a single character by the sound of its name, as in "an F" and "an 8".</summary>
    public static string A(string noun) =>
        noun is "bread" or "grapes" ? noun : (noun.Length == 1 ? "AEFHILMNORSX8".Contains(noun[0], StringComparison.Ordinal) : noun[0] is 'a' or 'e' or 'i' or 'o' or 'u') ? $"an {noun}" : $"a {noun}";
}
