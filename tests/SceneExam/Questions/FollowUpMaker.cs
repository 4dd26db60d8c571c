using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Family 10 of the first tier: questions that lean on an earlier turn, or on a second picture.</summary>
internal static class FollowUpMaker
{
    /// <summary>A conversation of two turns, or null where the scene does not give it.</summary>
    public static ExamQuestion? Ask(Scene scene, Random random) => random.Next(4) switch
    {
        0 => ColorOfWhatIsInTheCorner(scene, random),
        1 => ColorOfWhatIsThere(scene, random),
        2 => HowManyOfThem(scene, random),
        _ => SecondPicture(scene, random),
    };

    private static ExamQuestion? ColorOfWhatIsInTheCorner(Scene scene, Random random)
    {
        if (SingleQuestion.InCorner(scene, random) is not var (text, expected))
            return null;
        return Then(scene, text, Phrasing.Say(random, Phrasing.AndItsColor), new ColorExpected(((ObjectExpected)expected).Object.Color!.Value));
    }

    private static ExamQuestion? ColorOfWhatIsThere(Scene scene, Random random)
    {
        var unique = scene.Objects.Where(o => scene.Objects.Count(other => other.Kind == o.Kind) == 1).ToArray();
        if (unique.Length == 0)
            return null;
        var thing = unique[random.Next(unique.Length)];
        var text = Phrasing.Say(random, Phrasing.IsThere, Words.A(Words.Noun(thing.Kind)));
        return Then(scene, text, Phrasing.Say(random, Phrasing.AndItsColor), new ColorExpected(thing.Hue!.Value));
    }

    private static ExamQuestion HowManyOfThem(Scene scene, Random random)
    {
        var shape = scene.Objects[random.Next(scene.Objects.Count)].Kind;
        var text = random.Next(2) == 0 ? $"Are there any {Words.Plural(shape)}?" : $"Do you see {Words.Plural(shape)} in the picture?";
        return Then(scene, text, Phrasing.Say(random, Phrasing.HowManyOfThem), new CountExpected(scene.Objects.Count(o => o.Kind == shape)));
    }

    /// <summary>The same thing is asked of both pictures; the answers differ, so that repeating the first one is wrong.</summary>
    private static ExamQuestion? SecondPicture(Scene scene, Random random)
    {
        var second = SceneMaker.Make(random);
        var say = Phrasing.Say(random, Phrasing.SecondPicture);
        if (random.Next(2) == 0)
        {
            return second.Objects.Count == scene.Objects.Count
                ? null
                : Then(scene, Phrasing.Say(random, Phrasing.CountAll), say, new CountExpected(second.Objects.Count), second);
        }
        return second.Background == scene.Background
            ? null
            : Then(scene, Phrasing.Say(random, Phrasing.ColorOfBackground), say, new ColorExpected(second.Background), second);
    }

    /// <summary>A conversation of two turns.</summary>
    public static ExamQuestion Then(Scene scene, string first, string second, Expectation expected, Scene? secondPicture = null) =>
        new(0, 0, [new ExamTurn(first, scene), new ExamTurn(second, secondPicture)], expected);
}
