using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;

namespace Assistant.Vision.Tests.Imaging.Processors;

public sealed class ImageProcessorConfigReaderTests
{
    [Fact]
    public void Size_AsNumber_MeansTheShorterSideForClip()
    {
        var config = ImageProcessorConfig.Parse("""{"feature_extractor_type": "CLIPFeatureExtractor", "size": 336, "crop_size": 336, "do_center_crop": true, "resample": 3}""");
        Assert.Equal(ImageProcessorConfig.Clip(336).Fingerprint, config.Fingerprint);
    }

    [Fact]
    public void Size_AsNumber_MeansASquareForViT()
    {
        var config = ImageProcessorConfig.Parse("""{"feature_extractor_type": "ViTFeatureExtractor", "size": 224, "resample": 2, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""");
        Assert.Equal(ImageProcessorConfig.ViT().Fingerprint, config.Fingerprint);
    }

    [Fact]
    public void Size_AsNumber_MeansTheShorterSideForVilt()
    {
        var config = ImageProcessorConfig.Parse("""{"image_processor_type": "ViltImageProcessor", "size": 384, "size_divisor": 32, "resample": 3, "do_pad": true}""");
        Assert.Equal(ImageProcessorConfig.Vilt().Fingerprint, config.Fingerprint);
        Assert.True(config.DoPadBatch);
    }

    [Fact]
    public void DoPad_MeansASquareForLlava()
    {
        var config = ImageProcessorConfig.Parse("""{"image_processor_type": "LlavaImageProcessor", "size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}, "do_pad": true}""");
        Assert.Equal(ImageProcessorConfig.Llava().Fingerprint, config.Fingerprint);
        Assert.Equal((122, 116, 104), config.PadColor);
    }

    [Fact]
    public void DoPad_MeansNothingForBlip()
    {
        var config = ImageProcessorConfig.Parse("""{"image_processor_type": "BlipImageProcessor", "size": {"height": 384, "width": 384}, "size_divisor": 32, "do_pad": true}""");
        Assert.Equal(ImageProcessorConfig.Blip().Fingerprint, config.Fingerprint);
    }

    [Fact]
    public void ConvNext_EnlargesAndCrops()
    {
        var config = ImageProcessorConfig.Parse("""{"feature_extractor_type": "ConvNextFeatureExtractor", "size": 224, "crop_pct": 0.875, "resample": 3, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}""");
        Assert.Equal((256, 224, 224), (config.ShortestEdge, config.CropHeight, config.CropWidth));
        Assert.Equal(ResampleFilter.Bicubic, config.Resample);
    }

    [Theory]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{}", "'size' is missing")]
    [InlineData("""{"size": {"longest_edge": 3}}""", "'size' is {\"longest_edge\": 3}")]
    [InlineData("""{"size": -4}""", "'size' is -4")]
    [InlineData("""{"size": 99999999}""", "'size' is 99999999")]
    [InlineData("""{"size": 224}""", "'crop_size' is missing")]
    [InlineData("""{"size": 224, "crop_size": "x"}""", "'crop_size' is \"x\"")]
    [InlineData("""{"size": 224, "crop_size": 224, "resample": 9}""", "'resample' is 9")]
    [InlineData("""{"size": 224, "crop_size": 224, "image_std": [1, 0, 1]}""", "'image_std' is [1, 0, 1]")]
    [InlineData("""{"size": 224, "crop_size": 224, "image_mean": [1]}""", "'image_mean' is [1]")]
    [InlineData("""{"size": 224, "crop_size": 224, "do_resize": "yes"}""", "'do_resize' is \"yes\"")]
    public void Parse_NamesTheSetting_WhenItMakesNoSense(string json, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => ImageProcessorConfig.Parse(json));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("preprocessor_config.json: ", error.Message, StringComparison.Ordinal);
    }
}
