using System.Runtime.InteropServices;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Training.Export;

/// <summary>Reads a LLaVA-Phi3 back from the two files that <see cref="LlavaExport"/> writes, so that a training can start from a finished model.</summary>
public static class LlavaImport
{
    /// <summary>Copies the weights of both files into a model of the same sizes.</summary>
    /// <param name="model">Receives the weights, as float32 on the CPU.</param>
    /// <param name="textPath">The language model's file.</param>
    /// <param name="projectorPath">Tower and projector.</param>
    /// <param name="oldTokens">For a model with another vocabulary: the file's tokens that say what a token of the model says; its row becomes their mean. Null: the vocabularies are the same.</param>
    /// <exception cref="WeightFileException">A file cannot be read, or a tensor is missing or of another shape; the message names it.</exception>
    public static void Load(LlavaForConditionalGeneration model, string textPath, string projectorPath, Func<int, IReadOnlyList<int>>? oldTokens = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var text = GgufFile.Open(textPath);
        using var projector = GgufFile.Open(projectorPath);
        var layer = model.Config.VisionFeatureLayer;
        var blocks = layer < 0 ? model.Config.Vision.NumHiddenLayers + 1 + layer : layer;
        List<(GgufFile File, IEnumerable<(string, string)> Names, Dictionary<string, Tensor> Weights)> parts =
        [
            (text, LlavaTensorNames.Text(model.Config.Text), model.LanguageModel.state_dict()),
            (projector, LlavaTensorNames.Tower(blocks), model.VisionTower.state_dict()),
            (projector, LlavaTensorNames.Projector, model.Projector.state_dict()),
        ];
        Copy(parts.SelectMany(part => part.Names.Select(name => (part.File, part.File.Get(name.Item1), part.Weights[name.Item2]))).ToList(), oldTokens);
    }

    /// <summary>Copies the tower of a mmproj file into one of the same sizes; what the file lacks (the norm behind the blocks) stays as it is.</summary>
    /// <param name="tower">Receives the weights, as float32 on the CPU.</param>
    /// <param name="path">Tower and projector.</param>
    /// <exception cref="WeightFileException">The file cannot be read, or a tensor is missing or of another shape; the message names it.</exception>
    public static void LoadTower(ClipVisionTransformer tower, string path)
    {
        ArgumentNullException.ThrowIfNull(tower);
        using var file = GgufFile.Open(path);
        var weights = tower.state_dict();
        Copy(LlavaTensorNames.Tower(tower.LayerCount).Select(name => (file, file.Get(name.Item1), weights[name.Item2])).ToList(), oldTokens: null);
    }

    private static void Copy(IReadOnlyList<(GgufFile File, GgufTensor Source, Tensor Target)> pairs, Func<int, IReadOnlyList<int>>? oldTokens)
    {
        foreach (var (file, source, target) in pairs)
        {
            // All is checked before anything is copied.
            if (oldTokens is not null && IsByToken(source.Name) && source.Shape.Count == 2 && source.Shape[1] == target.shape[1])
                continue;
            if (!source.Shape.Where(size => size != 1).SequenceEqual(target.shape.Where(size => size != 1)))
                throw new WeightFileException($"{file.Name}: '{source.Name}' is [{string.Join(", ", source.Shape)}], the model wants [{string.Join(", ", target.shape)}].");
        }
        using var noGrad = no_grad();
        foreach (var (file, source, target) in pairs)
        {
            if (oldTokens is not null && IsByToken(source.Name))
                CopyRows(file, source, target, oldTokens);
            else
                file.ReadFloats(source, 0, MemoryMarshal.Cast<byte, float>(target.bytes));
        }
    }

    private static bool IsByToken(string name) => name is "token_embd.weight" or "output.weight";

    private static void CopyRows(GgufFile file, GgufTensor source, Tensor target, Func<int, IReadOnlyList<int>> oldTokens)
    {
        var width = (int)target.shape[1];
        var rows = new float[source.Shape[0] * width];
        file.ReadFloats(source, 0, rows);
        var weights = MemoryMarshal.Cast<byte, float>(target.bytes);
        for (var token = 0; token < target.shape[0]; token++)
        {
            var old = oldTokens(token);
            for (var i = 0; i < width; i++)
                weights[token * width + i] = old.Average(id => rows[id * width + i]);
        }
    }
}
