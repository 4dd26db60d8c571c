using Assistant.Vision.Imaging;

namespace SceneExam.Pictures;

/// <summary>Paints a scene by asking, for several points of each pixel, which shape or character holds it.</summary>
internal static class Painter
{
    public static RgbImage Paint(Scene scene)
    {
        var image = new RgbImage(scene.Width, scene.Height);
        PaintBackground(scene, image);
        foreach (var thing in scene.Objects)
        {
            if (thing.Pictograph is { } pictograph)
                PictographPainter.Paint(pictograph, thing, image);
            else
                PaintObject(scene, thing, image);
        }
        return scene.Finish.JpegQuality is { } quality
            ? ImageDecoder.Decode(ImageEncoder.ToJpeg(image, quality))
            : image;
    }

    private static void PaintBackground(Scene scene, RgbImage image)
    {
        var (finish, random) = (scene.Finish, new Random(scene.Finish.Seed));
        var (right, down) = (Math.Cos(finish.TiltAngle) * finish.Tilt / scene.Width, Math.Sin(finish.TiltAngle) * finish.Tilt / scene.Height);
        for (var y = 0; y < scene.Height; y++)
        {
            for (var x = 0; x < scene.Width; x++)
            {
                var shift = ((x - (scene.Width / 2.0)) * right) + ((y - (scene.Height / 2.0)) * down);
                Set(image, x, y, scene.BackgroundColor, shift, finish.Noise, random);
            }
        }
    }

    private static void PaintObject(Scene scene, SceneObject thing, RgbImage image)
    {
        var random = new Random(scene.Finish.Seed ^ (int)thing.X);
        var (cos, sin) = (Math.Cos(thing.Angle), Math.Sin(thing.Angle));
        var reach = (int)Math.Ceiling(thing.Radius * 1.3);
        var samples = scene.Finish.Samples;
        Func<double, double, bool> holds = thing.Kind is ShapeKind(var shape) ? (u, v) => Inside.Contains(shape, u, v) : new Winding(thing.Outline!).Contains;
        for (var y = Math.Max(0, (int)thing.Y - reach); y < Math.Min(scene.Height, (int)thing.Y + reach + 1); y++)
        {
            for (var x = Math.Max(0, (int)thing.X - reach); x < Math.Min(scene.Width, (int)thing.X + reach + 1); x++)
            {
                var held = 0;
                for (var s = 0; s < samples * samples; s++)
                {
                    var dx = (x + (((s % samples) + 0.5) / samples) - thing.X) / thing.Radius;
                    var dy = (y + (((s / samples) + 0.5) / samples) - thing.Y) / thing.Radius;
                    if (holds((dx * cos) + (dy * sin), (dy * cos) - (dx * sin)))
                        held++;
                }
                if (held == 0)
                    continue;
                var cover = (double)held / (samples * samples);
                var at = 3 * ((y * scene.Width) + x);
                var behind = new Rgb(image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
                Set(image, x, y, Mix(behind, thing.Color, cover), 0, cover == 1 ? scene.Finish.Noise : 0, random);
            }
        }
    }

    private static void Set(RgbImage image, int x, int y, Rgb color, double shift, int noise, Random random)
    {
        var at = 3 * ((y * image.Width) + x);
        image.Pixels[at] = Level(color.R);
        image.Pixels[at + 1] = Level(color.G);
        image.Pixels[at + 2] = Level(color.B);

        byte Level(byte value) => (byte)Math.Clamp(Math.Round(value + shift + (noise == 0 ? 0 : random.Next(-noise, noise + 1))), 0, 255);
    }

    private static Rgb Mix(Rgb behind, Rgb front, double cover)
    {
        byte Blend(byte a, byte b) => (byte)Math.Round(a + ((b - a) * cover));
        return new Rgb(Blend(behind.R, front.R), Blend(behind.G, front.G), Blend(behind.B, front.B));
    }
}
