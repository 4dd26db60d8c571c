namespace Assistant.Training.Scenes;

/// <summary>Chooses what to ask about a scene, so that answers are balanced: yes and no, every number, every colour, empty cells too.</summary>
internal static class SceneQueries
{
    private static readonly SceneColor[] Colors = Enum.GetValues<SceneColor>();
    private static readonly SceneGroup[] Groups = [SceneGroup.Shape, SceneGroup.Animal, SceneGroup.Fruit, SceneGroup.Vehicle, SceneGroup.Digit, SceneGroup.Letter];

    // Singular and plural differ by an s: questions are worded with both.
    private static readonly string[] OtherThings =
    [
        "elephant", "person", "chair", "table", "shoe", "hat", "phone", "computer", "chicken", "mountain", "river", "cloud", "hand", "door",
        "window", "lamp", "robot", "spider", "monkey", "truck", "spoon", "plate", "girl", "boy",
    ];

    /// <summary>The families that need no earlier turn, as often as they are asked.</summary>
    private static readonly QuestionFamily[] Families =
    [
        .. Enumerable.Repeat(QuestionFamily.Describe, 4), .. Enumerable.Repeat(QuestionFamily.Count, 6), .. Enumerable.Repeat(QuestionFamily.Color, 2),
        .. Enumerable.Repeat(QuestionFamily.Identify, 6), .. Enumerable.Repeat(QuestionFamily.Exists, 4), .. Enumerable.Repeat(QuestionFamily.Position, 3),
        .. Enumerable.Repeat(QuestionFamily.Compare, 5), .. Enumerable.Repeat(QuestionFamily.Cell, 2), .. Enumerable.Repeat(QuestionFamily.Glyph, 4),
    ];

    /// <summary>A query with a clear answer, of a random family.</summary>
    public static SceneQuery Any(Scene scene, SceneRandom random) => Any(scene, random, Families);

    /// <summary>A query that one object answers: its colour by its shape, its shape by its colour, where it is, how big it is.</summary>
    public static SceneQuery AboutOne(Scene scene, SceneRandom random)
    {
        while (true)
        {
            var query = Any(scene, random, [QuestionFamily.Color, QuestionFamily.Identify, QuestionFamily.Cell, QuestionFamily.Compare, QuestionFamily.Glyph]);
            if (query is not (SceneQuery.Bigger or SceneQuery.BackgroundColor or SceneQuery.Glyph { Of: not null }) && (query is not SceneQuery.At || random.Chance(0.1)))
                return query;
        }
    }

    /// <summary>A query about how two objects lie to each other or which is the bigger one, or null where a few tries find none.</summary>
    public static SceneQuery? AboutTwo(Scene scene, SceneRandom random)
    {
        const int tries = 4;
        for (var i = 0; i < tries; i++)
        {
            if (Of(random.Chance(0.65) ? QuestionFamily.Position : QuestionFamily.Compare, scene, random) is { } query and not SceneQuery.SizeOf)
                return query;
        }
        return null;
    }

    private static SceneQuery Any(Scene scene, SceneRandom random, QuestionFamily[] families)
    {
        while (true)
        {
            if (Of(random.Pick(families), scene, random) is { } query)
                return query;
        }
    }

    /// <summary>A query of the family with a clear answer, or null where the scene (or this try) has none.</summary>
    public static SceneQuery? Of(QuestionFamily family, Scene scene, SceneRandom random)
    {
        var query = family switch
        {
            QuestionFamily.Describe => scene.HasOnlyShapes && random.Chance(0.25) ? new SceneQuery.DescribeShapes() : new SceneQuery.Describe(),
            QuestionFamily.Count => Count(scene, random),
            QuestionFamily.Color => Color(scene, random),
            QuestionFamily.Identify => Identify(scene, random),
            QuestionFamily.Exists => Exists(scene, random),
            QuestionFamily.Position => Position(scene, random),
            QuestionFamily.Compare => Compare(scene, random),
            QuestionFamily.Cell => Cell(scene, random),
            QuestionFamily.Glyph => Glyph(scene, random),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Only the families Describe to Glyph ask about one picture."),
        };
        return query is not null && SceneAnswers.Answer(query, scene) is not null ? query : null;
    }

