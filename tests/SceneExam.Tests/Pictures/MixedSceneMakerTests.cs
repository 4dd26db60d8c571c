using SceneExam.Pictures;

namespace SceneExam.Tests.Pictures;

public sealed class MixedSceneMakerTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Scenes_KeepToTheDomain(int tier)
    {
        foreach (var scene in Scenes(tier))
        {
            var side = Math.Min(scene.Width, scene.Height);
            Assert.InRange(scene.Objects.Count, 1, 4);
            Assert.Equal(scene.Objects.Count, scene.Objects.Select(o => o.Place).Distinct().Count());
            Assert.Contains(scene.Objects, o => tier == 2 ? o.Kind is ThingKind : o.Kind is GlyphKind);
            foreach (var found in scene.Objects)
            {
                Assert.NotEqual(scene.Background, found.Hue);
                var (width, height) = found.Box;
                switch (found.Kind)
                {
                    case ThingKind:
                        Assert.Null(found.Hue);
                        Assert.InRange(Math.Max(width, height) / side, 0.2499, 0.4501);
                        break;
                    case GlyphKind:
                        Assert.Equal(3, tier);
                        Assert.InRange(Math.Max(width, height) / side, 0.1999, 0.4501);
                        break;
                    default:
                        Assert.Equal(width, height);
                        break;
                }
                var (reachX, reachY) = found.Kind is ShapeKind ? (found.Radius, found.Radius) : MixedSceneMaker.Reach(found);
                var (left, right) = found.Place == Place.Middle ? (0.0, (double)scene.Width) : found.IsLeft ? (0.0, scene.Width / 2.0) : (scene.Width / 2.0, (double)scene.Width);
                var (top, bottom) = found.Place == Place.Middle ? (0.0, (double)scene.Height) : found.IsUpper ? (0.0, scene.Height / 2.0) : (scene.Height / 2.0, (double)scene.Height);
                Assert.InRange(found.X, left + reachX, right - reachX);
                Assert.InRange(found.Y, top + reachY, bottom - reachY);
            }
        }
    }

    [Fact]
    public void Scenes_ShowEverything_AndMixTiers()
    {
        var (things, characters) = (Scenes(2), Scenes(3));
        Assert.Equal(Enum.GetValues<Thing>().Length, things.SelectMany(s => s.Objects).Select(o => o.Kind).OfType<ThingKind>().Distinct().Count());
        Assert.Equal(36, characters.SelectMany(s => s.Objects).Select(o => o.Kind).OfType<GlyphKind>().Distinct().Count());
        Assert.Contains(things, s => s.Objects.Any(o => o.Kind is ShapeKind));
        Assert.Contains(characters, s => s.Objects.Any(o => o.Kind is ShapeKind));
        Assert.Contains(characters, s => s.Objects.Any(o => o.Kind is ThingKind));
        Assert.Contains(things, s => s.Objects.GroupBy(o => o.Kind).Any(g => g.Key is ThingKind && g.Count() > 1));
    }

    [Fact]
    public void Characters_HaveNoDoubles_NorLookalikes() => Assert.All(Scenes(3), scene =>
    {
        foreach (var glyph in scene.Objects.Where(o => o.Kind is GlyphKind))
            Assert.DoesNotContain(scene.Objects, o => o != glyph && (o.Kind == glyph.Kind || Likeness.Between(o.Kind, glyph.Kind)));
    });

    private static Scene[] Scenes(int tier)
    {
        var fonts = Needs.Fonts();
        return [.. Enumerable.Range(0, 400).Select(i => MixedSceneMaker.Make(tier, fonts, new Random(i)))];
    }
}
