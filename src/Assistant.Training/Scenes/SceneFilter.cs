namespace Assistant.Training.Scenes;

/// <summary>A description that objects may fit: "circle", "red shape", "small red circle", "animal". What is null is not said.</summary>
/// <param name="Kind">What it is, or anything.</param>
/// <param name="Color">The colour, or any.</param>
/// <param name="Size">The size, or any.</param>
/// <param name="Group">What it belongs to, or anything; only said without a kind.</param>
public sealed record SceneFilter(SceneKind? Kind = null, SceneColor? Color = null, SceneSize? Size = null, SceneGroup? Group = null)
{
    /// <summary>The description without article: size, colour, noun; the noun is "object" where neither kind nor group is said.</summary>
    public string Singular => Phrase(Kind?.Singular ?? SceneWords.Of(Group ?? SceneGroup.None));

    /// <summary>The same for several: "red circles".</summary>
    public string Plural => Phrase(Kind?.Plural ?? SceneWords.PluralOf(Group ?? SceneGroup.None));

    /// <summary>Whether it says nothing but, perhaps, the group.</summary>
    public bool IsBare => Kind is null && Color is null && Size is null;

    /// <summary>Whether the object fits.</summary>
    public bool Matches(SceneObject o)
    {
        ArgumentNullException.ThrowIfNull(o);
        return (Kind is null || Kind == o.Kind) && (Color is null || Color == o.Color) && (Size is null || Size == o.Size) && (Group is null || Group == o.Kind.Group);
    }

    /// <summary>Whether it is clear which objects of the scene fit: a thing has many colours, and only shapes are said to be big or small.</summary>
    public bool IsClearIn(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (Kind is not null || Group == SceneGroup.Shape)
            return true;
        return (Color is null || scene.HasOnlyColored) && (Size is null || scene.HasOnlyShapes);
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
    public static IReadOnlyList<SceneFilter> Naming(Scene scene, SceneObject o, bool kind = true, bool color = true, bool size = true)
    {
        ArgumentNullException.ThrowIfNull(o);
        (color, size) = (color && o.Color is not null, size && o.Size is not null);
        var found = new List<SceneFilter>();
        // By number of parts: a filter with a part more is only worth saying where fewer parts fit several objects.
        foreach (var parts in (ReadOnlySpan<int>)[1, 2, 4, 3, 5, 6, 7])
        {
            if (((parts & 1) != 0 && !kind) || ((parts & 2) != 0 && !color) || ((parts & 4) != 0 && !size))
                continue;
            var filter = new SceneFilter((parts & 1) != 0 ? o.Kind : null, (parts & 2) != 0 ? o.Color : null, (parts & 4) != 0 ? o.Size : null);
            if (filter.IsClearIn(scene) && filter.OnlyOne(scene) is not null && !found.Any(f => f.Covers(filter)))
                found.Add(filter);
        }
        return found;
    }

    private bool Covers(SceneFilter longer) =>
        (Kind is null || Kind == longer.Kind) && (Color is null || Color == longer.Color) && (Size is null || Size == longer.Size);

    private string Phrase(string noun) =>
        (Size is { } size ? SceneWords.Of(size) + " " : "") + (Color is { } color ? SceneWords.Of(color) + " " : "") + noun;
}
