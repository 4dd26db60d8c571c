using Assistant.Training.Recipes.Clip;
using Assistant.Training.Scenes;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Training.Tests.Recipes.Clip;

public sealed class CaptionBatchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-captions-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void CaptionsThatAreTrueOfAnotherPictureAreNeitherRightNorWrong()
    {
        using var scope = NewDisposeScope();
        ClipBpeTrainer.Train(["a photo of a red circle"], 600, folder);
        var generator = new SceneGenerator(4);
        var scenes = Enumerable.Range(0, 200).Select(i => generator.Generate((ulong)i)).Where(scene => scene.Objects.Count == 1).Take(24).ToList();
        var batch = CaptionBatch.Make(ClipTokenizer.FromFolder(folder), scenes, new SceneRandom(1));
        var excluded = batch.Excluded();

        Assert.InRange(batch.Texts.Rows, 25, 3 * 24);
        Assert.All(Enumerable.Range(0, batch.Count), i => Assert.Equal(0, excluded[i, batch.Own[i]].item<float>()));
        Assert.All(Enumerable.Range(0, batch.Count), i => Assert.True(batch.IsTrue[i * batch.Texts.Rows + batch.Own[i]]));
        var wrong = batch.IsTrue.Count(isTrue => !isTrue);
        Assert.Equal(batch.IsTrue.Length - wrong - batch.Count, (excluded == float.NegativeInfinity).sum().item<long>());
        Assert.InRange(wrong, batch.IsTrue.Length / 2, batch.IsTrue.Length - batch.Count);
    }
}
