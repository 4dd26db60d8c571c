using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Texts of one step as plain memory, padded to the longest.</summary>
/// <param name="Length">Tokens of the longest row.</param>
/// <param name="Ids">[rows, length]; 0 after a row's end.</param>
/// <param name="AskedPositions">Flat positions whose next token is the model's to say, row by row.</param>
/// <param name="Answers">Those next tokens.</param>
/// <param name="Pictures">The pictures of all rows, in the order of their image tokens.</param>
internal abstract record TalkBatch(int Length, long[] Ids, long[] AskedPositions, long[] Answers, LabelledPictures Pictures)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Ids.Length / Length;

    /// <summary>Scores of the answers' tokens.</summary>
    /// <param name="model">The model.</param>
    /// <param name="features">Projected patches of the pictures, [pictures, patches, text width]; null without pictures.</param>
    /// <returns>[asked, vocab_size].</returns>
    public abstract Tensor Logits(LlavaForConditionalGeneration model, Tensor? features);

    /// <summary>Pads rows of tokens and finds what the model has to say.</summary>
    private protected static (int Length, long[] Ids, long[] AskedPositions, long[] Answers) Pad(IReadOnlyList<(long[] Ids, bool[] IsAnswer)> rows)
    {
        var length = rows.Max(row => row.Ids.Length);
        var ids = new long[rows.Count * length];
        var (asked, answers) = (new List<long>(), new List<long>());
        for (var row = 0; row < rows.Count; row++)
        {
            rows[row].Ids.CopyTo(ids.AsSpan(row * length));
            for (var at = 1; at < rows[row].Ids.Length; at++)
            {
                if (!rows[row].IsAnswer[at])
                    continue;
                asked.Add(row * length + at - 1);
                answers.Add(rows[row].Ids[at]);
            }
        }
        return (length, ids, [.. asked], [.. answers]);
    }

    // Padding needs no mask: it stands behind a row's end, where the causal mask hides it.
    private protected Tensor AskedLogits(CausalLanguageModel model, Tensor hidden) =>
        model.Logits(hidden.flatten(0, 1).index_select(0, tensor(AskedPositions)));
}

/// <summary>Conversations of several turns, each a row.</summary>
internal sealed record ConversationBatch(int Length, long[] Ids, long[] AskedPositions, long[] Answers, LabelledPictures Pictures)
    : TalkBatch(Length, Ids, AskedPositions, Answers, Pictures)
{
    /// <summary>Draws and encodes conversations.</summary>
    public static ConversationBatch Make(ChatVocabulary vocabulary, IReadOnlyList<SceneConversation> conversations, SceneRandom random)
    {
        var rows = conversations.Select(conversation => ConversationTokens.Encode(vocabulary, conversation.Turns)).Select(tokens => (tokens.Ids, tokens.IsAnswer)).ToList();
        var (length, ids, asked, answers) = Pad(rows);
        // Pictures in the order in which their turns show them, which is the order of the image tokens.
        var scenes = conversations.SelectMany(conversation => conversation.Turns.Where(turn => turn.Picture is not null).Select(turn => conversation.Scenes[turn.Picture!.Value])).ToList();
        return new ConversationBatch(length, ids, asked, answers, LabelledPictures.Draw(scenes, _ => random));
    }

    /// <inheritdoc/>
    public override Tensor Logits(LlavaForConditionalGeneration model, Tensor? features)
    {
        using var scope = NewDisposeScope();
        var embeds = model.MergeImageFeatures(tensor(Ids, [Rows, Length]), features);
        return AskedLogits(model.LanguageModel, model.LanguageModel.LastHiddenState(embeds)).MoveToOuterDisposeScope();
    }
}

