using System.Globalization;
using System.Runtime.InteropServices;
using Assistant.Vision.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>The vision half of a LLaVA as it is published for llama.cpp: a CLIP tower and a projector in one GGUF file ("mmproj").</summary>
/// <remarks>
/// Tensor and key names: llama.cpp <c>tools/mtmd/clip-impl.h</c>. What is computed follows the model authors' code and not llama.cpp's graph:
/// the class token comes first and is dropped after the tower, every block of the file runs, and the projector's GELU is the erf form.
/// </remarks>
public sealed class LlavaProjectorFile
{
    private const int MaxSize = 1 << 14; // far more than any tower has

    private readonly GgufFile file;

    private LlavaProjectorFile(GgufFile file) => this.file = file;

    /// <summary>Sizes of the tower.</summary>
    public required ClipVisionConfig Config { get; init; }

    /// <summary>Hidden states that are projected, joined on the channels; the usual file names none and means the last.</summary>
    public required IReadOnlyList<int> FeatureLayers { get; init; }

    /// <summary>Width of the rows that the projector gives: the language model's embedding length.</summary>
    public required int ProjectionWidth { get; init; }

    /// <summary>Mean of each channel, subtracted from values of 0 to 1.</summary>
    public required IReadOnlyList<float> ImageMean { get; init; }

    /// <summary>Standard deviation of each channel, divided by.</summary>
    public required IReadOnlyList<float> ImageStd { get; init; }

    private bool HasPostNorm { get; init; }

    /// <summary>Reads and checks the description of a file; no weights are read yet.</summary>
    /// <param name="file">An opened GGUF file.</param>
    /// <exception cref="WeightFileException">It holds no CLIP tower with an MLP projector, or its sizes contradict each other.</exception>
    public static LlavaProjectorFile Describe(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var keys = file.Metadata;
        if (file.Architecture != "clip")
            throw new WeightFileException($"{file.Name} is a '{file.Architecture}' model and not a vision projector; give the file whose name holds 'mmproj'.");
        var kind = keys.FindString("clip.projector_type") ?? keys.FindString("clip.vision.projector_type")
            ?? (keys.FindBool("clip.has_llava_projector") == true ? "mlp" : "none");
        if (kind is not ("mlp" or "mlp_norm" or "linear"))
            throw new WeightFileException($"{file.Name} has a projector of kind '{kind}'; supported are mlp, mlp_norm and linear (LLaVA 1.0, LLaVA 1.5, llava-phi3, BakLLaVA, Yi-VL).");
        if (file.Find("v.class_embd") is null)
            throw new WeightFileException($"{file.Name} has no class embedding: its tower is not a CLIP, and only CLIP towers are supported.");
        var useGelu = keys.FindBool("clip.use_gelu") == true;
        var useSilu = keys.FindBool("clip.use_silu") == true;
        if (useGelu && useSilu)
            throw new WeightFileException($"{file.Name} asks for both gelu and silu.");
        var width = Size(file, "clip.vision.embedding_length");
        var blocks = CountBlocks(file);
        var layers = keys.FindIntegers("clip.vision.feature_layer");
        var described = new LlavaProjectorFile(file)
        {
            Config = new ClipVisionConfig
            {
                HiddenSize = width,
                IntermediateSize = (int)Matrix(file, "v.blk.0.ffn_down.weight").Max(),
                NumHiddenLayers = blocks,
                NumAttentionHeads = Size(file, "clip.vision.attention.head_count"),
                ImageSize = Size(file, "clip.vision.image_size"),
                PatchSize = Size(file, "clip.vision.patch_size"),
                LayerNormEps = keys.GetNumber("clip.vision.attention.layer_norm_epsilon"),
                HiddenAct = useGelu ? "gelu_pytorch_tanh" : useSilu ? "silu" : "quick_gelu",
            },
            FeatureLayers = layers is { Length: > 0 } ? layers.Select(layer => (int)layer).ToList() : [blocks],
            ProjectionWidth = (int)Matrix(file, LastProjection(file))[0],
            ImageMean = Channels(file, "clip.vision.image_mean"),
            ImageStd = Channels(file, "clip.vision.image_std"),
            HasPostNorm = file.Find("v.post_ln.weight") is not null,
        };
        described.Check();
        return described;
    }

