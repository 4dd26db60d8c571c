using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>How the exam writes the domain's words.</summary>
internal static class Words
{
    public static string Noun(Shape shape) => shape.ToString().ToLowerInvariant();

    public static string Plural(Shape shape) => shape == Shape.Cross ? "crosses" : Noun(shape) + "s";

    public static string Color(Hue hue) => hue.ToString().ToLowerInvariant();

    public static string Corner(Place place) => place switch
    {
        Place.UpperLeft => "upper left",
        Place.UpperRight => "upper right",
        Place.LowerLeft => "lower left",
        Place.LowerRight => "lower right",
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "The middle is no corner."),
    };

    public static string A(string noun) => (noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + noun;
}
