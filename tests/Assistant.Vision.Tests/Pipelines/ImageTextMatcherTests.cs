using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

public class ImageTextMatcherTests
{
    public static TheoryData<string> Folders() => Parity.Folders("BlipForImageTextRetrieval");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Probabilities_AndCosines_AgreeWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open(name);
        var (pixel_values, ids) = (parity.Input("pixel_values"), parity.Input("input_ids"));
        var first = ids[0].data<long>().ToArray();
        using var folder = ModelFolder.FromReference(name, ModelFolder.BlipProcessor((int)pixel_values.shape[2]))
            .WithBert(parity.Config.Object("text_config").Int("vocab_size"), (int)first[0], (int)first[^1]);
        using var matcher = ImageTextMatcher.Open(folder.Path);
        var matches = matcher.Match(ModelFolder.Pixels(pixel_values), ModelFolder.Tokens(ids, parity.Input("attention_mask")));
        var (own, swapped) = (parity.Expected("itm_probs"), parity.Expected("itm_logits_images_swapped").softmax(-1)); // swapped: text b with picture 1 - b
        for (var image = 0; image < 2; image++)
        {
            for (var text = 0; text < 2; text++)
            {
                Assert.Equal((image == text ? own : swapped)[text, 1].item<float>(), matches[image][text].Probability, 1e-4f);
                Assert.Equal(parity.Expected("itc_scores")[image, text].item<float>(), matches[image][text].Cosine, 1e-4f);
            }
        }
    }

    [Fact]
    public void ManyAtOnce_AreWhatEachPairIsAlone()
    {
        using var folder = RandomFolders.BlipItm();
        using var matcher = ImageTextMatcher.Open(folder.Path);
        var pictures = ModelFolder.Pictures(3);
        string[] texts = ["w5", "w6 w7 w8", string.Join(' ', Enumerable.Repeat("w9", 50))]; // the last is cut
        var together = matcher.Match(pictures, texts);
        for (var image = 0; image < 3; image++)
        {
            for (var text = 0; text < 3; text++)
            {
                var alone = matcher.Match(pictures[image], texts[text]);
                Assert.Equal(alone.Probability, together[image][text].Probability, 1e-5f);
                Assert.Equal(alone.Cosine, together[image][text].Cosine, 1e-5f);
            }
        }
        var many = matcher.Match([pictures[0]], [.. Enumerable.Range(0, 70).Select(index => texts[index % 2])])[0]; // more than are read together
        Assert.Equal(70, many.Count);
        Assert.All(many, (match, index) => Assert.Equal(together[0][index % 2].Probability, match.Probability, 1e-5f));
        Assert.Empty(matcher.Match([], texts));
        Assert.All(matcher.Match(pictures, []), Assert.Empty);
    }

    [Fact]
    public void Bfloat16_StaysNear()
    {
        using var folder = RandomFolders.BlipItm();
        using var exact = ImageTextMatcher.Open(folder.Path);
        using var rounded = ImageTextMatcher.Open(folder.Path, ScalarType.BFloat16);
        var picture = ModelFolder.Pictures(1)[0];
        var (a, b) = (exact.Match(picture, "w5 w6"), rounded.Match(picture, "w5 w6"));
        Assert.Equal(a.Probability, b.Probability, 0.05f);
        Assert.Equal(a.Cosine, b.Cosine, 0.05f);
    }

    [Fact]
    public void Cancellation_EndsACall()
    {
        using var folder = RandomFolders.BlipItm();
        using var matcher = ImageTextMatcher.Open(folder.Path);
        Assert.ThrowsAny<OperationCanceledException>(() => matcher.Match(ModelFolder.Pictures(1)[0], "w5", new CancellationToken(canceled: true)));
    }
}
