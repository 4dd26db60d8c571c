namespace SceneExam.Pictures;

/// <summary>What an object is: a shape, a thing or a character.</summary>
internal abstract record Kind
{
    public static implicit operator Kind(Shape shape) => new ShapeKind(shape);

    public static implicit operator Kind(Thing thing) => new ThingKind(thing);

    public static implicit operator Kind(char character) => new GlyphKind(character);
}

internal sealed record ShapeKind(Shape Shape) : Kind;

internal sealed record ThingKind(Thing Thing) : Kind;

/// <summary>A digit or a capital letter.</summary>
internal sealed record GlyphKind(char Character) : Kind
{
    public bool IsDigit => char.IsAsciiDigit(Character);
}

/// <summary>What looks like what: pairs that a fair question does not set against each other.</summary>
internal static class Likeness
{
    /// <summary>Whether a person could take one for the other.</summary>
    public static bool Between(Kind a, Kind b) => (Outlined(a), Outlined(b)) is ({ } x, { } y) && x == y && a != b;

    /// <summary>The kind that stands for all that one cannot tell apart without a neighbour to compare with: a zero is a narrow O.</summary>
    public static Kind Canonical(Kind kind) => kind is GlyphKind { Character: 'O' } ? '0' : kind;

    /// <summary>The rough outline of a kind that looks like another one.</summary>
    private static string? Outlined(Kind kind) => kind switch
    {
        ShapeKind(Shape.Circle or Shape.Ring) or ThingKind(Thing.Ball or Thing.Sun or Thing.Moon or Thing.Clock) or GlyphKind('0' or 'O') => "round",
        ShapeKind(Shape.Triangle) or ThingKind(Thing.Pizza or Thing.Cake) => "triangular",
        ShapeKind(Shape.Square) or ThingKind(Thing.Book or Thing.House) => "square",
        ShapeKind(Shape.Cross) or GlyphKind('X') => "crossed",
        GlyphKind('1' or 'I') => "upright",
        _ => null,
    };
}
