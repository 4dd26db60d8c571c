namespace Assistant.Training.Scenes;

/// <summary>Answers in a word or two, as data sets of visual question answering have them.</summary>
/// <remarks>Antol et al. 2015, arXiv:1505.00468: "yes", "2", "red".</remarks>
public static class ShortAnswers
{
    // How often a question about two objects is looked for; not every picture has one, and in the end about a fifth of all questions are. By chance alone
    // few would be, and how two things lie to each other is learnt last.
    private const double TwoShare = 0.3;

    /// <summary>A question about a picture that has a short answer.</summary>
    /// <param name="scene">The picture.</param>
    /// <param name="random">Picks question and wording.</param>
    /// <param name="aboutOne">Asks only what one object answers: its colour, shape, place or size.</param>
    public static (string Question, string Answer, SceneQuery Query) Ask(Scene scene, SceneRandom random, bool aboutOne = false)
    {
        while (true)
        {
            var query = aboutOne ? SceneQueries.AboutOne(scene, random)
                : (random.Chance(TwoShare) ? SceneQueries.AboutTwo(scene, random) : null) ?? SceneQueries.Any(scene, random);
            if (Answer(query, scene) is { } answer)
                return (SceneConversationGenerator.FirstTurn(scene, query, random).Question, answer, query);
        }
    }

    /// <summary>The short form of what <see cref="SceneAnswers"/> says; null where the question has no clear answer, or asks for a description.</summary>
    public static string? Answer(SceneQuery query, Scene scene)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (SceneAnswers.Answer(query, scene) is not { } sentence)
            return null;
        return query switch
        {
            SceneQuery.Describe or SceneQuery.DescribeShapes => null,
            SceneQuery.Count(var filter) => Number(filter.In(scene).Count),
            SceneQuery.CountOthers => Number(0),
            SceneQuery.BackgroundColor => SceneWords.Of(scene.Background),
            SceneQuery.Exists or SceneQuery.ExistsOther or SceneQuery.HasBackground => YesOrNo(sentence),
            _ when sentence.StartsWith("There is no ", StringComparison.Ordinal) => "none",
            SceneQuery.HasColor or SceneQuery.IsBeside => YesOrNo(sentence),
            SceneQuery.ColorOf(var filter) => SceneWords.List([.. filter.In(scene).Select(o => SceneWords.Of(o.Color!.Value)).Distinct()]),
            SceneQuery.ColorAt(var cell) => SceneWords.Of(scene.Objects.First(o => o.Cell == cell).Color!.Value),
            SceneQuery.KindOf(var filter) => SceneWords.List([.. filter.In(scene).Select(o => o.Kind.Singular).Distinct()]),
            SceneQuery.Glyph(var group) => SceneWords.List([.. SceneAnswers.Glyphs(group, scene).Select(o => o.Kind.KeyWord)]),
            SceneQuery.SizeOf(var filter) => SceneWords.Of(filter.OnlyOne(scene)!.Size!.Value),
            SceneQuery.CellOf(var filter) => SceneWords.Of(filter.OnlyOne(scene)!.Cell),
            SceneQuery.At(var cell) => scene.Objects.FirstOrDefault(o => o.Cell == cell) is { } there ? Name(there) : "nothing",
            SceneQuery.Side => new[] { "left", "right", "above", "below" }.Single(side => sentence.Contains($" {side} ", StringComparison.Ordinal)),
            SceneQuery.Bigger(var a, var b, var smaller) => SceneAnswers.IsBigger(a.OnlyOne(scene)!, b.OnlyOne(scene)!)!.Value != smaller ? a.Singular : b.Singular,
            SceneQuery.Beside(var filter, var direction) => SceneAnswers.Neighbours(filter.OnlyOne(scene)!, direction, scene) is { Count: > 0 } found
                ? SceneWords.List([.. found.Select(Name)]) : "nothing",
            _ => throw new ArgumentException($"There is no short answer to a query of type {query.GetType().Name}.", nameof(query)),
        };
    }

    private static string Name(SceneObject o) => new SceneFilter(o.Kind, o.Kind.Shape is null ? null : o.Color).Singular;

    private static string Number(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string YesOrNo(string sentence) => sentence.StartsWith("Yes", StringComparison.Ordinal) ? "yes" : "no";
}
