using Assistant.Vision.Imaging;

namespace Assistant.Vision.Tests.Imaging;

public sealed class ImageEncoderTests
{
    [Fact]
    public void Encoders_WriteTheirFormats()
    {
        var image = Pictures.Gradient(40, 30);
        Assert.Equal(ImageFormat.Png, ImageDecoder.Identify(ImageEncoder.ToPng(image)).Format);
        Assert.Equal(ImageFormat.Jpeg, ImageDecoder.Identify(ImageEncoder.ToJpeg(image)).Format);
        Assert.Equal(new ImageInfo(ImageFormat.WebP, 40, 30, 1), ImageDecoder.Identify(ImageEncoder.ToWebP(image)));
    }

    [Fact]
    public void Jpeg_StaysClose_AtHighQuality()
    {
        var image = Pictures.Gradient(80, 60);
        Assert.True(Pictures.Difference(image.Pixels, ImageDecoder.Decode(ImageEncoder.ToJpeg(image, 95)).Pixels).Mean < 2);
        Assert.True(Pictures.Difference(image.Pixels, ImageDecoder.Decode(ImageEncoder.ToWebP(image, 95)).Pixels).Mean < 3);
    }

    [Fact]
    public void Jpeg_ShrinksWithQuality()
    {
        var image = Pictures.Pattern(200, 200);
        Assert.True(ImageEncoder.ToJpeg(image, 20).Length < ImageEncoder.ToJpeg(image, 90).Length);
    }

    [Fact]
    public void Encoders_RefuseWhatTheFormatCannotHold()
    {
        var wide = new RgbImage(70_000, 1);
        Assert.Contains("65535", Assert.Throws<ArgumentException>(() => ImageEncoder.ToJpeg(wide)).Message, StringComparison.Ordinal);
        Assert.Contains("16383", Assert.Throws<ArgumentException>(() => ImageEncoder.ToWebP(wide)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageEncoder.ToJpeg(new RgbImage(1, 1), 101));
        Assert.Equal(70_000, ImageDecoder.Decode(ImageEncoder.ToPng(wide)).Width);
    }
}
