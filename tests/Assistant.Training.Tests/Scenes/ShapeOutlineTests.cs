using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class ShapeOutlineTests
{
    public static TheoryData<SceneShape> Shapes => [.. Enum.GetValues<SceneShape>()];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Outline_FillsAndKeepsToItsDiameter(SceneShape shape)
    {
        for (var variant = 0UL; variant < 50; variant++)
        {
            var outline = Of(shape, variant);
            var (extent, area) = Measure(outline);
            Assert.InRange(extent, 0.74, shape == SceneShape.Square ? 1.42 : 1.36); // corners of a square lie beyond the radius
            Assert.InRange(area, 0.15, 1.01);
            Assert.Equal(shape != SceneShape.Ring, outline.Distance(0, 0) < 0);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Distance_GrowsByNoMoreThanTheWay(SceneShape shape)
    {
        // The renderer skips blocks by this property.
        var random = new SceneRandom(4);
        var outline = Of(shape, 5);
        for (var i = 0; i < 2000; i++)
        {
            var (x, y, dx, dy) = ((float)random.Range(-1.3, 1.3), (float)random.Range(-1.3, 1.3), (float)random.Range(-0.2, 0.2), (float)random.Range(-0.2, 0.2));
            Assert.True(Math.Abs(outline.Distance(x + dx, y + dy) - outline.Distance(x, y)) <= MathF.Sqrt(dx * dx + dy * dy) + 1e-4f);
        }
    }

    [Theory]
    [InlineData(SceneShape.Square, 0.7f, 0.7f, true)]    // corners are full,
    [InlineData(SceneShape.Diamond, 0.7f, 0.7f, false)]  // unlike a rhombus's
    [InlineData(SceneShape.Cross, 0.7f, 0.7f, false)]
    [InlineData(SceneShape.Cross, 0.9f, 0f, true)]
    [InlineData(SceneShape.Star, 0f, -0.95f, true)]      // a tip at the top
    [InlineData(SceneShape.Star, 0f, 0.8f, false)]       // a notch below
    [InlineData(SceneShape.Heart, 0f, 0.8f, true)]       // the tip below
    [InlineData(SceneShape.Heart, 0f, -0.85f, false)]    // the notch above
    [InlineData(SceneShape.Heart, 0.5f, -0.5f, true)]    // a lobe
    [InlineData(SceneShape.Ring, 0f, 0.9f, true)]
    public void Outline_HasTheShapesParts(SceneShape shape, float x, float y, bool inside)
    {
        for (var variant = 0UL; variant < 60; variant++)
            Assert.Equal(inside, Of(shape, variant).Distance(x, y) < 0);
    }

    private static ShapeOutline Of(SceneShape shape, ulong variant) =>
        ShapeOutline.Of(new SceneObject(shape, SceneColor.Red, SceneSize.Big, SceneCell.Middle, 50, 50, 40, 0, variant));

    // The farthest inner point from the centre, and the area as a share of the 2 x 2 box.
    private static (double Extent, double Area) Measure(ShapeOutline outline)
    {
        const int Grid = 121;
        var (extent, inside) = (0.0, 0);
        for (var i = 0; i < Grid * Grid; i++)
        {
            var (x, y) = (3f * (i % Grid) / (Grid - 1) - 1.5f, 3f * (i / Grid) / (Grid - 1) - 1.5f);
            if (outline.Distance(x, y) >= 0)
                continue;
            inside++;
            extent = Math.Max(extent, Math.Sqrt(x * x + y * y));
        }
        return (extent, inside * 9.0 / (Grid * Grid) / 4);
    }
}
