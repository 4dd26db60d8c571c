using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>The questions about one picture of the first tier, families 1 to 8; null where a scene leaves a question open.</summary>
internal static class SingleQuestion
{
    public static (string Text, Expectation Expected)? Ask(Scene scene, int family, Random random) => family switch
    {
        1 => (Phrasing.Say(random, Phrasing.Describe), new CaptionExpected(All(scene), scene.Background)),
        2 => Count(scene, random),
        3 => Color(scene, random),
        4 => What(scene, random),
        5 => IsThere(scene, random),
        6 => random.Next(3) == 0 ? SideQuestion.WhatIsBeside(scene, random) : SideQuestion.OnWhichSide(scene, random),
        7 => Bigger(scene, random),
        8 => InCorner(scene, random),
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Families 1 to 8 ask about one picture."),
    };

    /// <summary>Counts everything, a shape or a colour; one in three of the latter two counts what is not there.</summary>
    public static (string, Expectation)? Count(Scene scene, Random random)
    {
        var kind = random.Next(3);
        if (kind == 0)
            return (Phrasing.Say(random, Phrasing.CountAll), new CountExpected(scene.Objects.Count));
        var any = Any(random, scene.Objects);
        if (kind == 1)
        {
            var shape = random.Next(3) == 0 ? Any(random, Enum.GetValues<Shape>()) : any.Kind;
            return (Phrasing.Say(random, Phrasing.CountShape, Words.Plural(shape)), new CountExpected(scene.Objects.Count(o => o.Kind == shape)));
        }
        var hue = random.Next(3) == 0 ? Any(random, Enum.GetValues<Hue>()) : any.Hue!.Value;
        return hue == scene.Background // is a background a red thing?
            ? null
            : (Phrasing.Say(random, Phrasing.CountColor, Words.Color(hue)), new CountExpected(scene.Objects.Count(o => o.Hue == hue)));
    }

    /// <summary>What is in a corner that holds something.</summary>
    public static (string, Expectation)? InCorner(Scene scene, Random random)
    {
        var thing = Any(random, scene.Objects);
        return thing.Place == Place.Middle
            ? null
            : (Phrasing.Say(random, Phrasing.InCorner, Words.Corner(thing.Place)), new ObjectExpected(Described.Of(thing), ColorNeeded: false));
    }

    private static (string, Expectation)? Color(Scene scene, Random random)
    {
        if (random.Next(3) == 0)
            return (Phrasing.Say(random, Phrasing.ColorOfBackground), new ColorExpected(scene.Background));
        var unique = scene.Objects.Where(o => scene.Objects.Count(other => other.Kind == o.Kind) == 1).ToArray();
        if (unique.Length == 0)
            return null;
        var thing = Any(random, unique);
        return (Phrasing.Say(random, Phrasing.ColorOf, Words.Noun(thing.Kind)), new ColorExpected(thing.Hue!.Value));
    }

    private static (string, Expectation)? What(Scene scene, Random random)
    {
        if (random.Next(3) == 0)
            return (Phrasing.Say(random, Phrasing.Things), new ThingsExpected(All(scene), scene.Background));
        var unique = scene.Objects.Where(o => scene.Objects.Count(other => other.Hue == o.Hue) == 1).ToArray();
        if (unique.Length == 0)
            return null;
        var thing = Any(random, unique);
        return (Phrasing.Say(random, Phrasing.ShapeOfColor, Words.Color(thing.Hue!.Value)), new ObjectExpected(Described.Of(thing), ColorNeeded: false));
    }

    /// <summary>Half of the questions are true; of the others, half share shape or colour with something in the picture.</summary>
    private static (string, Expectation)? IsThere(Scene scene, Random random)
    {
        var any = Any(random, scene.Objects);
        var (shape, hue) = (any.Kind, any.Hue!.Value);
        if (random.Next(2) == 0)
        {
            var near = random.Next(4);
            if (near != 0)
                shape = Any(random, Enum.GetValues<Shape>());
            if (near != 1)
                hue = Any(random, Enum.GetValues<Hue>());
        }
        var colored = random.Next(2) == 0;
        var name = colored ? $"{Words.Color(hue)} {Words.Noun(shape)}" : Words.Noun(shape);
        var yes = scene.Objects.Any(o => o.Kind == shape && (!colored || o.Hue == hue));
        return (Phrasing.Say(random, Phrasing.IsThere, Words.A(name)), new YesNoExpected(yes));
    }

    private static (string, Expectation)? Bigger(Scene scene, Random random)
    {
        if (Reference.Two(scene, random) is not var (a, b) || a.Big == b.Big)
            return null;
        var (bigger, smaller) = a.Big ? (a, b) : (b, a);
        return (Phrasing.Say(random, Phrasing.Bigger, Reference.To(a, scene)!, Reference.To(b, scene)!),
            new FirstNamedExpected(Described.Of(bigger), Described.Of(smaller)));
    }

    private static Described[] All(Scene scene) => [.. scene.Objects.Select(Described.Of)];

    private static T Any<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
