using System.Text.Json;
using Assistant.Vision.Generation;
using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Tests.Models;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

/// <summary>A folder as Hugging Face serves it, gone after the test: a reference folder with the tokenizer and processor that it lacks, or a network of random weights.</summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Path => folder.Path;

    public static ModelFolder FromReference(string name, string processor)
    {
        var made = new ModelFolder();
        foreach (var file in new[] { "config.json", "model.safetensors" })
            made.folder.Write(file, System.IO.File.ReadAllBytes(ReferenceData.Find(name, file)));
        return made.Write("preprocessor_config.json", processor);
    }

    /// <summary>A network with pseudo-random weights, equal in every run: no two norms alike, matrices that keep the scale of what passes.</summary>
    public static ModelFolder OfRandom(string config, string processor, Func<ModelConfig, nn.Module> build)
    {
        var made = new ModelFolder().Write("config.json", config).Write("preprocessor_config.json", processor);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = build(ModelConfig.Load(made.File("config.json")));
        var k = 50_000u;
        foreach (var (name, parameter) in model.named_parameters().Where(entry => entry.parameter.dim() > 0))
        {
            var norm = parameter.dim() == 1 && name.EndsWith("weight", StringComparison.Ordinal);
            var scale = norm ? 0.5 : parameter.dim() == 1 ? 0.2 : parameter.dim() == 3 ? 1 : Math.Sqrt(12.0 * parameter.shape[0] / parameter.numel());
            FormulaValues.FillInto(parameter, k++, scale, norm ? 1 : 0);
        }
        made.Save("model.safetensors", model.state_dict().Select(entry => (entry.Key, entry.Value)));
        return made;
    }

    public string File(string name) => folder.File(name);

    public ModelFolder Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return this;
    }

    /// <summary>Writes tensors in float32; a batch norm's counters are left out, as in torchvision's older files.</summary>
    public void Save(string name, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in tensors.Where(entry => entry.Value.dtype == ScalarType.Float32))
            writer.Add(key, WeightType.F32, value.shape, () => TextGenerator.Floats(value));
        writer.Save(File(name));
    }

    /// <summary>A vocab.txt in which token i is the word "wi", but for BERT's own.</summary>
    public ModelFolder WithBert(int size, int begin, int end)
    {
        string[] tokens = [.. Enumerable.Range(0, size).Select(id => $"w{id}")];
        (tokens[0], tokens[1], tokens[begin], tokens[end]) = ("[PAD]", "[UNK]", "[CLS]", "[SEP]");
        return Write("vocab.txt", string.Join('\n', tokens));
    }

    /// <summary>A vocab.json without merges in which token i is <see cref="Gpt2Character"/>(i), so that any ids are the tokens of some text.</summary>
    public ModelFolder WithGpt2(int size, int? end = null)
    {
        var ids = Enumerable.Range(0, size).ToDictionary(id => id == end ? "<|endoftext|>" : id == 4 ? "Ġ" : id is >= 8 and < 102 ? Gpt2Character(id).ToString() : $"<{id}>");
        return Write("vocab.json", JsonSerializer.Serialize(ids.ToDictionary(entry => entry.Key, entry => entry.Value))).Write("merges.txt", "#version: 0.2\n");
    }

    public static char Gpt2Character(long id) => id == 4 ? ' ' : (char)('!' + id - 8);

    /// <summary>A CLIP vocabulary of letters, full stop and hyphen, without merges.</summary>
    public ModelFolder WithClip(int begin, int end)
    {
        var letters = Enumerable.Range('a', 26).Select(letter => (char)letter).Append('.').Append('-').ToList();
        var ids = letters.Select(letter => letter.ToString()).Concat(letters.Select(letter => letter + "</w>"))
            .Select((token, id) => (token, id)).Append(("<|startoftext|>", begin)).Append(("<|endoftext|>", end));
        return Write("vocab.json", JsonSerializer.Serialize(ids.ToDictionary(entry => entry.Item1, entry => entry.Item2))).Write("merges.txt", "#version: 0.2\n");
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The reference's prepared pictures, as a pipeline has them after its processor.</summary>
    public static PixelBatch Pixels(Tensor pixel_values, Tensor? pixel_mask = null)
    {
        var (count, height, width) = ((int)pixel_values.shape[0], (int)pixel_values.shape[2], (int)pixel_values.shape[3]);
        var mask = pixel_mask?.data<long>().ToArray() ?? [.. Enumerable.Repeat(1L, count * height * width)];
        return new PixelBatch(pixel_values.contiguous().data<float>().ToArray(), mask, count, height, width);
    }

    /// <summary>The reference's tokens, as a pipeline has them after its tokenizer.</summary>
    public static TextBatch Tokens(Tensor input_ids, Tensor? attention_mask = null) => new()
    {
        Rows = (int)input_ids.shape[0],
        Columns = (int)input_ids.shape[1],
        InputIds = input_ids.contiguous().data<long>().ToArray(),
        AttentionMask = (attention_mask ?? ones_like(input_ids)).contiguous().data<long>().ToArray(),
        TokenTypeIds = new long[input_ids.numel()],
    };

    /// <summary>The text whose tokens under <see cref="WithBert"/> these are, special ones and padding left out.</summary>
    public static string Words(IEnumerable<long> ids, params long[] without) => string.Join(' ', ids.Where(id => !without.Contains(id)).Select(id => $"w{id}"));

    /// <summary>Pictures that differ from each other, none of the network's size.</summary>
    public static IReadOnlyList<RgbImage> Pictures(int count) => [.. Enumerable.Range(0, count).Select(index =>
    {
        var picture = Imaging.Pictures.Pattern(20 + index, 30);
        for (var at = 0; at < picture.Pixels.Length; at++)
            picture.Pixels[at] = (byte)(picture.Pixels[at] * (index + 1) + 40 * index);
        return picture;
    })];

    public static string ClipProcessor(int size) => $$"""{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":{{size}} },"crop_size":{"height":{{size}},"width":{{size}} } }""";

    public static string BlipProcessor(int size) => $$"""{"image_processor_type":"BlipImageProcessor","size":{"height":{{size}},"width":{{size}} } }""";

    public static string ViTProcessor(int size) => $$"""{"image_processor_type":"ViTImageProcessor","size":{"height":{{size}},"width":{{size}} } }""";

    public static string ViltProcessor(int size, int divisor) => $$"""{"image_processor_type":"ViltImageProcessor","size":{"shortest_edge":{{size}} },"size_divisor":{{divisor}}}""";
}
