using System.Text.Json;
using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;

namespace Assistant.Vision.Tests.Imaging.Processors;

public sealed class ImageProcessorTests
{
    public static TheoryData<string> Names => ["clip_224", "llava_clip_336_pad", "blip_384", "vilt_384", "vit_224", "vgg16"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Process_EqualsTheReference(string name)
    {
        var processor = new ImageProcessor(Preset(name));
        var tensors = ReferenceFiles.Tensors(ReferenceFiles.Preprocess(name + ".safetensors"));
        foreach (var (key, expected) in tensors.Where(t => t.Key.EndsWith(".uint8", StringComparison.Ordinal)))
        {
            var picture = key[..^".uint8".Length];
            var image = ImageDecoder.DecodeFile(ReferenceFiles.Preprocess(picture + ".decoded.png"));
            var prepared = processor.Prepare(image);
            Assert.Equal([3, prepared.Height, prepared.Width], expected.Shape);
            Assert.True(expected.Bytes.AsSpan().SequenceEqual(Planes(prepared)), $"{name} {picture}: {Pictures.Difference(expected.Bytes, Planes(prepared))}");

            var values = processor.Process(image);
            AssertClose(tensors[picture + ".pixel_values"].Halves(), values.Data, 2e-3, $"{name} {picture}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Process_StaysCloseToTheReference_FromTheOriginalFiles(string name)
    {
        var processor = new ImageProcessor(Preset(name));
        var tensors = ReferenceFiles.Tensors(ReferenceFiles.Preprocess(name + ".safetensors"));
        foreach (var (key, expected) in tensors.Where(t => t.Key.EndsWith(".uint8", StringComparison.Ordinal)))
        {
            var picture = key[..^".uint8".Length];
            var file = picture + (picture is "waterview" or "extreme_ironing" ? ".jpg" : ".png");
            var prepared = processor.Prepare(ImageDecoder.DecodeFile(ReferenceFiles.Preprocess(file)));
            var (max, mean) = Pictures.Difference(expected.Bytes, Planes(prepared));
            Assert.True(max <= 3 && mean < 0.05, $"{name} {picture}: max {max}, mean {mean}");
        }
    }

    [Theory]
    [InlineData("clip_224")]
    [InlineData("llava_clip_336_pad")]
    [InlineData("blip_384")]
    [InlineData("vilt_384")]
    [InlineData("vit_224")]
    public void Parse_ReadsTheReferencesOwnSettings(string name)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Preprocess("expected.json")));
        var json = expected.RootElement.GetProperty("processors").GetProperty(name);
        var type = json.GetProperty("class").GetString()!;
        var text = json.GetRawText().Replace("\"class\"", "\"image_processor_type\"", StringComparison.Ordinal);
        var config = ImageProcessorConfig.Parse(text);
        var preset = Preset(name);
        Assert.Equal(preset.Fingerprint, (config with { DoPadToSquare = preset.DoPadToSquare }).Fingerprint);
        Assert.Equal(preset.DoPadBatch, config.DoPadBatch);
        Assert.NotEmpty(type);
    }

    [Fact]
    public void ProcessBatch_PadsWithZeros_AndMasks()
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Preprocess("expected.json")));
        var vilt = expected.RootElement.GetProperty("vilt_batch");
        int[] Numbers(string key) => [.. vilt.GetProperty(key).EnumerateArray().Select(v => v.GetInt32())];
        var names = vilt.GetProperty("images").EnumerateArray().Select(v => v.GetString()!).ToArray();
        var tensors = ReferenceFiles.Tensors(ReferenceFiles.Preprocess("vilt_384.safetensors"));
        var processor = new ImageProcessor(ImageProcessorConfig.Vilt());

        var batch = processor.ProcessBatch([.. names.Select(n => ImageDecoder.DecodeFile(ReferenceFiles.Preprocess(n + ".decoded.png")))]);

        Assert.Equal(Numbers("pixel_values_shape"), (int[])[batch.Count, PixelValues.Channels, batch.Height, batch.Width]);
        var plane = batch.Height * batch.Width;
        for (var n = 0; n < batch.Count; n++)
        {
            var (rows, columns) = (Numbers("pixel_mask_rows")[n], Numbers("pixel_mask_cols")[n]);
            Assert.Equal(rows * columns, batch.Mask.AsSpan(n * plane, plane).Count(1));
            Assert.Equal(1, batch.Mask[(n * plane) + ((rows - 1) * batch.Width) + columns - 1]);
            var image = tensors[names[n] + ".pixel_values"].Halves();
            for (var i = 0; i < image.Length; i += 7)
            {
                var (c, y, x) = (i / (rows * columns), i / columns % rows, i % columns);
                Assert.Equal(image[i], batch.Data[((((n * 3) + c) * batch.Height) + y) * batch.Width + x], 2e-3f);
            }
            if (columns < batch.Width)
                Assert.Equal(0f, batch.Data[(n * 3 * plane) + columns]);
        }
    }

    [Fact]
    public void ProcessBatch_Throws_WhenSizesDifferAndNothingPads()
    {
        var processor = new ImageProcessor(ImageProcessorConfig.Clip() with { DoCenterCrop = false });
        var error = Assert.Throws<ArgumentException>(() => processor.ProcessBatch([new RgbImage(10, 10), new RgbImage(20, 10)]));
        Assert.Contains("224 x 224 and 448 x 224", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PadToSquare_CentresThePicture()
    {
        var padded = ImageProcessor.PadToSquare(Pictures.Solid(5, 2, 1, 2, 3), ImageProcessorConfig.Clip().PadColor);
        Assert.Equal((5, 5), (padded.Width, padded.Height));
        var rows = Enumerable.Range(0, 5).Select(y => padded.At(2, y)).ToArray();
        Assert.Equal([(122, 116, 104), (1, 2, 3), (1, 2, 3), (122, 116, 104), (122, 116, 104)], rows);
    }

    [Fact]
    public void CenterCrop_AddsBlack_WhenThePictureIsSmaller()
    {
        var config = ImageProcessorConfig.Clip() with { DoResize = false, CropHeight = 4, CropWidth = 2 };
        var crop = new ImageProcessor(config).Prepare(Pictures.Solid(4, 1, 9, 9, 9));
        Assert.Equal((2, 4), (crop.Width, crop.Height));
        Assert.Equal([(0, 0, 0), (0, 0, 0), (9, 9, 9), (0, 0, 0)], Enumerable.Range(0, 4).Select(y => crop.At(0, y)));
    }

    [Theory]
    [InlineData(1, 3000)]
    [InlineData(3000, 1)]
    [InlineData(1, 1)]
    public void Process_TakesLinesAndDots(int width, int height)
    {
        foreach (var config in new[] { ImageProcessorConfig.Clip(), ImageProcessorConfig.Llava(), ImageProcessorConfig.ViT(), ImageProcessorConfig.Vilt() })
        {
            var values = new ImageProcessor(config).Process(Pictures.Solid(width, height, 128, 128, 128));
            Assert.Equal(3 * values.Width * values.Height, values.Data.Length);
            Assert.All(values.Data, v => Assert.True(float.IsFinite(v)));
        }
    }

    private static ImageProcessorConfig Preset(string name) => name switch
    {
        "clip_224" => ImageProcessorConfig.Clip(),
        "llava_clip_336_pad" => ImageProcessorConfig.Llava(),
        "blip_384" => ImageProcessorConfig.Blip(),
        "vilt_384" => ImageProcessorConfig.Vilt(),
        "vit_224" => ImageProcessorConfig.ViT(),
        _ => ImageProcessorConfig.Torchvision(),
    };

    private static byte[] Planes(RgbImage image) => [.. image.Channel(0), .. image.Channel(1), .. image.Channel(2)];

    private static void AssertClose(float[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= tolerance, $"{what}: differs by {worst}");
    }
}
