using Assistant.Training.Scenes;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Clip;

/// <summary>Pictures and texts of one step as plain memory: each picture's own caption, and captions that nearly fit.</summary>
/// <param name="Pixels">[pictures, 3, size, size].</param>
/// <param name="Texts">The texts, each once, encoded.</param>
/// <param name="Own">Of each picture: its text.</param>
/// <param name="IsTrue">[pictures, texts]: whether a text is true of a picture.</param>
internal sealed record CaptionBatch(float[] Pixels, TextBatch Texts, long[] Own, bool[] IsTrue)
{
    private const int AlmostRight = 2; // captions a picture, besides its own

    /// <summary>Number of pictures.</summary>
    public int Count => Own.Length;

    /// <summary>Draws pictures and words captions.</summary>
    public static CaptionBatch Make(ClipTokenizer tokenizer, IReadOnlyList<Scene> scenes, SceneRandom random)
    {
        var (captions, own, drawn) = (new Dictionary<string, SceneCaption>(), new string[scenes.Count], new float[scenes.Count * ScenePictures.Values]);
        for (var i = 0; i < scenes.Count; i++)
        {
            ScenePictures.Draw(scenes[i], random, drawn.AsSpan(i * ScenePictures.Values, ScenePictures.Values));
            var caption = SceneCaption.Of(scenes[i], random);
            own[i] = caption.Worded(random);
            captions.TryAdd(own[i], caption);
            for (var k = 0; k < AlmostRight; k++)
            {
                var changed = caption.Changed(random);
                captions.TryAdd(changed.Worded(random), changed);
            }
        }
        var texts = captions.Keys.ToList();
        var isTrue = scenes.SelectMany(scene => captions.Values.Select(caption => caption.IsTrueOf(scene))).ToArray();
        return new CaptionBatch(drawn, tokenizer.EncodeBatch(texts, PocketClipModel.TextLength), [.. own.Select(text => (long)texts.IndexOf(text))], isTrue);
    }

    /// <summary>[pictures, 3, size, size].</summary>
    public Tensor PixelTensor() => ScenePictures.Tensor(Pixels);

    /// <summary>[texts, length].</summary>
    public Tensor TextTensor() => tensor(Texts.InputIds, [Texts.Rows, Texts.Columns]);

    /// <summary>-inf where a text is true of a picture without being its own, so that it is neither right nor wrong; 0 elsewhere.</summary>
    /// <returns>[pictures, texts].</returns>
    public Tensor Excluded()
    {
        var mask = new float[IsTrue.Length];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = IsTrue[i] && Own[i / Texts.Rows] != i % Texts.Rows ? float.NegativeInfinity : 0;
        return tensor(mask, [Count, Texts.Rows]);
    }
}
