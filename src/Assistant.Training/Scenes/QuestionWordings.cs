using static Assistant.Training.Scenes.QuestionTemplates;

namespace Assistant.Training.Scenes;

/// <summary>How each query is asked: many wordings, British and American, terse and polite.</summary>
internal static class QuestionWordings
{
    /// <summary>A question for the query, as a person might type it.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="random">Picks the wording.</param>
    /// <param name="picture">How the picture is called ("the second picture"), or null where there is only one.</param>
    /// <param name="several">For colours, shapes, digits and letters: whether several objects fit, so that the plural is used.</param>
    public static string Ask(SceneQuery query, SceneRandom random, string? picture, bool several)
    {
        var british = random.Chance(0.5);
        var colour = british ? "colour" : "color";
        return query switch
        {
            SceneQuery.Describe => Say(Describe),
            SceneQuery.DescribeShapes => Say(DescribeShapes),
            SceneQuery.Count({ IsBare: true, Group: null or SceneGroup.Shape } filter) => SayOf(filter, CountAll),
            SceneQuery.Count(var filter) => Say(Count, ("plural", AsThing(filter.Plural)), ("Plural", SceneWords.Capitalised(filter.Plural))),
            SceneQuery.CountOthers(var plural) => Say(Count, ("plural", plural), ("Plural", SceneWords.Capitalised(plural))),
            SceneQuery.ColorOf(var filter) => several ? Say(ColorsOf, ("plural", filter.Plural)) : Say(ColorOf, ("ref", Named(filter))),
            SceneQuery.BackgroundColor => Say(Background),
            SceneQuery.HasBackground(var color) => Say(HasColor, ("ref", "background"), ("color", SceneWords.Of(color))),
            SceneQuery.KindOf({ IsBare: true } filter) => SayOf(filter, several ? WhichOfSeveral : WhichOf),
            SceneQuery.KindOf(var filter) => SayOf(filter, several ? KindsOf : KindOf, ("adj", Adjectives(filter, several))),
            SceneQuery.ExistsOther(var noun) => IsThere(noun, noun + "s"),
            SceneQuery.Glyph({ } group) when several && random.Chance(0.5) => Say(Glyphs, ("glyphs", Numeral(SceneWords.PluralOf(group)))),
            SceneQuery.Glyph({ } group) => Say(DigitOrLetter, ("noun", Numeral(SceneWords.Of(group))), ("nouns", Numeral(SceneWords.PluralOf(group)))),
            SceneQuery.Glyph => random.Chance(several ? 0.75 : 0.25) ? Say(Glyphs, ("glyphs", random.Pick(GlyphWords))) : Say(Glyph),
            SceneQuery.Exists(var filter) => IsThere(AsThing(filter.Singular), AsThing(filter.Plural)),
            SceneQuery.HasColor(var filter, var color) => Say(HasColor, ("ref", Named(filter)), ("color", SceneWords.Of(color))),
            SceneQuery.Side(var a, var b, var horizontal) => Say(horizontal ? SideHorizontal : SideVertical, ("a", Named(a)), ("b", Named(b))),
            SceneQuery.IsBeside(var a, var b, var direction) => Say(IsBeside, ("a", Named(a)), ("b", Named(b)), ("dir", Direction(direction))),
            SceneQuery.Beside(var filter, var direction) => Say(Beside, ("ref", Named(filter)), ("dir", Direction(direction))),
            SceneQuery.Bigger(var a, var b, var smaller) => Say(Bigger, ("a", Named(a)), ("b", Named(b)), ("cmp", smaller ? "smaller" : random.Pick(BiggerWords))),
            SceneQuery.SizeOf(var filter) => Say(SizeOf, ("ref", Named(filter))),
            SceneQuery.At(var cell) => Say(At, ("cell", Cell(cell, random))),
            SceneQuery.CellOf(var filter) => Say(CellOf, ("ref", Named(filter))),
            _ => throw new ArgumentException($"There is no wording for a query of type {query.GetType().Name}.", nameof(query)),
        };

        string Say(string[] templates, params ReadOnlySpan<(string, string)> values)
        {
            var pic = picture ?? random.Pick(PictureNames);
            var place = picture is not null ? " in " + picture : random.NextDouble() switch { < 0.5 => "", < 0.62 => " here", _ => " in " + pic };
            return Wording.Expand(random.Pick(templates), random, [.. values, ("in", place), ("pic", pic), ("colour", colour), ("Colour", SceneWords.Capitalised(colour)),
                ("colours", colour + "s"), ("Colours", SceneWords.Capitalised(colour) + "s"), ("coloured", colour + "ed")]);
        }

        // Who asks for the shapes alone has to say so: "what is the red one?" may be about a letter.
        string SayOf(SceneFilter filter, string[] templates, params ReadOnlySpan<(string, string)> values)
        {
            var group = filter.Group ?? SceneGroup.None;
            var (noun, nouns) = (AsThing(SceneWords.Of(group)), AsThing(SceneWords.PluralOf(group)));
            while (true)
            {
                var question = Say(templates, [.. values, ("noun", noun), ("nouns", nouns)]);
                if (filter.Group is null || question.Contains(noun, StringComparison.Ordinal) || question.Contains(nouns, StringComparison.Ordinal))
                    return question;
            }
        }

        string IsThere(string singular, string plural)
        {
            var indefinite = SceneWords.WithArticle(singular);
            return Say(Exists, ("a", indefinite), ("A", SceneWords.Capitalised(indefinite)), ("plural", plural), ("one", singular));
        }

        // What is no certain kind is asked for as an object or thing, a shape also as a figure.
        string AsThing(string phrase) => phrase.Replace("object", random.Pick(ThingWords), StringComparison.Ordinal).Replace("shape", random.Pick(ShapeWords), StringComparison.Ordinal);

        string Named(SceneFilter filter) => filter.Kind is null ? AsThing(filter.Singular.Replace("object", random.Pick(OneWords), StringComparison.Ordinal)) : filter.Singular;

        string Numeral(string word) => random.Chance(0.3) ? word.Replace("digit", "number", StringComparison.Ordinal) : word;

        string Adjectives(SceneFilter filter, bool plural)
        {
            // The only big one is the biggest.
            if (filter is { Color: null, Size: { } only } && !plural && random.Chance(0.3))
                return only == SceneSize.Small ? "smallest" : random.Chance(0.5) ? "biggest" : "largest";
            return string.Join(' ', new[] { filter.Size is { } size ? SceneWords.Of(size) : null, filter.Color is { } color ? SceneWords.Of(color) : null }.Where(word => word is not null));
        }

        string Direction(SceneDirection direction) => random.Pick(DirectionWords[(int)direction]);
    }

