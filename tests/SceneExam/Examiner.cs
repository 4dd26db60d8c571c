using Assistant.Vision.Imaging;
using Microsoft.Extensions.AI;
using SceneExam.Judging;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam;

/// <summary>One question with what was answered.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answers">The answer to each turn; the last one is judged.</param>
/// <param name="Right">The verdict.</param>
internal sealed record Result(ExamQuestion Question, IReadOnlyList<string> Answers, bool Right)
{
    /// <summary>Whether an answer was cut off because it went on for too long.</summary>
    public bool IsCutOff { get; init; }

    /// <summary>Whether an answer does not end, or says a phrase three times in a row.</summary>
    public bool Rambles => IsCutOff || Answers.Any(Rambling.IsIn);

    /// <summary>Whether it is worth a look.</summary>
    public bool IsBad => !Right || Rambles;
}

/// <summary>Puts questions to a model.</summary>
internal static class Examiner
{
    private const int MaxAnswerTokens = 120;

    /// <summary>Asks one question after the other; in a follow-up the model sees its own earlier answer.</summary>
    /// <param name="client">The model.</param>
    /// <param name="questions">The exam.</param>
    /// <param name="progress">Told of each result.</param>
    /// <param name="cancellationToken">Checked between turns.</param>
    public static async Task<IReadOnlyList<Result>> AskAsync(IChatClient client, IEnumerable<ExamQuestion> questions, IProgress<Result>? progress, CancellationToken cancellationToken)
    {
        var results = new List<Result>();
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = MaxAnswerTokens };
        foreach (var question in questions)
        {
            var (messages, answers, isCutOff) = (new List<ChatMessage>(), new List<string>(), false);
            foreach (var turn in question.Turns)
            {
                messages.Add(Message(turn));
                var response = await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
                answers.Add(response.Text.Trim());
                isCutOff |= response.FinishReason == ChatFinishReason.Length;
                messages.Add(new ChatMessage(ChatRole.Assistant, response.Text));
            }
            results.Add(Mark(question, answers) with { IsCutOff = isCutOff });
            progress?.Report(results[^1]);
        }
        return results;
    }

    /// <summary>Judges the answer to the last turn.</summary>
    public static Result Mark(ExamQuestion question, IReadOnlyList<string> answers) =>
        new(question, answers, Judge.IsRight(question.Turns[^1].Text, question.Expected, answers.Count > 0 ? answers[^1] : ""));

    private static ChatMessage Message(ExamTurn turn)
    {
        var contents = new List<AIContent>();
        if (turn.Picture is { } scene)
            contents.Add(new DataContent(ImageEncoder.ToPng(Painter.Paint(scene)), "image/png"));
        contents.Add(new TextContent(turn.Text));
        return new ChatMessage(ChatRole.User, contents);
    }
}
