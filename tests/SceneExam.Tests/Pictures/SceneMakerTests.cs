using SceneExam.Pictures;

namespace SceneExam.Tests.Pictures;

public sealed class SceneMakerTests
{
    private static readonly Scene[] Scenes = [.. Enumerable.Range(0, 300).Select(i => SceneMaker.Make(new Random(i)))];

    [Fact]
    public void Scenes_KeepToTheDomain()
    {
        Assert.All(Scenes, scene =>
        {
            Assert.InRange(scene.Width, 160, 640);
            Assert.InRange(scene.Height, 160, 640);
            Assert.InRange((double)scene.Width / scene.Height, 0.75, 4.0 / 3);
            Assert.InRange(scene.Objects.Count, 1, 4);
            Assert.Equal(scene.Objects.Count, scene.Objects.Select(o => o.Place).Distinct().Count());
            Assert.DoesNotContain(scene.Objects, o => o.Hue == scene.Background);
            foreach (var thing in scene.Objects)
            {
                var size = 2 * thing.Radius / Math.Min(scene.Width, scene.Height);
                Assert.InRange(size, thing.Big ? 0.30 : 0.14, thing.Big ? 0.42 : 0.22);
                Assert.InRange(thing.Angle, -Math.PI / 12, Math.PI / 12);
            }
        });
    }

    [Fact]
    public void Objects_StayInTheirQuarter()
    {
        foreach (var (scene, thing) in Scenes.SelectMany(s => s.Objects.Select(o => (s, o))))
        {
            Assert.InRange(thing.X, thing.Radius, scene.Width - thing.Radius);
            Assert.InRange(thing.Y, thing.Radius, scene.Height - thing.Radius);
            if (thing.Place == Place.Middle)
                continue;
            Assert.Equal(thing.IsLeft, thing.X + thing.Radius <= scene.Width / 2.0);
            Assert.Equal(thing.IsUpper, thing.Y + thing.Radius <= scene.Height / 2.0);
            Assert.Equal(!thing.IsLeft, thing.X - thing.Radius >= scene.Width / 2.0);
            Assert.Equal(!thing.IsUpper, thing.Y - thing.Radius >= scene.Height / 2.0);
        }
    }

    [Fact]
    public void Scenes_ShowEveryShapeColorSizeAndPlace()
    {
        var objects = Scenes.SelectMany(s => s.Objects).ToArray();
        Assert.Equal(Enum.GetValues<Shape>().Length, objects.Select(o => o.Kind).Distinct().Count());
        Assert.Equal(Enum.GetValues<Hue>().Length, objects.Select(o => o.Hue).Distinct().Count());
        Assert.Equal(Enum.GetValues<Hue>().Length, Scenes.Select(s => s.Background).Distinct().Count());
        Assert.Equal(Enum.GetValues<Place>().Length, objects.Select(o => o.Place).Distinct().Count());
        Assert.Equal([1, 2, 3, 4], Scenes.Select(s => s.Objects.Count).Distinct().Order());
    }
}
