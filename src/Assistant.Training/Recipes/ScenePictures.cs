using Assistant.Training.Scenes;
using Assistant.Vision.Imaging.Processors;

namespace Assistant.Training.Recipes;

/// <summary>Drawn pictures as a tower's input.</summary>
internal static class ScenePictures
{
    // What the product does with a picture of a user: pad to a square, scale, normalise.
    private static readonly ImageProcessor Processor = new(ImageProcessorConfig.Llava(PocketModel.ImageSize));

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
