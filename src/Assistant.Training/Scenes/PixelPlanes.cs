using Assistant.Vision.Imaging;

namespace Assistant.Training.Scenes;

/// <summary>A picture in the making: three planes of floats on the 8-bit scale, not yet clamped.</summary>
internal sealed class PixelPlanes(int width, int height)
{
    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>R, G and B, each <c>Width * Height</c>, row by row.</summary>
    public float[][] Planes { get; } = [new float[width * height], new float[width * height], new float[width * height]];

    /// <summary>Fills with one tone that brightens by <paramref name="gradient"/> levels from the middle to the edge in the direction of the angle.</summary>
    public void Fill(SceneRgb tone, double gradient, double angle)
    {
        ReadOnlySpan<float> channels = [tone.R, tone.G, tone.B];
        var (gx, gy) = ((float)(gradient * Math.Cos(angle) * 2 / Width), (float)(gradient * Math.Sin(angle) * 2 / Height));
        for (var c = 0; c < 3; c++)
        {
            var plane = Planes[c];
            if (gradient == 0)
            {
                Array.Fill(plane, channels[c]);
                continue;
            }
            for (var y = 0; y < Height; y++)
            {
                var start = channels[c] + gy * (y - Height / 2f) - gx * Width / 2f;
                for (var x = 0; x < Width; x++)
                    plane[y * Width + x] = start + gx * x;
            }
        }
    }

    /// <summary>Mixes a colour into one pixel.</summary>
    public void Blend(int x, int y, float alpha, float r, float g, float b)
    {
        var i = y * Width + x;
        Planes[0][i] += (r - Planes[0][i]) * alpha;
        Planes[1][i] += (g - Planes[1][i]) * alpha;
        Planes[2][i] += (b - Planes[2][i]) * alpha;
    }

    /// <summary>Lays the planes at (left, top) on a picture of the padding colour; pixels that <paramref name="cover"/> cuts are mixed.</summary>
    public RgbImage ToImage(int imageWidth, int imageHeight, int left, int top, (double Left, double Top, double Right, double Bottom) cover)
    {
        var image = new RgbImage(imageWidth, imageHeight);
        var pixels = image.Pixels;
        var padding = SceneRenderer.PaddingColor;
        ReadOnlySpan<byte> padded = [padding.R, padding.G, padding.B];
        for (var y = 0; y < imageHeight; y++)
        {
            var row = Overlap(y, cover.Top, cover.Bottom);
            for (var x = 0; x < imageWidth; x++)
            {
                var alpha = row <= 0 ? 0 : row * Overlap(x, cover.Left, cover.Right);
                var target = 3 * (y * imageWidth + x);
                var source = (y - top) * Width + x - left;
                for (var c = 0; c < 3; c++)
                {
                    var value = alpha <= 0 ? padded[c] : Math.Clamp(Planes[c][source], 0, 255);
                    pixels[target + c] = (byte)(padded[c] + (value - padded[c]) * alpha + 0.5f);
                }
            }
        }
        return image;
    }

    // How much of pixel [at, at + 1) lies in [from, to).
    private static float Overlap(int at, double from, double to)
    {
        if (at >= from && at + 1 <= to)
            return 1;
        return (float)(Math.Min(at + 1, to) - Math.Max(at, from)) is var part and > 1e-4f ? part : 0;
    }
}