    /// <summary>Builds tower and projector with the file's weights, as float32.</summary>
    /// <exception cref="WeightFileException">A tensor is missing or has another shape than the sizes say.</exception>
    public (ClipVisionTransformer Tower, LayerNorm? PostNorm, Module<Tensor, Tensor> Projector) Load()
    {
        using var noGrad = no_grad();
        var tower = Layer.Unfilled(() => new ClipVisionTransformer(Config, postLayerNorm: false));
        var weights = tower.state_dict();
        Copy("v.class_embd", weights["embeddings.class_embedding"]);
        Copy("v.patch_embd.weight", weights["embeddings.patch_embedding.weight"]);
        Copy("v.position_embd.weight", weights["embeddings.position_embedding.weight"]);
        CopyPair("v.pre_ln", weights, "pre_layrnorm");
        for (var block = 0; block < Config.NumHiddenLayers; block++)
            CopyBlock(block, weights);
        LayerNorm? postNorm = null;
        if (HasPostNorm)
        {
            postNorm = LayerNorm(Config.HiddenSize, Config.LayerNormEps);
            CopyPair("v.post_ln", postNorm.state_dict(), "");
        }
        return (tower, postNorm, LoadProjector());
    }

    private void CopyBlock(int block, Dictionary<string, Tensor> weights)
    {
        var (from, to) = (string.Create(CultureInfo.InvariantCulture, $"v.blk.{block}."), string.Create(CultureInfo.InvariantCulture, $"encoder.layers.{block}."));
        foreach (var (part, name) in new[] { ("attn_out", "self_attn.out_proj"), ("ln1", "layer_norm1"), ("ln2", "layer_norm2") })
            CopyPair(from + part, weights, to + name);
        // The old converter named fc1 "ffn_down" and fc2 "ffn_up": go by the shape, fc1 reads the tower's width.
        var swapped = Matrix(file, from + "ffn_down.weight")[1] == Config.HiddenSize && Config.IntermediateSize != Config.HiddenSize;
        CopyPair(from + (swapped ? "ffn_down" : "ffn_up"), weights, to + "mlp.fc1");
        CopyPair(from + (swapped ? "ffn_up" : "ffn_down"), weights, to + "mlp.fc2");
        string[] projections = ["q_proj", "k_proj", "v_proj"];
        for (var i = 0; i < projections.Length; i++)
        {
            var target = $"{to}self_attn.{projections[i]}";
            if (file.Find(from + "attn_qkv.weight") is null)
            {
                CopyPair(from + "attn_" + projections[i][0], weights, target);
                continue;
            }
            CopyPart(from + "attn_qkv.weight", weights[target + ".weight"], i);
            CopyPart(from + "attn_qkv.bias", weights[target + ".bias"], i);
        }
    }

    private Module<Tensor, Tensor> LoadProjector()
    {
        var first = LoadLinear("mm.0");
        if (file.Find("mm.2.weight") is null && file.Find("mm.3.weight") is null)
            return first;
        if (file.Find("mm.3.weight") is null)
            return Sequential(("0", first), ("1", GELU()), ("2", LoadLinear("mm.2")));
        return Sequential(("0", first), ("1", LoadNorm("mm.1", "mm.0")), ("2", GELU()), ("3", LoadLinear("mm.3")), ("4", LoadNorm("mm.4", "mm.3")));
    }

    private Linear LoadLinear(string name)
    {
        var shape = Matrix(file, name + ".weight");
        var linear = Layer.Unfilled(() => Layer.Linear(shape[1], shape[0], hasBias: file.Find(name + ".bias") is not null));
        Copy(name + ".weight", linear.weight!);
        if (linear.bias is not null)
            Copy(name + ".bias", linear.bias);
        return linear;
    }

    private LayerNorm LoadNorm(string name, string before)
    {
        var norm = LayerNorm(Matrix(file, before + ".weight")[0]);
        CopyPair(name, norm.state_dict(), "");
        return norm;
    }

    private void CopyPair(string from, Dictionary<string, Tensor> weights, string to)
    {
        var prefix = to.Length == 0 ? "" : to + ".";
        Copy(from + ".weight", weights[prefix + "weight"]);
        Copy(from + ".bias", weights[prefix + "bias"]);
    }

