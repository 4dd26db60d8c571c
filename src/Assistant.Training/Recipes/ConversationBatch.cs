using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Conversations of one step as plain memory, padded to the longest.</summary>
/// <param name="Rows">Conversations.</param>
/// <param name="Length">Tokens of the longest.</param>
/// <param name="Ids">[rows, length]; 0 after a conversation's end.</param>
/// <param name="AskedPositions">Flat positions whose next token is the model's to say.</param>
/// <param name="Answers">Those next tokens.</param>
/// <param name="Pictures">The pictures of all conversations, in the order of their image tokens.</param>
internal sealed record ConversationBatch(int Rows, int Length, long[] Ids, long[] AskedPositions, long[] Answers, LabelledPictures Pictures)
{
    /// <summary>Draws and encodes conversations.</summary>
    public static ConversationBatch Make(ChatVocabulary vocabulary, IReadOnlyList<SceneConversation> conversations, SceneRandom random)
    {
        var encoded = conversations.Select(conversation => ConversationTokens.Encode(vocabulary, conversation.Turns)).ToList();
        var length = encoded.Max(tokens => tokens.Ids.Length);
        var ids = new long[encoded.Count * length];
        var (asked, answers) = (new List<long>(), new List<long>());
        for (var row = 0; row < encoded.Count; row++)
        {
            var tokens = encoded[row];
            tokens.Ids.CopyTo(ids.AsSpan(row * length));
            for (var at = 1; at < tokens.Ids.Length; at++)
            {
                if (!tokens.IsAnswer[at])
                    continue;
                asked.Add(row * length + at - 1);
                answers.Add(tokens.Ids[at]);
            }
        }
        // Pictures in the order in which their turns show them, which is the order of the image tokens.
        var scenes = conversations.SelectMany(conversation => conversation.Turns.Where(turn => turn.Picture is not null).Select(turn => conversation.Scenes[turn.Picture!.Value])).ToList();
        return new ConversationBatch(encoded.Count, length, ids, [.. asked], [.. answers], LabelledPictures.Draw(scenes, _ => random));
    }

    /// <summary>Scores of the answers' tokens.</summary>
    /// <param name="model">The model.</param>
    /// <param name="patches">Tower states of the pictures, [pictures, patches, vision width]; null without pictures.</param>
    /// <returns>[asked, vocab_size].</returns>
    public Tensor Logits(LlavaForConditionalGeneration model, Tensor? patches)
    {
        using var scope = NewDisposeScope();
        var features = patches is null ? null : model.Projector.call(patches);
        // Padding needs no mask: it stands behind the end, where the causal mask hides it.
        var embeds = model.MergeImageFeatures(tensor(Ids, [Rows, Length]), features);
        var hidden = model.LanguageModel.LastHiddenState(embeds).flatten(0, 1); // [rows * length, hidden_size]
        return model.LanguageModel.Logits(hidden.index_select(0, tensor(AskedPositions))).MoveToOuterDisposeScope();
    }
}