    /// <summary>A description of one object, the shorter ones more often; null where it has no unique one with these parts.</summary>
    public static SceneFilter? Name(Scene scene, SceneObject o, SceneRandom random, bool color = true, bool size = true)
    {
        var names = SceneFilter.Naming(scene, o, kind: true, color, size).Where(f => f.Kind is not null).ToList();
        if (names.Count == 0)
            return null;
        var name = random.Chance(0.75) ? names[0] : random.Pick(names);
        // "the red star" is natural even where there is only one star.
        return color && o.Color is not null && name.Color is null && random.Chance(o.Kind.Shape is null ? 0.1 : 0.3) ? name with { Color = o.Color } : name;
    }

    private static SceneQuery Count(Scene scene, SceneRandom random) => random.NextDouble() switch
    {
        < 0.28 => new SceneQuery.Count(new SceneFilter(Group: Everything(scene, random))),
        < 0.3 => new SceneQuery.CountOthers(random.Pick(OtherThings) + "s"),
        < 0.4 => new SceneQuery.Count(new SceneFilter(Group: random.Chance(0.5) ? random.Pick(Groups) : GroupOf(random.Pick(scene.Objects)))),
        < 0.62 => new SceneQuery.Count(new SceneFilter(random.Chance(0.25) ? Like(scene, random) : random.Pick(scene.Objects).Kind)),
        < 0.85 => new SceneQuery.Count(new SceneFilter(Color: ColorIn(scene, random, 0.75), Group: Everything(scene, random))),
        < 0.93 => new SceneQuery.Count(new SceneFilter(Size: random.Chance(0.5) ? SceneSize.Big : SceneSize.Small, Group: Everything(scene, random))),
        _ => new SceneQuery.Count(Mixed(scene, random)),
    };

    /// <summary>A word for all objects: where there are only shapes, mostly that one.</summary>
    private static SceneGroup? Everything(Scene scene, SceneRandom random) => random.Chance(scene.HasOnlyShapes ? 0.6 : 0.2) ? SceneGroup.Shape : null;

    private static SceneGroup? GroupOf(SceneObject o) => o.Kind.Group == SceneGroup.None ? null : o.Kind.Group;

    /// <summary>A kind that could be in the scene: of the sort of one of its objects, now and then of any.</summary>
    internal static SceneKind Like(Scene scene, SceneRandom random)
    {
        if (random.Chance(0.1))
            return random.Pick(SceneKind.All);
        return random.Pick(random.Pick(scene.Objects).Kind.Sort);
    }

    /// <summary>The colour of one of the objects, or any.</summary>
    private static SceneColor ColorIn(Scene scene, SceneRandom random, double present) =>
        random.Chance(present) && random.Pick(scene.Objects).Color is { } color ? color : random.Pick(Colors);

    private static SceneQuery.Glyph? Glyph(Scene scene, SceneRandom random)
    {
        var glyphs = SceneAnswers.Glyphs(null, scene);
        if (glyphs.Count == 0)
            return random.Chance(0.25) ? new SceneQuery.Glyph(random.Chance(0.5) ? null : random.Chance(0.5) ? SceneGroup.Digit : SceneGroup.Letter) : null;
        return new SceneQuery.Glyph(random.Chance(0.5) ? null : random.Chance(0.9) ? random.Pick(glyphs).Kind.Group : random.Chance(0.5) ? SceneGroup.Digit : SceneGroup.Letter);
    }

    private static SceneQuery? Color(Scene scene, SceneRandom random)
    {
        switch (random.NextDouble())
        {
            case < 0.2:
                return new SceneQuery.BackgroundColor();
            case < 0.3:
                var missing = new SceneFilter(random.Pick(SceneKind.Shapes));
                return missing.In(scene).Count == 0 ? new SceneQuery.ColorOf(missing) : null;
            case < 0.4:
                var twice = new SceneFilter(random.Pick(scene.Objects).Kind);
                return twice.In(scene).Count > 1 ? new SceneQuery.ColorOf(twice) : null;
            default:
                return Name(scene, random.Pick(scene.Objects), random, color: false) is { } name ? new SceneQuery.ColorOf(name) : null;
        }
    }

    private static SceneQuery.KindOf? Identify(Scene scene, SceneRandom random)
    {
        var group = Everything(scene, random);
        if (random.Chance(0.1))
        {
            var missing = new SceneFilter(Color: random.Pick(Colors), Group: group);
            return missing.In(scene).Count == 0 ? new SceneQuery.KindOf(missing) : null;
        }
        var o = random.Pick(scene.Objects);
        if (o.Kind.Shape is null && random.Chance(0.7))
            return new SceneQuery.KindOf(new SceneFilter(Group: random.Chance(0.2) ? random.Pick(Groups) : GroupOf(o)));
        return o.Color is null ? null : new SceneQuery.KindOf(random.NextDouble() switch
        {
            < 0.7 => new SceneFilter(Color: o.Color, Group: group),
            < 0.85 => new SceneFilter(Size: o.Size, Group: group),
            _ => new SceneFilter(Color: o.Color, Size: o.Size, Group: group),
        });
    }

