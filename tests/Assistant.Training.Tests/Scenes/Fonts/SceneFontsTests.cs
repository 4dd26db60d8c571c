using Assistant.Training.Scenes;
using Assistant.Training.Scenes.Fonts;

namespace Assistant.Training.Tests.Scenes.Fonts;

public sealed class SceneFontsTests : IDisposable
{
    private const string Emoji = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void EveryThingHasItsPictographs()
    {
        RequireFonts();
        var font = new FontFile(Emoji);
        foreach (var thing in SceneThing.All)
        {
            foreach (var code in thing.Pictographs)
            {
                var picture = new Pictograph(ColorBitmaps.Find(font, Assert.IsType<int>(font.GlyphOf(code))));
                var opaque = Enumerable.Range(0, 400).Count(i => picture.At(i % 20 / 10f - 0.95f, i / 20 / 10f - 0.95f, 100).Alpha > 0.5f);
                Assert.True(opaque is > 40 and < 400, $"{thing.Name}: {opaque} of 400 points are opaque");
            }
        }
    }

    [Fact]
    public void APictographsColoursShowAtAnySize()
    {
        RequireFonts();
        // A red apple: its middle is red whether it is drawn at 20 or 200 pixels.
        var apple = SceneFonts.Pictograph(SceneKind.Named("apple").Thing!, 0);
        foreach (var size in (float[])[20, 60, 200])
        {
            var (r, g, b, alpha) = apple.At(0, 0.2f, size);
            Assert.InRange(alpha, 0.99f, 1);
            Assert.True(r > 150 && g < 100 && b < 100, $"({r}, {g}, {b}) at {size}");
        }
        Assert.Equal(0, apple.At(-0.99f, -0.99f, 100).Alpha);
        Assert.Equal(0, apple.At(2, 0, 100).Alpha);
    }

    [Theory]
    [InlineData('O', 0f, 0f, false)]     // the bowl is open
    [InlineData('I', 0f, 0f, true)]
    [InlineData('L', -0.5f, 0.9f, true)] // the foot is below: y points downwards
    [InlineData('T', 0f, -0.9f, true)]   // the bar is above
    [InlineData('T', -0.6f, 0.6f, false)]
    [InlineData('8', 0f, -0.45f, false)]
    public void LettersStandUpright(char character, float x, float y, bool inside)
    {
        RequireFonts();
        for (var variant = 0UL; variant < 40; variant++)
        {
            var outline = ShapeOutline.Of(new SceneObject(SceneKind.Of(character), SceneColor.Red, null, SceneCell.Middle, 0, 0, 2, 0, variant));
            Assert.Equal(inside, outline.Distance(x, y) < 0.08f); // thin fonts, too
        }
    }

    [Fact]
    public void EveryFontHasEveryCharacter()
    {
        RequireFonts();
        foreach (var kind in SceneKind.Glyphs)
        {
            var outlines = Enumerable.Range(0, 60).Select(variant => SceneFonts.Outline(kind.Glyph!.Value, (ulong)variant)).ToHashSet();
            Assert.InRange(outlines.Count, 5, 17);
            Assert.All(outlines, outline => Assert.InRange(outline.SelectMany(contour => contour).Max(p => Math.Max(Math.Abs(p.X), Math.Abs(p.Y))), 0.999, 1.001));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(300)]
    [InlineData(12_000)]
    public void ACutFontIsRefused(int length)
    {
        RequireFonts();
        File.WriteAllBytes(file, File.ReadAllBytes(Emoji)[..length]);
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => new FontFile(file)).Message, StringComparison.Ordinal);
    }

    private static void RequireFonts() => Assert.SkipWhen(SceneFonts.Missing is not null, SceneFonts.Missing ?? "");
}
