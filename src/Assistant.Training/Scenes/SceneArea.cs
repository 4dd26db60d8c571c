using Assistant.Training.Scenes.Fonts;

namespace Assistant.Training.Scenes;

/// <summary>What an object takes up of a picture, as labels see it.</summary>
internal sealed class SceneArea
{
    private const float Around = 0.2f; // of a letter's radius: what lies between its strokes

    private readonly ShapeOutline? outline;
    private readonly Pictograph? pictograph;
    private readonly float reach, sin, cos;

    private SceneArea(SceneObject o)
    {
        if (o.Kind.Thing is { } thing)
        {
            pictograph = SceneFonts.Pictograph(thing, o.Variant);
            var (s, c) = Math.SinCos(o.Rotation);
            (sin, cos) = ((float)s, (float)c);
            return;
        }
        // Over a ring's hole the model should still say "ring": the label follows the disc.
        outline = ShapeOutline.Of(o.Kind.Shape == SceneShape.Ring ? o with { Kind = SceneShape.Circle } : o);
        reach = o.Kind.Glyph is null ? 0 : Around;
    }

    /// <summary>The area of an object.</summary>
    public static SceneArea Of(SceneObject o) => new(o);

    /// <summary>Whether a point belongs to it, in units of the radius from the object's centre, y downwards.</summary>
    public bool Covers(float u, float v) => pictograph is not null
        ? pictograph.At(u * cos + v * sin, v * cos - u * sin, 32).Alpha > 0.5f
        : outline!.Distance(u, v) <= reach;
}
