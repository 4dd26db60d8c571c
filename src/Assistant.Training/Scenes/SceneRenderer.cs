using Assistant.Training.Scenes.Fonts;
using Assistant.Vision.Imaging;

namespace Assistant.Training.Scenes;

/// <summary>Draws scenes in plain C#: signed distances give coverage, so any size is drawn directly and needs no scaling afterwards.</summary>
public static class SceneRenderer
{
    /// <summary>What LLaVA pads a picture to a square with: CLIP's mean colour.</summary>
    public static readonly SceneRgb PaddingColor = new(122, 116, 104);

    private const int Block = 8; // pixels that one distance decides together where no edge is near

    /// <summary>The scene at its canvas size.</summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="random">Picks the tones, and noise.</param>
    /// <param name="style">How to draw; null draws a style from <paramref name="random"/>.</param>
    public static RgbImage Render(Scene scene, SceneRandom random, RenderStyle? style = null)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(random);
        return Draw(scene, random, style, new View(scene.Width, scene.Height, 1, 0, 0));
    }

    /// <summary>
    /// The scene as a LLaVA vision tower sees it: padded to a square with <see cref="PaddingColor"/>, the picture in the middle, and scaled.
    /// </summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="size">Width and height of the result in pixels, at least 16.</param>
    /// <param name="random">Picks the tones, and noise.</param>
    /// <param name="style">How to draw; null draws a style from <paramref name="random"/>.</param>
    /// <remarks>Reference: <c>expand2square</c> of haotian-liu/LLaVA, <c>llava/mm_utils.py</c>.</remarks>
    public static RgbImage RenderPadded(Scene scene, int size, SceneRandom random, RenderStyle? style = null)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        return Draw(scene, random, style, View.Padded(scene, size));
    }

    private static RgbImage Draw(Scene scene, SceneRandom random, RenderStyle? style, View view)
    {
        style ??= RenderStyle.Sample(random);
        var (background, tones) = Tones(scene, random, style);
        // The canvas alone is drawn, and later laid on the padding: no effect may reach into it.
        var (left, top, right, bottom) = view.CanvasPixels(scene);
        var canvas = new PixelPlanes(right - left, bottom - top);
        if (scene.Clutter is { } seed)
            ClutterPainter.Paint(canvas, seed);
        else
            canvas.Fill(background, style.BackgroundGradient, style.GradientAngle);
        for (var i = 0; i < scene.Objects.Count; i++)
        {
            if (scene.Objects[i].Kind.Thing is { } thing)
                DrawThing(canvas, scene.Objects[i], thing, view.Moved(left, top));
            else
                DrawOutline(canvas, scene.Objects[i], tones[i], style, view.Moved(left, top), random);
        }
        PictureEffects.Apply(canvas, style, random);
        return canvas.ToImage(view.Width, view.Height, left, top, view.Coverage(scene));
    }

    private static (SceneRgb Background, SceneRgb[] Objects) Tones(Scene scene, SceneRandom random, RenderStyle style)
    {
        const double Distinct = 28; // CIE L*a*b*: clearly another colour beside it even after noise and JPEG
        while (true)
        {
            // Some backgrounds have no distinct tone of a neighbouring name (light gray beside white): then another one is taken.
            var background = ScenePalette.Sample(scene.Background, random);
            var tones = new SceneRgb[scene.Objects.Count];
            var i = 0;
            for (; i < tones.Length; i++)
            {
                if (scene.Objects[i].Color is not { } color)
                    continue;
                var earlier = style.SharedTones ? FirstOfColor(scene, i) : i;
                if (earlier < i)
                    tones[i] = tones[earlier];
                else if (DistinctTone(color, background, Distinct, random) is { } tone)
                    tones[i] = tone;
                else
                    break;
            }
            if (i == tones.Length)
                return (background, tones);
        }
    }

    private static SceneRgb? DistinctTone(SceneColor color, SceneRgb background, double distinct, SceneRandom random)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            var tone = ScenePalette.Sample(color, random);
            if (ScenePalette.Difference(tone, background) >= distinct)
                return tone;
        }
        return null;
    }

    private static int FirstOfColor(Scene scene, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (scene.Objects[i].Color == scene.Objects[index].Color)
                return i;
        }
        return index;
    }

    private static void DrawOutline(PixelPlanes canvas, SceneObject o, SceneRgb tone, RenderStyle style, View view, SceneRandom random)
    {
        var outline = ShapeOutline.Of(o);
        var radius = (float)(o.Diameter / 2 * view.Scale);
        var (centreX, centreY) = ((float)(o.X * view.Scale + view.OffsetX), (float)(o.Y * view.Scale + view.OffsetY));
        var rounding = (float)style.Rounding;
        var wave = (float)style.Waviness;
        var (waveX, waveY, frequency) = ((float)random.Range(0, 6.28), (float)random.Range(0, 6.28), (float)random.Range(5, 11));
        var brush = new Brush(tone, style, radius);
        // Beyond this many pixels from an edge a block has one colour; waves bend distances a little.
        var near = Block * 0.7072f + (float)style.EdgeSoftness + 3 * wave * radius + 1;
        var reach = radius * (o.Kind.Shape == SceneShape.Square ? 1.25f : 1.1f) + 3;
        var (x0, y0) = (Math.Max(0, (int)(centreX - reach)), Math.Max(0, (int)(centreY - reach)));
        var (x1, y1) = (Math.Min(canvas.Width, (int)(centreX + reach) + 1), Math.Min(canvas.Height, (int)(centreY + reach) + 1));
        for (var by = y0; by < y1; by += Block)
        {
            for (var bx = x0; bx < x1; bx += Block)
            {
                var middle = Pixels(bx + Block / 2f, by + Block / 2f);
                if (middle > near)
                    continue;
                var inside = middle < -(near + brush.StrokePixels);
                for (var py = by; py < Math.Min(by + Block, y1); py++)
                {
                    for (var px = bx; px < Math.Min(bx + Block, x1); px++)
                        brush.Paint(canvas, px, py, inside ? -1e6f : Pixels(px + 0.5f, py + 0.5f), (px - centreX) / radius, (py - centreY) / radius);
                }
            }
        }

        float Pixels(float px, float py)
        {
            var (u, v) = ((px - centreX) / radius, (py - centreY) / radius);
            if (wave > 0)
                (u, v) = (u + wave * MathF.Sin(frequency * v + waveX), v + wave * MathF.Sin(frequency * u + waveY));
            // Rounding grows a shape that was shrunk by as much.
            if (rounding > 0)
                return (outline.Distance(u / (1 - rounding), v / (1 - rounding)) * (1 - rounding) - rounding) * radius;
            return outline.Distance(u, v) * radius;
        }
    }

    private static void DrawThing(PixelPlanes canvas, SceneObject o, SceneThing thing, View view)
    {
        var pictograph = SceneFonts.Pictograph(thing, o.Variant);
        var radius = (float)(o.Diameter / 2 * view.Scale);
        var (centreX, centreY) = ((float)(o.X * view.Scale + view.OffsetX), (float)(o.Y * view.Scale + view.OffsetY));
        var (sin, cos) = MathF.SinCos((float)o.Rotation);
        var reach = radius * (MathF.Abs(sin) + MathF.Abs(cos)) + 1;
        var (x1, y1) = (Math.Min(canvas.Width, (int)(centreX + reach) + 1), Math.Min(canvas.Height, (int)(centreY + reach) + 1));
        for (var y = Math.Max(0, (int)(centreY - reach)); y < y1; y++)
        {
            for (var x = Math.Max(0, (int)(centreX - reach)); x < x1; x++)
            {
                var (u, v) = ((x + 0.5f - centreX) / radius, (y + 0.5f - centreY) / radius);
                var (r, g, b, alpha) = pictograph.At(u * cos + v * sin, v * cos - u * sin, 2 * radius);
                if (alpha > 0)
                    canvas.Blend(x, y, alpha, r / alpha, g / alpha, b / alpha);
            }
        }
    }

    /// <summary>Mixes an object's fill and stroke into the canvas.</summary>
    private readonly struct Brush
    {
        private readonly SceneRgb tone;
        private readonly float softness, gradientX, gradientY, strokeMix, strokeTowards;

        public Brush(SceneRgb tone, RenderStyle style, float radius)
        {
            this.tone = tone;
            softness = (float)Math.Max(0.02, style.EdgeSoftness);
            (gradientX, gradientY) = ((float)(style.FillGradient * Math.Cos(style.GradientAngle)), (float)(style.FillGradient * Math.Sin(style.GradientAngle)));
            StrokePixels = (float)style.StrokeWidth * radius;
            // A full black or white stroke is thin: the fill must stay what the eye sees first.
            if (style.StrokeMix >= 1)
                StrokePixels = Math.Min(StrokePixels, 0.07f * radius);
            (strokeMix, strokeTowards) = ((float)style.StrokeMix, style.StrokeTowards);
        }

        public float StrokePixels { get; }

        public void Paint(PixelPlanes canvas, int x, int y, float distance, float u, float v)
        {
            var alpha = Math.Clamp(0.5f - distance / softness, 0, 1);
            if (alpha <= 0)
                return;
            var shade = gradientX * u + gradientY * v;
            var stroke = StrokePixels > 0 ? strokeMix * Math.Clamp(0.5f + (distance + StrokePixels) / softness, 0, 1) : 0;
            canvas.Blend(x, y, alpha, Mixed(tone.R + shade, stroke), Mixed(tone.G + shade, stroke), Mixed(tone.B + shade, stroke));
        }

        private float Mixed(float fill, float stroke) => fill + (strokeTowards - fill) * stroke;

    }

    /// <summary>Where canvas coordinates land in the output: p * Scale + Offset.</summary>
    private readonly record struct View(int Width, int Height, double Scale, double OffsetX, double OffsetY)
    {
        public static View Padded(Scene scene, int size)
        {
            var side = Math.Max(scene.Width, scene.Height);
            var scale = (double)size / side;
            return new View(size, size, scale, (side - scene.Width) / 2 * scale, (side - scene.Height) / 2 * scale); // whole source pixels, as LLaVA pads
        }

        public View Moved(int left, int top) => this with { OffsetX = OffsetX - left, OffsetY = OffsetY - top };

        public (int Left, int Top, int Right, int Bottom) CanvasPixels(Scene scene) =>
            ((int)Math.Floor(OffsetX + 1e-6), (int)Math.Floor(OffsetY + 1e-6),
             Math.Min(Width, (int)Math.Ceiling(OffsetX + scene.Width * Scale - 1e-6)), Math.Min(Height, (int)Math.Ceiling(OffsetY + scene.Height * Scale - 1e-6)));

        /// <summary>The canvas's exact rectangle, to mix its outermost pixels with the padding.</summary>
        public (double Left, double Top, double Right, double Bottom) Coverage(Scene scene) =>
            (OffsetX, OffsetY, OffsetX + scene.Width * Scale, OffsetY + scene.Height * Scale);
    }
}
