namespace Assistant.Training.Scenes;

/// <summary>What happens to a finished drawing on its way to the model: scaling, blur, noise, brightness, JPEG.</summary>
internal static class PictureEffects
{
    /// <summary>Applies the style's effects in the order in which pictures meet them; the file format comes last.</summary>
    public static void Apply(PixelPlanes picture, RenderStyle style, SceneRandom random)
    {
        if (style.Downscale < 1 && picture.Width >= 64)
            Rescale(picture, style.Downscale);
        for (var i = 0; i < style.BlurPasses; i++)
            Blur(picture, -1);
        if (style.Sharpening > 0)
            Blur(picture, (float)style.Sharpening);
        if (style.Noise > 0)
            AddNoise(picture, (float)style.Noise, random);
        if (style.Gamma != 1 || style.Gain != 1)
            Brighten(picture, style.Gamma, style.Gain);
        if (style.JpegQuality > 0)
            JpegArtefacts.Apply(picture, style.JpegQuality, halveChroma: random.Chance(0.5));
    }

    /// <summary>p + amount * (p - blurred(p)) with a 3 x 3 binomial blur: -1 blurs, a positive amount sharpens.</summary>
    private static void Blur(PixelPlanes picture, float amount)
    {
        var (w, h) = (picture.Width, picture.Height);
        var rows = new float[w * h];
        foreach (var plane in picture.Planes)
        {
            for (var y = 0; y < h; y++)
            {
                for (var x = 0; x < w; x++)
                    rows[y * w + x] = (plane[y * w + Math.Max(0, x - 1)] + 2 * plane[y * w + x] + plane[y * w + Math.Min(w - 1, x + 1)]) / 4;
            }
            for (var y = 0; y < h; y++)
            {
                var (above, below) = (Math.Max(0, y - 1) * w, Math.Min(h - 1, y + 1) * w);
                for (var x = 0; x < w; x++)
                {
                    var blurred = (rows[above + x] + 2 * rows[y * w + x] + rows[below + x]) / 4;
                    plane[y * w + x] += amount * (plane[y * w + x] - blurred);
                }
            }
        }
    }

    // One draw a pixel, spread over the channels: gray noise with a little colour in it, as sensors and dithering have.
    private static void AddNoise(PixelPlanes picture, float amplitude, SceneRandom random)
    {
        var (r, g, b) = (picture.Planes[0], picture.Planes[1], picture.Planes[2]);
        for (var i = 0; i < r.Length; i++)
        {
            var bits = random.NextUInt64();
            var common = Part(bits) + Part(bits >> 16);
            r[i] += amplitude * (common + Part(bits >> 32)) / 2;
            g[i] += amplitude * (common + Part(bits >> 48)) / 2;
            b[i] += amplitude * (common + Part((bits >> 24) ^ bits)) / 2;
        }

        static float Part(ulong bits) => (ushort)bits * (2f / 65536) - 1;
    }

    private static void Brighten(PixelPlanes picture, double gamma, double gain)
    {
        var table = new float[256];
        for (var i = 0; i < table.Length; i++)
            table[i] = (float)(255 * gain * Math.Pow(i / 255.0, gamma));
        foreach (var plane in picture.Planes)
        {
            for (var i = 0; i < plane.Length; i++)
                plane[i] = table[(int)Math.Clamp(plane[i] + 0.5f, 0, 255)];
        }
    }

    /// <summary>Down by bilinear sampling and up again: what a thumbnail loses.</summary>
    private static void Rescale(PixelPlanes picture, double scale)
    {
        var (w, h) = (picture.Width, picture.Height);
        var (sw, sh) = (Math.Max(2, (int)(w * scale)), Math.Max(2, (int)(h * scale)));
        var small = new float[sw * sh];
        foreach (var plane in picture.Planes)
        {
            Resample(plane, w, h, small, sw, sh);
            Resample(small, sw, sh, plane, w, h);
        }
    }

    private static void Resample(float[] source, int sw, int sh, float[] target, int tw, int th)
    {
        for (var y = 0; y < th; y++)
        {
            var sy = Math.Clamp((y + 0.5f) * sh / th - 0.5f, 0, sh - 1.001f);
            var (row, fy) = ((int)sy, sy - (int)sy);
            for (var x = 0; x < tw; x++)
            {
                var sx = Math.Clamp((x + 0.5f) * sw / tw - 0.5f, 0, sw - 1.001f);
                var (column, fx) = ((int)sx, sx - (int)sx);
                var i = row * sw + column;
                var upper = source[i] + (source[i + 1] - source[i]) * fx;
                var lower = source[i + sw] + (source[i + sw + 1] - source[i + sw]) * fx;
                target[y * tw + x] = upper + (lower - upper) * fy;
            }
        }
    }
}