    private static SceneQuery Exists(Scene scene, SceneRandom random)
    {
        var yes = random.Chance(0.5);
        var o = random.Pick(scene.Objects);
        switch (random.NextDouble())
        {
            case < 0.12:
                return new SceneQuery.HasBackground(yes ? scene.Background : random.Pick(Colors));
            case < 0.32 when o.Color is { } color && Name(scene, o, random, color: false) is { } name:
                return new SceneQuery.HasColor(name, yes ? color : ColorIn(scene, random, 0.5));
        }
        if (!yes && random.Chance(0.08))
            return new SceneQuery.ExistsOther(random.Pick(OtherThings));
        if (yes)
        {
            return new SceneQuery.Exists(random.NextDouble() switch
            {
                < 0.1 when o.Kind.Shape is null && GroupOf(o) is { } group => new SceneFilter(Group: group),
                < 0.4 => new SceneFilter(o.Kind),
                < 0.55 when o.Color is not null => new SceneFilter(Color: o.Color, Group: Everything(scene, random)),
                < 0.9 => new SceneFilter(o.Kind, o.Kind.Shape is null ? null : o.Color),
                _ => new SceneFilter(o.Kind, o.Color, o.Size),
            });
        }
        while (true)
        {
            var filter = random.NextDouble() switch
            {
                < 0.06 => new SceneFilter(Group: random.Pick(Groups)),
                < 0.3 => new SceneFilter(Like(scene, random)),
                < 0.5 => new SceneFilter(Color: random.Chance(0.2) ? scene.Background : random.Pick(Colors), Group: Everything(scene, random)), // the background is no object
                < 0.9 => Mixed(scene, random),
                _ when o.Size is null => new SceneFilter(Like(scene, random)),
                _ => new SceneFilter(o.Kind, o.Color, o.Size == SceneSize.Big ? SceneSize.Small : SceneSize.Big),
            };
            if (filter.In(scene).Count == 0)
                return new SceneQuery.Exists(filter);
        }
    }

    /// <summary>Kind and colour that may or may not go together; mostly one of them, or each of them apart, is in the picture.</summary>
    private static SceneFilter Mixed(Scene scene, SceneRandom random)
    {
        var kind = random.Chance(0.65) ? random.Pick(scene.Objects).Kind : Like(scene, random);
        return new SceneFilter(kind, kind.Thing is null && (kind.Shape is not null || random.Chance(0.2)) ? ColorIn(scene, random, 0.65) : null);
    }

    private static SceneQuery? Position(Scene scene, SceneRandom random)
    {
        var a = random.Pick(scene.Objects);
        var b = random.Pick(scene.Objects);
        if (Name(scene, a, random) is not { } nameA)
            return null;
        var direction = (SceneDirection)random.Next(4);
        if (random.Chance(0.35))
            return scene.Objects.Count > 1 ? new SceneQuery.Beside(nameA, direction) : null;
        if (ReferenceEquals(a, b) || Name(scene, b, random) is not { } nameB)
            return null;
        return random.Chance(0.6) ? new SceneQuery.Side(nameA, nameB, random.Chance(0.5)) : new SceneQuery.IsBeside(nameA, nameB, direction);
    }

    private static SceneQuery? Compare(Scene scene, SceneRandom random)
    {
        var a = random.Pick(scene.Objects);
        if (random.Chance(0.2))
            return a.Size is not null && Name(scene, a, random, size: false) is { } name ? new SceneQuery.SizeOf(name) : null;
        var others = scene.Objects.Where(o => SceneAnswers.IsBigger(a, o) is not null).ToList();
        if (others.Count == 0)
            return null;
        // By size alone the question would answer itself.
        var nameA = Name(scene, a, random, size: false);
        var nameB = Name(scene, random.Pick(others), random, size: false);
        return nameA is null || nameB is null ? null : new SceneQuery.Bigger(nameA, nameB, random.Chance(0.3));
    }

    private static SceneQuery? Cell(Scene scene, SceneRandom random)
    {
        if (random.Chance(0.3))
            return Name(scene, random.Pick(scene.Objects), random) is { } name ? new SceneQuery.CellOf(name) : null;
        var only = scene.Objects[0].Cell == SceneCell.Middle;
        return new SceneQuery.At(only ? SceneCell.Middle : (SceneCell)random.Next(4));
    }
}
