namespace Assistant.Training.Scenes;

/// <summary>Chooses what to ask about a scene, so that answers are balanced: yes and no, every number, every colour, empty cells too.</summary>
internal static class SceneQueries
{
    private static readonly SceneShape[] Shapes = Enum.GetValues<SceneShape>();
    private static readonly SceneColor[] Colors = Enum.GetValues<SceneColor>();
    private static readonly string[] OtherKinds =
    [
        "animals", "dogs", "cats", "letters", "digits", "cars", "people", "houses", "birds", "trees", "fruits", "numbers",
    ];

    // Singular and plural differ by an s: questions are worded with both.
    private static readonly string[] OtherThings =
    [
        "dog", "cat", "horse", "cow", "pig", "rabbit", "bear", "lion", "frog", "bird", "apple", "banana", "lemon", "carrot", "pizza",
        "cake", "car", "airplane", "boat", "train", "house", "tree", "flower", "umbrella", "book", "clock", "key", "guitar", "cup",
        "letter", "digit",
    ];

    /// <summary>The families that need no earlier turn and fit scenes of shapes, as often as they are asked.</summary>
    private static readonly QuestionFamily[] Families =
    [
        QuestionFamily.Describe, QuestionFamily.Describe, QuestionFamily.Count, QuestionFamily.Count, QuestionFamily.Count, QuestionFamily.Count,
        QuestionFamily.Count, QuestionFamily.Count,
        QuestionFamily.Color, QuestionFamily.Color, QuestionFamily.Color, QuestionFamily.Identify, QuestionFamily.Identify,
        QuestionFamily.Exists, QuestionFamily.Exists, QuestionFamily.Exists, QuestionFamily.Exists,
        QuestionFamily.Position, QuestionFamily.Position, QuestionFamily.Position, QuestionFamily.Position, QuestionFamily.Position,
        QuestionFamily.Compare, QuestionFamily.Compare, QuestionFamily.Compare, QuestionFamily.Cell, QuestionFamily.Cell, QuestionFamily.Cell, QuestionFamily.Glyph,
    ];

    /// <summary>A query with a clear answer, of a random family.</summary>
    public static SceneQuery Any(Scene scene, SceneRandom random) => Any(scene, random, Families);

