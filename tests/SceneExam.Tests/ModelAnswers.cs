using SceneExam.Judging;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.Tests;

/// <summary>Sentences as a model would write them, for and against an expectation.</summary>
internal static class ModelAnswers
{
    public static string Good(Expectation expected) => expected switch
    {
        CaptionExpected c => $"The picture shows {List(c.Objects)} on {Words.A(Words.Color(c.Background))} background.",
        ThingsExpected t => $"There is {List(t.Objects)}.",
        CountExpected c => c.Count == 0 ? "There are none." : $"There are {c.Count}.",
        ColorExpected c => $"It is {Words.Color(c.Color)}.",
        ObjectExpected o => $"It is {Name(o.Object)}.",
        YesNoExpected y => y.Yes ? "Yes, there is." : "No, there is not.",
        SideExpected s => $"It is {s.Side}.",
        FirstNamedExpected f => $"The {Bare(f.Bigger)} is bigger than the {Bare(f.Smaller)}.",
        _ => throw new ArgumentOutOfRangeException(nameof(expected)),
    };

    public static string Bad(Expectation expected) => expected switch
    {
        CaptionExpected c => Good(c with { Objects = [.. c.Objects, new Described(Shape.Ring, Hue.Pink)] }),
        ThingsExpected t => Good(t with { Objects = [.. t.Objects.Skip(1)] }),
        CountExpected c => Good(new CountExpected(c.Count + 1)),
        ColorExpected c => Good(new ColorExpected(c.Color == Hue.Red ? Hue.Blue : Hue.Red)),
        ObjectExpected o => $"It is {Name(o.Object with { Color = o.Object.Color == Hue.Red ? Hue.Blue : Hue.Red })}.",
        YesNoExpected y => Good(new YesNoExpected(!y.Yes)),
        SideExpected s => Good(new SideExpected(Lexicon.Opposite(s.Side))),
        FirstNamedExpected f => Good(new FirstNamedExpected(f.Smaller, f.Bigger)),
        _ => throw new ArgumentOutOfRangeException(nameof(expected)),
    };

    private static string List(IReadOnlyList<Described> objects) =>
        objects.Count == 0 ? "nothing" : string.Join(" and ", objects.Select(Name));

    private static string Name(Described thing) => Words.A(Bare(thing));

    private static string Bare(Described thing) => $"{Words.Color(thing.Color)} {Words.Noun(thing.Shape)}";
}
