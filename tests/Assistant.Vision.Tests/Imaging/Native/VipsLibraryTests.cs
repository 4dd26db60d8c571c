using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Native;

namespace Assistant.Vision.Tests.Imaging.Native;

public sealed class VipsLibraryTests
{
    public static TheoryData<string, byte[]> Openings => new()
    {
        { "SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>"u8.ToArray() },
        { "TIFF", [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] },
        { "PPM", "P6 1 1 255\nabc"u8.ToArray() },
    };

    /// <summary>The signature check comes first; should it ever let something through, the library has no loader for it.</summary>
    [Theory]
    [MemberData(nameof(Openings))]
    public unsafe void OtherLoaders_AreBlocked(string name, byte[] data)
    {
        VipsLibrary.EnsureInitialized();
        fixed (byte* start = data)
        {
            using var image = VipsNative.vips_image_new_from_buffer(start, (nuint)data.Length, "", 0);
            Assert.True(image.IsInvalid, $"{name} was opened");
        }
        Assert.Equal(3, ImageDecoder.Decode(ImageEncoder.ToPng(new RgbImage(3, 3))).Width);
    }

    [Fact]
    public void Library_IsTheVersionThatWasTried()
    {
        VipsLibrary.EnsureInitialized();
        Assert.Equal((8, 18), (VipsNative.vips_version(0), VipsNative.vips_version(1)));
    }
}
