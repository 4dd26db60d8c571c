namespace Assistant.Training.Scenes;

/// <summary>A description that objects may fit: "circle", "red shape", "small red circle". What is null is not said.</summary>
/// <param name="Shape">The shape, or any.</param>
/// <param name="Color">The colour, or any.</param>
/// <param name="Size">The size, or any.</param>
public sealed record SceneFilter(SceneShape? Shape = null, SceneColor? Color = null, SceneSize? Size = null)
{
    /// <summary>The description without article: size, colour, noun; the noun is "shape" where none is said.</summary>
    public string Singular => Phrase(Shape is { } shape ? SceneWords.Of(shape) : "shape");

    /// <summary>The same for several: "red circles".</summary>
    public string Plural => Phrase(Shape is { } shape ? SceneWords.PluralOf(shape) : "shapes");

    /// <summary>Whether the object fits.</summary>
    public bool Matches(SceneObject o)
    {
        ArgumentNullException.ThrowIfNull(o);
        return (Shape is null || Shape == o.Shape) && (Color is null || Color == o.Color) && (Size is null || Size == o.Size);
    }

    /// <summary>The objects that fit, in the scene's order.</summary>
    public IReadOnlyList<SceneObject> In(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return [.. scene.Objects.Where(Matches)];
    }

    /// <summary>The one object that fits, or null where none or several do.</summary>
    public SceneObject? OnlyOne(Scene scene) => In(scene) is [var one] ? one : null;

    /// <summary>The shortest descriptions that only <paramref name="o"/> fits, said with the parts that are allowed; empty where even all parts do not single it out.</summary>
    public static IReadOnlyList<SceneFilter> Naming(Scene scene, SceneObject o, bool shape = true, bool color = true, bool size = true)
    {
        ArgumentNullException.ThrowIfNull(o);
        var found = new List<SceneFilter>();
        // By number of parts: a filter with a part more is only worth saying where fewer parts fit several objects.
        foreach (var parts in (ReadOnlySpan<int>)[1, 2, 4, 3, 5, 6, 7])
        {
            if (((parts & 1) != 0 && !shape) || ((parts & 2) != 0 && !color) || ((parts & 4) != 0 && !size))
                continue;
            var filter = new SceneFilter((parts & 1) != 0 ? o.Shape : null, (parts & 2) != 0 ? o.Color : null, (parts & 4) != 0 ? o.Size : null);
            if (filter.OnlyOne(scene) is not null && !found.Any(f => f.Covers(filter)))
                found.Add(filter);
        }
        return found;
    }

    private bool Covers(SceneFilter longer) =>
        (Shape is null || Shape == longer.Shape) && (Color is null || Color == longer.Color) && (Size is null || Size == longer.Size);

    private string Phrase(string noun) =>
        (Size is { } size ? SceneWords.Of(size) + " " : "") + (Color is { } color ? SceneWords.Of(color) + " " : "") + noun;
}
