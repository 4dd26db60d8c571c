using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes.Blip;

/// <summary>The sizes of two small BLIPs, and where their tower begins.</summary>
public static class PocketBlipModel
{
    /// <summary>Most tokens of a question, a caption or an answer.</summary>
    public const int TextLength = 48;

    /// <summary>Sizes for a vocabulary; the tower's are those of the bundled LLaVA.</summary>
    /// <param name="vocabSize">Entries of the tokenizer.</param>
    /// <param name="endId">[SEP], which ends a text.</param>
    /// <param name="startId">[DEC], with which a decoder begins.</param>
    public static BlipConfig Config(int vocabSize, int endId, int startId)
    {
        var tower = PocketModel.Config(vocabSize: 1).Vision;
        return new BlipConfig
        {
            Vision = new BlipVisionConfig
            {
                HiddenSize = tower.HiddenSize, IntermediateSize = tower.IntermediateSize, NumHiddenLayers = tower.NumHiddenLayers, NumAttentionHeads = tower.NumAttentionHeads,
                ImageSize = tower.ImageSize, PatchSize = tower.PatchSize, HiddenAct = tower.HiddenAct,
            },
            Text = new BlipTextConfig
            {
                Bert = new BertConfig
                {
                    VocabSize = vocabSize, HiddenSize = tower.HiddenSize, IntermediateSize = 448, NumHiddenLayers = 3, NumAttentionHeads = 5,
                    MaxPositionEmbeddings = TextLength, TypeVocabSize = 0, HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0, EncoderHiddenSize = tower.HiddenSize,
                },
                BosTokenId = startId,
                SepTokenId = endId,
            },
        };
    }

    /// <summary>Makes BLIP's image encoder out of a CLIP tower of the same sizes.</summary>
    /// <remarks>
    /// The blocks are the same but for the names and one joint projection. CLIP has a norm before the first block, which BLIP lacks: all of it but the division by
    /// each patch's own deviation is linear and goes into the embeddings, and the deviation is taken as its mean over sample pictures. A little training mends the rest.
    /// </remarks>
    /// <param name="tower">The CLIP tower.</param>
    /// <param name="target">Receives the weights.</param>
    /// <param name="samples">Pictures, [batch, 3, image_size, image_size].</param>
    public static void TakeTower(ClipVisionTransformer tower, BlipVisionModel target, Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(tower);
        ArgumentNullException.ThrowIfNull(target);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var from = tower.state_dict();
        var to = target.state_dict();
        var (gain, shift) = (from["pre_layrnorm.weight"], from["pre_layrnorm.bias"]);
        var deviation = tower.Embed(samples).std(-1, unbiased: false).mean();
        // Along the width: without its mean, scaled.
        Tensor Normed(Tensor x, long dim)
        {
            var sizes = Enumerable.Repeat(1L, (int)x.dim()).ToArray();
            sizes[dim] = -1;
            return (x - x.mean([dim], keepdim: true)) * (gain / deviation).view(sizes);
        }
        to["embeddings.patch_embedding.weight"].copy_(Normed(from["embeddings.patch_embedding.weight"], 0));
        to["embeddings.patch_embedding.bias"].copy_(shift);
        to["embeddings.class_embedding"].copy_((Normed(from["embeddings.class_embedding"], 0) + shift).view(1, 1, -1));
        to["embeddings.position_embedding"].copy_(Normed(from["embeddings.position_embedding.weight"], 1).unsqueeze(0));
        for (var i = 0; i < tower.LayerCount; i++)
        {
            var layer = $"encoder.layers.{i}.";
            foreach (var part in (string[])["weight", "bias"])
            {
                to[$"{layer}self_attn.qkv.{part}"].copy_(cat([.. "qkv".Select(name => from[$"{layer}self_attn.{name}_proj.{part}"])]));
                to[$"{layer}self_attn.projection.{part}"].copy_(from[$"{layer}self_attn.out_proj.{part}"]);
                foreach (var same in (string[])["layer_norm1", "layer_norm2", "mlp.fc1", "mlp.fc2"])
                    to[$"{layer}{same}.{part}"].copy_(from[$"{layer}{same}.{part}"]);
            }
        }
    }
}
