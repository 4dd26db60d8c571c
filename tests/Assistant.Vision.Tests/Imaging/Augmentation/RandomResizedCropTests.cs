using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Augmentation;

namespace Assistant.Vision.Tests.Imaging.Augmentation;

public sealed class RandomResizedCropTests
{
    [Fact]
    public void Apply_RepeatsWithTheSeed_AndVariesWithoutIt()
    {
        var image = Pictures.Pattern(90, 60);
        var crop = new RandomResizedCrop(32, 32);
        var first = crop.Apply(image, new Random(7));
        Assert.Equal((32, 32), (first.Width, first.Height));
        Assert.Equal(first.Pixels, crop.Apply(image, new Random(7)).Pixels);
        Assert.NotEqual(first.Pixels, crop.Apply(image, new Random(8)).Pixels);
    }

    [Fact]
    public void Apply_MirrorsAsOftenAsAsked()
    {
        // Red falls from left to right in the source: where it rises, the result was mirrored.
        var image = new RgbImage(64, 64);
        for (var i = 0; i < 64 * 64; i++)
            image.Pixels[3 * i] = (byte)(255 - (i % 64 * 4));
        var random = new Random(1);
        var crop = new RandomResizedCrop(16, 16, new RandomResizedCropOptions { FlipProbability = 0.25, MinScale = 0.3 });
        var mirrored = Enumerable.Range(0, 400).Count(_ => crop.Apply(image, random) is var r && r.At(0, 8).R < r.At(15, 8).R);
        Assert.InRange(mirrored, 70, 130);
        var never = new RandomResizedCrop(16, 16, new RandomResizedCropOptions { FlipProbability = 0 });
        Assert.DoesNotContain(true, Enumerable.Range(0, 50).Select(_ => never.Apply(image, random) is var r && r.At(0, 8).R < r.At(15, 8).R));
    }

    [Theory]
    [InlineData(1, 500)]
    [InlineData(500, 1)]
    [InlineData(1, 1)]
    public void Apply_FallsBackToTheMiddle_WhenNoCropFits(int width, int height)
    {
        var result = new RandomResizedCrop(8, 8, new RandomResizedCropOptions { MinScale = 0.9 }).Apply(Pictures.Solid(width, height, 5, 6, 7), new Random(3));
        Assert.Equal(Pictures.Solid(8, 8, 5, 6, 7).Pixels, result.Pixels);
    }

    [Fact]
    public void Constructor_Throws_WhenARangeIsEmpty()
    {
        Assert.Throws<ArgumentException>(() => new RandomResizedCrop(8, 8, new RandomResizedCropOptions { MinScale = 0.5, MaxScale = 0.2 }));
    }
}
