using SceneExam.ZeroShot;

namespace SceneExam.Tests.ZeroShot;

/// <summary>What the bundled CLIP knows, on pictures of this renderer, which its training never saw.</summary>
public class BundledClipTests
{
    // Just under what models/pocket-clip/README.md reports; raise them with the model.
    private static readonly double[] Floors = [0.96, 0.97, 0.95, 0.95];

    [Fact]
    public void LabelsAndCaptionsOfUnseenPictures_AreFoundAsOftenAsTheModelCardSays()
    {
        Assert.SkipWhen(ZeroShotPictures.MissingFonts is not null, ZeroShotPictures.MissingFonts ?? "");
        var scores = ClipExam.Run(Path.Combine(Repository.Root, "models", "pocket-clip"), [1, 2, 3]);
        Assert.True(scores.Zip(Floors).All(pair => pair.First.Accuracy >= pair.Second), ClipExam.Table(scores));
    }
}
