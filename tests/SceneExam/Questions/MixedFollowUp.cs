using SceneExam.Fonts;
using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Family 10 of the second and third tier: questions that lean on an earlier turn, or on a second picture.</summary>
internal static class MixedFollowUp
{
    /// <summary>A conversation of two turns, or null where the scene does not give it.</summary>
    public static ExamQuestion? Ask(Scene scene, int tier, FontShelf fonts, Random random) => random.Next(4) switch
    {
        0 => Color(scene, random),
        1 => HowManyOfThem(scene, random),
        _ => SecondPicture(scene, MixedSceneMaker.Make(tier, fonts, random), random),
    };

    /// <summary>"What is in the upper left?", then "and what colour is it?": where it is no thing.</summary>
    private static ExamQuestion? Color(Scene scene, Random random) =>
        MixedQuestion.InCorner(scene, random) is (var text, ObjectExpected { Object.Color: { } color })
            ? FollowUpMaker.Then(scene, text, Phrasing.Say(random, Phrasing.AndItsColor), new ColorExpected(color))
            : null;

    private static ExamQuestion? HowManyOfThem(Scene scene, Random random)
    {
        var animals = scene.Objects.Count(o => o.Kind is ThingKind(var thing) && thing.IsAnimal());
        var kind = scene.Objects[random.Next(scene.Objects.Count)].Kind;
        var (noun, count) = animals > 0 && random.Next(3) == 0 ? ("animals", animals) : (Words.Plural(kind), scene.Objects.Count(o => o.Kind == kind));
        if (noun != "animals" && (!Words.IsCountable(kind) || scene.Objects.Any(o => Likeness.Between(o.Kind, kind))))
            return null;
        var text = random.Next(2) == 0 ? $"Are there any {noun}?" : $"Do you see {noun} in the picture?";
        return FollowUpMaker.Then(scene, text, Phrasing.Say(random, Phrasing.HowManyOfThem), new CountExpected(count));
    }

    /// <summary>The same thing is asked of both pictures; the answers differ, so that repeating the first one is wrong.</summary>
    private static ExamQuestion? SecondPicture(Scene scene, Scene second, Random random)
    {
        var say = Phrasing.Say(random, Phrasing.SecondPicture);
        ExamQuestion Then(string first, Expectation expected) => FollowUpMaker.Then(scene, first, say, expected, second);
        switch (random.Next(7)) // the last case is seldom possible
        {
            case 0 when second.Objects.Count != scene.Objects.Count:
                return Then(Phrasing.Say(random, MixedPhrasing.CountAll), new CountExpected(second.Objects.Count));
            case 1 when second.Background != scene.Background:
                return Then(Phrasing.Say(random, Phrasing.ColorOfBackground), new ColorExpected(second.Background));
            case 2 when !Kinds(scene).SequenceEqual(Kinds(second)):
                return Then(Phrasing.Say(random, MixedPhrasing.Things), new ThingsExpected(MixedQuestion.All(second), second.Background));
            case 3 when IsThere(scene, second, random) is var (text, yes):
                return Then(text, new YesNoExpected(yes));
            case >= 4 when OnlyGlyph(scene) is { } first && OnlyGlyph(second) is { } glyph && first != glyph:
                return Then(Phrasing.Say(random, MixedPhrasing.WhichGlyph), new GlyphsExpected(glyph.ToString()));
            default:
                return null;
        }
    }

    /// <summary>The one character of a picture; null where there are several, or where it could be a digit or a letter.</summary>
    private static char? OnlyGlyph(Scene scene) =>
        scene.Objects.Select(o => o.Kind).OfType<GlyphKind>().ToArray() is [{ Character: not ('0' or 'O') and var only }] ? only : null;

    /// <summary>Something that is in one of the pictures, and that nothing in the other looks like.</summary>
    private static (string Text, bool Yes)? IsThere(Scene scene, Scene second, Random random)
    {
        var yes = random.Next(2) == 0;
        var (having, lacking) = yes ? (second, scene) : (scene, second);
        var kind = having.Objects[random.Next(having.Objects.Count)].Kind;
        return lacking.Objects.Any(o => o.Kind == kind || Likeness.Between(o.Kind, kind)) ? null : (MixedQuestion.IsThere(kind, random), yes);
    }

    private static IEnumerable<string> Kinds(Scene scene) => scene.Objects.Select(o => Words.Noun(o.Kind)).Order(StringComparer.Ordinal);
}
