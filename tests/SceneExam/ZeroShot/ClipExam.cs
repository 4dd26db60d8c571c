using System.Globalization;
using System.Text;
using Assistant.Vision.Pipelines;

namespace SceneExam.ZeroShot;

/// <summary>Examines a CLIP: how often the right label, or the right caption, fits a picture best.</summary>
public static class ClipExam
{
    private static readonly double[] Sizes = [0.25, 0.35, 0.45];

    /// <summary>How often the right text was first among all texts of a set.</summary>
    /// <param name="Name">What was asked.</param>
    /// <param name="Right">Pictures whose text was.</param>
    /// <param name="Asked">Pictures.</param>
    public sealed record Score(string Name, int Right, int Asked)
    {
        /// <summary>From 0 to 1.</summary>
        public double Accuracy => Right / (double)Asked;
    }

    /// <summary>Things at several sizes against all things, and shapes in colours against all of these.</summary>
    /// <param name="folder">A CLIP in Hugging Face's layout.</param>
    /// <param name="seeds">Which pictures; each seed shows every thing at every size once.</param>
    /// <exception cref="IOException">The model or the fonts are missing.</exception>
    public static IReadOnlyList<Score> Run(string folder, IReadOnlyList<int> seeds)
    {
        if (ZeroShotPictures.MissingFonts is { } missing)
            throw new FileNotFoundException(missing);
        using var embedder = ClipEmbedder.Open(folder);
        using var classifier = new ZeroShotImageClassifier(embedder);
        var scores = new List<Score>();
        foreach (var size in Sizes)
        {
            var pictures = seeds.SelectMany(seed => ZeroShotPictures.Things(size, seed)).ToList();
            var name = string.Create(CultureInfo.InvariantCulture, $"things at {size:P0} of the short side");
            scores.Add(Ask(name, pictures, picture => picture.Label, ZeroShotPictures.ThingLabels, PromptTemplates.Photo));
        }
        var shapes = seeds.SelectMany(ZeroShotPictures.ShapesAndColors).ToList();
        scores.Add(Ask("colored shapes, captions", shapes, picture => picture.Caption, [.. shapes.Select(picture => picture.Caption).Distinct()], PromptTemplates.Bare));
        return scores;

        Score Ask(string name, List<LabelledPicture> pictures, Func<LabelledPicture, string> right, IReadOnlyList<string> labels, PromptTemplates templates)
        {
            var answers = classifier.Classify([.. pictures.Select(picture => picture.Picture)], labels, new ZeroShotOptions { Templates = templates });
            return new Score(name, answers.Zip(pictures).Count(pair => pair.First[0].Label == right(pair.Second)), pictures.Count);
        }
    }

    /// <summary>The scores as a table.</summary>
    public static string Table(IReadOnlyList<Score> scores)
    {
        var text = new StringBuilder("top-1                               right  asked  accuracy\n");
        foreach (var score in scores)
            text.Append(CultureInfo.InvariantCulture, $"{score.Name,-35} {score.Right,5}  {score.Asked,5}  {score.Accuracy,8:P1}\n");
        return text.ToString();
    }
}
