namespace Assistant.Vision.Imaging;

/// <summary>The eight EXIF orientations (EXIF 2.32, tag 0x0112).</summary>
internal static class Orientation
{
    /// <summary>Side of the squares in which pixels are moved: source and target lines of one square stay in the cache.</summary>
    private const int Tile = 32;

    /// <summary>Whether turning upright exchanges width and height.</summary>
    public static bool SwapsAxes(int orientation) => orientation is >= 5 and <= 8;

    /// <summary>Turns a stored picture upright.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">1 to 8; any other value means 1.</param>
    /// <returns>The upright picture; the same instance where nothing changes.</returns>
    public static RgbImage Apply(RgbImage image, int orientation)
    {
        var (w, h) = (image.Width, image.Height);
        // Target pixel (x, y) is source pixel origin + x * right + y * down.
        (int origin, int right, int down)? map = orientation switch
        {
            2 => (w - 1, -1, w),                      // mirrored
            3 => ((h * w) - 1, -1, -w),               // upside down
            4 => ((h - 1) * w, 1, -w),                // mirrored, upside down
            5 => (0, w, 1),                           // transposed
            6 => ((h - 1) * w, -w, 1),                // to be turned clockwise
            7 => ((h * w) - 1, -w, -1),               // transposed across the other diagonal
            8 => (w - 1, w, -1),                      // to be turned anticlockwise
            _ => null,
        };
        if (map is not var (origin, right, down))
            return image;
        var turned = SwapsAxes(orientation) ? new RgbImage(h, w) : new RgbImage(w, h);
        var (source, target) = (image.Pixels, turned.Pixels);
        for (var top = 0; top < turned.Height; top += Tile)
        {
            for (var left = 0; left < turned.Width; left += Tile)
            {
                var (bottom, end) = (Math.Min(top + Tile, turned.Height), Math.Min(left + Tile, turned.Width));
                for (var y = top; y < bottom; y++)
                {
                    for (var x = left; x < end; x++)
                    {
                        var from = 3 * (origin + (x * right) + (y * down));
                        var to = 3 * ((y * turned.Width) + x);
                        (target[to], target[to + 1], target[to + 2]) = (source[from], source[from + 1], source[from + 2]);
                    }
                }
            }
        }
        return turned;
    }
}
