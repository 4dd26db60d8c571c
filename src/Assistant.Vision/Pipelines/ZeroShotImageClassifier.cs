using Assistant.Vision.Imaging;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>How pictures are compared with labels.</summary>
public sealed record ZeroShotOptions
{
    /// <summary>What makes a text of a label; the embeddings of several are averaged.</summary>
    public PromptTemplates Templates { get; init; } = PromptTemplates.Photo;

    /// <summary>Whether several labels, or none, may be right.</summary>
    /// <value>The default is false: exactly one is right, and the scores sum to 1.</value>
    /// <remarks>
    /// A sigmoid of CLIP's logits says nothing, since it was trained to tell texts apart and its cosines are all above 0. So each label is weighed alone against
    /// <see cref="NeutralLabel"/> by a softmax over the two: sigmoid(logit_scale · (cos(label) - cos(neutral))). 0.5 means: no more than anything would fit.
    /// </remarks>
    public bool MultiLabel { get; init; }

    /// <summary>What a label is weighed against where several may be right; put into the same templates.</summary>
    public string NeutralLabel { get; init; } = "something";
}

/// <summary>Says which of any labels fits a picture, with CLIP.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020, section 3.1. Thread safety is <see cref="ClipEmbedder"/>'s. The embeddings of the last <see cref="LabelSetsKept"/> label sets are
/// kept, so a second picture costs no text.
/// </remarks>
public sealed class ZeroShotImageClassifier : IDisposable
{
    /// <summary>How many sets of labels and templates are remembered.</summary>
    public const int LabelSetsKept = 16;

    /// <summary>Texts made at once, so that a thousand labels in 80 templates need no memory for 80 000 embeddings.</summary>
    private const int TextsAtOnce = 64;

    private readonly ClipEmbedder embedder;
    private readonly bool owned;
    private readonly Lock gate = new();
    private readonly LinkedList<(string Key, IReadOnlyList<float[]> Embeddings)> kept = []; // the last used first

    /// <summary>A classifier over an embedder that others may use too; disposing of the classifier leaves it alone.</summary>
    public ZeroShotImageClassifier(ClipEmbedder embedder) : this(embedder, owned: false)
    {
    }

    private ZeroShotImageClassifier(ClipEmbedder embedder, bool owned)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        (this.embedder, this.owned) = (embedder, owned);
    }

    /// <inheritdoc cref="ClipEmbedder.Open"/>
    public static ZeroShotImageClassifier Open(string folder, ScalarType dtype = ScalarType.Float32) => new(ClipEmbedder.Open(folder, dtype), owned: true);

    /// <summary>Compares one picture with labels.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <param name="labels">At least one, in the words of a caption: "tabby cat", not "n02123045".</param>
    /// <param name="options">Templates, and whether several labels may be right; null for the defaults.</param>
    /// <param name="cancellationToken">Checked between pieces of work and while waiting for another call.</param>
    /// <returns>A score for each label, best first.</returns>
    /// <exception cref="ArgumentException">There is no label.</exception>
    public IReadOnlyList<ZeroShotScore> Classify(RgbImage image, IReadOnlyList<string> labels, ZeroShotOptions? options = null, CancellationToken cancellationToken = default) =>
        Classify([image], labels, options, cancellationToken)[0];

    /// <summary>Compares pictures with labels.</summary>
    /// <param name="images">Upright pictures of any size.</param>
    /// <param name="labels">At least one, in the words of a caption: "tabby cat", not "n02123045".</param>
    /// <param name="options">Templates, and whether several labels may be right; null for the defaults.</param>
    /// <param name="cancellationToken">Checked between pieces of work and while waiting for another call.</param>
    /// <returns>For each picture a score for each label, best first.</returns>
    /// <exception cref="ArgumentException">There is no label.</exception>
    public IReadOnlyList<IReadOnlyList<ZeroShotScore>> Classify(
        IReadOnlyList<RgbImage> images, IReadOnlyList<string> labels, ZeroShotOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
            throw new ArgumentException("At least one label is needed.", nameof(labels));
        options ??= new ZeroShotOptions();
        var texts = EmbedLabels(labels, options.Templates, cancellationToken);
        var neutral = options.MultiLabel ? EmbedLabels([options.NeutralLabel], options.Templates, cancellationToken)[0] : null;
        return [.. embedder.EmbedImages(images, cancellationToken).Select(image => Score(image, labels, texts, neutral))];
    }

    /// <summary>Releases the weights, if the classifier opened them.</summary>
    public void Dispose()
    {
        if (owned)
            embedder.Dispose();
    }

    /// <summary>The embedding of each label: of its texts each normalised, averaged, and normalised again.</summary>
    internal IReadOnlyList<float[]> EmbedLabels(IReadOnlyList<string> labels, PromptTemplates templates, CancellationToken cancellationToken = default)
    {
        // Lengths keep ["a", "b"] and ["a,b"] apart.
        var key = string.Concat(labels.Prepend(labels.Count.ToString()).Concat(templates.Templates).Select(text => $"{text.Length}:{text}"));
        lock (gate)
        {
            if (kept.FirstOrDefault(entry => entry.Key == key) is { Key: not null } known)
            {
                kept.Remove(known);
                kept.AddFirst(known);
                return known.Embeddings;
            }
        }
        var count = templates.Templates.Count;
        IReadOnlyList<float[]> made = [.. labels.Chunk(Math.Max(1, TextsAtOnce / count)).SelectMany(piece =>
            embedder.EmbedTexts([.. piece.SelectMany(templates.Fill)], cancellationToken).Chunk(count).Select(VectorMath.UnitMean))];
        lock (gate)
        {
            kept.AddFirst((key, made));
            while (kept.Count > LabelSetsKept)
                kept.RemoveLast();
        }
        return made;
    }

    /// <summary>Scores of one picture's embedding.</summary>
    internal IReadOnlyList<ZeroShotScore> Score(float[] image, IReadOnlyList<string> labels, IReadOnlyList<float[]> texts, float[]? neutral)
    {
        float[] cosines = [.. texts.Select(text => VectorMath.Dot(image, text))];
        var scores = neutral is null
            ? VectorMath.Softmax(cosines, embedder.LogitScale)
            : [.. cosines.Select(cosine => VectorMath.Sigmoid(embedder.LogitScale * (cosine - VectorMath.Dot(image, neutral))))];
        return [.. cosines.Best(labels.Count).Select(index => new ZeroShotScore(index, labels[index], scores[index], cosines[index]))];
    }
}
