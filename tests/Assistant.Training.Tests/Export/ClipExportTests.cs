using Assistant.Training.Export;
using Assistant.Training.Recipes;
using Assistant.Training.Recipes.Clip;
using Assistant.Training.Scenes;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Text;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Tests.Export;

/// <summary>The pipelines must see in an exported folder what the trainer saw in memory.</summary>
[Collection("the generator that all threads share")]
public sealed class ClipExportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-clip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void AnExportedFolderGivesTheModelsFeatures()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(3);
        ClipBpeTrainer.Train(["a photo of a red circle", "a drawing of a blue star"], 600, folder);
        var tokenizer = ClipTokenizer.FromFolder(folder);
        using var model = new ClipModel(PocketClipModel.Text(tokenizer.VocabularySize, tokenizer.EndId!.Value), PocketClipModel.Vision, PocketClipModel.ProjectionDim);
        PocketModel.Initialize(model, 3);
        ClipExport.Save(model, tokenizer, folder, Path.Combine(folder, "model"));
        var picture = SceneRenderer.Render(new SceneGenerator(1).Generate(2), new SceneRandom(3));
        using var embedder = ClipEmbedder.Open(Path.Combine(folder, "model"));

        var pixels = tensor(new ImageProcessor(ImageProcessorConfig.Llava(PocketModel.ImageSize)).Process(picture).Data.ToArray(), [1, 3, PocketModel.ImageSize, PocketModel.ImageSize]);
        AssertSame(model.GetImageFeatures(pixels), embedder.EmbedImages([picture])[0]);
        var batch = tokenizer.EncodeBatch(["a photo of a blue circle"], PocketClipModel.TextLength);
        AssertSame(model.GetTextFeatures(tensor(batch.InputIds, [batch.Rows, batch.Columns])), embedder.EmbedTexts(["a photo of a blue circle"])[0]);

        // Float16 keeps three digits.
        static void AssertSame(Tensor expected, ReadOnlyMemory<float> actual) =>
            Assert.InRange((F.normalize(expected, dim: -1).squeeze(0) - tensor(actual.ToArray())).abs().max().item<float>(), 0, 3e-3f);
    }
}
