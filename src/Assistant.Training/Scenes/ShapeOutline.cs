using System.Numerics;
using Assistant.Training.Scenes.Fonts;

namespace Assistant.Training.Scenes;

/// <summary>The outline of one shape, digit or letter as a signed distance: negative inside, in units of the object's radius.</summary>
/// <remarks>Distances instead of coverage, so that softness, outlines and blur of any width come from one evaluation.</remarks>
internal sealed class ShapeOutline
{
    private readonly float ringRadius;    // > 0: a round shape, |length(p) - ringRadius| - halfWidth
    private readonly float halfWidth;
    private readonly float[] x = [], y = [], dx = [], dy = [], inverseSquare = [];

    private ShapeOutline(float ringRadius, float halfWidth) => (this.ringRadius, this.halfWidth) = (ringRadius, halfWidth);

    // Inside is what an odd number of contours surrounds: the bowl of a P is outside again.
    private ShapeOutline(IReadOnlyList<List<(double X, double Y)>> contours, double rotation)
    {
        var n = contours.Sum(contour => contour.Count);
        var padded = (n + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        (x, y, dx, dy, inverseSquare) = (new float[padded], new float[padded], new float[padded], new float[padded], new float[padded]);
        // What fills up the last vector is a point that is nobody's nearest and that no ray crosses.
        Array.Fill(x, 1e6f, n, padded - n);
        var (sin, cos) = Math.SinCos(rotation);
        var first = 0;
        foreach (var contour in contours)
        {
            for (var i = 0; i < contour.Count; i++)
            {
                var (vx, vy) = contour[i];
                (x[first + i], y[first + i]) = ((float)(vx * cos - vy * sin), (float)(vx * sin + vy * cos));
            }
            for (var i = 0; i < contour.Count; i++)
            {
                var (at, before) = (first + i, first + (i + contour.Count - 1) % contour.Count);
                (dx[at], dy[at]) = (x[before] - x[at], y[before] - y[at]);
                inverseSquare[at] = 1 / Math.Max(1e-12f, dx[at] * dx[at] + dy[at] * dy[at]);
            }
            first += contour.Count;
        }
    }

    /// <summary>The outline of an object, its proportions or its font drawn from <see cref="SceneObject.Variant"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is a thing, which has a picture and no outline.</exception>
    /// <exception cref="InvalidDataException">It is a digit or letter, and the machine has none of the fonts.</exception>
    public static ShapeOutline Of(SceneObject o)
    {
        if (o.Kind.Glyph is { } character)
            return new ShapeOutline(SceneFonts.Outline(character, o.Variant), o.Rotation);
        var random = new SceneRandom(o.Variant);
        return o.Kind.Shape switch
        {
            SceneShape.Circle => new ShapeOutline(0, 1),
            SceneShape.Ring => Ring(random.Range(0.2, 0.6)),
            SceneShape.Square => Polygon(Box(random.Chance(0.6) ? 1 : random.Range(0.75, 1))),
            SceneShape.Triangle => Polygon(Triangle(random)),
            SceneShape.Star => Polygon(Star(random.Chance(0.3) ? 0.382 : random.Range(0.35, 0.55))),
            SceneShape.Heart => Polygon(HeartOutline.Vertices(random)),
            // A rhombus with equal diagonals is a square on its corner: turned less, it cannot be taken for a turned square.
            SceneShape.Diamond => new ShapeOutline([Diamond(random)], 0.75 * o.Rotation),
            SceneShape.Cross => Polygon(Cross(random.Range(0.25, 0.4))),
            _ => throw new ArgumentOutOfRangeException(nameof(o), o.Kind.Singular, "There is no outline for this."),
        };

        ShapeOutline Polygon(List<(double X, double Y)> vertices) => new([vertices], o.Rotation);
    }

    /// <summary>Signed distance of a point, both in units of the radius from the object's centre, y downwards.</summary>
    public float Distance(float px, float py)
    {
        if (x.Length == 0)
            return ringRadius > 0
                ? MathF.Abs(MathF.Sqrt(px * px + py * py) - ringRadius) - halfWidth
                : MathF.Sqrt(px * px + py * py) - halfWidth;
        // Nearest edge, and the parity of edges crossed by a ray (after Inigo Quilez, "2D distance functions").
        var nearest = new Vector<float>(float.MaxValue);
        var crossed = Vector<int>.Zero;
        for (var i = 0; i < x.Length; i += Vector<float>.Count)
        {
            var (ex, ey) = (new Vector<float>(dx, i), new Vector<float>(dy, i));
            var (wx, wy) = (new Vector<float>(px) - new Vector<float>(x, i), new Vector<float>(py) - new Vector<float>(y, i));
            var t = Vector.Min(Vector.Max((wx * ex + wy * ey) * new Vector<float>(inverseSquare, i), Vector<float>.Zero), Vector<float>.One);
            var (bx, by) = (wx - ex * t, wy - ey * t);
            nearest = Vector.Min(nearest, bx * bx + by * by);
            var spans = Vector.Xor(Vector.GreaterThanOrEqual(wy, Vector<float>.Zero), Vector.GreaterThanOrEqual(wy, ey));
            var misses = Vector.Xor(Vector.GreaterThan(ex * wy, ey * wx), Vector.GreaterThan(ey, Vector<float>.Zero));
            crossed ^= Vector.AndNot(spans, misses);
        }
        var (least, inside) = (nearest[0], crossed[0] != 0);
        for (var lane = 1; lane < Vector<float>.Count; lane++)
            (least, inside) = (Math.Min(least, nearest[lane]), inside ^ crossed[lane] != 0);
        var distance = MathF.Sqrt(least);
        return inside ? -distance : distance;
    }

    private static ShapeOutline Ring(double thickness) => new((float)(1 - thickness / 2), (float)(thickness / 2));

    private static List<(double, double)> Box(double half) => [(-half, -half), (half, -half), (half, half), (-half, half)];

    private static List<(double, double)> Triangle(SceneRandom random)
    {
        List<(double X, double Y)> points;
        if (random.Chance(0.5))
            points = [(0, -1), (Math.Sqrt(0.75), 0.5), (-Math.Sqrt(0.75), 0.5)]; // equilateral, on the circumscribed circle
        else
        {
            var half = random.Range(0.72, 1);
            var top = -random.Range(0.85, 1);
            points = [(0, top), (half, 0.9), (-half, 0.9)];
        }
        return random.Chance(0.06) ? points.ConvertAll(p => (p.X, -p.Y)) : points;
    }

    private static List<(double, double)> Star(double inner)
    {
        var points = new List<(double, double)>(10);
        for (var i = 0; i < 10; i++)
        {
            var (sin, cos) = Math.SinCos(i * Math.PI / 5);
            var radius = i % 2 == 0 ? 1 : inner;
            points.Add((radius * sin, -radius * cos));
        }
        return points;
    }

    private static List<(double, double)> Diamond(SceneRandom random)
    {
        // Upright mostly; now and then lying. Never so flat that it reads as a bar.
        var narrow = random.Chance(0.35) ? 1 : random.Range(0.62, 1);
        var (w, h) = random.Chance(0.85) ? (narrow, 1.0) : (1.0, narrow);
        return [(0, -h), (w, 0), (0, h), (-w, 0)];
    }

    private static List<(double, double)> Cross(double t) =>
        [(-t, -1), (t, -1), (t, -t), (1, -t), (1, t), (t, t), (t, 1), (-t, 1), (-t, t), (-1, t), (-1, -t), (-t, -t)];
}
