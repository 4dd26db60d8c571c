namespace Assistant.Training.Scenes;

/// <summary>What scenes hold, by weight: shapes alone, things alone, digits and letters alone, or some of everything.</summary>
/// <param name="OnlyShapes">Weight of scenes of shapes.</param>
/// <param name="OnlyThings">Weight of scenes of things.</param>
/// <param name="OnlyGlyphs">Weight of scenes of digits and letters.</param>
/// <param name="Mixed">Weight of scenes in which every object may be of any kind.</param>
public sealed record SceneTiers(double OnlyShapes, double OnlyThings, double OnlyGlyphs, double Mixed)
{
    /// <summary>Shapes and nothing else.</summary>
    public static SceneTiers Shapes { get; } = new(1, 0, 0, 0);

    /// <summary>The whole scene world, in shares that let none be forgotten.</summary>
    public static SceneTiers All { get; } = new(0.32, 0.22, 0.22, 0.24);

    /// <summary>The whole scene world with most time for what is hardest to see: digits and letters, drawn in many fonts, are told apart last.</summary>
    public static SceneTiers ForSeeing { get; } = new(0.18, 0.16, 0.4, 0.26);

    /// <summary>Draws what a scene may hold: lists of kinds, each as likely.</summary>
    internal IReadOnlyList<IReadOnlyList<SceneKind>> KindsOfScene(SceneRandom random)
    {
        var at = random.NextDouble() * (OnlyShapes + OnlyThings + OnlyGlyphs + Mixed);
        return at < OnlyShapes ? [SceneKind.Shapes]
            : at < OnlyShapes + OnlyThings ? [SceneKind.Things]
            : at < OnlyShapes + OnlyThings + OnlyGlyphs ? [SceneKind.Glyphs]
            : [SceneKind.Shapes, SceneKind.Things, SceneKind.Glyphs];
    }
}
