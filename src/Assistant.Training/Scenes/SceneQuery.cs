namespace Assistant.Training.Scenes;

/// <summary>A direction in the picture.</summary>
public enum SceneDirection
{
    /// <summary>To the left of.</summary>
    Left,
    /// <summary>To the right of.</summary>
    Right,
    /// <summary>Above.</summary>
    Above,
    /// <summary>Below.</summary>
    Below,
}

/// <summary>What a question asks, apart from its wording: the same query can be put to any scene.</summary>
/// <param name="Family">The question family it belongs to.</param>
public abstract record SceneQuery(QuestionFamily Family)
{
    /// <summary>Every object and the background.</summary>
    public sealed record Describe() : SceneQuery(QuestionFamily.Describe);

    /// <summary>The same of a picture that holds shapes alone, asked for by that word.</summary>
    public sealed record DescribeShapes() : SceneQuery(QuestionFamily.Describe);

    /// <summary>How many objects fit.</summary>
    public sealed record Count(SceneFilter Filter) : SceneQuery(QuestionFamily.Count);

    /// <summary>How many there are of what the scene world does not know.</summary>
    public sealed record CountOthers(string Plural) : SceneQuery(QuestionFamily.Count);

    /// <summary>The colour of what fits.</summary>
    public sealed record ColorOf(SceneFilter Filter) : SceneQuery(QuestionFamily.Color);

    /// <summary>The colour of the background.</summary>
    public sealed record BackgroundColor() : SceneQuery(QuestionFamily.Color);

    /// <summary>The colour of what is in a cell, which may be one of several alike.</summary>
    public sealed record ColorAt(SceneCell Cell) : SceneQuery(QuestionFamily.Color);

    /// <summary>What it is that fits.</summary>
    public sealed record KindOf(SceneFilter Filter) : SceneQuery(QuestionFamily.Identify);

    /// <summary>Whether anything fits.</summary>
    public sealed record Exists(SceneFilter Filter) : SceneQuery(QuestionFamily.Exists);

    /// <summary>Whether there is something that the scene world does not know.</summary>
    public sealed record ExistsOther(string Noun) : SceneQuery(QuestionFamily.Exists);

    /// <summary>Whether the object that fits has the colour.</summary>
    public sealed record HasColor(SceneFilter Filter, SceneColor Color) : SceneQuery(QuestionFamily.Exists);

    /// <summary>Whether the background has the colour.</summary>
    public sealed record HasBackground(SceneColor Color) : SceneQuery(QuestionFamily.Exists);

    /// <summary>On which side of B the object A lies: left or right, or else above or below.</summary>
    public sealed record Side(SceneFilter A, SceneFilter B, bool Horizontal) : SceneQuery(QuestionFamily.Position);

    /// <summary>Whether A lies in that direction of B.</summary>
    public sealed record IsBeside(SceneFilter A, SceneFilter B, SceneDirection Direction) : SceneQuery(QuestionFamily.Position);

    /// <summary>What lies in that direction of the object that fits.</summary>
    public sealed record Beside(SceneFilter Filter, SceneDirection Direction) : SceneQuery(QuestionFamily.Position);

    /// <summary>Which of two is the bigger one, or else the smaller one.</summary>
    public sealed record Bigger(SceneFilter A, SceneFilter B, bool Smaller = false) : SceneQuery(QuestionFamily.Compare);

    /// <summary>Whether what fits is small or big.</summary>
    public sealed record SizeOf(SceneFilter Filter) : SceneQuery(QuestionFamily.Compare);

    /// <summary>What is in a cell.</summary>
    public sealed record At(SceneCell Cell) : SceneQuery(QuestionFamily.Cell);

    /// <summary>Which digit or letter there is; with a group, which of the one or the other.</summary>
    public sealed record Glyph(SceneGroup? Of = null) : SceneQuery(QuestionFamily.Glyph);

    /// <summary>In which cell the object lies.</summary>
    public sealed record CellOf(SceneFilter Filter) : SceneQuery(QuestionFamily.Cell);
}
