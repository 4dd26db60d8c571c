using System.Text;
using Assistant.Vision.Imaging;

namespace Assistant.Vision.Tests.Imaging;

public sealed class ImageDecoderTests
{
    private static readonly (int, int, int) Red = (255, 0, 0), Green = (0, 255, 0), Blue = (0, 0, 255);

    public static TheoryData<string> EmbeddedFiles => ["Gif", "AnimatedGif", "ProgressiveJpeg", "CmykJpeg", "AnimatedWebP", "LosslessWebP"];

    [Theory]
    [MemberData(nameof(EmbeddedFiles))]
    public void Decode_ReadsEveryFormat_FirstFrameOfAnimations(string name)
    {
        var image = ImageDecoder.Decode((byte[])typeof(SampleFiles).GetField(name)!.GetValue(null)!);
        Assert.Equal((8, 6), (image.Width, image.Height));
        var tolerance = name.EndsWith("Jpeg", StringComparison.Ordinal) ? 6 : 0;
        Pictures.AssertNear(Red, image.At(0, 0), tolerance);
        Pictures.AssertNear(Green, image.At(0, 5), tolerance);
        Pictures.AssertNear(Blue, image.At(7, 5), tolerance);
    }

    [Fact]
    public void Decode_ReadsAvif()
    {
        var image = ImageDecoder.Decode(SampleFiles.Avif);
        Assert.Equal((64, 48), (image.Width, image.Height));
        Pictures.AssertNear(Red, image.At(4, 40), 8);
        Pictures.AssertNear(Blue, image.At(60, 4), 8);
    }

    [Fact]
    public void Decode_RepeatsGray()
    {
        var image = ImageDecoder.Decode(SampleFiles.GrayJpeg);
        var (r, g, b) = image.At(0, 0);
        Assert.True(r == g && g == b);
        Assert.NotEqual(image.At(0, 0), image.At(7, 0));
    }

