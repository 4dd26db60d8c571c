namespace SceneExam.Fonts;

/// <summary>A character as polygons, y down, in a box whose longest side is 2, its centre at the origin: what a shape's nominal circle is to a shape.</summary>
internal sealed class Outline
{
    public Outline(IReadOnlyList<(double X, double Y)[]> polygons)
    {
        var points = polygons.SelectMany(p => p).ToArray();
        if (points.Length < 3)
            throw new InvalidDataException("An outline needs at least three points.");
        var (left, right, top, bottom) = (points.Min(p => p.X), points.Max(p => p.X), points.Min(p => p.Y), points.Max(p => p.Y));
        if (right <= left || bottom <= top)
            throw new InvalidDataException("An outline without width or height cannot be drawn.");
        var scale = 2 / Math.Max(right - left, bottom - top);
        var (middleX, middleY) = ((left + right) / 2, (top + bottom) / 2);
        Polygons = [.. polygons.Select(polygon => polygon.Select(p => (scale * (p.X - middleX), scale * (p.Y - middleY))).ToArray())];
        Aspect = (right - left) / (bottom - top);
    }

    /// <summary>Closed polygons; a point is inside where their windings around it do not cancel out.</summary>
    public IReadOnlyList<(double X, double Y)[]> Polygons { get; }

    /// <summary>Width by height.</summary>
    public double Aspect { get; }
}
