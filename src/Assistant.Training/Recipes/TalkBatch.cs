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
/// <param name="Gaze">Where to look while saying them.</param>
internal abstract record TalkBatch(int Length, long[] Ids, long[] AskedPositions, long[] Answers, LabelledPictures Pictures, Gaze Gaze)
{
    /// <summary>What the answers copy; null if they copy nothing.</summary>
    public Copying? Copying { get; private protected init; }

    /// <summary>Number of rows.</summary>
    public int Rows => Ids.Length / Length;

    /// <summary>Scores of the answers' tokens, and where the model looked.</summary>
    /// <param name="model">The model.</param>
    /// <param name="features">Projected patches of the pictures, [pictures, patches, text width]; null without pictures.</param>
    /// <param name="attentions">Is given each block's attention weights, [rows, heads, length, keys], to dispose of; null if nobody wants to know.</param>
    /// <returns>[asked, vocab_size].</returns>
    public abstract Tensor Logits(LlavaForConditionalGeneration model, Tensor? features, IList<Tensor>? attentions = null);

    /// <summary>How far the model looks away from what it should look at.</summary>
    /// <param name="weights">Attention weights of one block, [rows, heads, length, keys].</param>
    public Tensor LookingAway(Tensor weights) => Gaze.Away(weights, AskedPositions);

    /// <summary>How far the model is from counting what it is asked about.</summary>
    /// <param name="weights">Attention weights of one block, [rows, heads, length, keys].</param>
    public Tensor Miscounting(Tensor weights) => Gaze.Miscounting(weights, AskedPositions);

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
internal sealed record ConversationBatch(int Length, long[] Ids, long[] AskedPositions, long[] Answers, LabelledPictures Pictures, Gaze Gaze)
    : TalkBatch(Length, Ids, AskedPositions, Answers, Pictures, Gaze)
{
    /// <summary>Draws and encodes conversations.</summary>
    public static ConversationBatch Make(ChatVocabulary vocabulary, IReadOnlyList<SceneConversation> conversations, SceneRandom random)
    {
        var encoded = conversations.Select(conversation => ConversationTokens.Encode(vocabulary, conversation.Turns, conversation.System)).ToList();
        var (length, ids, asked, answers) = Pad(encoded.Select(tokens => (tokens.Ids, tokens.IsAnswer)).ToList());
        // Pictures in the order in which their turns show them, which is the order of the image tokens.
        var scenes = conversations.SelectMany(conversation => conversation.Turns.SelectMany(turn => turn.Pictures).Select(picture => conversation.Scenes[picture])).ToList();
        var pictures = LabelledPictures.Draw(scenes, _ => random);
        var looks = new Gaze.Builder(vocabulary, pictures);
        var copies = new Copying.Builder(vocabulary, length);
        var shown = 0;
        for (var i = 0; i < conversations.Count; i++)
        {
            copies.Add(i, conversations[i], encoded[i]);
            for (var turn = 0; turn < conversations[i].Turns.Count; turn++)
            {
                var asks = conversations[i].Turns[turn];
                var answer = encoded[i].Ids.AsSpan(encoded[i].AnswerStarts[turn]);
                var scene = asks.Subject is { } subject ? conversations[i].Scenes[subject] : null;
                looks.Add(asks, scene, shown + (asks.Subject ?? 0), asks.Subject is { } about ? encoded[i].PictureStarts[about] : 0, answer[..(answer.IndexOf(vocabulary.End) + 1)]);
            }
            shown += encoded[i].PictureStarts.Length;
        }
        var patchKeys = ids.Select(id => id == vocabulary.Image ? 1f : 0).ToArray();
        return new ConversationBatch(length, ids, asked, answers, pictures, looks.Build() with { PatchKeys = patchKeys }) { Copying = copies.Build() };
    }

    /// <inheritdoc/>
    public override Tensor Logits(LlavaForConditionalGeneration model, Tensor? features, IList<Tensor>? attentions = null)
    {
        using var scope = NewDisposeScope();
        var embeds = model.MergeImageFeatures(tensor(Ids, [Rows, Length]), features);
        return AskedLogits(model.LanguageModel, model.LanguageModel.LastHiddenState(embeds, attentions: attentions)).MoveToOuterDisposeScope();
    }
}

/// <summary>Many first questions about each picture, each a row: the picture is read once, every question follows it alone.</summary>
/// <remarks>
/// In a conversation an answer can often be copied from the turns before it, and a picture takes more tokens than all its questions. Here every
/// answer has to be found in the picture, and the picture's keys and values serve all its questions. <c>Prefix</c> is what stands before every
/// question: the template's beginning and the image tokens.
/// </remarks>
internal sealed record QuestionBatch(long[] Prefix, int Length, long[] Ids, long[] AskedPositions, long[] Answers, LabelledPictures Pictures, Gaze Gaze)
    : TalkBatch(Length, Ids, AskedPositions, Answers, Pictures, Gaze)
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
        var looks = new Gaze.Builder(vocabulary, pictures);
        for (var row = 0; row < turns.Count; row++)
        {
            var picture = row * scenes.Count / turns.Count;
            var answer = encoded[row].Ids.AsSpan(encoded[row].AnswerStarts[0]);
            looks.Add(turns[row], scenes[picture], picture, Array.IndexOf(prefix, vocabulary.Image), answer[..(answer.IndexOf(vocabulary.End) + 1)]);
        }
        return new QuestionBatch(prefix, length, ids, asked, answers, pictures, looks.Build());

        static (long[] Ids, bool[] IsAnswer) Question(ConversationTokens tokens)
        {
            // The line break after an answer's end is the next turn's.
            var range = tokens.QuestionStart..(Array.LastIndexOf(tokens.IsAnswer, true) + 1);
            return (tokens.Ids[range], tokens.IsAnswer[range]);
        }
    }

    /// <inheritdoc/>
    public override Tensor Logits(LlavaForConditionalGeneration model, Tensor? features, IList<Tensor>? attentions = null)
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
}
