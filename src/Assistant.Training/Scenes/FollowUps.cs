using static Assistant.Training.Scenes.FollowUpTemplates;

namespace Assistant.Training.Scenes;

/// <summary>Family 10: short questions that only make sense after the turn before.</summary>
internal static class FollowUps
{
    private static readonly SceneColor[] Colors = Enum.GetValues<SceneColor>();

    /// <summary>A question that leans on <paramref name="previous"/>, or null where this try finds none with a clear answer.</summary>
    public static (string Question, SceneQuery Query)? After(SceneQuery previous, Scene scene, SceneRandom random)
    {
        var (templates, query, values) = Choose(previous, scene, random);
        if (query is null || query == previous || SceneAnswers.Answer(query, scene) is null)
            return null;
        var colour = random.Chance(0.5) ? "colour" : "color";
        return (Wording.Expand(random.Pick(templates), random, [.. values, ("colour", colour), ("colours", colour + "s")]), query);
    }

    /// <summary>The earlier question again, about another picture.</summary>
    public static string AnotherPicture(string picture, SceneRandom random) => Wording.Expand(random.Pick(AndPicture), random, ("pic", picture));

    private static (string[] Templates, SceneQuery? Query, (string, string)[] Values) Choose(SceneQuery previous, Scene scene, SceneRandom random)
    {
        switch (previous)
        {
            case SceneQuery.Count({ IsBare: true, Group: null or SceneGroup.Shape } all):
                if (random.Chance(0.5))
                {
                    var color = random.Chance(0.7) && random.Pick(scene.Objects).Color is { } present ? present : random.Pick(Colors);
                    return (OfThem, new SceneQuery.Count(all with { Color = color }), [("adj", SceneWords.Of(color))]);
                }
                var size = (SceneSize)random.Next(2);
                return (OfThem, new SceneQuery.Count(all with { Size = size }), [("adj", SceneWords.Of(size))]);
            case SceneQuery.Count({ Kind: not null, Color: null, Size: null }) when random.Chance(0.5):
                var plural = new SceneFilter(random.Chance(0.6) ? random.Pick(scene.Objects).Kind : SceneQueries.Like(scene, random));
                return (AndMany, new SceneQuery.Count(plural), [("other", plural.Plural)]);
            case SceneQuery.Exists(var filter) when filter.In(scene).Count > 0 && random.Chance(0.6):
                return (HowMany, new SceneQuery.Count(filter), []);
            case SceneQuery.Exists({ Kind: not null }) when random.Chance(0.4):
                var kind = random.Chance(0.5) ? random.Pick(scene.Objects).Kind : SceneQueries.Like(scene, random);
                var a = new SceneFilter(kind, kind.Shape is null || random.Chance(0.5) ? null : random.Pick(scene.Objects).Color);
                return (AndA, new SceneQuery.Exists(a), [("other", SceneWords.WithArticle(a.Singular))]);
            case SceneQuery.Describe when random.Chance(0.3):
                return (HowMany, new SceneQuery.Count(new SceneFilter()), []);
            case SceneQuery.Describe or SceneQuery.ColorOf when random.Chance(0.2):
                return (previous is SceneQuery.ColorOf ? AndThe : Background, new SceneQuery.BackgroundColor(), [("other", "background")]);
            case SceneQuery.KindOf(var filter) when filter.In(scene).Count > 0 && random.Chance(0.3):
                return (HowMany, new SceneQuery.Count(filter), []);
            case SceneQuery.ColorOf when random.Chance(0.5):
                return Other(scene, random, name => new SceneQuery.ColorOf(name), color: false);
            case SceneQuery.SizeOf when random.Chance(0.5):
                return Other(scene, random, name => new SceneQuery.SizeOf(name), size: false);
            case SceneQuery.CellOf when random.Chance(0.5):
                return Other(scene, random, name => new SceneQuery.CellOf(name));
            case SceneQuery.At(var there) when random.Chance(0.5):
                // It may be one of several alike, which a name would not tell apart.
                return (Color, new SceneQuery.ColorAt(there), []);
            case SceneQuery.At when random.Chance(0.5):
                var cell = (SceneCell)random.Next(4);
                return (AndCell, new SceneQuery.At(cell), [("cell", QuestionWordings.Cell(cell, random))]);
        }
        return Focus(previous, scene) switch
        {
            [] => ([], null, []),
            [var o] => AboutIt(previous, o, scene, random),
            _ when previous is SceneQuery.Count({ Kind: not null, Color: null, Size: null } filter) => (TheirColor, new SceneQuery.ColorOf(filter), []),
            _ when previous is SceneQuery.Exists({ Kind: not null, Color: null, Size: null } filter) => (TheirColor, new SceneQuery.ColorOf(filter), []),
            _ => ([], null, []),
        };
    }

