using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class SceneLabelsTests
{
    [Fact]
    public void Patches_NameTheObjectThatCoversThem()
    {
        // 4:3 on a 4 x 4 grid of 100-pixel patches: half of the first and the last row is padding.
        var scene = new Scene(400, 300, SceneColor.White,
        [
            new(SceneShape.Ring, SceneColor.Red, SceneSize.Small, SceneCell.UpperLeft, 50, 100, 60, 0, 0),
            new(SceneShape.Square, SceneColor.Blue, SceneSize.Big, SceneCell.LowerRight, 300, 235, 150, 0, 0),
        ]);
        var labels = SceneLabels.Of(scene, 4);
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 2, 0, 0, 2, 2], labels.Object);
        Assert.Equal(labels.Object.Select(o => o switch { 1 => (int)SceneShape.Ring, 2 => (int)SceneShape.Square, _ => -1 }), labels.Kind);
        Assert.Equal(labels.Object.Select(o => o switch { 1 => (int)SceneColor.Red, 2 => (int)SceneColor.Blue, _ => -1 }), labels.Color);
        Assert.Equal(labels.Object.Select(o => o switch { 1 => 0, 2 => 1, _ => -1 }), labels.Size);
        Assert.Equal([1, 2], labels.Centres.Select(patch => labels.Object[patch]));
    }

    [Fact]
    public void Background_IsNone_InPadding()
    {
        var scene = new Scene(300, 400, SceneColor.Pink, [new(SceneShape.Star, SceneColor.Red, SceneSize.Big, SceneCell.Middle, 150, 200, 100, 0, 0)]);
        var labels = SceneLabels.Of(scene, 8); // 50 pixels of padding, one patch, on each side
        for (var i = 0; i < 64; i++)
            Assert.Equal(i % 8 is 0 or 7 ? -1 : (int)SceneColor.Pink, labels.Background[i]);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(14)]
    [InlineData(24)]
    public void EveryObject_HasThePatchOfItsCentre(int grid)
    {
        for (var i = 0UL; i < 200; i++)
        {
            var scene = new SceneGenerator(12).Generate(i);
            var labels = SceneLabels.Of(scene, grid);
            var side = Math.Max(scene.Width, scene.Height);
            for (var k = 0; k < scene.Objects.Count; k++)
            {
                var (x, y) = (scene.Objects[k].X + (side - scene.Width) / 2, scene.Objects[k].Y + (side - scene.Height) / 2);
                Assert.Equal(k + 1, labels.Object[(int)(y * grid / side) * grid + (int)(x * grid / side)]);
            }
        }
    }
}