    [Fact]
    public void Decode_ReturnsTheEncodedPixels_WhenLossless()
    {
        var image = Pictures.Pattern(37, 23);
        Assert.Equal(image.Pixels, ImageDecoder.Decode(ImageEncoder.ToPng(image)).Pixels);
        Assert.Equal(image.Pixels, ImageDecoder.Decode(ImageEncoder.ToLosslessWebP(image)).Pixels);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 300)]
    [InlineData(300, 1)]
    public void Decode_ReadsLines(int width, int height)
    {
        var image = Pictures.Pattern(width, height);
        Assert.Equal(image.Pixels, ImageDecoder.Decode(ImageEncoder.ToPng(image)).Pixels);
        var jpeg = ImageDecoder.Decode(ImageEncoder.ToJpeg(image));
        Assert.Equal((width, height), (jpeg.Width, jpeg.Height));
    }

    [Fact]
    public void Decode_ExpandsPalettes()
    {
        var png = new PngBuilder(3, 1, 8, PngBuilder.Palette).Chunk("PLTE", 10, 20, 30, 40, 50, 60, 70, 80, 90).Build([2, 0, 1]);
        Assert.Equal([70, 80, 90, 10, 20, 30, 40, 50, 60], ImageDecoder.Decode(png).Pixels);
    }

    [Fact]
    public void Decode_ExpandsSingleBits()
    {
        var png = new PngBuilder(3, 1, 1, PngBuilder.Gray).Build([0b1010_0000]);
        Assert.Equal([255, 255, 255, 0, 0, 0, 255, 255, 255], ImageDecoder.Decode(png).Pixels);
    }

    [Fact]
    public void Decode_KeepsHighByteOf16BitSamples()
    {
        var rgb = new PngBuilder(1, 1, 16, PngBuilder.Rgb).Build([0x12, 0xFF, 0x80, 0x00, 0xFE, 0xFF]);
        Assert.Equal([0x12, 0x80, 0xFE], ImageDecoder.Decode(rgb).Pixels);
        var gray = new PngBuilder(2, 1, 16, PngBuilder.Gray).Build([0x40, 0xFF, 0xC0, 0x00]);
        Assert.Equal([0x40, 0x40, 0x40, 0xC0, 0xC0, 0xC0], ImageDecoder.Decode(gray).Pixels);
    }

    [Fact]
    public void Decode_DropsAlpha_ByDefault()
    {
        var png = new PngBuilder(2, 1, 8, PngBuilder.Rgba).Build([200, 100, 50, 0, 10, 20, 30, 128]);
        Assert.Equal([200, 100, 50, 10, 20, 30], ImageDecoder.Decode(png).Pixels);
    }

    [Fact]
    public void Decode_CompositesOnWhite_WhenAsked()
    {
        var onWhite = new ImageDecoderOptions { Alpha = AlphaHandling.White };
        var png = new PngBuilder(3, 1, 8, PngBuilder.Rgba).Build([200, 100, 50, 0, 200, 100, 50, 255, 0, 100, 255, 102]);
        Assert.Equal([255, 255, 255, 200, 100, 50, 153, 193, 255], ImageDecoder.Decode(png, onWhite).Pixels);
        var gray = new PngBuilder(2, 1, 8, PngBuilder.GrayAlpha).Build([80, 255, 80, 0]);
        Assert.Equal([80, 80, 80, 255, 255, 255], ImageDecoder.Decode(gray, onWhite).Pixels);
        var palette = new PngBuilder(2, 1, 8, PngBuilder.Palette).Chunk("PLTE", 1, 2, 3, 4, 5, 6).Chunk("tRNS", 0).Build([0, 1]);
        Assert.Equal([255, 255, 255, 4, 5, 6], ImageDecoder.Decode(palette, onWhite).Pixels);
        Assert.Equal((255, 255, 255), ImageDecoder.Decode(SampleFiles.TransparentGif, onWhite).At(7, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Decode_TurnsPicturesUpright(int orientation)
    {
        // A picture whose four corners differ, stored so that the tag brings it back.
        var upright = Pictures.Gradient(48, 32);
        var inverse = orientation switch { 6 => 8, 8 => 6, _ => orientation };
        var stored = Orientation.Apply(upright, inverse);
        var jpeg = Exif.InJpeg(ImageEncoder.ToJpeg(stored, 95), orientation);

        var decoded = ImageDecoder.Decode(jpeg);
        Assert.Equal((48, 32), (decoded.Width, decoded.Height));
        Assert.True(Pictures.Difference(upright.Pixels, decoded.Pixels).Max <= 12);
        Assert.Equal(new ImageInfo(ImageFormat.Jpeg, 48, 32, orientation), ImageDecoder.Identify(jpeg));
    }

    [Fact]
    public void Decode_TurnsPngUpright()
    {
        var png = new PngBuilder(2, 1, 8, PngBuilder.Rgb).Chunk("eXIf", Exif.Tiff(6)).Build([1, 2, 3, 4, 5, 6]);
        var image = ImageDecoder.Decode(png);
        Assert.Equal((1, 2), (image.Width, image.Height));
        Assert.Equal([1, 2, 3, 4, 5, 6], image.Pixels);
    }

    [Fact]
    public void Decode_RefusesTooManyPixels_ByTheHeaderAlone()
    {
        var png = new PngBuilder(30_000, 30_000, 8, PngBuilder.Rgb).Build(new byte[64]);
        var error = Assert.Throws<ImageDecodeException>(() => ImageDecoder.Decode(png));
        Assert.Equal("The picture is 30000 x 30000 pixels (900 megapixels); the limit is 50 megapixels.", error.Message);
        Assert.Equal(30_000, ImageDecoder.Identify(png).Width);
    }

    [Fact]
    public void Decode_TakesTheLimitFromTheOptions()
    {
        var png = ImageEncoder.ToPng(Pictures.Pattern(20, 10));
        Assert.Equal(20, ImageDecoder.Decode(png, new ImageDecoderOptions { MaxPixels = 200 }).Width);
        var error = Assert.Throws<ImageDecodeException>(() => ImageDecoder.Decode(png, new ImageDecoderOptions { MaxPixels = 199 }));
        Assert.Equal("The picture is 20 x 10 pixels (0.0002 megapixels); the limit is 0.000199 megapixels.", error.Message);
    }

    public static TheoryData<string, byte[], string> NoPictures => new()
    {
        { "empty", [], "it is empty" },
        { "text", "Hello, this is a text that was named holiday.png"u8.ToArray(), "it looks like text" },
        { "umlauts", Encoding.UTF8.GetBytes(new string('ü', 400)), "it looks like text" },
        { "svg", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"u8.ToArray(), "it looks like SVG" },
        { "tiff", [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 0, 0], "it looks like TIFF" },
        { "pdf", "%PDF-1.7 \0"u8.ToArray(), "it looks like PDF" },
        { "zeros", new byte[100], "its first bytes are those of no known format" },
        { "heic", SampleFiles.Heic, "it looks like HEIC" },
    };

    [Theory]
    [MemberData(nameof(NoPictures))]
    public void Decode_SaysWhatItGot_WhenItIsNoPicture(string name, byte[] data, string finding)
    {
        Assert.NotEmpty(name);
        var error = Assert.Throws<ImageDecodeException>(() => ImageDecoder.Decode(data));
        Assert.Equal($"This is not an image that can be read: {finding} (JPEG, PNG, WebP, GIF and AVIF are).", error.Message);
        Assert.Throws<ImageDecodeException>(() => ImageDecoder.Identify(data));
    }

    public static TheoryData<string> Formats => ["PNG", "JPEG", "WebP", "GIF", "AVIF"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decode_RefusesTruncatedFiles_AndGoesOn(string format)
    {
        var file = File(format);
        foreach (var length in new[] { 16, file.Length / 4, file.Length / 2, file.Length * 3 / 4 })
        {
            var error = Assert.Throws<ImageDecodeException>(() => ImageDecoder.Decode(file.AsSpan(0, length)));
            Assert.StartsWith($"The {format} picture is damaged or cut off", error.Message, StringComparison.Ordinal);
        }
        Assert.True(ImageDecoder.Decode(file).Width > 1);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decode_NeverDoesWorseThanRefuse_WhenBytesAreWrong(string format)
    {
        var file = File(format);
        var random = new Random(5);
        var refused = 0;
        for (var trial = 0; trial < 60; trial++)
        {
            var damaged = file.ToArray();
            for (var i = 0; i < 8; i++)
                damaged[random.Next(12, damaged.Length)] = (byte)random.Next(256);
            try
            {
                Assert.True(ImageDecoder.Decode(damaged, new ImageDecoderOptions { MaxPixels = 1_000_000 }).Width > 0);
            }
            catch (ImageDecodeException)
            {
                refused++;
            }
        }
        Assert.True(refused > 0, "no damage was noticed");
        Assert.True(ImageDecoder.Decode(file).Width > 1);
    }

    [Fact]
    public void Decode_WorksOnManyThreads()
    {
        var picture = Pictures.Pattern(120, 90);
        var png = ImageEncoder.ToPng(picture);
        var webp = ImageEncoder.ToLosslessWebP(picture);
        var wrong = 0;
        var threads = Enumerable.Range(0, 8).Select(n => new Thread(() =>
        {
            for (var i = 0; i < 12; i++)
            {
                if (i % 4 == 3)
                    Assert.Throws<ImageDecodeException>(() => ImageDecoder.Decode(png.AsSpan(0, 200)));
                else if (!ImageDecoder.Decode((i + n) % 2 == 0 ? png : webp).Pixels.AsSpan().SequenceEqual(picture.Pixels))
                    Interlocked.Increment(ref wrong);
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Encoders_DropThePositionOfPhonePhotos()
    {
        var data = System.IO.File.ReadAllBytes(ReferenceFiles.Picture("flower-5mp.jpg"));
        var info = ImageDecoder.Identify(data);
        var image = ImageDecoder.Decode(data);
        Assert.Equal((info.Width, info.Height), (image.Width, image.Height));
        Assert.True((long)image.Width * image.Height > 4_000_000);
        Assert.True(data.AsSpan().IndexOf("Exif\0\0"u8) >= 0);
        foreach (var stored in new[] { ImageEncoder.ToJpeg(image), ImageEncoder.ToWebP(Resampler.Thumbnail(image, 256)) })
        {
            Assert.True(stored.AsSpan().IndexOf("Exif"u8) < 0 && stored.AsSpan().IndexOf("EXIF"u8) < 0);
            Assert.Equal(1, ImageDecoder.Identify(stored).Orientation);
        }
    }

    [Theory]
    [InlineData("dog.png", "image/webp")]
    [InlineData("cat.png", "image/webp")]
    [InlineData("car.png", "image/webp")]
    [InlineData("waterview.jpg", "image/jpeg")]
    [InlineData("extreme_ironing.jpg", "image/jpeg")]
    public void Decode_GivesPillowsPixels(string name, string mediaType)
    {
        var data = System.IO.File.ReadAllBytes(ReferenceFiles.Preprocess(name));
        Assert.Equal(mediaType, ImageDecoder.Identify(data).MediaType);
        var expected = ImageDecoder.DecodeFile(ReferenceFiles.Preprocess(Path.GetFileNameWithoutExtension(name) + ".decoded.png"));
        var (max, mean) = Pictures.Difference(expected.Pixels, ImageDecoder.Decode(data).Pixels);
        Assert.True(max <= 3 && mean < 0.05, $"{name}: max {max}, mean {mean}");
    }

    [Fact]
    public void DecodeFile_NamesTheFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        System.IO.File.WriteAllText(path, "no picture");
        try
        {
            var error = Assert.Throws<ImageDecodeException>(() => ImageDecoder.DecodeFile(path));
            Assert.StartsWith(path + ": This is not an image", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static byte[] File(string format) => format switch
    {
        "PNG" => ImageEncoder.ToPng(Pictures.Pattern(64, 64)),
        "JPEG" => ImageEncoder.ToJpeg(Pictures.Pattern(64, 64)),
        "WebP" => ImageEncoder.ToWebP(Pictures.Pattern(64, 64)),
        "GIF" => SampleFiles.Gif,
        _ => SampleFiles.Avif,
    };
}
