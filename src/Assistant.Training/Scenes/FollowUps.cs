namespace Assistant.Training.Scenes;

/// <summary>Family 10: short questions that only make sense after the turn before.</summary>
internal static class FollowUps
{
    private static readonly SceneShape[] Shapes = Enum.GetValues<SceneShape>();
    private static readonly SceneColor[] Colors = Enum.GetValues<SceneColor>();

    private static readonly string[] Color = ["And what {colour} is it?", "What {colour} is it?", "Which {colour} is it?", "And its {colour}?", "What is its {colour}?", "And the {colour}?", "And which {colour} does it have?", "What {colour} does it have?", "Tell me its {colour}.", "And what is the {colour} of it?", "What {colour} is that one?", "And what {colour} is that?"];
    private static readonly string[] Colors2 = ["And what {colour} are they?", "What {colours} are they?", "Which {colours} are they?", "And their {colours}?", "What are their {colours}?", "And the {colours}?", "Which {colours} do they have?", "And what {colours} do they have?", "Tell me their {colours}.", "What {colour} are those?", "And what {colours} are those?", "And which {colour} are they?"];
    private static readonly string[] Size = ["Is it big or small?", "And is it big or small?", "How big is it?", "And how big is it?", "What size is it?", "And its size?", "Is it small or big?", "And the size?", "What is its size?", "Is that one big or small?", "And what size does it have?", "Tell me its size."];
    private static readonly string[] Where = ["Where is it?", "And where is it?", "Where exactly is it?", "In which [corner|part] is it?", "And where can I find it?", "And its position?", "Where can I see it?", "Where is that?", "And where is that one?", "And in which corner?", "Tell me where it is.", "What is its position?"];
    private static readonly string[] Shape = ["And what shape is it?", "What shape is it?", "Which shape is it?", "And its shape?", "What shape is that?", "And what [thing|object|figure] is it?", "And the shape?", "What is its shape?", "And which shape does it have?", "Tell me its shape.", "What kind of [shape|object] is it?", "And what is it?"];
    private static readonly string[] HowMany = ["How many of them are there?", "And how many of them are there?", "How many are there?", "And how many?", "How many?", "And how many are there?", "How many of those are there?", "And how many of them do you see?", "How many of them can you see?", "Count them.", "How many of these are there?", "And their number?"];
    private static readonly string[] AndThe = ["And the {other}?", "What about the {other}?", "And what about the {other}?", "How about the {other}?", "And how about the {other}?", "And for the {other}?", "And the {other}, please?", "OK, and the {other}?", "Now the {other}.", "The same for the {other}?", "And of the {other}?", "The {other}?"];
    private static readonly string[] AndMany = ["And {other}?", "What about {other}?", "And how many {other}?", "And what about {other}?", "How about {other}?", "And the {other}?", "And how many {other} are there?", "OK, and {other}?", "Now {other}.", "And {other}, please?", "The same for {other}?", "How many {other}, then?"];
    private static readonly string[] OfThem = ["How many of them are {adj}?", "And how many of them are {adj}?", "How many are {adj}?", "And how many are {adj}?", "How many of those are {adj}?", "And how many {adj} ones?", "Of these, how many are {adj}?", "And {adj} ones?", "How many {adj} ones are there?", "And how many of these are {adj}?", "How many {adj} ones do you see?", "And how many {adj} ones are there?"];
    private static readonly string[] AndA = ["And {other}?", "What about {other}?", "And is there {other}?", "How about {other}?", "And what about {other}?", "Is there also {other}?", "Is there {other} too?", "And {other}, too?", "And do you see {other}?", "Or {other}?", "OK, and {other}?", "And can you see {other}?"];
    private static readonly string[] AndCell = ["And in the {cell}?", "What about the {cell}?", "And the {cell}?", "How about the {cell}?", "And what is in the {cell}?", "And what about the {cell}?", "Now the {cell}.", "And in the {cell}, please?", "OK, and in the {cell}?", "What is there in the {cell}?", "And at the {cell}?", "The {cell}?"];
    private static readonly string[] Background = ["And what {colour} is the background?", "And the background?", "What {colour} is behind them?", "And what is its background {colour}?", "And on what background?", "What {colour} is its background?", "And what {colour} is behind it?", "And which {colour} is the background?", "On what background?", "And the {colour} of the background?", "And the {colour} behind it?", "And the background {colour}?"];
    private static readonly string[] AndPicture = ["What about {pic}?", "And in {pic}?", "And {pic}?", "How about {pic}?", "And what about {pic}?", "The same [question |]for {pic}?", "Now {pic}.", "And for {pic}?", "What about {pic}, then?", "OK, and {pic}?", "And how about {pic}?", "Now the same for {pic}."];

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
            case SceneQuery.Count({ Shape: null, Color: null, Size: null }):
                if (random.Chance(0.5))
                {
                    var color = random.Chance(0.7) ? random.Pick(scene.Objects).Color : random.Pick(Colors);
                    return (OfThem, new SceneQuery.Count(new SceneFilter(Color: color)), [("adj", SceneWords.Of(color))]);
                }
                var size = (SceneSize)random.Next(2);
                return (OfThem, new SceneQuery.Count(new SceneFilter(Size: size)), [("adj", SceneWords.Of(size))]);
            case SceneQuery.Count({ Shape: not null, Color: null, Size: null }) when random.Chance(0.5):
                var plural = new SceneFilter(random.Chance(0.6) ? random.Pick(scene.Objects).Shape : random.Pick(Shapes));
                return (AndMany, new SceneQuery.Count(plural), [("other", plural.Plural)]);
            case SceneQuery.Exists(var filter) when filter.In(scene).Count > 0 && random.Chance(0.4):
                return (HowMany, new SceneQuery.Count(filter), []);
            case SceneQuery.Exists({ Shape: not null }) when random.Chance(0.4):
                var a = new SceneFilter(random.Chance(0.5) ? random.Pick(scene.Objects).Shape : random.Pick(Shapes), random.Chance(0.5) ? null : random.Pick(scene.Objects).Color);
                return (AndA, new SceneQuery.Exists(a), [("other", SceneWords.WithArticle(a.Singular))]);
            case SceneQuery.Describe when random.Chance(0.3):
                return (HowMany, new SceneQuery.Count(new SceneFilter()), []);
            case SceneQuery.Describe or SceneQuery.ColorOf when random.Chance(0.2):
                return (previous is SceneQuery.ColorOf ? AndThe : Background, new SceneQuery.BackgroundColor(), [("other", "background")]);
            case SceneQuery.ShapeOf(var filter) when filter.In(scene).Count > 0 && random.Chance(0.3):
                return (HowMany, new SceneQuery.Count(filter), []);
            case SceneQuery.ColorOf when random.Chance(0.5):
                return Other(scene, random, name => new SceneQuery.ColorOf(name), color: false);
            case SceneQuery.SizeOf when random.Chance(0.5):
                return Other(scene, random, name => new SceneQuery.SizeOf(name), size: false);
            case SceneQuery.CellOf when random.Chance(0.5):
                return Other(scene, random, name => new SceneQuery.CellOf(name));
            case SceneQuery.At when random.Chance(0.5):
                var cell = (SceneCell)random.Next(4);
                return (AndCell, new SceneQuery.At(cell), [("cell", QuestionWordings.Cell(cell, random))]);
        }
        return Focus(previous, scene) switch
        {
            [] => ([], null, []),
            [var o] => AboutIt(previous, o, scene, random),
            var several when several.All(o => o.Shape == several[0].Shape) && previous is (SceneQuery.Count or SceneQuery.Exists) =>
                (Colors2, new SceneQuery.ColorOf(new SceneFilter(several[0].Shape)), []),
            _ => ([], null, []),
        };
    }

    private static (string[], SceneQuery?, (string, string)[]) Other(Scene scene, SceneRandom random, Func<SceneFilter, SceneQuery> query, bool color = true, bool size = true) =>
        SceneQueries.Name(scene, random.Pick(scene.Objects), random, color: color, size: size) is { } name
            ? (AndThe, query(name), [("other", name.Singular)]) : ([], null, []);

    // What "it" or "they" can mean after a question.
    private static IReadOnlyList<SceneObject> Focus(SceneQuery previous, Scene scene) => previous switch
    {
        SceneQuery.Describe => scene.Objects.Count == 1 ? scene.Objects : [],
        SceneQuery.Count(var filter) => filter.In(scene),
        SceneQuery.Exists(var filter) => filter.In(scene),
        SceneQuery.ColorOf(var filter) => filter.In(scene),
        SceneQuery.ShapeOf(var filter) => filter.In(scene),
        SceneQuery.HasColor(var filter, _) => filter.In(scene),
        SceneQuery.SizeOf(var filter) => filter.In(scene),
        SceneQuery.CellOf(var filter) => filter.In(scene),
        SceneQuery.At(var cell) => [.. scene.Objects.Where(o => o.Cell == cell)],
        SceneQuery.Bigger(var a, var b, var smaller) => [.. a.In(scene).Concat(b.In(scene)).Where(o => (o.Size == SceneSize.Big) != smaller)],
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
            0 => (Color, Name(color: false) is { } name ? new SceneQuery.ColorOf(name) : null, []),
            1 => (Size, Name(size: false) is { } name ? new SceneQuery.SizeOf(name) : null, []),
            2 => (Where, Name() is { } name ? new SceneQuery.CellOf(name) : null, []),
            _ when previous is SceneQuery.ShapeOf or SceneQuery.At or SceneQuery.Describe => ([], null, []),
            _ => (Shape, said is { Shape: null } filter && filter.OnlyOne(scene) is not null ? new SceneQuery.ShapeOf(filter) : null, []),
        };

        SceneFilter? Name(bool color = true, bool size = true)
        {
            if (said is { Shape: not null } && said.OnlyOne(scene) is not null && (color || said.Color is null) && (size || said.Size is null))
                return said;
            return SceneFilter.Naming(scene, o, color: color, size: size).FirstOrDefault(f => f.Shape is not null);
        }
    }
}
