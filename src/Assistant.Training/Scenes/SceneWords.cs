namespace Assistant.Training.Scenes;

/// <summary>The domain's words for what scenes hold.</summary>
public static class SceneWords
{
    private static readonly string[] Numbers = ["no", "one", "two", "three", "four"];

    /// <summary>"circle" ... "ring".</summary>
    public static string Of(SceneShape shape) => shape switch
    {
        SceneShape.Circle => "circle",
        SceneShape.Square => "square",
        SceneShape.Triangle => "triangle",
        SceneShape.Star => "star",
        SceneShape.Heart => "heart",
        SceneShape.Diamond => "diamond",
        SceneShape.Cross => "cross",
        SceneShape.Ring => "ring",
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "There is no word for this shape."),
    };

    /// <summary>"circles" ... "rings".</summary>
    public static string PluralOf(SceneShape shape) => shape == SceneShape.Cross ? "crosses" : Of(shape) + "s";

    /// <summary>"red" ... "cyan".</summary>
    public static string Of(SceneColor color) => color switch
    {
        SceneColor.Red => "red",
        SceneColor.Green => "green",
        SceneColor.Blue => "blue",
        SceneColor.Yellow => "yellow",
        SceneColor.Orange => "orange",
        SceneColor.Purple => "purple",
        SceneColor.Pink => "pink",
        SceneColor.Brown => "brown",
        SceneColor.Black => "black",
        SceneColor.White => "white",
        SceneColor.Gray => "gray",
        SceneColor.Cyan => "cyan",
        _ => throw new ArgumentOutOfRangeException(nameof(color), color, "There is no word for this colour."),
    };

    /// <summary>"small" or "big".</summary>
    public static string Of(SceneSize size) => size == SceneSize.Big ? "big" : "small";

    /// <summary>"shape" ... "letter"; "object" for no group.</summary>
    public static string Of(SceneGroup group) => group == SceneGroup.None ? "object" : group.ToString().ToLowerInvariant();

    /// <summary>"shapes" ... "letters"; "objects" for no group.</summary>
    public static string PluralOf(SceneGroup group) => Of(group) + "s";

    /// <summary>"upper left" ... "lower right", "middle".</summary>
    public static string Of(SceneCell cell) => cell switch
    {
        SceneCell.UpperLeft => "upper left",
        SceneCell.UpperRight => "upper right",
        SceneCell.LowerLeft => "lower left",
        SceneCell.LowerRight => "lower right",
        _ => "middle",
    };

    /// <summary>"no", "one" ... "four".</summary>
    public static string Number(int count) => Numbers[count];

    /// <summary>"a" or "an", and the phrase.</summary>
    public static string WithArticle(string phrase)
    {
        ArgumentException.ThrowIfNullOrEmpty(phrase);
        return ("aeiou".Contains(phrase[0], StringComparison.Ordinal) ? "an " : "a ") + phrase;
    }

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Count <= 1 ? string.Concat(items) : string.Join(", ", items.Take(items.Count - 1)) + " and " + items[^1];
    }

    /// <summary>The text with a capital at its start.</summary>
    public static string Capitalised(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
    }
}
