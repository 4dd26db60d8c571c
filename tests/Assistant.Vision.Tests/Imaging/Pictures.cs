using Assistant.Vision.Imaging;

namespace Assistant.Vision.Tests.Imaging;

/// <summary>Pictures that tests draw.</summary>
internal static class Pictures
{
    /// <summary>Every pixel differs from its neighbours, and the corners from each other.</summary>
    public static RgbImage Pattern(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = 3 * ((y * width) + x);
                (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]) = ((byte)(x * 7), (byte)(y * 11), (byte)((x * 3) + (y * 5)));
            }
        }
        return image;
    }

    /// <summary>Smooth: survives lossy compression with small differences.</summary>
    public static RgbImage Gradient(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = (i % width, i / width);
            (image.Pixels[3 * i], image.Pixels[(3 * i) + 1], image.Pixels[(3 * i) + 2]) = ((byte)(255 * x / width), (byte)(255 * y / height), 100);
        }
        return image;
    }

    public static RgbImage Solid(int width, int height, byte r, byte g, byte b)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i += 3)
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (r, g, b);
        return image;
    }

    public static (int R, int G, int B) At(this RgbImage image, int x, int y)
    {
        var at = 3 * ((y * image.Width) + x);
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }

    public static void AssertNear((int R, int G, int B) expected, (int R, int G, int B) actual, int tolerance) =>
        Assert.True(
            Math.Max(Math.Abs(expected.R - actual.R), Math.Max(Math.Abs(expected.G - actual.G), Math.Abs(expected.B - actual.B))) <= tolerance,
            $"expected {expected}, got {actual}");

    /// <summary>The samples of one channel: 0 red, 1 green, 2 blue.</summary>
    public static byte[] Channel(this RgbImage image, int channel)
    {
        var samples = new byte[image.Width * image.Height];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = image.Pixels[(3 * i) + channel];
        return samples;
    }

    public static (int Max, double Mean) Difference(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (max, sum) = (0, 0L);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            max = Math.Max(max, difference);
            sum += difference;
        }
        return (max, (double)sum / expected.Length);
    }
}