    /// <summary>A cell's name in a question.</summary>
    public static string Cell(SceneCell cell, SceneRandom random) => random.Pick(CellWords[(int)cell]);

    private static readonly string[] PictureNames = ["this image", "the image", "this picture", "the picture", "this picture", "the picture", "this drawing"];
    private static readonly string[] ThingWords = ["object", "object", "thing"];
    private static readonly string[] ShapeWords = ["shape", "shape", "shape", "figure"];
    private static readonly string[] GlyphWords =
        ["digits and letters", "letters and digits", "digits or letters", "letters or digits", "letters and numbers", "numbers and letters", "characters"];
    private static readonly string[] OneWords = ["object", "thing", "one", "one"];
    private static readonly string[] BiggerWords = ["bigger", "bigger", "larger"];
    private static readonly string[][] DirectionWords =
        [["to the left of", "left of", "on the left of"], ["to the right of", "right of", "on the right of"], ["above", "above", "over"], ["below", "below", "under"]];
    private static readonly string[][] CellWords =
    [
        ["upper left", "upper left", "top left", "top-left", "upper-left"], ["upper right", "upper right", "top right", "top-right", "upper-right"],
        ["lower left", "lower left", "bottom left", "bottom-left", "lower-left"], ["lower right", "lower right", "bottom right", "bottom-right", "lower-right"],
        ["middle", "center", "centre"],
    ];
}