    private void Copy(string name, Tensor target)
    {
        var source = file.Get(name);
        if (!Squeezed(source.Shape).SequenceEqual(Squeezed(target.shape)))
            throw new WeightFileException($"{file.Name}: '{name}' is [{string.Join(", ", source.Shape)}], the tower's sizes want [{string.Join(", ", target.shape)}].");
        file.ReadFloats(source, 0, MemoryMarshal.Cast<byte, float>(target.bytes));
    }

    /// <summary>Third number <paramref name="part"/> of a joined projection.</summary>
    private void CopyPart(string name, Tensor target, int part)
    {
        var source = file.Get(name);
        if (source.Shape.Count == 0 || source.Shape[0] != 3L * Config.HiddenSize || source.ElementCount != 3 * target.numel())
            throw new WeightFileException($"{file.Name}: '{name}' is [{string.Join(", ", source.Shape)}], three times [{string.Join(", ", target.shape)}] was expected.");
        file.ReadFloats(source, part * target.numel(), MemoryMarshal.Cast<byte, float>(target.bytes));
    }

    private void Check()
    {
        try
        {
            Config.Checked();
        }
        catch (ModelConfigException error)
        {
            throw new WeightFileException($"{file.Name}: {error.Message}", error);
        }
        foreach (var layer in FeatureLayers)
        {
            if (layer < 0 || layer > Config.NumHiddenLayers)
                throw new WeightFileException($"{file.Name} asks for hidden state {layer}; its tower has states 0 to {Config.NumHiddenLayers}.");
        }
        var (given, first) = ((long)FeatureLayers.Count * Config.HiddenSize, Matrix(file, "mm.0.weight"));
        if (given != first[1])
            throw new WeightFileException($"{file.Name}: the projector takes rows of width {first[1]}, the tower gives {given}.");
        var last = LastProjection(file);
        if (last != "mm.0.weight" && Matrix(file, last)[1] != first[0])
            throw new WeightFileException($"{file.Name}: '{last}' takes rows of width {Matrix(file, last)[1]}, 'mm.0.weight' gives {first[0]}.");
        // Before anything of these sizes is allocated: only what the file holds is.
        var patches = (long)(Config.ImageSize / Config.PatchSize);
        RequireCount("v.position_embd.weight", (patches * patches + 1) * Config.HiddenSize);
        RequireCount("v.patch_embd.weight", 3L * Config.PatchSize * Config.PatchSize * Config.HiddenSize);
    }

    private void RequireCount(string name, long count)
    {
        if (file.Get(name) is { } tensor && tensor.ElementCount != count)
            throw new WeightFileException($"{file.Name}: '{name}' has {tensor.ElementCount} elements, the tower's sizes want {count}.");
    }

    private static int Size(GgufFile file, string key) => file.Metadata.GetInt32(key) is >= 1 and <= MaxSize and var size
        ? size
        : throw new WeightFileException($"{file.Name}: {key} is {file.Metadata.GetInt32(key)}; 1 to {MaxSize} are possible.");

    /// <summary>The shape of a matrix, rows first.</summary>
    private static IReadOnlyList<long> Matrix(GgufFile file, string name) => file.Get(name).Shape is { Count: 2 } shape
        ? shape
        : throw new WeightFileException($"{file.Name}: '{name}' is [{string.Join(", ", file.Get(name).Shape)}], a matrix was expected.");

    private static string LastProjection(GgufFile file)
    {
        string[] names = ["mm.3.weight", "mm.2.weight", "mm.0.weight"];
        return names.FirstOrDefault(name => file.Find(name) is not null) ?? throw new WeightFileException($"{file.Name} has no projector ('mm.0.weight').");
    }

    private static int CountBlocks(GgufFile file)
    {
        var blocks = 0;
        while (file.Find(string.Create(CultureInfo.InvariantCulture, $"v.blk.{blocks}.ln1.weight")) is not null)
            blocks++;
        var said = file.Metadata.FindInt32("clip.vision.block_count") ?? blocks;
        return said == blocks && blocks > 0 ? blocks : throw new WeightFileException($"{file.Name} says it has {said} blocks and holds {blocks}.");
    }

    private static float[] Channels(GgufFile file, string key) =>
        file.Metadata.FindNumbers(key) is { Length: 3 } values ? values : throw new WeightFileException($"{file.Name}: '{key}' must hold three numbers.");

    private static IEnumerable<long> Squeezed(IEnumerable<long> shape) => shape.Where(size => size != 1);
}
