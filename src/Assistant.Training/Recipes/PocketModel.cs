using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>The bundled LLaVA-Phi3's sizes and its initial weights.</summary>
public static class PocketModel
{
    /// <summary>Side of the picture that the tower takes, in pixels.</summary>
    public const int ImageSize = 160;

    /// <summary>Side of a patch, in pixels; a small object is about as wide.</summary>
    public const int PatchSize = 20;

    /// <summary>Patches a side.</summary>
    public const int Grid = ImageSize / PatchSize;

    /// <summary>Share of the training's pictures that are laid out without the scene world's grid.</summary>
    public const double FreeShare = 0.3;

    /// <summary>Context window, in tokens.</summary>
    public const int ContextLength = 2048;

    /// <summary>Share of pictures that are no simple drawings, about which nothing can be said.</summary>
    public const double ClutterShare = 0.05;

    /// <summary>The pictures of the training: the whole scene world.</summary>
    /// <param name="seed">Names the stream.</param>
    /// <param name="tiers">What they hold; null: all of it, in the shares of conversations.</param>
    internal static SceneGenerator Scenes(ulong seed, SceneTiers? tiers = null) => new(seed, FreeShare, tiers ?? SceneTiers.All);

    /// <summary>Sizes for a vocabulary.</summary>
    /// <param name="vocabSize">Entries of the tokenizer; the image token is the id after the last.</param>
    public static LlavaConfig Config(int vocabSize) => new()
    {
        Vision = new ClipVisionConfig
        {
            HiddenSize = 160, IntermediateSize = 640, NumHiddenLayers = 6, NumAttentionHeads = 5,
            ImageSize = ImageSize, PatchSize = PatchSize,
        },
        Text = new DecoderConfig
        {
            VocabSize = vocabSize, HiddenSize = 160, IntermediateSize = 448, NumHiddenLayers = 5,
            NumAttentionHeads = 5, NumKeyValueHeads = 5, HeadDim = 32, MaxPositionEmbeddings = ContextLength,
        },
        TextModelType = "phi3",
        ImageTokenIndex = vocabSize,
        // The exported tower file holds all blocks and its readers run them all.
        VisionFeatureLayer = -1,
    };

    /// <summary>Small normal weights, with the residual branches' last layers scaled down by depth.</summary>
    /// <remarks>Radford et al. 2019 (GPT-2), section 2.3.</remarks>
    public static void Initialize(nn.Module module, int layers)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var noGrad = no_grad();
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (parameter.dim() >= 2)
            {
                var residual = name.EndsWith("out_proj.weight", StringComparison.Ordinal) || name.EndsWith("fc2.weight", StringComparison.Ordinal)
                    || name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
                // Wider than GPT-2's 0.02: that was chosen for a width of 768 and more.
                nn.init.normal_(parameter, 0, residual ? 0.04 / Math.Sqrt(2 * layers) : 0.04);
            }
            else if (name.EndsWith(".bias", StringComparison.Ordinal))
            {
                nn.init.zeros_(parameter);
            }
        }
    }
}
