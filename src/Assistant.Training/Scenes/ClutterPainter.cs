namespace Assistant.Training.Scenes;

/// <summary>Paints what is no drawing of the scene world: landscapes of noise, heaps of patches, stripes, in any colours.</summary>
/// <remarks>A model that has only ever seen drawings takes a photograph for one, and names what is not there. These pictures stand for all that it does not know.</remarks>
internal static class ClutterPainter
{
    /// <summary>Covers the whole canvas.</summary>
    public static void Paint(PixelPlanes canvas, ulong seed)
    {
        var random = new SceneRandom(seed);
        var kind = random.Next(4);
        Fill(canvas, random, bands: kind == 1);
        if (kind == 2)
            Stripe(canvas, random);
        if (kind != 0)
            Heap(canvas, random, kind == 3 ? 20 + random.Next(60) : 4 + random.Next(16));
        AddNoise(canvas, random, strength: random.Range(15, 70), coarsest: random.Range(0.15, 0.6));
    }

    // A blend of tones from edge to edge, or bands of them like sky, hills and ground.
    private static void Fill(PixelPlanes canvas, SceneRandom random, bool bands)
    {
        var (from, to, ground) = (Tone(random), Tone(random), Tone(random));
        var (horizon, slope) = (random.Range(0.3, 0.7) * canvas.Height, random.Range(-0.3, 0.3));
        for (var y = 0; y < canvas.Height; y++)
        {
            for (var x = 0; x < canvas.Width; x++)
            {
                var t = y / (float)canvas.Height;
                var below = bands && y > horizon + slope * x;
                for (var c = 0; c < 3; c++)
                    canvas.Planes[c][y * canvas.Width + x] = below ? ground[c] * (1 - 0.3f * t) : from[c] + (to[c] - from[c]) * t;
            }
        }
    }

    private static void Stripe(PixelPlanes canvas, SceneRandom random)
    {
        var tone = Tone(random);
        var (sin, cos) = Math.SinCos(random.Range(0, Math.PI));
        var period = random.Range(0.04, 0.3) * canvas.Width;
        var check = random.Chance(0.5);
        for (var y = 0; y < canvas.Height; y++)
        {
            for (var x = 0; x < canvas.Width; x++)
            {
                var on = Math.Sin((x * cos + y * sin) * 2 * Math.PI / period) > 0;
                if (check)
                    on ^= Math.Sin((y * cos - x * sin) * 2 * Math.PI / period) > 0;
                if (on)
                    canvas.Blend(x, y, 0.8f, tone[0], tone[1], tone[2]);
            }
        }
    }

    // Ellipses and slanted boxes over each other and over the edge, soft or sharp.
    private static void Heap(PixelPlanes canvas, SceneRandom random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var tone = Tone(random);
            var (centreX, centreY) = (random.NextDouble() * canvas.Width, random.NextDouble() * canvas.Height);
            var (a, b) = (random.Range(0.02, 0.35) * canvas.Width, random.Range(0.02, 0.35) * canvas.Width);
            var (sin, cos) = Math.SinCos(random.Range(0, Math.PI));
            var (box, soft) = (random.Chance(0.4), random.Range(0.02, 0.5));
            var reach = 1.5 * Math.Max(a, b);
            for (var y = Math.Max(0, (int)(centreY - reach)); y < Math.Min(canvas.Height, centreY + reach); y++)
            {
                for (var x = Math.Max(0, (int)(centreX - reach)); x < Math.Min(canvas.Width, centreX + reach); x++)
                {
                    var (dx, dy) = (x - centreX, y - centreY);
                    var (u, v) = ((dx * cos + dy * sin) / a, (dy * cos - dx * sin) / b);
                    var distance = box ? Math.Max(Math.Abs(u), Math.Abs(v)) : Math.Sqrt(u * u + v * v);
                    var alpha = Math.Clamp((1 - distance) / soft, 0, 1);
                    if (alpha > 0)
                        canvas.Blend(x, y, (float)alpha, tone[0], tone[1], tone[2]);
                }
            }
        }
    }

    // Value noise in octaves: each half as coarse and a bit weaker than the one before.
    private static void AddNoise(PixelPlanes canvas, SceneRandom random, double strength, double coarsest)
    {
        for (var cell = coarsest * canvas.Width; cell > 2; cell /= 2.3, strength *= 0.7)
        {
            var (columns, rows) = ((int)(canvas.Width / cell) + 2, (int)(canvas.Height / cell) + 2);
            var light = Values(columns * rows);
            var tint = Values(columns * rows);
            for (var y = 0; y < canvas.Height; y++)
            {
                for (var x = 0; x < canvas.Width; x++)
                {
                    var (u, v) = (x / cell, y / cell);
                    var (l, t) = (At(light, u, v), At(tint, u, v));
                    var i = y * canvas.Width + x;
                    canvas.Planes[0][i] += l + 0.5f * t;
                    canvas.Planes[1][i] += l - 0.2f * t;
                    canvas.Planes[2][i] += l - 0.5f * t;
                }
            }

            float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(strength * random.Range(-1, 1)))];

            float At(float[] values, double u, double v)
            {
                var (column, row) = ((int)u, (int)v);
                var (fx, fy) = ((float)(u - column), (float)(v - row));
                var i = row * columns + column;
                var upper = values[i] + (values[i + 1] - values[i]) * fx;
                var lower = values[i + columns] + (values[i + columns + 1] - values[i + columns]) * fx;
                return upper + (lower - upper) * fy;
            }
        }
    }

    // Mostly muted, as the world is.
    private static float[] Tone(SceneRandom random)
    {
        var light = (float)random.Range(20, 235);
        var spread = (float)(random.Chance(0.3) ? 110 : 40);
        return [.. Enumerable.Range(0, 3).Select(_ => Math.Clamp(light + spread * (float)random.Range(-1, 1), 0, 255))];
    }
}
