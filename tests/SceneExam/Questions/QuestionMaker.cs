using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Asks questions that have exactly one right answer for their picture.</summary>
internal static class QuestionMaker
{
    private const int FollowUps = 10;

    /// <summary>The families that are asked, in the order of the report.</summary>
    public static readonly int[] Families = [1, 2, 3, 4, 5, 6, 7, 8, FollowUps];

    /// <summary>An exam: families in turn, a new picture for each question.</summary>
    /// <param name="count">Questions.</param>
    /// <param name="seed">The same seed gives the same exam.</param>
    /// <param name="families">Families to ask; null for all.</param>
    public static IReadOnlyList<ExamQuestion> Make(int count, int seed, IReadOnlyList<int>? families = null)
    {
        families ??= Families;
        return [.. Enumerable.Range(0, count).Select(id => Make(id, families[id % families.Count], new Random(unchecked((seed * 1_000_003) + id))))];
    }

    /// <summary>One question; draws scenes until one allows it.</summary>
    public static ExamQuestion Make(int id, int family, Random random)
    {
        while (true)
        {
            var scene = SceneMaker.Make(random, family is 6 or 7 or 8 ? random.Next(2, 5) : null);
            if (family == FollowUps)
            {
                if (FollowUpMaker.Ask(scene, random) is { } followUp)
                    return followUp with { Id = id, Family = family };
            }
            else if (SingleQuestion.Ask(scene, family, random) is var (text, expected))
            {
                return new ExamQuestion(id, family, [new ExamTurn(text, scene)], expected);
            }
        }
    }
}
