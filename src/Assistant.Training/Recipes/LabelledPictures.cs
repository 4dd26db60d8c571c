using Assistant.Training.Scenes;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Pictures with their patches' labels, as plain memory.</summary>
/// <remarks><c>Object</c> is the number of the scene's object that covers a patch, from 1, or 0. <c>Anchor</c> is 1 on the one patch that holds an object's centre and 0 elsewhere: counting objects is counting anchors.</remarks>
internal sealed record LabelledPictures(int Count, float[] Pixels, int[] Object, long[] Kind, long[] Color, long[] Size, long[] Background, float[] Centre, float[] Anchor)
{
    /// <summary>Kind label of a patch that no object covers; those of objects follow it.</summary>
    public const int Nothing = 0;

    /// <summary>Draws scenes and labels their patches.</summary>
    /// <param name="scenes">The scenes.</param>
    /// <param name="random">How the scene of an index is drawn.</param>
    public static LabelledPictures Draw(IReadOnlyList<Scene> scenes, Func<int, SceneRandom> random)
    {
        const int patches = PocketModel.Grid * PocketModel.Grid;
        var count = scenes.Count;
        var batch = new LabelledPictures(
            count, ScenePictures.Draw(scenes, random), new int[count * patches], new long[count * patches], new long[count * patches],
            new long[count * patches], new long[count * patches], new float[count * patches * 2], new float[count * patches]);
        for (var i = 0; i < count; i++)
            batch.Label(scenes[i], i * patches);
        return batch;
    }

    /// <summary>[pictures, 3, size, size].</summary>
    public Tensor PixelTensor() => ScenePictures.Tensor(Pixels);

    /// <summary>1 where one of some objects covers a patch, otherwise 0.</summary>
    /// <param name="picture">Number of the picture.</param>
    /// <param name="scene">What it shows.</param>
    /// <param name="objects">Objects of the scene.</param>
    public float[] Covered(int picture, Scene scene, IReadOnlyList<SceneObject> objects)
    {
        var covered = new float[PocketModel.Grid * PocketModel.Grid];
        for (var patch = 0; patch < covered.Length; patch++)
        {
            if (Object[picture * covered.Length + patch] is > 0 and var number && objects.Contains(scene.Objects[number - 1]))
                covered[patch] = 1;
        }
        return covered;
    }

    /// <summary>1 on the anchor of each of some objects, otherwise 0.</summary>
    /// <inheritdoc cref="Covered"/>
    public float[] Anchors(int picture, Scene scene, IReadOnlyList<SceneObject> objects)
    {
        var anchors = Covered(picture, scene, objects);
        for (var patch = 0; patch < anchors.Length; patch++)
            anchors[patch] *= Anchor[picture * anchors.Length + patch];
        return anchors;
    }

    /// <summary>An object's centre in the square that its picture is padded to, each side of which is 1.</summary>
    public static (float X, float Y) CentreOf(SceneObject o, Scene scene)
    {
        var side = (double)Math.Max(scene.Width, scene.Height);
        return ((float)((o.X + (side - scene.Width) / 2) / side), (float)((o.Y + (side - scene.Height) / 2) / side));
    }

    private void Label(Scene scene, int offset)
    {
        var labels = SceneLabels.Of(scene, PocketModel.Grid);
        foreach (var centre in labels.Centres)
            Anchor[offset + centre] = 1;
        for (var patch = 0; patch < labels.Object.Length; patch++)
        {
            var at = offset + patch;
            Object[at] = labels.Object[patch];
            Kind[at] = labels.Kind[patch] + 1;
            (Color[at], Size[at], Background[at]) = (labels.Color[patch], labels.Size[patch], labels.Background[patch]);
            if (labels.Object[patch] == 0)
                continue;
            var covering = scene.Objects[labels.Object[patch] - 1];
            (Centre[2 * at], Centre[2 * at + 1]) = CentreOf(covering, scene);
        }
    }
}
