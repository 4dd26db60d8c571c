namespace Assistant.Training.Scenes;

/// <summary>Talks about scenes: turns of every family in many wordings, each with its true answer.</summary>
public static class SceneConversationGenerator
{
    private const int Tries = 20; // of finding a question that is not asked yet or has a clear answer
    private const double AtOnceShare = 0.15; // of conversations about several pictures: all come with the first question

    private static readonly string[] Ordinals = ["first", "second", "third", "fourth"];

    /// <summary>A conversation about one picture; the first turn is often a caption.</summary>
    /// <param name="scene">The picture.</param>
    /// <param name="random">Picks questions and wordings.</param>
    /// <param name="turns">Questions to ask, at least 1.</param>
    public static SceneConversation Conversation(Scene scene, SceneRandom random, int turns) => Conversation([scene], random, turns);

    /// <summary>A conversation about several pictures, shown one after the other or now and then all at once, and called "the first picture", "the second picture" and so on.</summary>
    /// <param name="scenes">One to four pictures.</param>
    /// <param name="random">Picks questions and wordings.</param>
    /// <param name="turns">Questions to ask, at least as many as pictures.</param>
    /// <exception cref="ArgumentException">No picture, more than four, or fewer turns than pictures.</exception>
    public static SceneConversation Conversation(IReadOnlyList<Scene> scenes, SceneRandom random, int turns)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        ArgumentNullException.ThrowIfNull(random);
        if (scenes.Count is 0 or > 4)
            throw new ArgumentException($"A conversation has 1 to {Ordinals.Length} pictures, not {scenes.Count}.", nameof(scenes));
        if (turns < scenes.Count)
            throw new ArgumentException($"{turns} turns cannot show {scenes.Count} pictures: each comes with a turn of its own.", nameof(turns));
        var conversation = new List<SceneTurn>(turns);
        if (turns > scenes.Count && random.Chance(0.06))
            conversation.Add(SmallTalk.Turn(random, pictureShown: false));
        turns -= conversation.Count;
        var atOnce = scenes.Count > 1 && random.Chance(AtOnceShare);
        var shown = 0;
        for (var i = 0; i < turns; i++)
        {
            var all = atOnce && i == 0;
            if (all)
                shown = scenes.Count;
            // Else each picture comes with the first of an equal share of the turns.
            int? attached = all ? shown - 1 : i == shown * turns / scenes.Count && shown < scenes.Count ? shown++ : null;
            conversation.Add(Next(conversation, scenes, shown, attached, all, random) with { FirstPicture = all ? 0 : null });
        }
        return new SceneConversation([.. scenes], conversation);
    }

    /// <summary>A conversation without a picture: greetings, who and what the model is, and questions that it cannot answer.</summary>
    /// <param name="random">Picks questions and wordings.</param>
    /// <param name="turns">Questions to ask, at least 1.</param>
    public static SceneConversation TextOnly(SceneRandom random, int turns)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(turns, 1);
        return new SceneConversation([], [.. Enumerable.Range(0, turns).Select(_ => SmallTalk.Turn(random, pictureShown: false))]);
    }

    /// <summary>One question about a picture, asked when it is shown: no earlier turn helps.</summary>
    /// <param name="scene">The picture.</param>
    /// <param name="random">Picks question and wording.</param>
    /// <param name="aboutOne">Asks only what one object answers: its colour, shape, place or size.</param>
    public static SceneTurn FirstTurn(Scene scene, SceneRandom random, bool aboutOne = false)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(random);
        return FirstTurn(scene, aboutOne ? SceneQueries.AboutOne(scene, random) : SceneQueries.Any(scene, random), random);
    }

    /// <summary>The same for what is to be asked, which must have an answer.</summary>
    internal static SceneTurn FirstTurn(Scene scene, SceneQuery query, SceneRandom random)
    {
        var question = Wording.AsTyped(QuestionWordings.Ask(query, random, picture: null, Several(query, scene)), random);
        return new SceneTurn(query.Family, question, SceneAnswers.Answer(query, scene)!, Picture: 0, query, Subject: 0);
    }

    private static SceneTurn Next(List<SceneTurn> earlier, IReadOnlyList<Scene> scenes, int shown, int? attached, bool atOnce, SceneRandom random)
    {
        if (attached is null && random.Chance(0.05))
            return SmallTalk.Turn(random, pictureShown: true);
        for (var i = 0; i < Tries; i++)
        {
            if (FollowUp(earlier, scenes, shown, attached, random) is { } followUp)
                return followUp;
            var subject = attached is { } one && !atOnce ? one : random.Chance(0.6) ? shown - 1 : random.Next(shown);
            var query = attached is not null && random.Chance(0.4) ? new SceneQuery.Describe() : SceneQueries.Any(About(subject, i), random);
            if (SceneAnswers.Answer(query, scenes[subject]) is null)
                continue;
            if (i + 1 < Tries && earlier.Exists(turn => turn.Subject == subject && query.Equals(turn.Query)))
                continue;
            // Unless it says otherwise, a question is about the picture that came last.
            var plain = subject == shown - 1 && random.Chance(attached is not null ? 0.6 : 0.35);
            var name = shown == 1 || plain ? null : Called(subject, random);
            return Turn(query.Family, QuestionWordings.Ask(query, random, name, Several(query, scenes[subject])), query, subject);
        }
        throw new InvalidOperationException("The last try always asks."); // the loop above returns at its last round

        // A question that is asked again about the next picture: about that one, its answers are balanced.
        Scene About(int subject, int tried) =>
            tried + 1 < Tries && subject == shown - 1 && shown < scenes.Count && random.Chance(0.7) ? scenes[shown] : scenes[subject];

        SceneTurn Turn(QuestionFamily family, string question, SceneQuery query, int subject) =>
            new(family, Wording.AsTyped(question, random), SceneAnswers.Answer(query, scenes[subject])!, attached, query, subject);
    }

    private static SceneTurn? FollowUp(List<SceneTurn> earlier, IReadOnlyList<Scene> scenes, int shown, int? attached, SceneRandom random)
    {
        if (earlier is not [.., { Query: { } previous, Subject: { } subject }])
            return null;
        if (attached is { } next)
        {
            // A new picture, and the last question again.
            if (!random.Chance(0.6) || SceneAnswers.Answer(previous, scenes[next]) is not { } answer)
                return null;
            // Where the answer is often the same, repeating it would be learnt, and not looking.
            if (answer == SceneAnswers.Answer(previous, scenes[subject]) && random.Chance(0.6))
                return null;
            return new SceneTurn(QuestionFamily.FollowUp, Wording.AsTyped(FollowUps.AnotherPicture(CalledShortly(next, random, orThis: true), random), random), answer, next, previous, next);
        }
        if (shown > 1 && random.Chance(0.2))
        {
            var other = (subject + 1 + random.Next(shown - 1)) % shown;
            if (SceneAnswers.Answer(previous, scenes[other]) is not { } answer)
                return null;
            return new SceneTurn(QuestionFamily.FollowUp, Wording.AsTyped(FollowUps.AnotherPicture(CalledShortly(other, random, orThis: false), random), random), answer, null, previous, other);
        }
        if (!random.Chance(previous is SceneQuery.At ? 0.8 : 0.4) || FollowUps.After(previous, scenes[subject], random) is not var (question, query))
            return null;
        if (earlier.Exists(turn => turn.Subject == subject && query.Equals(turn.Query)))
            return null;
        return new SceneTurn(QuestionFamily.FollowUp, Wording.AsTyped(question, random), SceneAnswers.Answer(query, scenes[subject])!, null, query, subject);
    }

    private static bool Several(SceneQuery query, Scene scene) => query switch
    {
        SceneQuery.ColorOf(var filter) => filter.In(scene).Count > 1,
        SceneQuery.KindOf(var filter) => filter.In(scene).Count > 1,
        SceneQuery.Glyph(var group) => SceneAnswers.Glyphs(group, scene).Count > 1,
        _ => false,
    };

    private static string Called(int picture, SceneRandom random) => $"the {Ordinals[picture]} {(random.Chance(0.75) ? "picture" : "image")}";

    // After a question about a picture, "the second one" is a picture.
    private static string CalledShortly(int picture, SceneRandom random, bool orThis)
    {
        if (orThis && random.Chance(0.3))
            return random.Chance(0.5) ? "this one" : "this picture";
        return random.Chance(0.25) ? $"the {Ordinals[picture]} one" : Called(picture, random);
    }
}
