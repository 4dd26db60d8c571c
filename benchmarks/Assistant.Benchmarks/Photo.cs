using Assistant.Vision.Imaging;

namespace Assistant.Benchmarks;

/// <summary>A picture that costs a decoder what a photograph costs: smooth areas, edges and grain.</summary>
internal static class Photo
{
    public const int Width = 1024, Height = 768;

    /// <summary>As a JPEG of quality 85.</summary>
    public static byte[] Jpeg()
    {
        var image = new RgbImage(Width, Height);
        var random = new Random(1);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var disc = Math.Pow(x - 600, 2) + Math.Pow(y - 300, 2) < 200 * 200 ? 60 : 0;
                var waves = 40 * Math.Sin(x / 37.0) * Math.Cos(y / 23.0) + 20 * Math.Sin((x + y) / 5.0);
                for (var channel = 0; channel < 3; channel++)
                    image.Pixels[3 * (y * Width + x) + channel] = (byte)Math.Clamp(90 + 25 * channel + disc + waves + random.Next(-8, 9), 0, 255);
            }
        }
        return ImageEncoder.ToJpeg(image);
    }
}
