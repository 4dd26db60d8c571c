using System.Text.Json.Serialization;
using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>What a right answer must hold.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CaptionExpected), "caption")]
[JsonDerivedType(typeof(ThingsExpected), "things")]
[JsonDerivedType(typeof(CountExpected), "count")]
[JsonDerivedType(typeof(ColorExpected), "color")]
[JsonDerivedType(typeof(ObjectExpected), "object")]
[JsonDerivedType(typeof(YesNoExpected), "yesno")]
[JsonDerivedType(typeof(SideExpected), "side")]
[JsonDerivedType(typeof(FirstNamedExpected), "bigger")]
[JsonDerivedType(typeof(GlyphsExpected), "glyphs")]
internal abstract record Expectation;

/// <summary>Every object, shapes with their colour, none besides, and the background's colour.</summary>
internal sealed record CaptionExpected(IReadOnlyList<Described> Objects, Hue Background) : Expectation;

/// <summary>Every object by its name, none besides; a colour is not needed but must be right where it is said.</summary>
internal sealed record ThingsExpected(IReadOnlyList<Described> Objects, Hue Background) : Expectation;

/// <summary>A number.</summary>
internal sealed record CountExpected(int Count) : Expectation;

/// <summary>A colour.</summary>
internal sealed record ColorExpected(Hue Color) : Expectation;

/// <summary>One object by its name; its colour too where the name alone would not tell it from what the question names.</summary>
internal sealed record ObjectExpected(Described Object, bool ColorNeeded) : Expectation;

/// <summary>"Yes" or "no" at the start.</summary>
internal sealed record YesNoExpected(bool Yes) : Expectation;

/// <summary>A direction, and not its opposite.</summary>
internal sealed record SideExpected(Side Side) : Expectation;

/// <summary>The object that is bigger, told apart from the other one of the question.</summary>
internal sealed record FirstNamedExpected(Described Bigger, Described Smaller) : Expectation;

/// <summary>Digits and letters, these and no others.</summary>
internal sealed record GlyphsExpected(string Characters) : Expectation;

/// <summary>An object as words name it; a thing has no colour.</summary>
[JsonConverter(typeof(DescribedJson))]
internal sealed record Described(Kind Kind, Hue? Color)
{
    public static Described Of(SceneObject thing) => new(thing.Kind, thing.Hue);
}

/// <summary>A direction between two objects.</summary>
internal enum Side
{
    Left,
    Right,
    Above,
    Below,
}
