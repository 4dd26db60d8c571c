using Assistant.Training.Scenes;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Blip;

/// <summary>Pictures and texts of one step as plain memory.</summary>
/// <param name="Pixels">[pictures, 3, size, size].</param>
/// <param name="Pictures">How many.</param>
/// <param name="Questions">A row for each answer, those of a picture together; null where pictures are described.</param>
/// <param name="Answers">What has to be said: [CLS] text [SEP], the same number of rows for every picture.</param>
/// <param name="Targets">[2, rows, patches], 1 or 0: the objects that a question asks about, and those they are compared with; empty where pictures are described.</param>
/// <param name="Asked">What each question asks; empty where pictures are described.</param>
internal sealed record BlipBatch(float[] Pixels, int Pictures, TextBatch? Questions, TextBatch Answers, float[] Targets, IReadOnlyList<SceneQuery> Asked)
{
    /// <summary>Draws pictures and encodes their descriptions.</summary>
    public static BlipBatch Captions(BertTokenizer tokenizer, IReadOnlyList<Scene> scenes, SceneRandom random) =>
        new(ScenePictures.Draw(scenes, _ => random), scenes.Count, null, Encode(tokenizer, scenes.Select(scene => SceneAnswers.Answer(new SceneQuery.Describe(), scene)!.TrimEnd('.'))), [], []);

    /// <summary>Draws pictures and encodes questions about them with short answers.</summary>
    /// <param name="tokenizer">Of the texts.</param>
    /// <param name="scenes">The pictures.</param>
    /// <param name="questions">Questions about each.</param>
    /// <param name="random">Picks questions, and how the pictures are drawn.</param>
    /// <param name="aboutOne">Whether they ask only what one object answers.</param>
    public static BlipBatch QuestionsAbout(BertTokenizer tokenizer, IReadOnlyList<Scene> scenes, int questions, SceneRandom random, bool aboutOne = false)
    {
        var asked = scenes.SelectMany(scene => Enumerable.Range(0, questions).Select(_ => ShortAnswers.Ask(scene, random, aboutOne))).ToList();
        var pictures = LabelledPictures.Draw(scenes, _ => random);
        var looks = asked.Select((pair, row) => (Picture: row / questions, Targets: QueryTargets.Of(pair.Query, scenes[row / questions]))).ToList();
        return new BlipBatch(
            pictures.Pixels, scenes.Count, Encode(tokenizer, asked.Select(pair => pair.Question)), Encode(tokenizer, asked.Select(pair => pair.Answer)),
            [.. looks.SelectMany(look => pictures.Covered(look.Picture, scenes[look.Picture], look.Targets.First)),
                .. looks.SelectMany(look => pictures.Covered(look.Picture, scenes[look.Picture], look.Targets.Second))],
            [.. asked.Select(pair => pair.Query)]);
    }

    /// <summary>[pictures, 3, size, size].</summary>
    public Tensor PixelTensor() => ScenePictures.Tensor(Pixels);

    /// <summary>What the decoder reads: the start token and the answers, without their end.</summary>
    /// <param name="start">The token that takes [CLS]'s place.</param>
    /// <returns>[rows, columns - 1].</returns>
    public Tensor DecoderIds(long start)
    {
        var ids = AnswerTensor(Answers.InputIds).narrow(1, 0, Answers.Columns - 1).clone();
        ids.select(1, 0).fill_(start);
        return ids;
    }

    /// <summary>How far the questions look away from what they ask about: two heads of one block, one for each part of the targets.</summary>
    /// <remarks>As of the language model (<see cref="Gaze"/>): where only answers teach it, attention finds its object late or never.</remarks>
    /// <param name="weights">Weights of cross attention, [rows, heads, length, 1 + patches].</param>
    public Tensor LookingAway(Tensor weights)
    {
        using var scope = NewDisposeScope();
        var (rows, patches) = (weights.shape[0], weights.shape[3] - 1);
        var isToken = tensor(Questions!.AttentionMask, [rows, Questions.Columns]).to(ScalarType.Float32);
        var seen = weights.narrow(1, 0, 2).narrow(3, 1, patches).transpose(0, 1);       // [2, rows, length, patches]
        var wanted = tensor(Targets, [2, rows, 1, patches]);
        var asked = (wanted.sum([2, 3]) > 0).unsqueeze(2).to(ScalarType.Float32) * isToken; // [2, rows, length]
        var misses = (seen * wanted).sum(3).clamp_min(1e-4).log().neg();
        return ((misses * asked).sum() / asked.sum().clamp_min(1)).MoveToOuterDisposeScope();
    }

    /// <summary>What it has to say next, -100 where there is nothing.</summary>
    /// <returns>[rows, columns - 1].</returns>
    public Tensor Next() =>
        where(AnswerTensor(Answers.AttentionMask) > 0, AnswerTensor(Answers.InputIds), tensor(-100L)).narrow(1, 1, Answers.Columns - 1);

    private Tensor AnswerTensor(long[] values) => tensor(values, [Answers.Rows, Answers.Columns]);

    private static TextBatch Encode(BertTokenizer tokenizer, IEnumerable<string> texts) => tokenizer.EncodeBatch([.. texts], PocketBlipModel.TextLength);
}