    /// <summary>A query that one object answers: its colour by its shape, its shape by its colour, where it is, how big it is.</summary>
    public static SceneQuery AboutOne(Scene scene, SceneRandom random)
    {
        while (true)
        {
            var query = Any(scene, random, [QuestionFamily.Color, QuestionFamily.Identify, QuestionFamily.Cell, QuestionFamily.Compare]);
            if (query is not (SceneQuery.Bigger or SceneQuery.BackgroundColor) && (query is not SceneQuery.At || random.Chance(0.1)))
                return query;
        }
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
            QuestionFamily.Describe => new SceneQuery.Describe(),
            QuestionFamily.Count => Count(scene, random),
            QuestionFamily.Color => Color(scene, random),
            QuestionFamily.Identify => Identify(scene, random),
            QuestionFamily.Exists => Exists(scene, random),
            QuestionFamily.Position => Position(scene, random),
            QuestionFamily.Compare => Compare(scene, random),
            QuestionFamily.Cell => Cell(scene, random),
            QuestionFamily.Glyph => random.Chance(0.3) ? new SceneQuery.Glyph() : null, // always the same answer: rarely
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "Only the families Describe to Glyph ask about one picture."),
        };
        return query is not null && SceneAnswers.Answer(query, scene) is not null ? query : null;
    }

    /// <summary>A description of one object, the shorter ones more often; null where it has no unique one with these parts.</summary>
    public static SceneFilter? Name(Scene scene, SceneObject o, SceneRandom random, bool shape = true, bool color = true, bool size = true)
    {
        var names = SceneFilter.Naming(scene, o, shape, color, size).Where(f => f.Shape is not null || !shape).ToList();
        if (names.Count == 0)
            return null;
        var name = random.Chance(0.75) ? names[0] : random.Pick(names);
        // "the red star" is natural even where there is only one star.
        return color && name.Shape is not null && name.Color is null && random.Chance(0.3) ? name with { Color = o.Color } : name;
    }

    private static SceneQuery Count(Scene scene, SceneRandom random) => random.NextDouble() switch
    {
        < 0.3 => new SceneQuery.Count(new SceneFilter()),
        < 0.33 => new SceneQuery.CountOthers(random.Pick(OtherKinds)),
        < 0.6 => new SceneQuery.Count(new SceneFilter(Shape: random.Chance(0.25) ? random.Pick(Shapes) : random.Pick(scene.Objects).Shape)),
        < 0.85 => new SceneQuery.Count(new SceneFilter(Color: random.Chance(0.25) ? random.Pick(Colors) : random.Pick(scene.Objects).Color)),
        < 0.93 => new SceneQuery.Count(new SceneFilter(Size: random.Chance(0.5) ? SceneSize.Big : SceneSize.Small)),
        _ => new SceneQuery.Count(Mixed(scene, random)),
    };

    private static SceneQuery? Color(Scene scene, SceneRandom random)
    {
        switch (random.NextDouble())
        {
            case < 0.2:
                return new SceneQuery.BackgroundColor();
            case < 0.3:
                var missing = new SceneFilter(random.Pick(Shapes));
                return missing.In(scene).Count == 0 ? new SceneQuery.ColorOf(missing) : null;
            case < 0.4:
                var twice = new SceneFilter(random.Pick(scene.Objects).Shape);
                return twice.In(scene).Count > 1 ? new SceneQuery.ColorOf(twice) : null;
            default:
                return Name(scene, random.Pick(scene.Objects), random, color: false) is { } name ? new SceneQuery.ColorOf(name) : null;
        }
    }

    private static SceneQuery.ShapeOf? Identify(Scene scene, SceneRandom random)
    {
        if (random.Chance(0.1))
        {
            var missing = new SceneFilter(Color: random.Pick(Colors));
            return missing.In(scene).Count == 0 ? new SceneQuery.ShapeOf(missing) : null;
        }
        var o = random.Pick(scene.Objects);
        return new SceneQuery.ShapeOf(random.NextDouble() switch
        {
            < 0.7 => new SceneFilter(Color: o.Color),
            < 0.85 => new SceneFilter(Size: o.Size),
            _ => new SceneFilter(Color: o.Color, Size: o.Size),
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
            case < 0.32 when Name(scene, o, random, color: false) is { } name:
                return new SceneQuery.HasColor(name, yes ? o.Color : random.Chance(0.5) ? random.Pick(scene.Objects).Color : random.Pick(Colors));
        }
        if (!yes && random.Chance(0.08))
            return new SceneQuery.ExistsOther(random.Pick(OtherThings));
        if (yes)
        {
            return new SceneQuery.Exists(random.NextDouble() switch
            {
                < 0.3 => new SceneFilter(o.Shape),
                < 0.5 => new SceneFilter(Color: o.Color),
                < 0.9 => new SceneFilter(o.Shape, o.Color),
                _ => new SceneFilter(o.Shape, o.Color, o.Size),
            });
        }
        while (true)
        {
            var filter = random.NextDouble() switch
            {
                < 0.3 => new SceneFilter(random.Pick(Shapes)),
                < 0.5 => new SceneFilter(Color: random.Chance(0.2) ? scene.Background : random.Pick(Colors)), // the background is no object
                < 0.9 => Mixed(scene, random),
                _ => new SceneFilter(o.Shape, o.Color, o.Size == SceneSize.Big ? SceneSize.Small : SceneSize.Big),
            };
            if (filter.In(scene).Count == 0)
                return new SceneQuery.Exists(filter);
        }
    }

    /// <summary>Shape and colour that may or may not go together; mostly one of them, or each of them apart, is in the picture.</summary>
    private static SceneFilter Mixed(Scene scene, SceneRandom random)
    {
        var shape = random.Chance(0.65) ? random.Pick(scene.Objects).Shape : random.Pick(Shapes);
        var color = random.Chance(0.65) ? random.Pick(scene.Objects).Color : random.Pick(Colors);
        return new SceneFilter(shape, color);
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
        if (random.Chance(0.3))
            return Name(scene, a, random, size: false) is { } name ? new SceneQuery.SizeOf(name) : null;
        var others = scene.Objects.Where(o => o.Size != a.Size).ToList();
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
