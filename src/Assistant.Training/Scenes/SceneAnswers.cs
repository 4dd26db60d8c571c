namespace Assistant.Training.Scenes;

/// <summary>The answers: short English sentences of fixed form in the domain's words.</summary>
public static class SceneAnswers
{
    // Centres this far apart, in canvas widths or heights, are clearly left and right or above and below.
    private const double ClearDistance = 0.15;

    // Diameters this different look different, also of things that fill their frames differently.
    private const double ClearRatio = 1.4;

    // Off the grid, centres this close are neither left and right nor above and below of each other.
    private const double ClearlyAligned = 0.05;

    /// <summary>The true answer, or null where the question has no clear one in this scene ("the star" of two, the left one of two in a column).</summary>
    public static string? Answer(SceneQuery query, Scene scene)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(scene);
        return query switch
        {
            SceneQuery.DescribeShapes when !scene.HasOnlyShapes => null,
            SceneQuery.Describe or SceneQuery.DescribeShapes => SceneWords.Capitalised($"{Listed(Mentions(query, scene))} on {SceneWords.WithArticle(SceneWords.Of(scene.Background))} background."),
            SceneQuery.Count(var filter) when filter.IsClearIn(scene) => Counted(filter.In(scene).Count, filter.Singular, filter.Plural),
            SceneQuery.CountOthers(var plural) => Counted(0, plural, plural),
            SceneQuery.BackgroundColor => $"The background is {SceneWords.Of(scene.Background)}.",
            SceneQuery.HasBackground(var color) => (color == scene.Background ? "Yes" : "No") + $", the background is {SceneWords.Of(scene.Background)}.",
            SceneQuery.ColorOf(var filter) => Colors(filter, scene),
            SceneQuery.ColorAt(var cell) => scene.Objects.FirstOrDefault(o => o.Cell == cell) is { Color: { } color } it ? $"The {it.Kind.Singular} is {SceneWords.Of(color)}." : null,
            SceneQuery.KindOf({ IsBare: true, Group: SceneGroup.Digit or SceneGroup.Letter } filter) => Read(query, filter.Group, scene),
            SceneQuery.KindOf(var filter) when filter.IsClearIn(scene) => Kinds(query, filter, scene),
            SceneQuery.Exists(var filter) when filter.IsClearIn(scene) => filter.In(scene).Count switch
            {
                0 => $"No, there is no {filter.Singular}.",
                1 => $"Yes, there is {SceneWords.WithArticle(filter.Singular)}.",
                var several => $"Yes, there are {SceneWords.Number(several)} {filter.Plural}.",
            },
            SceneQuery.ExistsOther(var noun) => $"No, there is no {noun}.",
            SceneQuery.Glyph(var group) => Read(query, group, scene),
            SceneQuery.HasColor(var filter, var color) => One(filter, scene, o => o.Color is null ? null :
                (o.Color == color ? "Yes" : "No") + $", the {filter.Singular} is {SceneWords.Of(o.Color.Value)}."),
            SceneQuery.Side(var a, var b, var horizontal) => Two(a, b, scene, (first, second) =>
                Clear(first, second, horizontal, scene) is { } direction ? $"The {a.Singular} is {Word(direction)} the {b.Singular}." : null),
            SceneQuery.IsBeside(var a, var b, var asked) => Two(a, b, scene, (first, second) =>
                Clear(first, second, asked is SceneDirection.Left or SceneDirection.Right, scene) is { } direction
                    ? (direction == asked ? "Yes" : "No") + $", the {a.Singular} is {Word(direction)} the {b.Singular}." : null),
            SceneQuery.Beside(var filter, var direction) => One(filter, scene, o => Beside(o, filter, direction, scene)),
            SceneQuery.Bigger(var a, var b, var smaller) => Two(a, b, scene, (first, second) =>
                IsBigger(first, second) is not { } bigger ? null : bigger != smaller ? Compared(a, b, smaller) : Compared(b, a, smaller)),
            SceneQuery.SizeOf(var filter) => One(filter, scene, o => o.Size is { } size ? $"The {filter.Singular} is {SceneWords.Of(size)}." : null),
            SceneQuery.At(var cell) => In(cell, scene),
            SceneQuery.CellOf(var filter) => One(filter, scene, o => o.Cell == SceneCell.Free ? null : $"The {filter.Singular} is in the {SceneWords.Of(o.Cell)}."),
            SceneQuery.Count or SceneQuery.KindOf or SceneQuery.Exists => null,
            _ => throw new ArgumentException($"There is no answer to a query of type {query.GetType().Name}.", nameof(query)),
        };
    }

    /// <summary>What an answer lists, in its order: "a big red circle" of a description, "two dogs" of the animals, "the letter A" of the letters; empty where it lists nothing.</summary>
    internal static IReadOnlyList<(string Text, IReadOnlyList<SceneObject> Objects)> Mentions(SceneQuery? query, Scene scene) => query switch
    {
        SceneQuery.Describe or SceneQuery.DescribeShapes => [.. scene.Objects.Select(o => (Indefinite(o), (IReadOnlyList<SceneObject>)[o]))],
        SceneQuery.Glyph(var group) => Characters(group, scene),
        SceneQuery.KindOf({ IsBare: true, Group: SceneGroup.Digit or SceneGroup.Letter } filter) => Characters(filter.Group, scene),
        SceneQuery.KindOf(var filter) when filter.In(scene) is { Count: > 1 } several =>
            [.. several.GroupBy(o => o.Kind).Select(alike => (SeveralOf(alike.Key, alike.Count()), (IReadOnlyList<SceneObject>)[.. alike]))],
        _ => [],
    };

    private static IReadOnlyList<(string, IReadOnlyList<SceneObject>)> Characters(SceneGroup? group, Scene scene) =>
        Glyphs(group, scene) is { Count: > 1 } several ? [.. several.Select(o => ($"the {o.Kind.Singular}", (IReadOnlyList<SceneObject>)[o]))] : [];

    private static string SeveralOf(SceneKind kind, int count) => count == 1 ? SceneWords.WithArticle(kind.Singular) : $"{SceneWords.Number(count)} {kind.Plural}";

    /// <summary>"to the left of", "to the right of", "above", "below".</summary>
    public static string Word(SceneDirection direction) => direction switch
    {
        SceneDirection.Left => "to the left of",
        SceneDirection.Right => "to the right of",
        SceneDirection.Above => "above",
        _ => "below",
    };

    /// <summary>Which of two is clearly the bigger one: true for the first; null where they are about as big.</summary>
    internal static bool? IsBigger(SceneObject first, SceneObject second)
    {
        if (first.Size is { } a && second.Size is { } b)
            return a == b ? null : a == SceneSize.Big;
        var ratio = first.Diameter / second.Diameter;
        return ratio > ClearRatio ? true : ratio < 1 / ClearRatio ? false : null;
    }

    /// <summary>The digits and letters, or those of a group.</summary>
    internal static IReadOnlyList<SceneObject> Glyphs(SceneGroup? group, Scene scene) =>
        [.. scene.Objects.Where(o => o.Kind.Glyph is not null && (group is null || o.Kind.Group == group))];

    // The colour of a digit or letter is only said when it is asked for.
    private static string Indefinite(SceneObject o) =>
        SceneWords.WithArticle(new SceneFilter(o.Kind, o.Kind.Shape is null ? null : o.Color, o.Size).Singular);

    private static string Listed(IReadOnlyList<(string Text, IReadOnlyList<SceneObject>)> mentions) => SceneWords.List([.. mentions.Select(mention => mention.Text)]);

    private static string Read(SceneQuery query, SceneGroup? group, Scene scene) => Glyphs(group, scene) switch
    {
        [] => $"There is no {(group is { } one ? SceneWords.Of(one) : "digit or letter")} in the picture.",
        [var o] => $"It is the {o.Kind.Singular}.",
        _ => $"They are {Listed(Mentions(query, scene))}.",
    };

    private static string Counted(int count, string singular, string plural) =>
        count == 1 ? $"There is one {singular}." : $"There are {SceneWords.Number(count)} {plural}.";

    private static string Compared(SceneFilter a, SceneFilter b, bool smaller) => $"The {a.Singular} is {(smaller ? "smaller" : "bigger")} than the {b.Singular}.";

    private static string Missing(SceneFilter filter) => $"There is no {filter.Singular} in the picture.";

    private static string? One(SceneFilter filter, Scene scene, Func<SceneObject, string?> answer) => filter.In(scene) switch
    {
        [] => Missing(filter),
        [var o] => answer(o),
        _ => null,
    };

    private static string? Two(SceneFilter a, SceneFilter b, Scene scene, Func<SceneObject, SceneObject, string?> answer) =>
        One(a, scene, first => One(b, scene, second => ReferenceEquals(first, second) ? null : answer(first, second)));

    private static string? Colors(SceneFilter filter, Scene scene)
    {
        var objects = filter.In(scene);
        if (objects.Count == 0)
            return Missing(filter);
        if (objects.Any(o => o.Color is null))
            return null;
        var colors = SceneWords.List([.. objects.Select(o => SceneWords.Of(o.Color!.Value)).Distinct()]);
        return objects.Count == 1 ? $"The {filter.Singular} is {colors}." : $"The {filter.Plural} are {colors}.";
    }

    private static string Kinds(SceneQuery query, SceneFilter filter, Scene scene)
    {
        var objects = filter.In(scene);
        if (objects.Count == 0)
            return Missing(filter);
        if (objects.Count == 1)
            return $"The {filter.Singular} is {SceneWords.WithArticle(objects[0].Kind.Singular)}.";
        return $"The {filter.Plural} are {Listed(Mentions(query, scene))}.";
    }

    private static string? In(SceneCell cell, Scene scene)
    {
        if (scene.Objects[0].Cell == SceneCell.Free)
            return null;
        // An only object lies near the middle: no corner can be said to hold it or not to.
        if ((scene.Objects[0].Cell == SceneCell.Middle) != (cell == SceneCell.Middle))
            return null;
        return scene.Objects.FirstOrDefault(o => o.Cell == cell) is { } found
            ? SceneWords.Capitalised($"{Indefinite(found)}.")
            : $"There is nothing in the {SceneWords.Of(cell)}.";
    }

    private static string? Beside(SceneObject o, SceneFilter filter, SceneDirection direction, Scene scene)
    {
        if (Neighbours(o, direction, scene) is not { } found)
            return null;
        if (found.Count == 0)
            return $"Nothing is {Word(direction)} the {filter.Singular}.";
        var named = found.Select(other => $"the {new SceneFilter(other.Kind, other.Kind.Shape is null ? null : other.Color).Singular}").ToList();
        if (named.Distinct().Count() < named.Count)
            return null;
        return SceneWords.Capitalised($"{SceneWords.List(named)} {(found.Count == 1 ? "is" : "are")} {Word(direction)} the {filter.Singular}.");
    }

    /// <summary>What lies in the direction, or null where an object lies neither clearly there nor clearly not.</summary>
    internal static IReadOnlyList<SceneObject>? Neighbours(SceneObject o, SceneDirection direction, Scene scene)
    {
        var horizontal = direction is SceneDirection.Left or SceneDirection.Right;
        var found = new List<SceneObject>();
        foreach (var other in scene.Objects)
        {
            if (ReferenceEquals(other, o))
                continue;
            if (Clear(other, o, horizontal, scene) is { } side)
            {
                if (side == direction)
                    found.Add(other);
            }
            else if (!Aligned(other, o, horizontal, scene))
                return null;
        }
        return found;
    }

    private static bool Aligned(SceneObject a, SceneObject b, bool horizontal, Scene scene) => a.Cell == SceneCell.Free
        ? Math.Abs(Apart(a, b, horizontal, scene)) < ClearlyAligned
        : Lane(a, horizontal) == Lane(b, horizontal) && Math.Abs(Apart(a, b, horizontal, scene)) < ClearDistance;

    private static SceneDirection? Clear(SceneObject a, SceneObject b, bool horizontal, Scene scene)
    {
        var apart = Apart(a, b, horizontal, scene);
        if (Math.Abs(apart) < ClearDistance || (a.Cell != SceneCell.Free && Lane(a, horizontal) == Lane(b, horizontal)))
            return null;
        return horizontal ? apart < 0 ? SceneDirection.Left : SceneDirection.Right : apart < 0 ? SceneDirection.Above : SceneDirection.Below;
    }

    private static int Lane(SceneObject o, bool column) => column ? (int)o.Cell % 2 : (int)o.Cell / 2;

    private static double Apart(SceneObject a, SceneObject b, bool horizontal, Scene scene) =>
        horizontal ? (a.X - b.X) / scene.Width : (a.Y - b.Y) / scene.Height;
}
