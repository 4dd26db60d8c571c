namespace Assistant.Training.Scenes;

/// <summary>What a vision tower should know about each patch of the padded square: dense labels for auxiliary supervision.</summary>
/// <remarks>Every array has <c>Grid * Grid</c> entries, rows from the top; -1 is "none", which a loss leaves out (its ignore index).</remarks>
public sealed class SceneLabels
{
    private const int Samples = 5;        // sample points a patch side
    private const int EnoughSamples = 4;  // of 25: a patch that an object just touches stays background

    private SceneLabels(Scene scene, int grid)
    {
        Grid = grid;
        (Object, Kind, Color, Size, Background) = (new int[grid * grid], new int[grid * grid], new int[grid * grid], new int[grid * grid], new int[grid * grid]);
        Centres = new int[scene.Objects.Count];
    }

    /// <summary>Patches a side.</summary>
    public int Grid { get; }

    /// <summary>Number of the object that covers the patch, 1 for the first object of the scene; 0 for background and padding.</summary>
    public int[] Object { get; }

    /// <summary>Index of that object's <see cref="SceneKind"/>, or -1.</summary>
    public int[] Kind { get; }

    /// <summary><see cref="SceneColor"/> of that object, or -1: also for things, which have many colours.</summary>
    public int[] Color { get; }

    /// <summary><see cref="SceneSize"/> of that object, or -1: also for what is no shape.</summary>
    public int[] Size { get; }

    /// <summary><see cref="SceneColor"/> of the canvas around and under the patch; -1 where padding fills half of it or more, or where there is no drawing.</summary>
    public int[] Background { get; }

    /// <summary>The patch that holds each object's centre, in the scene's order: has one entry an object.</summary>
    public int[] Centres { get; }

    /// <summary>Labels for a grid of <paramref name="grid"/> x <paramref name="grid"/> patches over the picture of <see cref="SceneRenderer.RenderPadded"/>.</summary>
    /// <remarks>The hole of a ring counts as the ring, and the bowls of a letter as the letter. The patch that holds an object's centre is always the object's.</remarks>
    public static SceneLabels Of(Scene scene, int grid)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentOutOfRangeException.ThrowIfLessThan(grid, 1);
        var labels = new SceneLabels(scene, grid);
        labels.MarkObjects(scene);
        for (var i = 0; i < labels.Object.Length; i++)
        {
            var o = labels.Object[i] > 0 ? scene.Objects[labels.Object[i] - 1] : null;
            (labels.Kind[i], labels.Color[i], labels.Size[i]) = (o?.Kind.Index ?? -1, (int?)o?.Color ?? -1, (int?)o?.Size ?? -1);
        }
        labels.MarkBackground(scene);
        if (scene.Clutter is not null)
            Array.Fill(labels.Background, -1);
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
            var area = SceneArea.Of(o);
            var (x, y, radius) = (o.X + left, o.Y + top, o.Diameter / 2);
            Centres[k] = PatchOf(y) * Grid + PatchOf(x);
            var (x0, x1) = (PatchOf(x - 1.25 * radius), PatchOf(x + 1.25 * radius));
            var (y0, y1) = (PatchOf(y - 1.25 * radius), PatchOf(y + 1.25 * radius));
            for (var py = y0; py <= y1; py++)
            {
                for (var px = x0; px <= x1; px++)
                {
                    var hits = py * Grid + px == Centres[k] ? Samples * Samples : Hits(px, py);
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
                    if (area.Covers((float)((u - x) / radius), (float)((v - y) / radius)))
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
            Background[i] = x > 0 && x < scene.Width && y > 0 && y < scene.Height ? (int)scene.Background : -1;
        }
    }
}
