using SceneExam.ZeroShot;

namespace SceneExam.Tests.ZeroShot;

public sealed class ZeroShotPicturesTests
{
    [Fact]
    public void Things_AreDrawnOnceEach_AtTheSizeAskedFor()
    {
        Needs.Fonts();
        var pictures = ZeroShotPictures.Things(0.3, seed: 1).ToArray();
        Assert.Equal(ZeroShotPictures.ThingLabels, pictures.Select(p => p.Label));
        Assert.Equal(43, pictures.Select(p => p.Label).Distinct().Count());
        Assert.All(pictures, p => Assert.InRange(Math.Min(p.Picture.Width, p.Picture.Height), 160, 640));
        Assert.Equal(pictures[3].Picture.Pixels, ZeroShotPictures.Things(0.3, seed: 1).ElementAt(3).Picture.Pixels);
        Assert.NotEqual(pictures[3].Picture.Pixels, ZeroShotPictures.Things(0.3, seed: 2).ElementAt(3).Picture.Pixels);
        Assert.Equal("an apple", pictures.Single(p => p.Label == "apple").Caption);
        Assert.Equal("grapes", pictures.Single(p => p.Label == "grapes").Caption);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.9)]
    [InlineData(double.NaN)]
    public void Sizes_HaveLimits(double size) => Assert.Throws<ArgumentOutOfRangeException>(() => ZeroShotPictures.Things(size, seed: 1));

    [Fact]
    public void ShapesAndColors_AreDrawnOnceEach()
    {
        var pictures = ZeroShotPictures.ShapesAndColors(seed: 1).ToArray();
        Assert.Equal(8 * 12, pictures.Select(p => p.Label).Distinct().Count());
        Assert.Equal(ZeroShotPictures.ShapeAndColorLabels, pictures.Select(p => p.Label));
        Assert.Equal("an orange ring", pictures.Single(p => p.Label == "orange ring").Caption);
    }
}
