using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class SceneGeneratorTests
{
    private static readonly Scene[] Sample = [.. Enumerable.Range(0, 4000).Select(i => new SceneGenerator(7).Generate((ulong)i))];

    [Fact]
    public void Generate_IsTheSameEverywhere()
    {
        var again = new SceneGenerator(7).Generate(123);
        Assert.Equal((Sample[123].Width, Sample[123].Height, Sample[123].Background), (again.Width, again.Height, again.Background));
        Assert.Equal(Sample[123].Objects, again.Objects);
        Assert.NotEqual(Sample[123].Objects, new SceneGenerator(8).Generate(123).Objects);
    }

    [Fact]
    public void Canvas_StaysInTheDomain() => Assert.All(Sample, scene =>
    {
        Assert.InRange(scene.Width, 160, 640);
        Assert.InRange(scene.Height, 160, 640);
        Assert.InRange((double)scene.Width / scene.Height, 0.75, 4.0 / 3 + 1e-9);
    });

    [Fact]
    public void Objects_StayInTheDomain()
    {
        foreach (var scene in Sample)
        {
            Assert.InRange(scene.Objects.Count, 1, 4);
            Assert.Equal(scene.Objects.Count, scene.Objects.Select(o => o.Cell).Distinct().Count());
            Assert.Equal(scene.Objects.OrderBy(o => o.Cell), scene.Objects);
            foreach (var o in scene.Objects)
            {
                Assert.NotEqual(scene.Background, o.Color);
                var relative = o.Diameter / scene.ShortSide;
                Assert.True(o.Size == SceneSize.Small ? relative is >= 0.14 and <= 0.22 : relative is >= 0.30 and <= 0.42, $"{o.Size} {relative}");
                Assert.InRange(Math.Abs(o.Rotation), 0, 15 * Math.PI / 180);
                Assert.Equal(scene.Objects.Count == 1, o.Cell == SceneCell.Middle);
                if (o.Cell != SceneCell.Middle)
                    Assert.Equal((int)o.Cell, (o.X > scene.Width / 2.0 ? 1 : 0) + (o.Y > scene.Height / 2.0 ? 2 : 0));
            }
        }
    }

    [Fact]
    public void FreeScenes_HaveNoCells_AndLeaveTheGridAlone()
    {
        var generator = new SceneGenerator(8, freeShare: 0.5);
        var scenes = Enumerable.Range(0, 400).Select(i => generator.Generate((ulong)i)).ToList();
        var free = scenes.Where(scene => scene.Objects[0].Cell == SceneCell.Free).ToList();
        Assert.InRange(free.Count, 100, 200); // half of those with up to three objects
        Assert.All(free, scene =>
        {
            Assert.All(scene.Objects, o => Assert.Equal(SceneCell.Free, o.Cell));
            Assert.All(scene.Objects, o => Assert.InRange(o.Diameter / scene.ShortSide, o.Size == SceneSize.Small ? 0.11 : 0.29, o.Size == SceneSize.Small ? 0.24 : 0.7));
            Assert.All(scene.Objects, o => Assert.InRange(o.X, o.Diameter / 2, scene.Width - o.Diameter / 2));
            Assert.All(scene.Objects, o => Assert.InRange(o.Y, o.Diameter / 2, scene.Height - o.Diameter / 2));
            // What the grid decides has no answer here.
            Assert.Null(SceneAnswers.Answer(new SceneQuery.At(SceneCell.UpperLeft), scene));
        });
        // Two in a row are told apart by their distance alone.
        var row = free.First(scene => scene.Objects.Count == 2 && Math.Abs(scene.Objects[0].Y - scene.Objects[1].Y) < 0.04 * scene.Height
            && scene.Objects[0].Kind != scene.Objects[1].Kind);
        var (left, right) = (new SceneFilter(row.Objects[0].Kind), new SceneFilter(row.Objects[1].Kind));
        Assert.Equal($"The {left.Singular} is to the left of the {right.Singular}.", SceneAnswers.Answer(new SceneQuery.Side(left, right, Horizontal: true), row));
        Assert.Null(SceneAnswers.Answer(new SceneQuery.Side(left, right, Horizontal: false), row));
    }

    [Fact]
    public void Outlines_NeitherTouchNorLeaveTheCanvas()
    {
        const int Grid = 48;
        foreach (var scene in Sample.Take(300))
        {
            var outlines = scene.Objects.Select(o => (Object: o, Outline: ShapeOutline.Of(o))).ToList();
            for (var i = 0; i < Grid * Grid; i++)
            {
                var (u, v) = (i % Grid / (Grid - 1.0), i / Grid / (Grid - 1.0));
                var inside = outlines.Count(x => x.Outline.Distance(
                    (float)((u * scene.Width - x.Object.X) / (x.Object.Diameter / 2)), (float)((v * scene.Height - x.Object.Y) / (x.Object.Diameter / 2))) <= 0);
                var isEdge = u is 0 or 1 || v is 0 or 1;
                Assert.InRange(inside, 0, isEdge ? 0 : 1);
            }
        }
    }

    [Fact]
    public void Sample_IsBalanced()
    {
        var objects = Sample.SelectMany(scene => scene.Objects).ToList();
        AssertShares(Sample.GroupBy(scene => scene.Objects.Count), 4, 0.2, 0.3);
        AssertShares(objects.GroupBy(o => o.Kind), 8, 0.09, 0.16);
        AssertShares(objects.GroupBy(o => o.Color), 12, 0.055, 0.11);
        AssertShares(objects.GroupBy(o => o.Size), 2, 0.42, 0.58);
        AssertShares(Sample.GroupBy(scene => scene.Background), 12, 0.05, 0.26);
        AssertShares(objects.Where(o => o.Cell != SceneCell.Middle).GroupBy(o => o.Cell), 4, 0.2, 0.3);
        var several = Sample.Where(scene => scene.Objects.Count > 1).ToList();
        Assert.InRange(several.Count(scene => scene.Objects.GroupBy(o => o.Kind).Any(g => g.Count() > 1)) / (double)several.Count, 0.35, 0.75);
        Assert.InRange(several.Count(scene => scene.Objects.GroupBy(o => o.Color).Any(g => g.Count() > 1)) / (double)several.Count, 0.25, 0.65);
    }

    private static void AssertShares<TKey, T>(IEnumerable<IGrouping<TKey, T>> groups, int kinds, double low, double high)
    {
        var counts = groups.Select(g => g.Count()).ToList();
        Assert.Equal(kinds, counts.Count);
        Assert.All(counts, count => Assert.InRange(count / (double)counts.Sum(), low, high));
    }
}
