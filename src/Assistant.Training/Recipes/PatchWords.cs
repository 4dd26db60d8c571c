using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes;

/// <summary>Puts pictures and words into one space: a patch's projected row is to lie near the embeddings of the words for what it shows.</summary>
/// <remarks>
/// "What colour is the star?" is answered by finding the patches that are like the word "star". Without this each of the words would have to find
/// its own way to its patches, through answers that tell little; with it one pattern of attention serves them all.
/// </remarks>
/// <param name="vocabulary">Tokens.</param>
internal sealed class PatchWords(ChatVocabulary vocabulary)
{
    private const double Scale = 20; // of cosines, so that a softmax over a dozen words can be sure

    private readonly IReadOnlyList<long[]> kinds = Tokens(vocabulary, [.. SceneKind.All.Select(kind => kind.KeyWord), "background"]);
    private readonly IReadOnlyList<long[]> colors = Tokens(vocabulary, Enum.GetValues<SceneColor>().Select(SceneWords.Of));
    private readonly IReadOnlyList<long[]> sizes = Tokens(vocabulary, Enum.GetValues<SceneSize>().Select(SceneWords.Of));

    /// <summary>How badly the words are read off the rows.</summary>
    /// <param name="features">Projected patches, [pictures, patches, text width].</param>
    /// <param name="model">Whose token embeddings are compared.</param>
    /// <param name="pictures">Their labels.</param>
    public Tensor Loss(Tensor features, CausalLanguageModel model, LabelledPictures pictures)
    {
        using var scope = NewDisposeScope();
        var rows = F.normalize(features.flatten(0, 1)); // [pictures * patches, text width]
        var count = pictures.Kind.Length;
        var (kind, color) = (new long[count], new long[count]);
        for (var i = 0; i < count; i++)
        {
            // A patch without an object shows the background, in its colour; one outside the canvas shows nothing.
            var covered = pictures.Kind[i] != LabelledPictures.Nothing;
            kind[i] = covered ? pictures.Kind[i] - 1 : pictures.Background[i] >= 0 ? kinds.Count - 1 : -1;
            color[i] = covered ? pictures.Color[i] : pictures.Background[i];
        }
        return (Miss(kinds, kind) + Miss(colors, color) + Miss(sizes, pictures.Size)).MoveToOuterDisposeScope();

        Tensor Miss(IReadOnlyList<long[]> words, long[] labels)
        {
            var embeddings = F.normalize(stack(words.Select(tokens => model.Embed(tensor(tokens)).mean([0L]))));
            return LabelLoss.Of(Scale * matmul(rows, embeddings.transpose(0, 1)), labels);
        }
    }

    // As they stand within a sentence, with the space before them.
    private static List<long[]> Tokens(ChatVocabulary vocabulary, IEnumerable<string> words) =>
        words.Select(word => vocabulary.Encode(" " + word).Select(id => (long)id).ToArray()).ToList();
}
