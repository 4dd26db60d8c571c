using Assistant.Vision.Imaging;

namespace Assistant.Vision.Tests.Imaging.Resampling;

public sealed class ResamplerTests
{
    [Fact]
    public void Resize_EqualsPillow_BitForBit()
    {
        var tensors = ReferenceFiles.Tensors(ReferenceFiles.Preprocess("pil_resize.safetensors"));
        var compared = 0;
        foreach (var (name, expected) in tensors.Where(t => !t.Key.EndsWith("source", StringComparison.Ordinal)))
        {
            var parts = name.Split('.');
            var filter = Enum.Parse<ResampleFilter>(parts[^1], ignoreCase: true);
            var gray = parts[1] == "gray";
            var source = tensors[parts[0] + (gray ? ".gray_source" : ".source")];
            var (height, width) = (expected.Shape[0], expected.Shape[1]);
            var actual = gray
                ? Resampler.ResizeGray(source.Bytes, source.Shape[1], source.Shape[0], width, height, filter)
                : Resampler.Resize(new RgbImage(source.Shape[1], source.Shape[0], source.Bytes), width, height, filter).Pixels;
            Assert.True(expected.Bytes.AsSpan().SequenceEqual(actual), $"{name} differs: {Pictures.Difference(expected.Bytes, actual)}");
            compared++;
        }
        Assert.Equal(tensors.Count - 4, compared);
    }

    [Theory]
    [InlineData(ResampleFilter.Nearest)]
    [InlineData(ResampleFilter.Lanczos)]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Box)]
    [InlineData(ResampleFilter.Hamming)]
    public void Resize_GivesEachChannelWhatGrayGives(ResampleFilter filter)
    {
        // The grey path is scalar, the RGB path uses vectors: equal results tie them together, at sizes that leave remainders.
        var image = Pictures.Pattern(101, 67);
        foreach (var (width, height) in new[] { (33, 21), (7, 150), (202, 5), (101, 10), (10, 67) })
        {
            var resized = Resampler.Resize(image, width, height, filter);
            for (var c = 0; c < 3; c++)
            {
                var channel = image.Channel(c);
                Assert.Equal(Resampler.ResizeGray(channel, 101, 67, width, height, filter), resized.Channel(c));
            }
        }
    }

    [Fact]
    public void Resize_IsTheSame_WhenSpreadOverCores()
    {
        var image = Pictures.Pattern(2100, 1500); // enough work for the parallel path
        var whole = Resampler.Resize(image, 640, 480, ResampleFilter.Lanczos);
        var channel = Resampler.ResizeGray(image.Channel(1), 2100, 1500, 640, 480, ResampleFilter.Lanczos);
        Assert.Equal(channel, whole.Channel(1));
    }

    [Theory]
    [InlineData(ResampleFilter.Nearest)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    public void Box_OnPixelEdges_EqualsNearestCropInTheMiddle(ResampleFilter filter)
    {
        var image = Pictures.Pattern(60, 40);
        var same = Resampler.Resize(image, 20, 10, filter, new ResampleBox(8, 12, 28, 22));
        for (var y = 0; y < 10; y++)
        {
            for (var x = 0; x < 20; x++)
                Assert.Equal(image.At(x + 8, y + 12), same.At(x, y)); // scale 1: every filter is the identity
        }
    }

    [Fact]
    public void Box_OfTheWhole_ChangesNothing()
    {
        var image = Pictures.Pattern(60, 40);
        Assert.Equal(Resampler.Resize(image, 31, 17).Pixels, Resampler.Resize(image, 31, 17, box: new ResampleBox(0, 0, 60, 40)).Pixels);
    }

    [Theory]
    [InlineData(-1, 0, 5, 5)]
    [InlineData(0, 0, 11, 5)]
    [InlineData(4, 4, 4, 8)]
    [InlineData(float.NaN, 0, 5, 5)]
    public void Box_Throws_WhenEmptyOrOutside(float left, float top, float right, float bottom)
    {
        var image = new RgbImage(10, 10);
        var error = Assert.Throws<ArgumentException>(() => Resampler.Resize(image, 3, 3, box: new ResampleBox(left, top, right, bottom)));
        Assert.Contains("10 x 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resize_CopiesWhenNothingChanges()
    {
        var image = Pictures.Pattern(9, 9);
        var copy = Resampler.Resize(image, 9, 9);
        Assert.Equal(image.Pixels, copy.Pixels);
        Assert.NotSame(image.Pixels, copy.Pixels);
    }

    [Theory]
    [InlineData(1000, 500, 100, 50)]
    [InlineData(500, 1000, 50, 100)]
    [InlineData(3000, 1, 100, 1)]
    public void Thumbnail_KeepsProportions(int width, int height, int expectedWidth, int expectedHeight)
    {
        var small = Resampler.Thumbnail(new RgbImage(width, height), 100);
        Assert.Equal((expectedWidth, expectedHeight), (small.Width, small.Height));
    }

    [Fact]
    public void Thumbnail_NeverEnlarges()
    {
        var image = new RgbImage(40, 30);
        Assert.Same(image, Resampler.Thumbnail(image, 100));
    }
}
