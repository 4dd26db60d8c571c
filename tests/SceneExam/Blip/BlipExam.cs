using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Blip;

/// <summary>Examines networks without a language model's conversation: a captioner, and one that answers questions in a word or two.</summary>
internal static class BlipExam
{
    private const int CaptionFamily = 1, FollowUps = 10;

    /// <summary>Families that can be asked of them.</summary>
    public static IReadOnlyList<int> Families { get; } = [.. QuestionMaker.Families.Where(family => family != FollowUps)];

    /// <summary>Asks for the captions from one network, for all else from the other, and opens only what is asked; enumerations of everything, which are captions by another name, are left out.</summary>
    /// <param name="captionFolder">Folder of the captioner.</param>
    /// <param name="answerFolder">Folder of the network that answers.</param>
    /// <param name="questions">The exam.</param>
    /// <param name="cancellationToken">Checked between questions.</param>
    /// <exception cref="IOException">A folder is missing.</exception>
    /// <exception cref="InvalidDataException">A folder holds no such network.</exception>
    public static IReadOnlyList<Result> Run(string captionFolder, string answerFolder, IEnumerable<ExamQuestion> questions, CancellationToken cancellationToken)
    {
        var asked = questions.Where(question => question is { Turns: [{ Picture: not null }], Expected: not ThingsExpected }).ToList();
        using var captioner = asked.Exists(question => question.Family == CaptionFamily) ? ImageCaptioner.Open(captionFolder) : null;
        using var answerer = asked.Exists(question => question.Family != CaptionFamily) ? VisualQuestionAnswerer.Open(answerFolder) : null;
        var results = new List<Result>();
        foreach (var question in asked)
        {
            var picture = ImageDecoder.Decode(ImageEncoder.ToPng(Painter.Paint(question.Turns[0].Picture!)));
            var answer = question.Family == CaptionFamily
                ? captioner!.Caption(picture, cancellationToken: cancellationToken)[0].Text
                : answerer!.Answer(picture, question.Turns[0].Text, new AnswerOptions { TopK = 1 }, cancellationToken: cancellationToken)[0].Text;
            results.Add(Examiner.Mark(question, [answer]));
        }
        return results;
    }
}
