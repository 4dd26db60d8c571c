using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;

namespace Assistant.Vision.Tests.Pipelines;

public class LlavaImageEncoderTests
{
    [Fact]
    public void SeveralImages_GetTheRowsOfEach_AlsoWhileCoresAreShared()
    {
        using var encoder = LlavaImageEncoder.Load(Find("models/pocket/pocket-mmproj-f16.gguf"));
        var images = Enumerable.Range(1, 3).Select(Noise).ToList();
        var alone = images.Select(image => encoder.Encode(image)).ToList();

        IImageEncoder contract = encoder;
        var together = contract.Encode(images);
        contract.ShareCores(true);
        var beside = contract.Encode(images);

        Assert.Equal(3, together.Length);
        foreach (var (expected, actual) in alone.Concat(alone).Zip(together.Concat(beside)))
        {
            Assert.Equal(encoder.TokensPerImage * encoder.EmbeddingLength, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        }
        Assert.NotEqual(together[0], together[1]);
        Assert.Empty(contract.Encode([]));
    }

    private static RgbImage Noise(int seed)
    {
        var image = new RgbImage(40 + seed, 50);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    private static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, path)))
                return Path.Combine(folder.FullName, path);
        }
        throw new FileNotFoundException($"{path} is not beside the tests.");
    }
}
