using Assistant.Vision.Imaging;
using SceneExam.Fonts;
using SceneExam.Pictures;

namespace SceneExam.Tests.Pictures;

public sealed class ArtworkPainterTests
{
    private static readonly Finish Plain = new(Samples: 4, Tilt: 0, TiltAngle: 0, Noise: 0, JpegQuality: null, Seed: 1);

    [Fact]
    public void Characters_StandUpright_AndReachTheirSize()
    {
        var image = Painter.Paint(Letter('L', angle: 0));
        var drawn = Drawn(image);
        Assert.InRange(drawn.Max(p => p.Y) - drawn.Min(p => p.Y) + 1, 79, 81);
        // An L has its bar at the bottom and its stem on the left.
        Assert.True(drawn.Count(p => p.Y > 125) > 2 * drawn.Count(p => p.Y < 75));
        Assert.True(drawn.Count(p => p.X < 95) > 2 * drawn.Count(p => p.X > 105));
    }

    [Fact]
    public void Counters_StayOpen()
    {
        var image = Painter.Paint(Letter('O', angle: 0));
        Assert.Equal(0, image.Pixels[3 * ((100 * 200) + 100)]);
        Assert.Equal(255, image.Pixels[3 * ((100 * 200) + Drawn(image).Min(p => p.X) + 4)]);
    }

    [Fact]
    public void Rotation_TurnsClockwise()
    {
        static double Top(RgbImage image) => Drawn(image).Where(p => p.Y < 75).Average(p => p.X);
        Assert.True(Top(Painter.Paint(Letter('I', 0.25))) > Top(Painter.Paint(Letter('I', 0))) + 5);
        var (straight, turned) = (Painter.Paint(Half(0)), Painter.Paint(Half(0.25)));
        // The right half is painted; turned clockwise, its edge leans to the right at the top.
        Assert.Equal(0, straight.Pixels[3 * ((70 * 200) + 95)]);
        Assert.Equal(255, straight.Pixels[3 * ((70 * 200) + 105)]);
        Assert.Equal(0, turned.Pixels[3 * ((70 * 200) + 105)]);
        Assert.Equal(255, turned.Pixels[3 * ((130 * 200) + 97)]);
    }

    [Fact]
    public void AnEvenPictograph_KeepsItsColor_AndItsSize()
    {
        var rgba = new byte[4 * 50 * 50];
        for (var i = 0; i < 2500; i++)
            (rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2], rgba[(4 * i) + 3]) = (200, 100, 40, 255);
        foreach (var radius in (double[])[12, 40, 75])
        {
            var image = Painter.Paint(Of(new Pictograph(50, 50, rgba), radius, 0));
            Assert.Equal([200, 100, 40], image.Pixels.AsSpan(3 * ((100 * 200) + 100), 3).ToArray());
            var drawn = Drawn(image, level: 99);
            Assert.InRange(drawn.Max(p => p.X) - drawn.Min(p => p.X) + 1, (2 * radius) - 1, (2 * radius) + 1);
        }
    }

    [Fact]
    public void Transparency_LetsTheBackgroundThrough()
    {
        var rgba = Enumerable.Range(0, 20 * 20).SelectMany(_ => new byte[] { 255, 255, 255, 128 }).ToArray();
        var image = Painter.Paint(Of(new Pictograph(20, 20, rgba), 40, 0));
        Assert.InRange(image.Pixels[3 * ((100 * 200) + 100)], 127, 129);
        Assert.Equal(0, image.Pixels[0]);
    }

    private static (int X, int Y)[] Drawn(RgbImage image, int level = 127) =>
        [.. Enumerable.Range(0, 200 * 200).Where(i => image.Pixels[3 * i] > level).Select(i => (i % 200, i / 200))];

    private static Scene Letter(char character, double angle) => On(
        new SceneObject(character, Hue.White, new Rgb(255, 255, 255), false, Place.Middle, 100, 100, 40, angle) { Outline = Needs.Fonts().Outline(FontShelf.TextFaces[0], character) });

    private static Scene Of(Pictograph pictograph, double radius, double angle) =>
        On(new SceneObject(Thing.Dog, null, default, false, Place.Middle, 100, 100, radius, angle) { Pictograph = pictograph });

    /// <summary>White on the right, black on the left.</summary>
    private static Scene Half(double angle)
    {
        var rgba = Enumerable.Range(0, 40 * 40).SelectMany(i => i % 40 < 20 ? new byte[] { 0, 0, 0, 255 } : [255, 255, 255, 255]).ToArray();
        return Of(new Pictograph(40, 40, rgba), 40, angle);
    }

    private static Scene On(SceneObject thing) => new(200, 200, Hue.Black, new Rgb(0, 0, 0), [thing], Plain);
}
