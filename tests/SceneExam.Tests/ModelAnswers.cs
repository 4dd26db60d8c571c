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
        GlyphsExpected g => $"It is {string.Join(" and ", g.Characters.Select(c => $"the {Words.Noun(c)}"))}.",
        _ => throw new ArgumentOutOfRangeException(nameof(expected)),
    };

    public static string Bad(Expectation expected) => expected switch
    {
        CaptionExpected c => Good(c with { Objects = [.. c.Objects, new Described(Shape.Ring, Hue.Pink)] }),
        ThingsExpected t => Good(t with { Objects = [.. t.Objects.Skip(1)] }),
        CountExpected c => Good(new CountExpected(c.Count + 1)),
        ColorExpected c => Good(new ColorExpected(c.Color == Hue.Red ? Hue.Blue : Hue.Red)),
        ObjectExpected { Object.Color: { } color } o => $"It is {Name(o.Object with { Color = color == Hue.Red ? Hue.Blue : Hue.Red })}.",
        ObjectExpected o => $"It is {Name(o.Object with { Kind = o.Object.Kind == Thing.Dog ? Thing.Cat : Thing.Dog })}.",
        YesNoExpected y => Good(new YesNoExpected(!y.Yes)),
        SideExpected s => Good(new SideExpected(Lexicon.Opposite(s.Side))),
        FirstNamedExpected f => Good(new FirstNamedExpected(f.Smaller, f.Bigger)),
        GlyphsExpected g => Good(new GlyphsExpected(g.Characters + "KG7".First(c => !g.Characters.Contains(c)))),
        _ => throw new ArgumentOutOfRangeException(nameof(expected)),
    };

    private static string List(IReadOnlyList<Described> objects) =>
        objects.Count == 0 ? "nothing" : string.Join(" and ", objects.Select(Name));

    private static string Name(Described thing) => Words.A(Bare(thing));

    private static string Bare(Described thing) => thing is { Kind: ShapeKind, Color: { } color } ? $"{Words.Color(color)} {Words.Noun(thing.Kind)}"
        : thing is { Kind: GlyphKind(var character), Color: { } paint } && (int)paint % 2 == 0 ? $"{Words.Color(paint)} {character}" // named in several ways
        : Words.Noun(thing.Kind);
}
