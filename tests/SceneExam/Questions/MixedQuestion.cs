using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>The questions about one picture of the second or third tier, families 1 to 9; null where a scene leaves a question open.</summary>
/// <remarks>Things have colours of their own: what is red is asked only where there are none.</remarks>
internal static class MixedQuestion
{
    /// <summary>Things whose sizes people would agree on: the longest side and the area are larger by this factor.</summary>
    private const double ClearlyBigger = 1.4;

    public static (string Text, Expectation Expected)? Ask(Scene scene, int tier, int family, Random random) => family switch
    {
        1 => (Phrasing.Say(random, Phrasing.Describe), new CaptionExpected(All(scene), scene.Background)),
        2 => Count(scene, tier, random),
        3 => Color(scene, random),
        4 => What(scene, random),
        5 => IsThere(scene, tier, random),
        6 when scene.Objects.Any(o => o.Kind == Thing.Grapes) => null, // "is the grapes ..."
        6 => random.Next(3) == 0 ? SideQuestion.WhatIsBeside(scene, random) : SideQuestion.OnWhichSide(scene, random),
        7 => Bigger(scene, random),
        8 => InCorner(scene, random),
        9 => WhichGlyph(scene, random),
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Families 1 to 9 ask about one picture."),
    };

    /// <summary>What can be said of every object: its kind, and its colour unless it is a thing.</summary>
    public static Described[] All(Scene scene) => [.. scene.Objects.Select(Described.Of)];

    /// <summary>What is in a corner that holds something.</summary>
    public static (string, Expectation)? InCorner(Scene scene, Random random)
    {
        var found = Any(random, scene.Objects);
        return found.Place == Place.Middle
            ? null
            : (Phrasing.Say(random, MixedPhrasing.InCorner, Words.Corner(found.Place)), new ObjectExpected(Described.Of(found), ColorNeeded: false));
    }

    /// <summary>Which character, where there is one; which ones, where there are several.</summary>
    public static (string, Expectation)? WhichGlyph(Scene scene, Random random)
    {
        var glyphs = scene.Objects.Select(o => o.Kind).OfType<GlyphKind>().ToArray();
        if (glyphs is [])
            return null;
        var expected = new GlyphsExpected(string.Concat(glyphs.Select(g => g.Character)));
        if (glyphs is not [var only])
            return glyphs.Any(IsZeroOrO) ? null : (Phrasing.Say(random, MixedPhrasing.WhichGlyphs), expected);
        // Whether a round one is a digit or a letter, the question must say.
        return IsZeroOrO(only) || random.Next(4) == 0
            ? (Phrasing.Say(random, MixedPhrasing.WhichOfOneKind, only.IsDigit ? "digit" : "letter"), expected)
            : (Phrasing.Say(random, MixedPhrasing.WhichGlyph), expected);
    }

    private static bool IsZeroOrO(GlyphKind glyph) => glyph.Character is '0' or 'O';