    private static (string[], SceneQuery?, (string, string)[]) Other(Scene scene, SceneRandom random, Func<SceneFilter, SceneQuery> query, bool color = true, bool size = true) =>
        SceneQueries.Name(scene, random.Pick(scene.Objects), random, color: color, size: size) is { } name
            ? (AndThe, query(name), [("other", name.Singular)]) : ([], null, []);

    // What "it" or "they" can mean after a question.
    private static IReadOnlyList<SceneObject> Focus(SceneQuery previous, Scene scene) => previous switch
    {
        SceneQuery.Describe or SceneQuery.DescribeShapes => scene.Objects.Count == 1 ? scene.Objects : [],
        SceneQuery.Count(var filter) => filter.In(scene),
        SceneQuery.Exists(var filter) => filter.In(scene),
        SceneQuery.ColorOf(var filter) => filter.In(scene),
        SceneQuery.KindOf(var filter) => filter.In(scene),
        SceneQuery.Glyph(var group) => SceneAnswers.Glyphs(group, scene),
        SceneQuery.HasColor(var filter, _) => filter.In(scene),
        SceneQuery.SizeOf(var filter) => filter.In(scene),
        SceneQuery.CellOf(var filter) => filter.In(scene),
        SceneQuery.At(var cell) => [.. scene.Objects.Where(o => o.Cell == cell)],
        SceneQuery.ColorAt(var cell) => [.. scene.Objects.Where(o => o.Cell == cell)],
        SceneQuery.Bigger(var a, var b, var smaller) => a.OnlyOne(scene) is { } first && b.OnlyOne(scene) is { } second
            && SceneAnswers.IsBigger(first, second) is { } bigger ? [bigger != smaller ? first : second] : [],
        SceneQuery.Beside(var filter, var direction) => filter.OnlyOne(scene) is { } o ? SceneAnswers.Neighbours(o, direction, scene) ?? [] : [],
        _ => [],
    };

    private static (string[], SceneQuery?, (string, string)[]) AboutIt(SceneQuery previous, SceneObject o, Scene scene, SceneRandom random)
    {
        // "It" is named in the answer as the question before named it, unless that would give the answer away.
        var said = previous switch
        {
            SceneQuery.Count(var filter) => filter,
            SceneQuery.Exists(var filter) => filter,
            SceneQuery.ColorOf(var filter) => filter,
            SceneQuery.SizeOf(var filter) => filter,
            SceneQuery.CellOf(var filter) => filter,
            SceneQuery.HasColor(var filter, _) => filter,
            _ => null,
        };
        return random.Next(4) switch
        {
            0 when o.Color is not null => (Color, Name(color: false) is { } name ? new SceneQuery.ColorOf(name) : null, []),
            1 when o.Size is not null => (Size, Name(size: false) is { } name ? new SceneQuery.SizeOf(name) : null, []),
            0 or 1 or 2 => (Where, Name() is { } name ? new SceneQuery.CellOf(name) : null, []),
            _ when previous is SceneQuery.KindOf or SceneQuery.At or SceneQuery.Describe or SceneQuery.DescribeShapes => ([], null, []),
            _ => (o.Kind.Shape is null ? What : Shape, said is { Kind: null } filter && filter.OnlyOne(scene) is not null ? new SceneQuery.KindOf(filter) : null, []),
        };

        SceneFilter? Name(bool color = true, bool size = true)
        {
            if (said is { Kind: not null } && said.OnlyOne(scene) is not null && (color || said.Color is null) && (size || said.Size is null))
                return said;
            return SceneFilter.Naming(scene, o, color: color, size: size).FirstOrDefault(f => f.Kind is not null);
        }
    }
}
