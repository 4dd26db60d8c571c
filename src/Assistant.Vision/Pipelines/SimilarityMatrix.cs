namespace Assistant.Vision.Pipelines;

/// <summary>How well each of some texts fits each of some pictures: rows are texts, columns pictures.</summary>
public sealed class SimilarityMatrix
{
    private readonly float[] cosines, textProbabilities, imageProbabilities; // [texts, images]

    /// <summary>Compares embeddings.</summary>
    /// <param name="texts">Vectors of length 1, at least one.</param>
    /// <param name="images">Vectors of length 1 and of the same width, at least one.</param>
    /// <param name="logitScale">What cosines are multiplied by before a softmax.</param>
    /// <exception cref="ArgumentException">There are no texts or no pictures, or widths differ.</exception>
    public SimilarityMatrix(IReadOnlyList<float[]> texts, IReadOnlyList<float[]> images, float logitScale)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(images);
        if (texts.Count == 0 || images.Count == 0)
            throw new ArgumentException($"A comparison needs a text and a picture; there are {texts.Count} texts and {images.Count} pictures.");
        (Texts, Images) = (texts.Count, images.Count);
        cosines = [.. texts.SelectMany(text => images.Select(image => VectorMath.Dot(text, image)))];
        textProbabilities = new float[cosines.Length];
        imageProbabilities = new float[cosines.Length];
        for (var text = 0; text < Texts; text++)
            VectorMath.Softmax([.. Enumerable.Range(0, Images).Select(image => Cosine(text, image))], logitScale).CopyTo(imageProbabilities, text * Images);
        for (var image = 0; image < Images; image++)
        {
            var column = VectorMath.Softmax([.. Enumerable.Range(0, Texts).Select(text => Cosine(text, image))], logitScale);
            for (var text = 0; text < Texts; text++)
                textProbabilities[text * Images + image] = column[text];
        }
    }

    /// <summary>Number of texts (rows).</summary>
    public int Texts { get; }

    /// <summary>Number of pictures (columns).</summary>
    public int Images { get; }

    /// <summary>Cosine of a text and a picture, -1 to 1.</summary>
    public float Cosine(int text, int image) => cosines[At(text, image)];

    /// <summary>Probability that of these texts this one belongs to the picture (softmax of <c>logits_per_image</c>); over the texts they sum to 1.</summary>
    public float TextProbability(int text, int image) => textProbabilities[At(text, image)];

    /// <summary>Probability that of these pictures this one belongs to the text (softmax of <c>logits_per_text</c>); over the pictures they sum to 1.</summary>
    public float ImageProbability(int text, int image) => imageProbabilities[At(text, image)];

    private int At(int text, int image)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(text);
        ArgumentOutOfRangeException.ThrowIfNegative(image);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(text, Texts);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(image, Images);
        return text * Images + image;
    }
}
