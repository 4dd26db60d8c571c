using SceneExam.Fonts;

namespace SceneExam.Pictures;

/// <summary>An outline as a test on points, by the non-zero winding rule; edges are kept by the bands they cross, so that a point meets a few of them only.</summary>
internal sealed class Winding
{
    private const int Bands = 64;

    private readonly List<(double X0, double Y0, double X1, double Y1)>[] edges = [.. Enumerable.Range(0, Bands).Select(_ => new List<(double, double, double, double)>())];

    public Winding(Outline outline)
    {
        foreach (var polygon in outline.Polygons)
        {
            for (var i = 0; i < polygon.Length; i++)
            {
                var (a, b) = (polygon[i], polygon[(i + 1) % polygon.Length]);
                for (var band = Band(Math.Min(a.Y, b.Y)); band <= Band(Math.Max(a.Y, b.Y)); band++)
                    edges[band].Add((a.X, a.Y, b.X, b.Y));
            }
        }
    }

    public bool Contains(double x, double y)
    {
        if (Math.Abs(x) > 1 || Math.Abs(y) > 1)
            return false;
        var turns = 0;
        foreach (var (x0, y0, x1, y1) in edges[Band(y)])
        {
            // Edges that a ray to the right crosses, by their direction.
            if (y0 <= y == y1 <= y)
                continue;
            if (x0 + ((y - y0) / (y1 - y0) * (x1 - x0)) > x)
                turns += y1 > y0 ? 1 : -1;
        }
        return turns != 0;
    }

    private static int Band(double y) => Math.Clamp((int)((y + 1) / 2 * Bands), 0, Bands - 1);
}
