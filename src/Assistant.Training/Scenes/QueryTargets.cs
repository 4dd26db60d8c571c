namespace Assistant.Training.Scenes;

/// <summary>Where one has to look to answer a query.</summary>
/// <param name="First">Objects that the question asks about; empty where it names none of the picture.</param>
/// <param name="Second">Objects that they are compared with.</param>
internal sealed record QueryTargets(IReadOnlyList<SceneObject> First, IReadOnlyList<SceneObject> Second)
{
    /// <summary>The objects of a query in a scene.</summary>
    public static QueryTargets Of(SceneQuery? query, Scene scene) => query switch
    {
        SceneQuery.Count(var filter) => One(filter, scene),
        SceneQuery.ColorOf(var filter) => One(filter, scene),
        SceneQuery.KindOf(var filter) => One(filter, scene),
        SceneQuery.Exists(var filter) => One(filter, scene),
        SceneQuery.HasColor(var filter, _) => One(filter, scene),
        SceneQuery.Beside(var filter, _) => One(filter, scene),
        SceneQuery.SizeOf(var filter) => One(filter, scene),
        SceneQuery.CellOf(var filter) => One(filter, scene),
        SceneQuery.Glyph(var group) => new(SceneAnswers.Glyphs(group, scene), []),
        SceneQuery.At(var cell) => At(cell, scene),
        SceneQuery.ColorAt(var cell) => At(cell, scene),
        SceneQuery.Side(var a, var b, _) => new(a.In(scene), b.In(scene)),
        SceneQuery.IsBeside(var a, var b, _) => new(a.In(scene), b.In(scene)),
        SceneQuery.Bigger(var a, var b, _) => new(a.In(scene), b.In(scene)),
        _ => new([], []),
    };

    /// <summary>Whether the answer depends on how many <see cref="First"/> are: on their number, on whether there are any, on whether it names one or several.</summary>
    public static bool AreCounted(SceneQuery? query) => query is SceneQuery.Count or SceneQuery.CountOthers or SceneQuery.Exists or SceneQuery.ExistsOther
        or SceneQuery.HasColor or SceneQuery.ColorOf or SceneQuery.KindOf or SceneQuery.Glyph or SceneQuery.At;

    private static QueryTargets At(SceneCell cell, Scene scene) => new([.. scene.Objects.Where(o => o.Cell == cell)], []);

    private static QueryTargets One(SceneFilter filter, Scene scene) => new(filter.In(scene), []);
}
