using Assistant.Training.Scenes;
using Assistant.Vision.Imaging;

namespace Assistant.Training.Tests.Scenes;

public class SceneRendererTests
{
    private static readonly SceneGenerator Scenes = new(11);

    [Fact]
    public void Render_IsDeterministic_AndHasTheCanvasSize()
    {
        var scene = Scenes.Generate(5);
        var image = SceneRenderer.Render(scene, new SceneRandom(9));
        Assert.Equal((scene.Width, scene.Height), (image.Width, image.Height));
        Assert.Equal(image.Pixels, SceneRenderer.Render(scene, new SceneRandom(9)).Pixels);
        Assert.NotEqual(image.Pixels, SceneRenderer.Render(scene, new SceneRandom(10)).Pixels);
    }

    [Fact]
    public void PlainPictures_ShowTheScenesColors()
    {
        for (var i = 0UL; i < 60; i++)
        {
            var scene = Scenes.Generate(i);
            var image = SceneRenderer.Render(scene, new SceneRandom(i), RenderStyle.Plain);
            Assert.Equal(scene.Background, ScenePalette.Classify(At(image, 0, 0)));
            foreach (var o in scene.Objects)
            {
                var centre = ScenePalette.Classify(At(image, o.X, o.Y));
                Assert.Equal(o.Kind.Shape == SceneShape.Ring ? scene.Background : o.Color, centre);
            }
        }
    }

    [Fact]
    public void StyledPictures_KeepTheColorsRecognisable()
    {
        var (right, all) = (0, 0);
        for (var i = 0UL; i < 400; i++)
        {
            var scene = Scenes.Generate(i);
            var image = SceneRenderer.RenderPadded(scene, 128, new SceneRandom(i));
            var side = Math.Max(scene.Width, scene.Height);
            foreach (var o in scene.Objects.Where(o => o.Kind.Shape is not SceneShape.Ring))
            {
                var color = Mean(image, (o.X + (side - scene.Width) / 2) * 128 / side, (o.Y + (side - scene.Height) / 2) * 128 / side);
                all++;
                right += ScenePalette.Classify(color) == o.Color ? 1 : 0;
            }
        }
        Assert.InRange(right / (double)all, 0.97, 1);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(336)]
    public void RenderPadded_PadsLikeLlava(int size)
    {
        var scene = new Scene(400, 300, SceneColor.White, [new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.Middle, 200, 150, 100, 0, 0)]);
        for (var seed = 0UL; seed < 20; seed++)
        {
            var image = SceneRenderer.RenderPadded(scene, size, new SceneRandom(seed));
            Assert.Equal((size, size), (image.Width, image.Height));
            for (var y = 0; y < size; y++)
            {
                // Pixel rows wholly above or below the canvas (50 of 400 source rows on each side) are padding and nothing else.
                var isPadding = y + 1 <= 50.0 * size / 400 || y >= 350.0 * size / 400;
                Assert.Equal(isPadding, At(image, 0, y) == SceneRenderer.PaddingColor);
            }
            Assert.Equal(SceneColor.Red, ScenePalette.Classify(Mean(image, size / 2.0, size / 2.0)));
        }
    }

    [Fact]
    public void RenderPadded_IsTheScaledCanvas()
    {
        var scene = Scenes.Generate(3);
        var side = Math.Max(scene.Width, scene.Height);
        var full = SceneRenderer.Render(scene, new SceneRandom(1), RenderStyle.Plain);
        var padded = SceneRenderer.RenderPadded(scene, side, new SceneRandom(1), RenderStyle.Plain);
        var (left, top) = ((side - scene.Width) / 2, (side - scene.Height) / 2);
        for (var y = 0; y < scene.Height; y++)
        {
            for (var x = 0; x < scene.Width; x++)
                Assert.Equal(At(full, x, y), At(padded, x + left, y + top));
        }
    }

    [Fact]
    public void Objects_DifferClearlyFromTheBackground()
    {
        foreach (var (background, color) in new[] { (SceneColor.White, SceneColor.Gray), (SceneColor.Yellow, SceneColor.Orange), (SceneColor.Brown, SceneColor.Red), (SceneColor.Blue, SceneColor.Purple), (SceneColor.White, SceneColor.Pink) })
        {
            var scene = new Scene(200, 200, background, [new(SceneShape.Square, color, SceneSize.Small, SceneCell.Middle, 100, 100, 40, 0, 0)]);
            for (var seed = 0UL; seed < 100; seed++)
            {
                var image = SceneRenderer.Render(scene, new SceneRandom(seed), RenderStyle.Plain);
                Assert.InRange(ScenePalette.Difference(At(image, 0, 0), At(image, 100, 100)), 28, 200);
            }
        }
    }

    [Fact]
    public void RenderPadded_Throws_WhenTooSmall() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneRenderer.RenderPadded(Scenes.Generate(0), 8, new SceneRandom(0)));

    private static SceneRgb At(RgbImage image, double x, double y)
    {
        var i = 3 * ((int)y * image.Width + (int)x);
        return new SceneRgb(image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
    }

    // The mean of 3 x 3 pixels: what is left after noise.
    private static SceneRgb Mean(RgbImage image, double x, double y)
    {
        var (r, g, b) = (0, 0, 0);
        for (var i = 0; i < 9; i++)
        {
            var pixel = At(image, x - 1 + i % 3, y - 1 + i / 3);
            (r, g, b) = (r + pixel.R, g + pixel.G, b + pixel.B);
        }
        return new SceneRgb((byte)(r / 9), (byte)(g / 9), (byte)(b / 9));
    }
}
