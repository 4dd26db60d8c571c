using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Assistant.Scripted.Web;
using Assistant.Vision.Imaging;

namespace Assistant.Web.Tests.Apis;

/// <summary>The bundled CLIP behind the whole server: what a picture shows lies near the words for it.</summary>
public class BundledEmbedderTests
{
    [Theory]
    [InlineData("/api/embed", "embeddings")]
    [InlineData("/v1/embeddings", "data")]
    public async Task APictureLiesNearerToItsOwnCaption(string path, string field)
    {
        await using var assistant = await RunningAssistant.StartAsync(models: null);
        using var client = new HttpClient { BaseAddress = new Uri(assistant.Address) };
        string[] texts = ["a red circle on a white background", "a blue square on a white background", "a dog on a green background"];
        var picture = Convert.ToBase64String(ImageEncoder.ToPng(Disc(240, (220, 30, 30))));
        using var response = await client.PostAsJsonAsync(path, new { model = "pocket-clip", input = texts, images = new[] { picture } }, TestContext.Current.CancellationToken);
        var vectors = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))![field]!.AsArray()
            .Select(row => (row as JsonArray ?? row!["embedding"]!.AsArray()).Select(value => value!.GetValue<double>()).ToArray()).ToList();

        Assert.Equal(4, vectors.Count);
        var cosines = vectors.Take(3).Select(vector => vector.Zip(vectors[3], (a, b) => a * b).Sum()).ToList();
        Assert.Equal(cosines[0], cosines.Max());
        Assert.True(cosines[0] > cosines[1] + 0.1, string.Join(" ", cosines));
    }

    private static RgbImage Disc(int side, (byte R, byte G, byte B) color)
    {
        var image = new RgbImage(side, side);
        Array.Fill(image.Pixels, (byte)255);
        for (var i = 0; i < side * side; i++)
        {
            var (x, y) = (i % side - side / 2, i / side - side / 2);
            if (x * x + y * y < side * side / 25)
                (image.Pixels[3 * i], image.Pixels[3 * i + 1], image.Pixels[3 * i + 2]) = color;
        }
        return image;
    }
}
