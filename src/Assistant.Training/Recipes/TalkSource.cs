using Assistant.Training.Scenes;

namespace Assistant.Training.Recipes;

/// <summary>The mixture of what is talked about: first questions, many about one picture, every second step conversations, and now and then some in which tools are offered.</summary>
/// <remarks>The conversations of a step have as many turns and pictures as each other, so that little of a batch is padding.</remarks>
/// <param name="vocabulary">Tokens.</param>
/// <param name="seed">Names the stream; the batch of a step is the same on every machine that has the same fonts.</param>
/// <param name="aboutOne">Whether all but the conversations ask only what one object answers, and no tools are offered.</param>
internal sealed class TalkSource(ChatVocabulary vocabulary, ulong seed, bool aboutOne = false)
{
    private const uint AboutOnePeriod = 12; // steps, of which one has conversations
    private const uint TwoPicturesPeriod = 4; // steps, of which one has conversations about two pictures
    private const uint ToolPeriod = 4; // steps, of which one offers tools

    private readonly SceneGenerator scenes = PocketModel.Scenes(seed);

    /// <summary>The batch of a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="pictures">Pictures of a step of questions.</param>
    /// <param name="questions">Questions about each; about as many turns have the conversations of a step.</param>
    public TalkBatch Batch(ulong step, int pictures, int questions)
    {
        var draw = SceneRandom.For(seed ^ 0xD4A12, step);
        if (aboutOne ? step % AboutOnePeriod == 3 : step % 2 == 1)
            return ConversationBatch.Make(vocabulary, Conversations(step, pictures), draw);
        if (!aboutOne && step % ToolPeriod == 2)
            return ConversationBatch.Make(vocabulary, WithTools(step / ToolPeriod, pictures), draw);
        var drawn = Enumerable.Range(0, pictures).Select(i => Picture(step * (ulong)pictures + (ulong)i)).ToList();
        return QuestionBatch.Make(vocabulary, drawn, Questions(drawn, questions, SceneRandom.For(seed ^ 0x9E57, step), aboutOne), draw);
    }

    /// <summary>First turns about pictures, those of a picture together.</summary>
    public static List<SceneTurn> Questions(IReadOnlyList<Scene> pictures, int questions, SceneRandom random, bool aboutOne = false) =>
        [.. pictures.SelectMany(picture => Enumerable.Range(0, questions).Select(_ => picture.Clutter is not null
            ? SmallTalk.AboutClutter(random, Drawing(random))
            : SceneConversationGenerator.FirstTurn(picture, random, aboutOne)))];

    /// <summary>Conversations about one picture, sometimes two, sometimes none.</summary>
    public List<SceneConversation> Conversations(ulong step, int count)
    {
        var random = SceneRandom.For(seed ^ 0xC0DE, step);
        var pictures = step % TwoPicturesPeriod == TwoPicturesPeriod - 1 ? 2 : 1;
        var turns = pictures == 2 ? 3 + random.Next(2) : 3 + random.Next(4);
        return Enumerable.Range(0, count).Select(i => Conversation(step * (ulong)count + (ulong)i, pictures, turns)).ToList();
    }

    /// <summary>Conversations in which tools are offered: every second batch without pictures, the others, with longer offers, half as big.</summary>
    /// <param name="index">Number of the batch.</param>
    /// <param name="count">Rows of a batch without pictures.</param>
    public List<SceneConversation> WithTools(ulong index, int count)
    {
        var withPictures = index % 2 == 1;
        return [.. Enumerable.Range(0, withPictures ? Math.Max(1, count / 2) : count).Select(i =>
        {
            var at = index * (ulong)count + (ulong)i;
            var random = SceneRandom.For(seed ^ 0x70015, at);
            return withPictures
                ? ToolTalk.AboutPictures([.. Enumerable.Range(0, random.Chance(0.4) ? 2 : 1).Select(picture => scenes.Generate(~(2 * at + (ulong)picture) ^ 1UL << 62))], random, 2 + random.Next(2))
                : ToolTalk.TextOnly(random, requests: 3, tools: 1 + (int)(index / 2 % 3));
        })];
    }

    private SceneConversation Conversation(ulong index, int pictures, int turns)
    {
        var random = SceneRandom.For(seed ^ 0x7A1C, index);
        if (random.Chance(0.06))
            return SceneConversationGenerator.TextOnly(random, 1 + random.Next(3));
        if (random.Chance(PocketModel.ClutterShare))
            return Cluttered(random, turns);
        var first = scenes.Generate(~(2 * index));
        var conversation = SceneConversationGenerator.Conversation(pictures == 1 ? [first] : [first, Second(index, first, random)], random, turns);
        // Some programs send the picture behind the question.
        var pictureLast = random.Chance(0.5);
        return conversation with { Turns = [.. conversation.Turns.Select(turn => turn with { IsPictureLast = pictureLast && turn.Picture is not null })] };
    }

    // What is asked about one picture is seldom worth asking about another in which all is different.
    private Scene Second(ulong index, Scene first, SceneRandom random)
    {
        const int tries = 5;
        var any = random.Chance(0.4);
        for (var i = 0UL; ; i++)
        {
            var second = scenes.Generate(~(2 * index + 1) ^ i << 56);
            if (any || i + 1 == tries || second.Objects.Any(o => first.Objects.Any(other => o.Kind.Sort == other.Kind.Sort)))
                return second;
        }
    }

    // The same questions as about drawings, none of which has an answer.
    private static SceneConversation Cluttered(SceneRandom random, int turns)
    {
        var drawing = Drawing(random);
        return new SceneConversation([Scene.Cluttered(random)],
            [.. Enumerable.Range(0, turns).Select(i => SmallTalk.AboutClutter(random, drawing) with { Picture = i == 0 ? 0 : null })]);
    }

    private Scene Picture(ulong index)
    {
        var random = SceneRandom.For(seed ^ 0xC1077E4, index);
        return random.Chance(PocketModel.ClutterShare) ? Scene.Cluttered(random) : scenes.Generate(index);
    }

    // Any drawing, for the question that it brings to mind.
    private static Scene Drawing(SceneRandom random) => PocketModel.Scenes(random.NextUInt64()).Generate(0);
}
