using Assistant.Training.Scenes;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Blip;

/// <summary>Pictures and texts of one step as plain memory.</summary>
/// <param name="Pixels">[pictures, 3, size, size].</param>
/// <param name="Pictures">How many.</param>
/// <param name="Questions">A row for each answer, those of a picture together; null where pictures are described.</param>
/// <param name="Answers">What has to be said: [CLS] text [SEP], the same number of rows for every picture.</param>
internal sealed record BlipBatch(float[] Pixels, int Pictures, TextBatch? Questions, TextBatch Answers)
{
    /// <summary>Draws pictures and encodes their descriptions.</summary>
    public static BlipBatch Captions(BertTokenizer tokenizer, IReadOnlyList<Scene> scenes, SceneRandom random) =>
        new(ScenePictures.Draw(scenes, _ => random), scenes.Count, null, Encode(tokenizer, scenes.Select(scene => SceneAnswers.Answer(new SceneQuery.Describe(), scene)!.TrimEnd('.'))));

    /// <summary>Draws pictures and encodes questions about them with short answers.</summary>
    public static BlipBatch QuestionsAbout(BertTokenizer tokenizer, IReadOnlyList<Scene> scenes, int questions, SceneRandom random)
    {
        var asked = scenes.SelectMany(scene => Enumerable.Range(0, questions).Select(_ => ShortAnswers.Ask(scene, random))).ToList();
        return new BlipBatch(ScenePictures.Draw(scenes, _ => random), scenes.Count, Encode(tokenizer, asked.Select(pair => pair.Question)), Encode(tokenizer, asked.Select(pair => pair.Answer)));
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

    /// <summary>What it has to say next, -100 where there is nothing.</summary>
    /// <returns>[rows, columns - 1].</returns>
    public Tensor Targets() =>
        where(AnswerTensor(Answers.AttentionMask) > 0, AnswerTensor(Answers.InputIds), tensor(-100L)).narrow(1, 1, Answers.Columns - 1);

    private Tensor AnswerTensor(long[] values) => tensor(values, [Answers.Rows, Answers.Columns]);

    private static TextBatch Encode(BertTokenizer tokenizer, IEnumerable<string> texts) => tokenizer.EncodeBatch([.. texts], PocketBlipModel.TextLength);
}
