namespace Assistant.Training.Scenes;

/// <summary>What JPEG does to a picture, without the file: 8 x 8 cosine transform, quantisation, and back.</summary>
/// <remarks>Quantisation tables and their scaling by quality as in ITU-T T.81 annex K and libjpeg; entropy coding loses nothing and is left out.</remarks>
internal static class JpegArtefacts
{
    private static readonly byte[] Luma =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static readonly byte[] Chroma =
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    private static readonly float[] Cosines = CosineTable(); // [frequency, sample], orthonormal

    /// <summary>Applies the loss of one save at the given quality, in place.</summary>
    /// <param name="picture">RGB planes.</param>
    /// <param name="quality">1 to 100, libjpeg's scale.</param>
    /// <param name="halveChroma">Whether colour is stored at half the resolution (4:2:0).</param>
    public static void Apply(PixelPlanes picture, int quality, bool halveChroma)
    {
        var (w, h) = (picture.Width, picture.Height);
        var (r, g, b) = (picture.Planes[0], picture.Planes[1], picture.Planes[2]);
        for (var i = 0; i < r.Length; i++)
        {
            var (red, green, blue) = (Math.Clamp(r[i], 0, 255), Math.Clamp(g[i], 0, 255), Math.Clamp(b[i], 0, 255));
            r[i] = 0.299f * red + 0.587f * green + 0.114f * blue - 128;
            g[i] = -0.168736f * red - 0.331264f * green + 0.5f * blue;
            b[i] = 0.5f * red - 0.418688f * green - 0.081312f * blue;
        }
        Quantise(r, w, h, Scaled(Luma, quality));
        var steps = Scaled(Chroma, quality);
        foreach (var plane in (ReadOnlySpan<float[]>)[g, b])
        {
            if (!halveChroma)
            {
                Quantise(plane, w, h, steps);
                continue;
            }
            var (hw, hh) = ((w + 1) / 2, (h + 1) / 2);
            var half = new float[hw * hh];
            for (var y = 0; y < hh; y++)
            {
                for (var x = 0; x < hw; x++)
                {
                    var (x1, y1) = (Math.Min(w - 1, 2 * x + 1), Math.Min(h - 1, 2 * y + 1));
                    half[y * hw + x] = (plane[2 * y * w + 2 * x] + plane[2 * y * w + x1] + plane[y1 * w + 2 * x] + plane[y1 * w + x1]) / 4;
                }
            }
            Quantise(half, hw, hh, steps);
            for (var y = 0; y < h; y++)
            {
                for (var x = 0; x < w; x++)
                    plane[y * w + x] = half[y / 2 * hw + x / 2];
            }
        }
        for (var i = 0; i < r.Length; i++)
        {
            var (luma, cb, cr) = (r[i] + 128, g[i], b[i]);
            r[i] = luma + 1.402f * cr;
            g[i] = luma - 0.344136f * cb - 0.714136f * cr;
            b[i] = luma + 1.772f * cb;
        }
    }

    private static void Quantise(float[] plane, int w, int h, float[] steps)
    {
        Span<float> block = stackalloc float[64];
        Span<float> work = stackalloc float[64];
        for (var y0 = 0; y0 < h; y0 += 8)
        {
            for (var x0 = 0; x0 < w; x0 += 8)
            {
                // Blocks that hang over the edge repeat the last pixel.
                for (var i = 0; i < 64; i++)
                    block[i] = plane[Math.Min(h - 1, y0 + i / 8) * w + Math.Min(w - 1, x0 + i % 8)];
                if (IsFlat(block))
                    continue; // one level: only the mean is stored, and finely
                Transform(block, work, inverse: false);
                for (var i = 0; i < 64; i++)
                    block[i] = MathF.Round(block[i] / steps[i]) * steps[i];
                Transform(block, work, inverse: true);
                for (var i = 0; i < 64; i++)
                {
                    if (y0 + i / 8 < h && x0 + i % 8 < w)
                        plane[(y0 + i / 8) * w + x0 + i % 8] = block[i];
                }
            }
        }
    }

    private static bool IsFlat(ReadOnlySpan<float> block) => !block.ContainsAnyExcept(block[0]);

    // Rows, then columns; the orthonormal transform's inverse is its transpose.
    private static void Transform(Span<float> block, Span<float> work, bool inverse)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            for (var line = 0; line < 8; line++)
            {
                for (var k = 0; k < 8; k++)
                {
                    var sum = 0f;
                    for (var n = 0; n < 8; n++)
                        sum += block[line * 8 + n] * Cosines[inverse ? n * 8 + k : k * 8 + n];
                    work[k * 8 + line] = sum; // transposed, so that the second pass runs over columns
                }
            }
            work.CopyTo(block);
        }
    }

    private static float[] Scaled(byte[] table, int quality)
    {
        var scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        return Array.ConvertAll(table, step => (float)Math.Clamp((step * scale + 50) / 100, 1, 255));
    }

    private static float[] CosineTable()
    {
        var table = new float[64];
        for (var k = 0; k < 8; k++)
        {
            for (var n = 0; n < 8; n++)
                table[k * 8 + n] = (float)(Math.Sqrt(k == 0 ? 1 / 8.0 : 2 / 8.0) * Math.Cos((2 * n + 1) * k * Math.PI / 16));
        }
        return table;
    }
}
