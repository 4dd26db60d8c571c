using Assistant.Vision.Imaging;
using SceneExam.Pictures;

namespace SceneExam.Tests.Pictures;

public sealed class PainterTests
{
    private static readonly Finish Plain = new(Samples: 4, Tilt: 0, TiltAngle: 0, Noise: 0, JpegQuality: null, Seed: 1);

    public static TheoryData<string> Shapes => [.. Enum.GetNames<Shape>()];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Paint_DrawsEachShapeAtItsSize(string name)
    {
        var shape = Enum.Parse<Shape>(name);
        var image = Painter.Paint(Alone(shape, angle: 0, Plain));
        var drawn = Enumerable.Range(0, 200 * 200).Where(i => image.Pixels[3 * i] > 127).Select(i => (X: i % 200, Y: i / 200)).ToArray();
        // Within 40 pixels of the centre, and as large as that in at least one direction.
        Assert.InRange(drawn.Max(p => p.X) - drawn.Min(p => p.X), 58, 84);
        Assert.InRange(drawn.Max(p => p.Y) - drawn.Min(p => p.Y), 65, 84);
        var middle = image.Pixels[3 * ((100 * 200) + 100)] > 127;
        Assert.Equal(shape != Shape.Ring, middle);
    }

    [Fact]
    public void Shapes_DifferInWhatTheyCover()
    {
        var covers = Enum.GetValues<Shape>().Select(s => Painter.Paint(Alone(s, 0, Plain)).Pixels).ToArray();
        for (var a = 0; a < covers.Length; a++)
        {
            for (var b = a + 1; b < covers.Length; b++)
                Assert.True(covers[a].Zip(covers[b], (x, y) => Math.Abs(x - y)).Count(d => d > 127) > 3 * 500, $"{(Shape)a} and {(Shape)b} look alike");
        }
    }

    [Fact]
    public void Rotation_TurnsClockwise()
    {
        // The tip of a triangle that is turned clockwise moves to the right.
        static double Tip(RgbImage image)
        {
            var first = Enumerable.Range(0, 200 * 200).First(i => image.Pixels[3 * i] > 127);
            return first % 200;
        }
        Assert.True(Tip(Painter.Paint(Alone(Shape.Triangle, 0.25, Plain))) > Tip(Painter.Paint(Alone(Shape.Triangle, 0, Plain))) + 5);
    }

    [Fact]
    public void Edges_AreSmooth_UnlessOneSampleIsTaken()
    {
        int Between(Finish finish) => Painter.Paint(Alone(Shape.Circle, 0, finish)).Pixels.Count(v => v is > 20 and < 235);
        Assert.True(Between(Plain) > 100);
        Assert.Equal(0, Between(Plain with { Samples = 1 }));
    }

    [Fact]
    public void Paint_RepeatsItself_AndFinishesDiffer()
    {
        var rough = Plain with { Tilt = 8, Noise = 3, JpegQuality = 60 };
        Assert.Equal(Painter.Paint(Alone(Shape.Star, 0, rough)).Pixels, Painter.Paint(Alone(Shape.Star, 0, rough)).Pixels);
        Assert.NotEqual(Painter.Paint(Alone(Shape.Star, 0, rough)).Pixels, Painter.Paint(Alone(Shape.Star, 0, Plain)).Pixels);
    }

    private static Scene Alone(Shape shape, double angle, Finish finish) => new(
        200, 200, Hue.Black, new Rgb(0, 0, 0),
        [new SceneObject(shape, Hue.White, new Rgb(255, 255, 255), true, Place.Middle, 100, 100, 40, angle)], finish);
}
