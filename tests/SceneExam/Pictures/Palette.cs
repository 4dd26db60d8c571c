namespace SceneExam.Pictures;

/// <summary>The neighbourhood of RGB values that a colour name stands for in this exam.</summary>
internal static class Palette
{
    /// <summary>Centre and largest deviation of each channel.</summary>
    private static (Rgb Centre, Rgb Spread) Of(Hue hue) => hue switch
    {
        Hue.Red => (new(214, 28, 36), new(24, 18, 18)),
        Hue.Green => (new(44, 152, 62), new(26, 26, 24)),
        Hue.Blue => (new(36, 82, 208), new(22, 24, 28)),
        Hue.Yellow => (new(244, 220, 42), new(10, 14, 28)),
        Hue.Orange => (new(243, 138, 28), new(11, 12, 18)),
        Hue.Purple => (new(124, 44, 162), new(18, 18, 20)),
        Hue.Pink => (new(248, 150, 190), new(6, 18, 16)),
        Hue.Brown => (new(122, 74, 38), new(14, 11, 12)),
        Hue.Black => (new(16, 16, 18), new(14, 14, 14)),
        Hue.White => (new(249, 249, 248), new(6, 6, 6)),
        Hue.Gray => (new(136, 136, 138), new(16, 3, 3)),
        Hue.Cyan => (new(52, 206, 220), new(28, 18, 16)),
        _ => throw new ArgumentOutOfRangeException(nameof(hue), hue, "Not a colour of the domain."),
    };

    public static Rgb Pick(Hue hue, Random random)
    {
        var (centre, spread) = Of(hue);
        byte Near(byte value, int deviation) => (byte)Math.Clamp(value + random.Next(-deviation, deviation + 1), 0, 255);
        if (hue != Hue.Gray)
            return new Rgb(Near(centre.R, spread.R), Near(centre.G, spread.G), Near(centre.B, spread.B));
        var level = Near(centre.R, spread.R); // a gray keeps its channels together
        return new Rgb(level, Near(level, spread.G), Near(level, spread.B));
    }
}
