namespace SceneExam.Pictures;

/// <summary>Each shape as a test on points: x to the right, y down, the nominal circle of radius 1 around it.</summary>
internal static class Inside
{
    public static bool Contains(Shape shape, double x, double y) => shape switch
    {
        Shape.Circle => (x * x) + (y * y) <= 1,
        Shape.Ring => (x * x) + (y * y) is <= 1 and >= 0.58 * 0.58,
        Shape.Square => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.88,
        Shape.Diamond => (Math.Abs(x) / 0.78) + Math.Abs(y) <= 1,
        Shape.Cross => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.97 && Math.Min(Math.Abs(x), Math.Abs(y)) <= 0.31,
        Shape.Triangle => y <= 0.78 && y >= (1.78 * Math.Abs(x) / 0.98) - 1,
        Shape.Star => IsInStar(x, y),
        Shape.Heart => IsInHeart(x, y),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "Not a shape of the domain."),
    };

    /// <summary>Five points up: a point is inside a pentagram where at least four of the five edges' half planes hold it.</summary>
    private static bool IsInStar(double x, double y)
    {
        const double edge = 0.33; // distance of each edge's line from the centre; the tips are at edge / cos 72°, straight up first
        var held = 0;
        for (var i = 0; i < 5; i++)
        {
            var angle = (-Math.PI / 2) + (i * 2 * Math.PI / 5);
            if ((x * Math.Cos(angle)) + (y * Math.Sin(angle)) <= edge)
                held++;
        }
        return held >= 4;
    }

    /// <summary>(x² + y² - 1)³ &lt;= x² y³, scaled to the nominal circle.</summary>
    private static bool IsInHeart(double x, double y)
    {
        (x, y) = (x * 1.16, (-y * 1.16) + 0.12);
        var ring = (x * x) + (y * y) - 1;
        return ring * ring * ring <= x * x * y * y * y;
    }
}