    private static (string, Expectation)? Count(Scene scene, int tier, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                return (Phrasing.Say(random, MixedPhrasing.CountAll), new CountExpected(scene.Objects.Count));
            case 1:
                return CountGroup(scene, tier, random);
            case 2 when !HasThings(scene):
                var hue = Any(random, [.. Enum.GetValues<Hue>().Where(h => h != scene.Background)]);
                if (random.Next(3) != 0)
                    hue = Any(random, scene.Objects).Hue!.Value;
                return (Phrasing.Say(random, MixedPhrasing.CountColor, Words.Color(hue)), new CountExpected(scene.Objects.Count(o => o.Hue == hue)));
            default:
                var kind = random.Next(3) == 0 ? Absent(tier, random) : Any(random, scene.Objects).Kind;
                return !Words.IsCountable(kind) || scene.Objects.Any(o => Likeness.Between(o.Kind, kind))
                    ? null
                    : (Phrasing.Say(random, MixedPhrasing.CountSome, Words.Plural(kind)), new CountExpected(scene.Objects.Count(o => o.Kind == kind)));
        }
    }

    private static (string, Expectation)? CountGroup(Scene scene, int tier, Random random)
    {
        var groups = new List<(string Name, Func<Kind, bool> Holds)> { ("animals", kind => kind is ThingKind(var thing) && thing.IsAnimal()) };
        if (tier == 2)
            groups.Add(("shapes", kind => kind is ShapeKind));
        if (tier == 3)
            groups.AddRange([("letters", kind => kind is GlyphKind { IsDigit: false }), ("digits", kind => kind is GlyphKind { IsDigit: true })]);
        var (name, holds) = Any(random, groups);
        if (tier == 3 && name != "animals" && scene.Objects.Any(o => o.Kind is GlyphKind('0' or 'O')))
            return null;
        var count = scene.Objects.Count(o => holds(o.Kind));
        return count == 0 && random.Next(2) == 0 ? null : (Phrasing.Say(random, MixedPhrasing.CountSome, name), new CountExpected(count));
    }

    private static (string, Expectation)? Color(Scene scene, Random random)
    {
        var colored = scene.Objects.Where(o => o.Hue is not null && scene.Objects.Count(other => other.Kind == o.Kind || Likeness.Between(other.Kind, o.Kind)) == 1).ToArray();
        if (colored.Length == 0 || random.Next(3) == 0)
            return (Phrasing.Say(random, Phrasing.ColorOfBackground), new ColorExpected(scene.Background));
        var found = Any(random, colored);
        return (Phrasing.Say(random, Phrasing.ColorOf, Name(found.Kind, random)), new ColorExpected(found.Hue!.Value));
    }

    private static (string, Expectation)? What(Scene scene, Random random)
    {
        if (HasThings(scene) || random.Next(3) != 0)
            return (Phrasing.Say(random, MixedPhrasing.Things), new ThingsExpected(All(scene), scene.Background));
        var unique = scene.Objects.Where(o => scene.Objects.Count(other => other.Hue == o.Hue) == 1).ToArray();
        if (unique.Length == 0)
            return null;
        var found = Any(random, unique);
        return (Phrasing.Say(random, MixedPhrasing.ObjectOfColor, Words.Color(found.Hue!.Value)), new ObjectExpected(Described.Of(found), ColorNeeded: false));
    }

    /// <summary>Half of the questions are true; nothing is asked for that something else in the picture looks like.</summary>
    private static (string, Expectation)? IsThere(Scene scene, int tier, Random random)
    {
        var yes = random.Next(2) == 0;
        if (random.Next(8) == 0)
        {
            return scene.Objects.Any(o => o.Kind is ThingKind(var thing) && thing.IsAnimal()) == yes
                ? (Phrasing.Say(random, Phrasing.IsThere, "an animal"), new YesNoExpected(yes))
                : null;
        }
        var kind = yes ? Any(random, scene.Objects).Kind : Absent(tier, random);
        if (scene.Objects.Any(o => o.Kind == kind) != yes || scene.Objects.Any(o => Likeness.Between(o.Kind, kind)))
            return null;
        return (IsThere(kind, random), new YesNoExpected(yes));
    }

    /// <summary>"Is there a dog?", "Are there grapes?"</summary>
    public static string IsThere(Kind kind, Random random) => kind == Thing.Grapes
        ? Phrasing.Say(random, MixedPhrasing.IsThereAny, "grapes")
        : Phrasing.Say(random, Phrasing.IsThere, Words.A(Name(kind, random)));

    private static (string, Expectation)? Bigger(Scene scene, Random random)
    {
        if (Reference.Two(scene, random) is not var (a, b))
            return null;
        var (first, second) = (Reference.To(a, scene)!, Reference.To(b, scene)!);
        var (bigger, smaller) = a.Radius > b.Radius ? (a, b) : (b, a);
        return IsClearlyBigger(bigger, smaller)
            ? (Phrasing.Say(random, Phrasing.Bigger, first, second), new FirstNamedExpected(Described.Of(bigger), Described.Of(smaller)))
            : null;
    }

    public static bool IsClearlyBigger(SceneObject a, SceneObject b)
    {
        if (a.Kind is ShapeKind && b.Kind is ShapeKind)
            return a.Big && !b.Big;
        return a.Radius >= ClearlyBigger * b.Radius && a.Box.Width * a.Box.Height >= ClearlyBigger * b.Box.Width * b.Box.Height;
    }

    /// <summary>A character is called "letter A" or plainly "A".</summary>
    private static string Name(Kind kind, Random random) =>
        kind is GlyphKind(var character) && random.Next(3) == 0 ? character.ToString() : Words.Noun(kind);

    /// <summary>A kind that could be asked for; by chance it may be there after all.</summary>
    private static Kind Absent(int tier, Random random)
    {
        if (tier == 3 && random.Next(3) != 0)
            return Any(random, MixedSceneMaker.Characters.ToCharArray());
        return random.Next(5) == 0 ? Any(random, Enum.GetValues<Shape>()) : Any(random, Enum.GetValues<Thing>());
    }

    private static bool HasThings(Scene scene) => scene.Objects.Any(o => o.Kind is ThingKind);

    private static T Any<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
