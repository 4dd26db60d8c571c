using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class SceneFilterTests
{
    private static readonly Scene Scene = new(400, 400, SceneColor.Yellow,
    [
        new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.UpperLeft, 100, 100, 150, 0, 0),
        new(SceneShape.Star, SceneColor.Blue, SceneSize.Small, SceneCell.UpperRight, 300, 110, 70, 0, 0),
        new(SceneShape.Star, SceneColor.Red, SceneSize.Small, SceneCell.LowerRight, 290, 300, 70, 0, 0),
    ]);

    [Fact]
    public void Naming_SaysTheLeastThatSinglesOut()
    {
        Assert.Equal([new SceneFilter(SceneShape.Circle), new SceneFilter(Size: SceneSize.Big)], SceneFilter.Naming(Scene, Scene.Objects[0]));
        Assert.Equal([new SceneFilter(Color: SceneColor.Blue)], SceneFilter.Naming(Scene, Scene.Objects[1]));
        Assert.Equal([], SceneFilter.Naming(Scene, Scene.Objects[1], color: false));
    }

    [Fact]
    public void Phrases_SaySizeColorNoun()
    {
        Assert.Equal("small red cross", new SceneFilter(SceneShape.Cross, SceneColor.Red, SceneSize.Small).Singular);
        Assert.Equal("red crosses", new SceneFilter(SceneShape.Cross, SceneColor.Red).Plural);
        Assert.Equal("big objects", new SceneFilter(Size: SceneSize.Big).Plural);
    }
}
