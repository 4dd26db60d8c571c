using SceneExam.Fonts;
using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Asks questions that have exactly one right answer for their picture.</summary>
internal static class QuestionMaker
{
    private const int WhichGlyph = 9, FollowUps = 10;

    /// <summary>The families, in the order of the report.</summary>
    public static readonly int[] Families = [1, 2, 3, 4, 5, 6, 7, 8, WhichGlyph, FollowUps];

    /// <summary>The tiers of pictures: shapes, things, characters.</summary>
    public static readonly int[] Tiers = [1, 2, 3];

    /// <summary>The families that pictures of a tier allow.</summary>
    public static int[] FamiliesOf(int tier) => [.. Families.Where(family => family != WhichGlyph || tier == 3)];

    /// <summary>An exam: tiers and their families in turn, a new picture for each question.</summary>
    /// <param name="count">Questions.</param>
    /// <param name="seed">The same seed gives the same exam.</param>
    /// <param name="families">Families to ask; null for all.</param>
    /// <param name="tiers">Tiers of the pictures; null for the first alone. More than the first needs fonts.</param>
    /// <returns>The questions; none where no tier has one of the families.</returns>
    public static IReadOnlyList<ExamQuestion> Make(int count, int seed, IReadOnlyList<int>? families = null, IReadOnlyList<int>? tiers = null)
    {
        var kinds = (tiers ?? [1]).SelectMany(tier => (families ?? Families).Intersect(FamiliesOf(tier)).Select(family => (tier, family))).ToArray();
        return kinds.Length == 0 ? [] : [.. Enumerable.Range(0, count).Select(id =>
        {
            var (tier, family) = kinds[id % kinds.Length];
            return Make(id, family, new Random(unchecked((seed * 1_000_003) + id)), tier);
        })];
    }

    /// <summary>One question; draws scenes until one allows it.</summary>
    public static ExamQuestion Make(int id, int family, Random random, int tier = 1)
    {
        while (true)
        {
            int? count = family is 6 or 7 or 8 ? random.Next(2, 5) : null;
            if (Ask(family, random, tier, count) is { } question)
                return question with { Id = id, Family = family, Tier = tier };
        }
    }

    private static ExamQuestion? Ask(int family, Random random, int tier, int? count)
    {
        var fonts = FontShelf.Installed;
        var scene = tier == 1 ? SceneMaker.Make(random, count) : MixedSceneMaker.Make(tier, fonts, random, count);
        if (family == FollowUps)
            return tier == 1 ? FollowUpMaker.Ask(scene, random) : MixedFollowUp.Ask(scene, tier, fonts, random);
        var asked = tier == 1 ? SingleQuestion.Ask(scene, family, random) : MixedQuestion.Ask(scene, tier, family, random);
        return asked is var (text, expected) ? new ExamQuestion(0, 0, [new ExamTurn(text, scene)], expected) : null;
    }
}
