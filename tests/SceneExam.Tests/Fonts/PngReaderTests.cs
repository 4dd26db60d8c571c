using SceneExam.Fonts;

namespace SceneExam.Tests.Fonts;

public sealed class PngReaderTests
{
    // Two pixels with a palette of two colours, the second half transparent; written by hand, checksums left at zero.
    private const string TwoPixels =
        "89504E470D0A1A0A" + "0000000D49484452" + "0000000200000001" + "0803000000" + "00000000" +
        "00000006504C5445" + "0A141E646E78" + "00000000" + "0000000274524E53" + "FF80" + "00000000" +
        "0000000E49444154" + "7801010300FCFF000001" + "00040002" + "00000000" + "0000000049454E44" + "00000000";

    [Fact]
    public void Palette_IsLookedUp_WithItsTransparency()
    {
        var (width, height, rgba) = PngReader.Read(Convert.FromHexString(TwoPixels));
        Assert.Equal((2, 1), (width, height));
        Assert.Equal([10, 20, 30, 255, 100, 110, 120, 128], rgba);
    }

    [Theory]
    [InlineData("89504E", "XX504E", "not a PNG file")]
    [InlineData("0000000200000001", "0000000200000801", "2 x 2049 pixels")]
    [InlineData("0000000200000001", "0000000200000002", "fewer pixels than it says")]
    [InlineData("0803000000", "1002000000", "colour type 2 with 16 bits are not read")]
    [InlineData("0803000000", "0803000001", "interlaced, are not read")]
    [InlineData("00000006504C5445", "00000003504C5445", "")]
    [InlineData("0000000E49444154", "0000FF0E49444154", "cut off")]
    [InlineData("FCFF00000100040002", "FCFF090001001F000B", "unknown row filter, 9")]
    [InlineData("FCFF00000100040002", "FCFF00000500080006", "colour 5 of a palette of 2")]
    public void BrokenFiles_AreRefused(string part, string broken, string message)
    {
        var hex = TwoPixels.Replace(part, broken, StringComparison.Ordinal).Replace("XX", "00", StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => PngReader.Read(Convert.FromHexString(hex)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
