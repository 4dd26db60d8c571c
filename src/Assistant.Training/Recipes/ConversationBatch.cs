using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes;

/// <summary>Conversations of one step as plain memory, padded to the longest.</summary>
/// <param name="Rows">Conversations.</param>
/// <param name="Length">Tokens of the longest.</param>
/// <param name="Ids">[rows, length]; 0 after a conversation's end.</param>
/// <param name="AskedPositions">Flat positions whose next token is the model's to say.</param>
/// <param name="Answers">Those next tokens.</param>
/// <param name="Pictures">Number of pictures of all conversations.</param>
/// <param name="Pixels">[pictures, 3, size, size] in the order of the conversations.</param>
internal sealed record ConversationBatch(int Rows, int Length, long[] Ids, long[] AskedPositions, long[] Answers, int Pictures, float[] Pixels)
{
    /// <summary>Draws and encodes conversations.</summary>
    public static ConversationBatch Make(ChatVocabulary vocabulary, IReadOnlyList<SceneConversation> conversations, SceneRandom random)
    {
        const int pixels = 3 * PocketModel.ImageSize * PocketModel.ImageSize;
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
        var drawn = new float[scenes.Count * pixels];
        for (var i = 0; i < scenes.Count; i++)
            ScenePictures.Draw(scenes[i], random, drawn.AsSpan(i * pixels, pixels));
        return new ConversationBatch(encoded.Count, length, ids, [.. asked], [.. answers], scenes.Count, drawn);
    }

    /// <summary>Mean negative log-likelihood of the answers' tokens, and how many of them are the likeliest.</summary>
    /// <param name="model">The model.</param>
    /// <param name="freezeTower">Whether the tower runs without a graph.</param>
    /// <returns>The loss, a scalar, and the scores of the asked positions, [asked, vocab_size].</returns>
    public (Tensor Loss, Tensor Logits) Forward(LlavaForConditionalGeneration model, bool freezeTower)
    {
        using var scope = NewDisposeScope();
        Tensor? features = null;
        if (Pictures > 0)
        {
            var pixel_values = tensor(Pixels, [Pictures, 3, PocketModel.ImageSize, PocketModel.ImageSize]);
            features = freezeTower ? model.Projector.call(FrozenPatches(model, pixel_values)) : model.GetImageFeatures(pixel_values);
        }
        // Padding needs no mask: it stands behind the end, where the causal mask hides it.
        var embeds = model.MergeImageFeatures(tensor(Ids, [Rows, Length]), features);
        var hidden = model.LanguageModel.LastHiddenState(embeds).flatten(0, 1); // [rows * length, hidden_size]
        var logits = model.LanguageModel.Logits(hidden.index_select(0, tensor(AskedPositions)));
        return (F.cross_entropy(logits, tensor(Answers)).MoveToOuterDisposeScope(), logits.MoveToOuterDisposeScope());
    }

    private static Tensor FrozenPatches(LlavaForConditionalGeneration model, Tensor pixel_values)
    {
        using var noGrad = no_grad();
        var selected = model.SelectVisionFeatures(pixel_values);
        return selected.narrow(1, 1, selected.shape[1] - 1);
    }
}
