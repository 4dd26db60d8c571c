using Assistant.Vision.Pipelines;

namespace Assistant.Vision.Tests.Pipelines;

public class ZeroShotImageClassifierTests
{
    private static readonly string[] Labels = ["cat", "dog", "red car"];

    [Fact]
    public void TemplateEnsembles_AreTheNormalisedMeanOfNormalisedEmbeddings()
    {
        using var folder = RandomFolders.Clip();
        using var embedder = ClipEmbedder.Open(folder.Path);
        using var classifier = new ZeroShotImageClassifier(embedder);
        var picture = ModelFolder.Pictures(1)[0];
        var templates = new PromptTemplates("a photo of a {}.", "the {}", "{}");
        var scores = classifier.Classify(picture, Labels, new ZeroShotOptions { Templates = templates });

        var image = embedder.EmbedImage(picture);
        var cosines = new double[Labels.Length];
        for (var label = 0; label < Labels.Length; label++)
        {
            var texts = new[] { $"a photo of a {Labels[label]}.", $"the {Labels[label]}", Labels[label] }.Select(text => embedder.EmbedText(text)).ToList();
            var mean = Enumerable.Range(0, image.Length).Select(at => texts.Sum(text => (double)text[at]) / 3).ToArray();
            var length = Math.Sqrt(mean.Sum(value => value * value));
            cosines[label] = mean.Zip(image, (a, b) => a * b).Sum() / length;
        }
        var powers = cosines.Select(cosine => Math.Exp(embedder.LogitScale * cosine)).ToArray();
        Assert.Equal(Labels.Length, scores.Count);
        foreach (var score in scores)
        {
            Assert.Equal(Labels[score.Index], score.Label);
            Assert.Equal(cosines[score.Index], score.Cosine, 1e-5);
            Assert.Equal(powers[score.Index] / powers.Sum(), score.Score, 1e-5);
        }
        Assert.Equal(scores.OrderByDescending(score => score.Score), scores);
    }

    [Fact]
    public void SeveralLabels_AreEachWeighedAgainstTheNeutralOne()
    {
        using var folder = RandomFolders.Clip();
        using var embedder = ClipEmbedder.Open(folder.Path);
        using var classifier = new ZeroShotImageClassifier(embedder);
        var picture = ModelFolder.Pictures(1)[0];
        var options = new ZeroShotOptions { MultiLabel = true, NeutralLabel = "thing", Templates = PromptTemplates.Bare };
        var image = embedder.EmbedImage(picture);
        var neutral = VectorMath.Dot(image, embedder.EmbedText("thing"));
        foreach (var score in classifier.Classify(picture, [.. Labels, "thing"], options))
        {
            var wanted = 1 / (1 + Math.Exp(-embedder.LogitScale * (VectorMath.Dot(image, embedder.EmbedText(score.Label)) - neutral)));
            Assert.Equal(wanted, score.Score, 1e-4);
            if (score.Label == "thing")
                Assert.Equal(0.5f, score.Score, 1e-4f);
            // Unlike a softmax, it does not depend on the other labels.
            Assert.Equal(score.Score, classifier.Classify(picture, [score.Label], options)[0].Score, 1e-5f);
        }
    }

    [Fact]
    public void Batches_AreWhatEachPictureIsAlone()
    {
        using var folder = RandomFolders.Clip();
        using var classifier = ZeroShotImageClassifier.Open(folder.Path);
        var pictures = ModelFolder.Pictures(3);
        var together = classifier.Classify(pictures, Labels);
        for (var index = 0; index < 3; index++)
        {
            var alone = classifier.Classify(pictures[index], Labels);
            Assert.Equal(alone.Select(score => score.Label), together[index].Select(score => score.Label));
            Assert.Equal(alone[0].Score, together[index][0].Score, 1e-5f);
            Assert.Equal(1, together[index].Sum(score => score.Score), 1e-5f);
        }
    }

    [Fact]
    public void LabelSets_AreEmbeddedOnce_AndTheOldestIsForgotten()
    {
        using var folder = RandomFolders.Clip();
        using var classifier = ZeroShotImageClassifier.Open(folder.Path);
        var first = classifier.EmbedLabels(Labels, PromptTemplates.Photo);
        Assert.Same(first, classifier.EmbedLabels([.. Labels], PromptTemplates.Photo));
        Assert.NotSame(first, classifier.EmbedLabels(Labels, PromptTemplates.Bare));
        Assert.NotSame(classifier.EmbedLabels(["a", "b"], PromptTemplates.Bare), classifier.EmbedLabels(["ab"], PromptTemplates.Bare));
        for (var index = 0; index < ZeroShotImageClassifier.LabelSetsKept; index++)
        {
            classifier.EmbedLabels([new string('x', index + 1)], PromptTemplates.Bare);
            Assert.Same(first, classifier.EmbedLabels(Labels, PromptTemplates.Photo)); // in use, so it stays
        }
        for (var index = 0; index < ZeroShotImageClassifier.LabelSetsKept; index++)
            classifier.EmbedLabels([new string('y', index + 1)], PromptTemplates.Bare);
        Assert.NotSame(first, classifier.EmbedLabels(Labels, PromptTemplates.Photo));
    }

    [Fact]
    public void WeightsAreShared_AndOnlyTheOwnerReleasesThem()
    {
        using var folder = RandomFolders.Clip();
        using var embedder = ClipEmbedder.Open(folder.Path);
        new ZeroShotImageClassifier(embedder).Dispose();
        Assert.Equal(20, embedder.EmbedText("cat").Length);
        var owner = ZeroShotImageClassifier.Open(folder.Path);
        owner.Dispose();
        Assert.Throws<ObjectDisposedException>(() => owner.Classify(ModelFolder.Pictures(1)[0], Labels));
    }

    [Fact]
    public void Cancellation_EndsACall()
    {
        using var folder = RandomFolders.Clip();
        using var classifier = ZeroShotImageClassifier.Open(folder.Path);
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.Classify(ModelFolder.Pictures(1)[0], Labels, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Contains("At least one label", Assert.Throws<ArgumentException>(() => classifier.Classify(ModelFolder.Pictures(1)[0], [])).Message, StringComparison.Ordinal);
    }
}

public class PromptTemplatesTests
{
    [Fact]
    public void ImageNet_HasEightyDifferentTemplates()
    {
        Assert.Equal(80, PromptTemplates.ImageNet.Templates.Distinct().Count());
        Assert.Equal(80, PromptTemplates.ImageNet.Templates.Count);
        Assert.Contains("a photo of a cat.", PromptTemplates.ImageNet.Fill("cat"));
        Assert.DoesNotContain(PromptTemplates.ImageNet.Fill("cat"), text => text.Contains(PromptTemplates.Slot, StringComparison.Ordinal));
    }

    [Fact]
    public void TemplatesWithoutAPlaceForTheLabel_AreRefused()
    {
        Assert.Contains("'a photo' has no {}", Assert.Throws<ArgumentException>(() => new PromptTemplates("{}", "a photo")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PromptTemplates());
    }
}
