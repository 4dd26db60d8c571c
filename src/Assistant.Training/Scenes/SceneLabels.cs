namespace Assistant.Training.Scenes;

/// <summary>What a vision tower should know about each patch of the padded square: dense labels for auxiliary supervision.</summary>
/// <remarks>Every array has <c>Grid * Grid</c> entries, rows from the top; -1 is "none", which a loss leaves out (its ignore index).</remarks>
public sealed class SceneLabels
{
    private const int Samples = 5;        // sample points a patch side
    private const int EnoughSamples = 4;  // of 25: a patch that an object just touches stays background

    private SceneLabels(Scene scene, int grid)
    {
        (Grid, BackgroundColor, ObjectCount) = (grid, (int)scene.Background, scene.Objects.Count);
        (Object, Shape, Color, Size, Background) = (new int[grid * grid], new int[grid * grid], new int[grid * grid], new int[grid * grid], new int[grid * grid]);
    }

    /// <summary>Patches a side.</summary>
    public int Grid { get; }

    /// <summary>Number of the object that covers the patch, 1 for the first object of the scene; 0 for background and padding.</summary>
    public int[] Object { get; }

    /// <summary><see cref="SceneShape"/> of that object, or -1.</summary>
    public int[] Shape { get; }

    /// <summary><see cref="SceneColor"/> of that object, or -1.</summary>
    public int[] Color { get; }

    /// <summary><see cref="SceneSize"/> of that object, or -1.</summary>
    public int[] Size { get; }

    /// <summary><see cref="SceneColor"/> of the canvas around and under the patch; -1 where padding fills half of it or more.</summary>
    public int[] Background { get; }

    /// <summary>Picture level: <see cref="SceneColor"/> of the background.</summary>
    public int BackgroundColor { get; }

    /// <summary>Picture level: number of objects, 1 to 4.</summary>
    public int ObjectCount { get; }

    /// <summary>Picture level: objects of each shape, in the order of <see cref="SceneShape"/>.</summary>
    public int[] ShapeCounts { get; } = new int[Enum.GetValues<SceneShape>().Length];

    /// <summary>Picture level: objects of each colour, in the order of <see cref="SceneColor"/>.</summary>
    public int[] ColorCounts { get; } = new int[Enum.GetValues<SceneColor>().Length];

    /// <summary>Labels for a grid of <paramref name="grid"/> x <paramref name="grid"/> patches over the picture of <see cref="SceneRenderer.RenderPadded"/>.</summary>
    /// <remarks>The hole of a ring counts as the ring. The patch that holds an object's centre is always the object's.</remarks>
    public static SceneLabels Of(Scene scene, int grid)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentOutOfRangeException.ThrowIfLessThan(grid, 1);
        var labels = new SceneLabels(scene, grid);
        labels.MarkObjects(scene);
        for (var i = 0; i < labels.Object.Length; i++)
        {
            var o = labels.Object[i] > 0 ? scene.Objects[labels.Object[i] - 1] : null;
            (labels.Shape[i], labels.Color[i], labels.Size[i]) = o is null ? (-1, -1, -1) : ((int)o.Shape, (int)o.Color, (int)o.Size);
        }
        labels.MarkBackground(scene);
        foreach (var o in scene.Objects)
        {
            labels.ShapeCounts[(int)o.Shape]++;
            labels.ColorCounts[(int)o.Color]++;
        }
        return labels;
    }

    private void MarkObjects(Scene scene)
    {
        var side = Math.Max(scene.Width, scene.Height);
        var (left, top) = ((side - scene.Width) / 2, (side - scene.Height) / 2);
        var patch = (double)side / Grid;
        var best = new int[Object.Length];
        for (var k = 0; k < scene.Objects.Count; k++)
        {
            var o = scene.Objects[k];
            // Over a ring's hole the model should still say "ring": the label follows the disc.
            var outline = ShapeOutline.Of(o.Shape == SceneShape.Ring ? o with { Shape = SceneShape.Circle } : o);
            var (x, y, radius) = (o.X + left, o.Y + top, o.Diameter / 2);
            var (x0, x1) = (PatchOf(x - 1.25 * radius), PatchOf(x + 1.25 * radius));
            var (y0, y1) = (PatchOf(y - 1.25 * radius), PatchOf(y + 1.25 * radius));
            for (var py = y0; py <= y1; py++)
            {
                for (var px = x0; px <= x1; px++)
                {
                    var hits = px == PatchOf(x) && py == PatchOf(y) ? Samples * Samples : Hits(px, py);
                    if (hits >= EnoughSamples && hits > best[py * Grid + px])
                        (best[py * Grid + px], Object[py * Grid + px]) = (hits, k + 1);
                }
            }

            int Hits(int px, int py)
            {
                var hits = 0;
                for (var i = 0; i < Samples * Samples; i++)
                {
                    var (u, v) = ((px + (i % Samples + 0.5) / Samples) * patch, (py + (i / Samples + 0.5) / Samples) * patch);
                    if (outline.Distance((float)((u - x) / radius), (float)((v - y) / radius)) <= 0)
                        hits++;
                }
                return hits;
            }
        }

        int PatchOf(double at) => Math.Clamp((int)(at / patch), 0, Grid - 1);
    }

    private void MarkBackground(Scene scene)
    {
        var side = Math.Max(scene.Width, scene.Height);
        var patch = (double)side / Grid;
        for (var i = 0; i < Background.Length; i++)
        {
            var (x, y) = ((i % Grid + 0.5) * patch - (side - scene.Width) / 2, (i / Grid + 0.5) * patch - (side - scene.Height) / 2);
            Background[i] = x > 0 && x < scene.Width && y > 0 && y < scene.Height ? BackgroundColor : -1;
        }
    }
}
