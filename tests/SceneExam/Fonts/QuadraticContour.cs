namespace SceneExam.Fonts;

/// <summary>A point of a TrueType contour: on the curve, or a control point beside it.</summary>
internal readonly record struct ContourPoint(double X, double Y, bool OnCurve);

/// <summary>Turns a closed contour of lines and quadratic curves into a polygon.</summary>
internal static class QuadraticContour
{
    /// <summary>Pieces a curve: finer than a pixel at every size that is drawn.</summary>
    private const int Pieces = 12;

    public static (double X, double Y)[] Flatten(ContourPoint[] contour)
    {
        // Between two control points lies an unwritten point on the curve: their middle.
        var points = new List<ContourPoint>();
        for (var i = 0; i < contour.Length; i++)
        {
            var (here, next) = (contour[i], contour[(i + 1) % contour.Length]);
            points.Add(here);
            if (!here.OnCurve && !next.OnCurve)
                points.Add(new ContourPoint((here.X + next.X) / 2, (here.Y + next.Y) / 2, OnCurve: true));
        }
        var start = points.FindIndex(p => p.OnCurve);
        if (start < 0) // one control point alone encloses nothing
            return [];
        var polygon = new List<(double X, double Y)>();
        for (var i = 0; i < points.Count; i++)
        {
            var (here, next) = (points[(start + i) % points.Count], points[(start + i + 1) % points.Count]);
            if (here.OnCurve)
            {
                polygon.Add((here.X, here.Y));
                continue;
            }
            var from = polygon[^1];
            for (var p = 1; p < Pieces; p++)
            {
                var t = (double)p / Pieces;
                polygon.Add((
                    ((1 - t) * (1 - t) * from.X) + (2 * t * (1 - t) * here.X) + (t * t * next.X),
                    ((1 - t) * (1 - t) * from.Y) + (2 * t * (1 - t) * here.Y) + (t * t * next.Y)));
            }
        }
        return [.. polygon];
    }
}
