using Assistant.Vision.Models;

namespace Assistant.Training.Recipes.Clip;

/// <summary>The bundled CLIP's sizes. Its tower is that of the bundled LLaVA.</summary>
public static class PocketClipModel
{
    /// <summary>Most tokens of a text.</summary>
    public const int TextLength = 40;

    /// <summary>Width of the common space.</summary>
    public const int ProjectionDim = 128;

    /// <summary>Blocks of the tower that stay as they were: what they know of edges, shapes and colours serves both models.</summary>
    public const int FrozenBlocks = 4;

    /// <summary>Sizes of the tower.</summary>
    public static ClipVisionConfig Vision { get; } = PocketModel.Config(vocabSize: 1).Vision;

    /// <summary>Sizes of the text encoder.</summary>
    /// <param name="vocabSize">Entries of the tokenizer.</param>
    /// <param name="endId">The token that ends a text.</param>
    public static ClipTextConfig Text(int vocabSize, int endId) => new()
    {
        VocabSize = vocabSize, HiddenSize = 128, IntermediateSize = 512, NumHiddenLayers = 3, NumAttentionHeads = 4,
        MaxPositionEmbeddings = TextLength, EosTokenId = endId,
    };
}
