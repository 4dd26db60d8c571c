namespace Assistant.Training.Scenes;

/// <summary>What an object is: a shape, a thing, or a digit or letter.</summary>
/// <param name="Index">Class index of labels: the shapes, then the things, then 0 to 9, then A to Z.</param>
public readonly record struct SceneKind(int Index)
{
    private const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int Digits = 10;

    private static readonly SceneShape[] ShapeValues = Enum.GetValues<SceneShape>();

    /// <summary>All shapes.</summary>
    public static IReadOnlyList<SceneKind> Shapes { get; } = Range(0, ShapeValues.Length);

    /// <summary>All things.</summary>
    public static IReadOnlyList<SceneKind> Things { get; } = Range(ShapeValues.Length, SceneThing.All.Count);

    /// <summary>All digits and letters.</summary>
    public static IReadOnlyList<SceneKind> Glyphs { get; } = Range(ShapeValues.Length + SceneThing.All.Count, Characters.Length);

    /// <summary>All kinds, by class index.</summary>
    public static IReadOnlyList<SceneKind> All { get; } = [.. Shapes, .. Things, .. Glyphs];

    /// <summary>The kind of a shape.</summary>
    public static SceneKind Of(SceneShape shape) => new((int)shape);

    /// <summary>The kind of a digit or capital letter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is neither.</exception>
    public static SceneKind Of(char character) => Characters.IndexOf(character, StringComparison.Ordinal) is >= 0 and var at
        ? Glyphs[at] : throw new ArgumentOutOfRangeException(nameof(character), character, "Only digits and capital letters are objects.");

    /// <summary>The kind of a thing.</summary>
    /// <exception cref="ArgumentException">There is no such thing.</exception>
    public static SceneKind Named(string thing) =>
        Things.Cast<SceneKind?>().FirstOrDefault(kind => kind!.Value.Singular == thing) ?? throw new ArgumentException($"The scene world has no '{thing}'.", nameof(thing));

    /// <summary>As <see cref="Of(SceneShape)"/>.</summary>
    public static implicit operator SceneKind(SceneShape shape) => Of(shape);

    /// <summary>The shape; null for things, digits and letters.</summary>
    public SceneShape? Shape => Index < ShapeValues.Length ? (SceneShape)Index : null;

    /// <summary>The thing; null for shapes, digits and letters.</summary>
    public SceneThing? Thing => Shape is null && Glyph is null ? SceneThing.All[Index - ShapeValues.Length] : null;

    /// <summary>The digit or letter; null for shapes and things.</summary>
    public char? Glyph => Index >= ShapeValues.Length + SceneThing.All.Count ? Characters[Index - ShapeValues.Length - SceneThing.All.Count] : null;

    /// <summary>All of its sort: shapes, things, or digits and letters.</summary>
    public IReadOnlyList<SceneKind> Sort => Shape is not null ? Shapes : Thing is not null ? Things : Glyphs;

    /// <summary>What it belongs to.</summary>
    public SceneGroup Group => Thing is { } thing ? thing.Group
        : Shape is not null ? SceneGroup.Shape
        : Index < Glyphs[Digits].Index ? SceneGroup.Digit : SceneGroup.Letter;

    /// <summary>"circle", "dog", "digit 7", "letter A".</summary>
    public string Singular => Shape is { } shape ? SceneWords.Of(shape) : Thing?.Name ?? $"{SceneWords.Of(Group)} {Glyph}";

    /// <summary>"circles", "dogs", "digits 7", "letters A".</summary>
    public string Plural => Shape is { } shape ? SceneWords.PluralOf(shape) : Thing?.Plural ?? $"{SceneWords.PluralOf(Group)} {Glyph}";

    /// <summary>The word of <see cref="Singular"/> that tells it from others: "dog", "grapes", "7".</summary>
    public string KeyWord => Singular[(Singular.LastIndexOf(' ') + 1)..];

    private static SceneKind[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(i => new SceneKind(i))];
}
