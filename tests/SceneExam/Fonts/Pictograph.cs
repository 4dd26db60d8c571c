namespace SceneExam.Fonts;

/// <summary>A colour pictograph without its empty margins; colours are multiplied by their opacity, as mixing neighbours needs them.</summary>
internal sealed class Pictograph
{
    /// <summary>Opacity below which a pixel counts as empty.</summary>
    private const int Visible = 16;

    private static readonly float[] Nothing = new float[4];

    private readonly float[] premultiplied; // R, G, B, opacity; 0-255 and 0-1

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rgba">R, G, B and alpha of each pixel.</param>
    /// <exception cref="InvalidDataException">No pixel is visible.</exception>
    public Pictograph(int width, int height, byte[] rgba)
    {
        var seen = Enumerable.Range(0, width * height).Where(i => rgba[(4 * i) + 3] >= Visible).ToArray();
        if (seen.Length == 0)
            throw new InvalidDataException("The pictograph is empty.");
        var (left, top) = (seen.Min(i => i % width), seen[0] / width);
        (Width, Height) = (seen.Max(i => i % width) - left + 1, (seen[^1] / width) - top + 1);
        premultiplied = new float[4 * Width * Height];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var (from, to) = (4 * (((top + y) * width) + left + x), 4 * ((y * Width) + x));
                var opacity = rgba[from + 3] / 255f;
                for (var c = 0; c < 3; c++)
                    premultiplied[to + c] = rgba[from + c] * opacity;
                premultiplied[to + 3] = opacity;
            }
        }
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Premultiplied R, G, B and opacity; all zero outside.</summary>
    public ReadOnlySpan<float> At(int x, int y) => (uint)x < (uint)Width && (uint)y < (uint)Height
        ? premultiplied.AsSpan(4 * ((y * Width) + x), 4)
        : Nothing;
}
