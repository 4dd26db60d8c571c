namespace Assistant.Training.Scenes;

/// <summary>Hearts as different programs draw them: the sine curve, two discs over a wedge, Bezier curves.</summary>
internal static class HeartOutline
{
    /// <summary>A closed polygon that fills the square from -1 to 1 in its longer direction, y downwards.</summary>
    public static List<(double X, double Y)> Vertices(SceneRandom random)
    {
        var points = random.Next(3) switch
        {
            0 => SineCurve(),
            1 => DiscsAndWedge(random.Range(0.5, 0.58)),
            _ => Bezier(random.Range(-0.6, -0.35)),
        };
        var (left, right) = (points.Min(p => p.X), points.Max(p => p.X));
        var (top, bottom) = (points.Min(p => p.Y), points.Max(p => p.Y));
        var scale = 2 / Math.Max(right - left, bottom - top);
        return points.ConvertAll(p => ((p.X - (left + right) / 2) * scale, (p.Y - (top + bottom) / 2) * scale));
    }

    // x = 16 sin^3 t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t: the curve of every textbook.
    private static List<(double X, double Y)> SineCurve()
    {
        var points = new List<(double, double)>(36);
        for (var i = 0; i < 36; i++)
        {
            var t = (i + 0.5) * Math.PI / 18;
            points.Add((16 * Math.Pow(Math.Sin(t), 3), -(13 * Math.Cos(t) - 5 * Math.Cos(2 * t) - 2 * Math.Cos(3 * t) - Math.Cos(4 * t))));
        }
        return points;
    }

    /// <summary>Two discs of the given radius side by side, and their tangents down to the tip.</summary>
    private static List<(double X, double Y)> DiscsAndWedge(double radius)
    {
        const double Offset = 0.48, Tip = 1.25;
        // The tangent from (0, Tip) touches the right disc where the radius is perpendicular to it.
        var toTip = Math.Atan2(Tip, -Offset);
        var distance = Math.Sqrt(Offset * Offset + Tip * Tip);
        var touch = toTip - Math.Acos(radius / distance);
        var notch = -Math.Acos(-Offset / radius); // where the discs meet above the middle
        var right = new List<(double X, double Y)>(16);
        for (var i = 0; i < 14; i++)
        {
            var angle = notch + (touch - notch) * i / 13;
            right.Add((Offset + radius * Math.Cos(angle), radius * Math.Sin(angle)));
        }
        return Mirrored(right, Tip);
    }

    /// <summary>One cubic a side, from the notch over the lobe to the tip.</summary>
    private static List<(double X, double Y)> Bezier(double notch)
    {
        const double Tip = 1;
        var right = new List<(double X, double Y)>(20);
        for (var i = 0; i < 18; i++)
        {
            var t = i / 18.0;
            var (a, b, c, d) = (Math.Pow(1 - t, 3), 3 * t * (1 - t) * (1 - t), 3 * t * t * (1 - t), t * t * t);
            right.Add((b * 0.55 + c * 1.75, a * notch + b * (notch - 0.85) + c * -0.15 + d * Tip));
        }
        return Mirrored(right, Tip);
    }

    // From the notch down the right side, through the tip, up the left one.
    private static List<(double X, double Y)> Mirrored(List<(double X, double Y)> right, double tip)
    {
        var points = new List<(double X, double Y)>(right) { (0, tip) };
        for (var i = right.Count - 1; i > 0; i--)
            points.Add((-right[i].X, right[i].Y));
        return points;
    }
}
