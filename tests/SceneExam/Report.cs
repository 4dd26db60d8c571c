using System.Globalization;
using System.Text;
using SceneExam.Questions;

namespace SceneExam;

/// <summary>Accuracy by family, and what went wrong.</summary>
internal static class Report
{
    private static readonly Dictionary<int, string> Titles = new()
    {
        [1] = "caption", [2] = "how many", [3] = "what colour", [4] = "what shape or thing", [5] = "is there",
        [6] = "left, right, above, below", [7] = "which is bigger", [8] = "what is in the corner", [9] = "which digit or letter", [10] = "follow-ups",
    };

    /// <summary>One line a family, and the whole; with a column for each tier where there are several.</summary>
    public static string Table(IReadOnlyList<Result> results)
    {
        var tiers = results.Select(r => r.Question.Tier).Distinct().Order().ToArray();
        if (tiers.Length == 1)
            tiers = [];
        var text = new StringBuilder();
        text.Append("family                          right  asked  accuracy");
        foreach (var tier in tiers)
            text.Append(CultureInfo.InvariantCulture, $"    tier {tier}");
        text.AppendLine();
        foreach (var family in QuestionMaker.Families)
        {
            if (results.Where(r => r.Question.Family == family).ToArray() is { Length: > 0 } some)
                Line($"{family,2} {Titles[family]}", some);
        }
        Line("   all", results);
        text.AppendLine(CultureInfo.InvariantCulture, $"{results.Count(r => r.Rambles)} of {results.Count} ramble: an answer says a phrase three times in a row, or does not end");
        return text.ToString();

        void Line(string title, IReadOnlyCollection<Result> some)
        {
            text.Append(CultureInfo.InvariantCulture, $"{title,-30} {some.Count(r => r.Right),6} {some.Count,6} {Share(some),8:0.0} %");
            foreach (var tier in tiers)
            {
                var asked = some.Where(r => r.Question.Tier == tier).ToArray();
                text.Append(asked.Length == 0 ? "         -" : string.Create(CultureInfo.InvariantCulture, $"{Share(asked),8:0.0} %"));
            }
            text.AppendLine();
        }
    }

    /// <summary>The wrong answers and those that ramble, with what was expected and, where pictures were saved, their paths.</summary>
    public static string Failures(IReadOnlyList<Result> results, string? folder)
    {
        var text = new StringBuilder();
        foreach (var result in results.Where(r => r.IsBad))
        {
            var question = result.Question;
            text.AppendLine(CultureInfo.InvariantCulture, $"#{question.Id} (family {question.Family}), expected {Dump.Facts(question.Expected)}");
            for (var i = 0; i < question.Turns.Count; i++)
            {
                if (folder is not null && question.Turns[i].Picture is not null)
                    text.AppendLine(CultureInfo.InvariantCulture, $"  {Path.Combine(folder, Dump.PictureName(question, i))}");
                text.AppendLine(CultureInfo.InvariantCulture, $"  > {question.Turns[i].Text}");
                text.AppendLine(CultureInfo.InvariantCulture, $"  < {(i < result.Answers.Count ? result.Answers[i] : "")}");
            }
        }
        return text.ToString();
    }

    private static double Share(IReadOnlyCollection<Result> some) => some.Count == 0 ? 0 : 100.0 * some.Count(r => r.Right) / some.Count;
}
