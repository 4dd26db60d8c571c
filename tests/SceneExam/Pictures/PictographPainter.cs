using Assistant.Vision.Imaging;
using SceneExam.Fonts;

namespace SceneExam.Pictures;

/// <summary>Draws a pictograph turned and scaled: each pixel is the average of several points of a cubic surface through the bitmap's pixels.</summary>
internal static class PictographPainter
{
    private const int MaxSamples = 8;

    public static void Paint(Pictograph pictograph, SceneObject thing, RgbImage image)
    {
        var (width, height) = thing.Box;
        var scale = pictograph.Width / width; // bitmap pixels a picture's pixel
        var (cos, sin) = (Math.Cos(thing.Angle), Math.Sin(thing.Angle));
        var samples = Math.Clamp((int)Math.Ceiling(scale * 1.5), 2, MaxSamples);
        var reach = (int)Math.Ceiling(Math.Sqrt((width * width) + (height * height)) / 2) + 2;
        Span<double> point = stackalloc double[4], sum = stackalloc double[4];
        for (var y = Math.Max(0, (int)thing.Y - reach); y < Math.Min(image.Height, (int)thing.Y + reach + 1); y++)
        {
            for (var x = Math.Max(0, (int)thing.X - reach); x < Math.Min(image.Width, (int)thing.X + reach + 1); x++)
            {
                sum.Clear();
                for (var s = 0; s < samples * samples; s++)
                {
                    var dx = x + (((s % samples) + 0.5) / samples) - thing.X;
                    var dy = y + (((s / samples) + 0.5) / samples) - thing.Y;
                    var u = (((dx * cos) + (dy * sin)) * scale) + (pictograph.Width / 2.0);
                    var v = (((dy * cos) - (dx * sin)) * scale) + (pictograph.Height / 2.0);
                    if (u < -2 || v < -2 || u > pictograph.Width + 2 || v > pictograph.Height + 2)
                        continue;
                    Cubic(pictograph, u - 0.5, v - 0.5, point);
                    for (var c = 0; c < 4; c++)
                        sum[c] += point[c];
                }
                Blend(image, 3 * ((y * image.Width) + x), sum, samples * samples);
            }
        }
    }

    private static void Blend(RgbImage image, int at, ReadOnlySpan<double> sum, int count)
    {
        var opacity = Math.Clamp(sum[3] / count, 0, 1);
        for (var c = 0; opacity > 0 && c < 3; c++)
        {
            // The cubic overshoots at edges: no colour can be brighter than its opacity allows.
            var front = Math.Clamp(sum[c] / count, 0, 255 * opacity);
            image.Pixels[at + c] = (byte)Math.Round(front + (image.Pixels[at + c] * (1 - opacity)));
        }
    }

    /// <summary>Mitchell and Netravali's cubic (B = C = 1/3), over the 4 x 4 pixels around a point.</summary>
    private static void Cubic(Pictograph pictograph, double u, double v, Span<double> result)
    {
        result.Clear();
        var (left, top) = ((int)Math.Floor(u) - 1, (int)Math.Floor(v) - 1);
        for (var j = 0; j < 4; j++)
        {
            var down = Weight(v - (top + j));
            for (var i = 0; i < 4; i++)
            {
                var weight = down * Weight(u - (left + i));
                var pixel = pictograph.At(left + i, top + j);
                for (var c = 0; c < 4; c++)
                    result[c] += weight * pixel[c];
            }
        }
    }

    private static double Weight(double distance)
    {
        var d = Math.Abs(distance);
        return d < 1 ? ((7 * d * d * d) - (12 * d * d) + (16.0 / 3)) / 6
            : d < 2 ? ((-7.0 / 3 * d * d * d) + (12 * d * d) - (20 * d) + (32.0 / 3)) / 6
            : 0;
    }
}
