using Assistant.Vision.Imaging;

namespace Assistant.Training.Scenes.Fonts;

/// <summary>A colour picture with transparency, ready to be drawn at any size.</summary>
internal sealed class Pictograph
{
    private readonly List<Level> levels = []; // each half as wide as the one before

    /// <param name="png">The picture's file.</param>
    /// <exception cref="ImageDecodeException">It is damaged.</exception>
    public Pictograph(ReadOnlySpan<byte> png)
    {
        // On white and on black a pixel differs by what shines through.
        var white = ImageDecoder.Decode(png, new ImageDecoderOptions { Alpha = AlphaHandling.White });
        var black = ImageDecoder.Decode(png, new ImageDecoderOptions { Alpha = AlphaHandling.Black });
        var side = Math.Max(white.Width, white.Height);
        var level = new Level(side, new float[4 * side * side]);
        var (left, top) = ((side - white.Width) / 2, (side - white.Height) / 2);
        for (var y = 0; y < white.Height; y++)
        {
            for (var x = 0; x < white.Width; x++)
            {
                var from = 3 * (y * white.Width + x);
                var to = 4 * ((y + top) * side + x + left);
                for (var c = 0; c < 3; c++)
                    level.Pixels[to + c] = black.Pixels[from + c];
                level.Pixels[to + 3] = Math.Clamp(1 - (white.Pixels[from + 1] - black.Pixels[from + 1]) / 255f, 0, 1);
            }
        }
        levels.Add(level);
        while (levels[^1].Side > 8)
            levels.Add(levels[^1].Half());
    }

    /// <summary>Colour and opacity of a point.</summary>
    /// <param name="u">From -1 at the left edge to 1 at the right one.</param>
    /// <param name="v">From -1 at the top to 1 at the bottom.</param>
    /// <param name="pixelsPerSide">How many output pixels the whole picture's side takes.</param>
    /// <returns>Channels of 0 to 255 times the opacity, and the opacity from 0 to 1.</returns>
    public (float R, float G, float B, float Alpha) At(float u, float v, float pixelsPerSide)
    {
        if (MathF.Abs(u) >= 1 || MathF.Abs(v) >= 1)
            return default;
        var i = 0;
        // A step of one output pixel should pass over at most about one and a half of the level's.
        while (i + 1 < levels.Count && levels[i].Side > 1.5f * pixelsPerSide)
            i++;
        return levels[i].At((u + 1) / 2, (v + 1) / 2);
    }

    /// <summary>Premultiplied RGBA, side by side.</summary>
    private sealed record Level(int Side, float[] Pixels)
    {
        public Level Half()
        {
            var half = new Level(Side / 2, new float[Side / 2 * (Side / 2) * 4]);
            for (var i = 0; i < half.Pixels.Length; i++)
            {
                var (x, y, c) = (i / 4 % half.Side, i / 4 / half.Side, i % 4);
                var at = 4 * (2 * y * Side + 2 * x) + c;
                half.Pixels[i] = (Pixels[at] + Pixels[at + 4] + Pixels[at + 4 * Side] + Pixels[at + 4 * Side + 4]) / 4;
            }
            return half;
        }

        public (float, float, float, float) At(float u, float v)
        {
            var (x, y) = (Math.Clamp(u * Side - 0.5f, 0, Side - 1.001f), Math.Clamp(v * Side - 0.5f, 0, Side - 1.001f));
            var (column, row) = ((int)x, (int)y);
            var (fx, fy) = (x - column, y - row);
            var at = 4 * (row * Side + column);
            return (Mix(at), Mix(at + 1), Mix(at + 2), Mix(at + 3));

            float Mix(int i)
            {
                var upper = Pixels[i] + (Pixels[i + 4] - Pixels[i]) * fx;
                var lower = Pixels[i + 4 * Side] + (Pixels[i + 4 * Side + 4] - Pixels[i + 4 * Side]) * fx;
                return upper + (lower - upper) * fy;
            }
        }
    }
}
