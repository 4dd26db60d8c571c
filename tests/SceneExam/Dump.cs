using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Vision.Imaging;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam;

/// <summary>Writes an exam to a folder: PNG files and questions.jsonl, for a model that is asked elsewhere.</summary>
internal static class Dump
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for people's eyes and Python, not for a page
    };

    /// <summary>A question's facts as one line of JSON.</summary>
    public static string Facts(Expectation expected) => JsonSerializer.Serialize(expected, Json);

    public static string PictureName(ExamQuestion question, int turn) => $"{question.Id:D4}{(turn == 0 ? "" : $"-{turn + 1}")}.png";

    /// <summary>Writes the pictures of a question.</summary>
    public static void SavePictures(ExamQuestion question, string folder)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < question.Turns.Count; i++)
        {
            if (question.Turns[i].Picture is { } scene)
                File.WriteAllBytes(Path.Combine(folder, PictureName(question, i)), ImageEncoder.ToPng(Painter.Paint(scene)));
        }
    }

    /// <summary>Writes everything: a line of questions.jsonl holds id, tier, family, image, question (the last turn), turns and expected.</summary>
    public static void Write(IReadOnlyList<ExamQuestion> questions, string folder)
    {
        Directory.CreateDirectory(folder);
        using var lines = new StreamWriter(Path.Combine(folder, "questions.jsonl"));
        foreach (var question in questions)
        {
            SavePictures(question, folder);
            var turns = question.Turns.Select((turn, i) => new { turn.Text, Image = turn.Picture is null ? null : PictureName(question, i) });
            lines.WriteLine(JsonSerializer.Serialize(
                new { question.Id, question.Tier, question.Family, Image = PictureName(question, 0), Question = question.Turns[^1].Text, Turns = turns, question.Expected }, Json));
        }
    }

    /// <summary>Reads answers given elsewhere: lines of {"id": 3, "answer": "..."}.</summary>
    /// <exception cref="InvalidDataException">A line is not such an object; the message names it.</exception>
    public static Dictionary<int, string> ReadAnswers(string path)
    {
        var answers = new Dictionary<int, string>();
        foreach (var (line, number) in File.ReadLines(path).Select((line, i) => (line, i + 1)).Where(l => l.line.Length > 0))
        {
            try
            {
                var given = JsonSerializer.Deserialize<GivenAnswer>(line, Json);
                answers[given?.Id ?? throw new JsonException("'id' is missing")] = given.Answer ?? throw new JsonException("'answer' is missing");
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"{path}, line {number}: {exception.Message}", exception);
            }
        }
        return answers;
    }

    private sealed record GivenAnswer(int? Id, string? Answer);
}
