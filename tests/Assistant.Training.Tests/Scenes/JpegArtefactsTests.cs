using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class JpegArtefactsTests
{
    [Theory]
    [InlineData(100, false, 0, 2)]
    [InlineData(75, true, 0.5, 16)]
    [InlineData(20, true, 4, 40)]
    public void Loss_GrowsAsQualityFalls(int quality, bool halveChroma, double low, double high)
    {
        var picture = Pattern();
        JpegArtefacts.Apply(picture, quality, halveChroma);
        var original = Pattern();
        var error = picture.Planes.Zip(original.Planes, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average()).Average();
        Assert.InRange(error, low, high);
    }

    [Fact]
    public void FlatPictures_StayAsTheyAre()
    {
        var picture = new PixelPlanes(21, 13); // not a multiple of 8
        picture.Fill(new SceneRgb(200, 30, 90), 0, 0);
        JpegArtefacts.Apply(picture, 10, halveChroma: true);
        Assert.All(picture.Planes[0], value => Assert.Equal(200, value, 0.5));
        Assert.All(picture.Planes[1], value => Assert.Equal(30, value, 0.5));
        Assert.All(picture.Planes[2], value => Assert.Equal(90, value, 0.5));
    }

    private static PixelPlanes Pattern()
    {
        var random = new SceneRandom(6);
        var picture = new PixelPlanes(37, 29);
        picture.Fill(new SceneRgb(120, 130, 90), 40, 1);
        for (var i = 0; i < 200; i++)
            picture.Blend(random.Next(37), random.Next(29), 0.7f, random.Next(256), random.Next(256), random.Next(256));
        return picture;
    }
}