/// <summary>Many first questions about each picture, each a row: the picture is read once, every question follows it alone.</summary>
/// <remarks>
/// In a conversation an answer can often be copied from the turns before it, and a picture takes more tokens than all its questions. Here every
/// answer has to be found in the picture, and the picture's keys and values serve all its questions. <c>Prefix</c> is what stands before every
/// question: the template's beginning and the image tokens; <c>FirstImage</c> is where the latter begin. <c>Targets</c> are the patches of the
/// objects that a question asks about, and of those they are compared with: [2, rows, patches], 1 or 0.
/// </remarks>
internal sealed record QuestionBatch(long[] Prefix, int FirstImage, float[] Targets, int Length, long[] Ids, long[] AskedPositions, long[] Answers, LabelledPictures Pictures)
    : TalkBatch(Length, Ids, AskedPositions, Answers, Pictures)
{
    /// <summary>Draws pictures and encodes the questions about them.</summary>
    /// <param name="vocabulary">Tokens.</param>
    /// <param name="scenes">The pictures.</param>
    /// <param name="turns">First turns about them, as many for each picture, those of a picture together.</param>
    /// <param name="random">How the pictures are drawn.</param>
    public static QuestionBatch Make(ChatVocabulary vocabulary, IReadOnlyList<Scene> scenes, IReadOnlyList<SceneTurn> turns, SceneRandom random)
    {
        var encoded = turns.Select(turn => ConversationTokens.Encode(vocabulary, [turn])).ToList();
        var (length, ids, asked, answers) = Pad(encoded.Select(Question).ToList());
        var prefix = encoded[0].Ids[..encoded[0].QuestionStart];
        var pictures = LabelledPictures.Draw(scenes, _ => random);
        return new QuestionBatch(prefix, Array.IndexOf(prefix, vocabulary.Image), TargetPatches(scenes, turns, pictures), length, ids, asked, answers, pictures);

        static (long[] Ids, bool[] IsAnswer) Question(ConversationTokens tokens)
        {
            // The line break after an answer's end is the next turn's.
            var range = tokens.QuestionStart..(Array.LastIndexOf(tokens.IsAnswer, true) + 1);
            return (tokens.Ids[range], tokens.IsAnswer[range]);
        }
    }

    /// <inheritdoc/>
    public override Tensor Logits(LlavaForConditionalGeneration model, Tensor? features) => Logits(model, features, attentions: null);

    /// <summary>Scores of the answers' tokens, and where the model looked.</summary>
    /// <param name="model">The model.</param>
    /// <param name="features">Projected patches of the pictures, [pictures, patches, text width].</param>
    /// <param name="attentions">Is given each block's attention weights from the questions, [rows, heads, length, prefix + length], to dispose of.</param>
    /// <returns>[asked, vocab_size].</returns>
    public Tensor Logits(LlavaForConditionalGeneration model, Tensor? features, IList<Tensor>? attentions)
    {
        ArgumentNullException.ThrowIfNull(features);
        using var scope = NewDisposeScope();
        using var cache = new KeyValueCache();
        var prefix = tensor(Prefix).unsqueeze(0).expand(Pictures.Count, Prefix.Length);
        model.LanguageModel.LastHiddenState(model.MergeImageFeatures(prefix, features), cache: cache);
        cache.Repeat(Rows / Pictures.Count);
        var embeds = model.LanguageModel.Embed(tensor(Ids, [Rows, Length]));
        return AskedLogits(model.LanguageModel, model.LanguageModel.LastHiddenState(embeds, cache: cache, attentions: attentions)).MoveToOuterDisposeScope();
    }

    /// <summary>How far the model looks away from what is asked about while it answers: two heads of one block, for the objects asked about and for those they are compared with.</summary>
    /// <param name="weights">Attention weights of the block, [rows, heads, length, prefix + length].</param>
    public Tensor LookingAway(Tensor weights)
    {
        using var scope = NewDisposeScope();
        const int patches = PocketModel.Grid * PocketModel.Grid;
        var asked = tensor(AskedPositions);
        var rows = tensor(AskedPositions.Select(position => position / Length).ToArray());
        var targets = tensor(Targets, [2, Rows, patches]);
        var misses = new List<Tensor>();
        var counted = new List<Tensor>();
        for (var head = 0; head < 2; head++)
        {
            var seen = weights.select(1, head).narrow(-1, FirstImage, patches).flatten(0, 1).index_select(0, asked); // [asked, patches]
            var wanted = targets.select(0, head).index_select(0, rows);
            var isWanted = wanted.sum(1L) > 0;
            misses.Add(((seen * wanted).sum(1L).clamp_min(1e-4).log().neg() * isWanted).sum());
            counted.Add(isWanted.sum());
        }
        return ((misses[0] + misses[1]) / (counted[0] + counted[1]).clamp_min(1)).MoveToOuterDisposeScope();
    }

    private static float[] TargetPatches(IReadOnlyList<Scene> scenes, IReadOnlyList<SceneTurn> turns, LabelledPictures pictures)
    {
        const int patches = PocketModel.Grid * PocketModel.Grid;
        var targets = new float[2 * turns.Count * patches];
        for (var row = 0; row < turns.Count; row++)
        {
            var picture = row * scenes.Count / turns.Count;
            var asked = QueryTargets.Of(turns[row].Query, scenes[picture]);
            for (var patch = 0; patch < patches; patch++)
            {
                if (pictures.Object[picture * patches + patch] is not (> 0 and var number))
                    continue;
                var shown = scenes[picture].Objects[number - 1];
                targets[row * patches + patch] = asked.First.Contains(shown) ? 1 : 0;
                targets[(turns.Count + row) * patches + patch] = asked.Second.Contains(shown) ? 1 : 0;
            }
        }
        return targets;
    }
}
