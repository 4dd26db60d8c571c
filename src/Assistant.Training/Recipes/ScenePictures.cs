using Assistant.Training.Scenes;
using Assistant.Vision.Imaging.Processors;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Drawn pictures as a tower's input.</summary>
internal static class ScenePictures
{
    // What the product does with a picture of a user: pad to a square, scale, normalise.
    private static readonly ImageProcessor Processor = new(ImageProcessorConfig.Llava(PocketModel.ImageSize));

    /// <summary>Values of a picture: three channels.</summary>
    public const int Values = 3 * PocketModel.ImageSize * PocketModel.ImageSize;

    /// <summary>Draws scenes one after the other.</summary>
    /// <param name="scenes">The scenes.</param>
    /// <param name="random">How the scene of an index is drawn.</param>
    public static float[] Draw(IReadOnlyList<Scene> scenes, Func<int, SceneRandom> random)
    {
        var drawn = new float[scenes.Count * Values];
        for (var i = 0; i < scenes.Count; i++)
            Draw(scenes[i], random(i), drawn.AsSpan(i * Values, Values));
        return drawn;
    }

    /// <summary>Drawn pictures as a tensor.</summary>
    /// <returns>[pictures, 3, size, size].</returns>
    public static Tensor Tensor(float[] drawn) => tensor(drawn, [drawn.Length / Values, 3, PocketModel.ImageSize, PocketModel.ImageSize]);

    /// <summary>Draws a scene as the product will see it.</summary>
    /// <remarks>
    /// Half of the pictures are drawn at the tower's size; the others at the canvas's size and then padded and scaled by the product's own
    /// processor, so that its resampling is part of the training too.
    /// </remarks>
    public static void Draw(Scene scene, SceneRandom random, Span<float> chw)
    {
        var picture = random.Chance(0.5) ? SceneRenderer.RenderPadded(scene, PocketModel.ImageSize, random) : SceneRenderer.Render(scene, random);
        Processor.Process(picture).Data.CopyTo(chw);
    }
}
