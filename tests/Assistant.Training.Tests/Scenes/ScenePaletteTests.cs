using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class ScenePaletteTests
{
    [Theory]
    [InlineData(255, 0, 0, SceneColor.Red)]
    [InlineData(0, 128, 0, SceneColor.Green)]
    [InlineData(0, 255, 0, SceneColor.Green)]
    [InlineData(0, 0, 255, SceneColor.Blue)]
    [InlineData(255, 255, 0, SceneColor.Yellow)]
    [InlineData(255, 165, 0, SceneColor.Orange)]
    [InlineData(128, 0, 128, SceneColor.Purple)]
    [InlineData(255, 192, 203, SceneColor.Pink)]
    [InlineData(165, 42, 42, SceneColor.Brown)]
    [InlineData(0, 0, 0, SceneColor.Black)]
    [InlineData(255, 255, 255, SceneColor.White)]
    [InlineData(128, 128, 128, SceneColor.Gray)]
    [InlineData(0, 255, 255, SceneColor.Cyan)]
    public void CssColors_HaveTheirNames_AndAreDrawn(byte r, byte g, byte b, SceneColor expected)
    {
        Assert.Equal(expected, ScenePalette.Classify(new SceneRgb(r, g, b)));
        var random = new SceneRandom(1);
        Assert.Contains(new SceneRgb(r, g, b), Enumerable.Range(0, 2000).Select(_ => ScenePalette.Sample(expected, random)));
    }

    [Fact]
    public void Samples_AreVaried_AndKeepTheirNames()
    {
        var random = new SceneRandom(2);
        foreach (var color in Enum.GetValues<SceneColor>())
        {
            var tones = Enumerable.Range(0, 1000).Select(_ => ScenePalette.Sample(color, random)).ToList();
            Assert.All(tones, tone => Assert.Equal(color, ScenePalette.Classify(tone)));
            Assert.InRange(tones.Distinct().Count(), 100, 1000);
        }
    }

    [Fact]
    public void Difference_IsZeroForEqual_AndLargeForBlackAndWhite()
    {
        Assert.Equal(0, ScenePalette.Difference(new SceneRgb(9, 90, 200), new SceneRgb(9, 90, 200)));
        Assert.Equal(100, ScenePalette.Difference(new SceneRgb(0, 0, 0), new SceneRgb(255, 255, 255)), 0.1);
    }
}
