using System.Buffers.Binary;
using Assistant.Vision.Imaging;
using SceneExam.Fonts;
using SceneExam.Pictures;

namespace SceneExam.Tests.Fonts;

public sealed class FontFileTests
{
    private const string Root = "/usr/share/fonts/truetype", Emoji = "noto/NotoColorEmoji.ttf";

    [Fact]
    public void EveryThing_HasItsPictographs_AndNoTwoAreAlike()
    {
        var fonts = Needs.Fonts();
        var seen = new Dictionary<string, int>();
        foreach (var thing in Enum.GetValues<Thing>())
        {
            foreach (var codePoint in PictographChart.CodePoints(thing))
            {
                var pictograph = fonts.Pictograph(codePoint);
                Assert.InRange(pictograph.Width, 40, 136);
                Assert.InRange(pictograph.Height, 40, 128);
                var pixels = string.Join(',', Enumerable.Range(0, 4096).Select(i => (int)pictograph.At(i % 64 * 2, i / 64 * 2)[i % 3]));
                Assert.True(seen.TryAdd(pixels, codePoint), $"U+{codePoint:X} of {thing} is drawn like another one");
            }
        }
    }

    [Fact]
    public void PngReader_ReadsWhatTheProductReads_WithTheTransparencyBesides()
    {
        Needs.Fonts();
        var bitmaps = new BitmapGlyphs(new FontFile(File.ReadAllBytes(Path.Combine(Root, Emoji))));
        foreach (var codePoint in Enum.GetValues<Thing>().SelectMany(PictographChart.CodePoints))
        {
            var png = bitmaps.Png(codePoint).Span;
            var (width, height, rgba) = PngReader.Read(png);
            var opaque = ImageDecoder.Decode(png);
            var onWhite = ImageDecoder.Decode(png, new ImageDecoderOptions { Alpha = AlphaHandling.White });
            Assert.Equal((opaque.Width, opaque.Height), (width, height));
            for (var i = 0; i < width * height; i++)
            {
                for (var c = 0; c < 3; c++)
                {
                    Assert.Equal(opaque.Pixels[(3 * i) + c], rgba[(4 * i) + c]);
                    var white = 255 + ((rgba[(4 * i) + c] - 255) * rgba[(4 * i) + 3] / 255.0);
                    Assert.InRange(onWhite.Pixels[(3 * i) + c], white - 1.01, white + 1.01);
                }
            }
        }
    }

    [Fact]
    public void EveryFace_HasEveryCharacter_AsHighAsItsNeighbours()
    {
        var fonts = Needs.Fonts();
        foreach (var face in FontShelf.TextFaces)
        {
            foreach (var character in MixedSceneMaker.Characters)
            {
                var outline = fonts.Outline(face, character);
                Assert.InRange(outline.Aspect, 0.1, 1.6);
                Assert.InRange(outline.Polygons.Count, 1, 3); // 8 and B have two counters
                var points = outline.Polygons.SelectMany(p => p).ToArray();
                Assert.Equal(1, points.Max(p => Math.Max(Math.Abs(p.X), Math.Abs(p.Y))), 6);
            }
            Assert.Equal(3, fonts.Outline(face, '8').Polygons.Count);
            Assert.Equal(2, fonts.Outline(face, 'A').Polygons.Count);
            Assert.True(fonts.Outline(face, 'W').Aspect > 1);
            Assert.True(fonts.Outline(face, 'I').Aspect < 0.6);
        }
    }

    [Fact]
    public void MissingCharacters_AreNamed()
    {
        Needs.Fonts();
        var text = new OutlineGlyphs(Open("dejavu/DejaVuSans.ttf"));
        Assert.Contains("no outline for '\uE123'", Assert.Throws<InvalidDataException>(() => text.Of('\uE123')).Message, StringComparison.Ordinal);
        Assert.Contains("no outline for ' '", Assert.Throws<InvalidDataException>(() => text.Of(' ')).Message, StringComparison.Ordinal);
        Assert.Contains("builds '\u00C4' from other glyphs", Assert.Throws<InvalidDataException>(() => text.Of('\u00C4')).Message, StringComparison.Ordinal);
        var bitmaps = new BitmapGlyphs(Open(Emoji));
        Assert.Contains("no bitmap for U+10FFFF", Assert.Throws<InvalidDataException>(() => bitmaps.Png(0x10FFFF)).Message, StringComparison.Ordinal);
        Assert.Contains("no CBLC table; it has ", Assert.Throws<InvalidDataException>(() => new BitmapGlyphs(Open("dejavu/DejaVuSans.ttf"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00010000")]
    [InlineData("4F54544F000100000000000000000000")]
    [InlineData("0001000000FF00000000000000000000")]
    [InlineData("000100000001000000000000636D617000000000FFFFFFFFFFFFFFFF")]
    public void WhatIsNoFont_IsRefused(string hex) => Assert.Throws<InvalidDataException>(() => new FontFile(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("dejavu/DejaVuSerif.ttf")]
    [InlineData(Emoji)]
    public void BrokenFonts_EndInASentence_AndNothingElse(string file)
    {
        Needs.Fonts();
        var whole = File.ReadAllBytes(Path.Combine(Root, file));
        var random = new Random(5);
        var refused = 0;
        for (var trial = 0; trial < 150; trial++)
        {
            var broken = trial % 3 == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
            // The tables that are read lie where the directory says; bytes are changed there, where it counts.
            for (var i = 0; trial % 3 != 0 && i < 40; i++)
                broken[TableByte(broken, whole, random)] = (byte)random.Next(256);
            try
            {
                var font = new FontFile(broken);
                if (file == Emoji)
                {
                    var (width, height, rgba) = PngReader.Read(new BitmapGlyphs(font).Png(0x1F415).Span);
                    _ = new Pictograph(width, height, rgba);
                }
                else
                {
                    _ = MixedSceneMaker.Characters.Select(new OutlineGlyphs(font).Of).Count(o => o.Aspect > 0);
                }
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 50, 150);
    }

    [Fact]
    public void AFolderWithoutFonts_SaysWhatToInstall()
    {
        var empty = new FontShelf(Path.Combine(Path.GetTempPath(), "no-fonts-here"));
        Assert.Null(empty.Missing([1]));
        Assert.EndsWith("sudo apt-get install fonts-noto-color-emoji", empty.Missing([1, 2]), StringComparison.Ordinal);
        Assert.EndsWith("sudo apt-get install fonts-noto-color-emoji fonts-dejavu-core fonts-liberation", empty.Missing([3]), StringComparison.Ordinal);
    }

    private static int TableByte(byte[] font, byte[] whole, Random random)
    {
        // The directory itself, or the first bytes of one of its tables.
        var tables = BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(4));
        var pick = random.Next(-1, tables);
        if (pick < 0)
            return random.Next(12 + (16 * tables));
        var offset = (int)BinaryPrimitives.ReadUInt32BigEndian(whole.AsSpan(12 + (16 * pick) + 8));
        return Math.Min(font.Length - 1, offset + random.Next(200));
    }

    private static FontFile Open(string file) => new(File.ReadAllBytes(Path.Combine(Root, file)));
}
