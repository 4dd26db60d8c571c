using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Weights;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Pipelines;

public class LlavaImageEncoderTests
{
    [Fact]
    public void SeveralImages_GetTheRowsOfEach_AlsoWhileCoresAreShared()
    {
        using var encoder = LlavaImageEncoder.Load(Find("models/pocket/pocket-mmproj-f16.gguf"));
        var images = Enumerable.Range(1, 3).Select(Noise).ToList();
        var alone = images.Select(image => encoder.Encode(image)).ToList();

        IImageEncoder contract = encoder;
        var together = contract.Encode(images);
        contract.ShareCores(true);
        var beside = contract.Encode(images);

        Assert.Equal(3, together.Length);
        foreach (var (expected, actual) in alone.Concat(alone).Zip(together.Concat(beside)))
        {
            Assert.Equal(encoder.TokensPerImage * encoder.EmbeddingLength, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        }
        Assert.NotEqual(together[0], together[1]);
        Assert.Empty(contract.Encode([]));
    }

    [Fact]
    public void FilesOfOddNumbersAndShapes_AreRefused_OrEncode()
    {
        using var folder = new TemporaryFolder();
        WriteTiny(folder.File("sound.gguf"));
        using (var sound = LlavaImageEncoder.Load(folder.File("sound.gguf")))
            Assert.Equal((4, 16, 4 * 16), (sound.TokensPerImage, sound.EmbeddingLength, sound.Encode(Noise(1)).Length));
        var (refused, worked, wrong) = (0, 0, new List<string>());
        foreach (var (what, bytes) in HostileGguf.Of(folder.File("sound.gguf")))
        {
            try
            {
                using var encoder = LlavaImageEncoder.Load(folder.Write("mmproj.gguf", bytes));
                var rows = encoder.Encode(Noise(1));
                if (rows.Length != encoder.TokensPerImage * encoder.EmbeddingLength)
                    wrong.Add($"{what}: {rows.Length} values, {encoder.TokensPerImage} x {encoder.EmbeddingLength} were promised");
                worked++;
            }
            catch (WeightFileException e)
            {
                if (!e.Message.StartsWith("mmproj.gguf", StringComparison.Ordinal) || e.Message.Contains('\n', StringComparison.Ordinal))
                    wrong.Add($"{what}: {e.Message}");
                refused++;
            }
            catch (Exception e)
            {
                wrong.Add($"{what}: {e.GetType().Name}: {e.Message.Split('\n')[0]}");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {refused + worked + wrong.Count}:\n{string.Join('\n', wrong)}");
        Assert.True(refused > 200 && worked > 20, $"{refused} were refused, {worked} worked");
    }

    /// <summary>A projector file with four patches, two blocks of width 32 and rows of width 16.</summary>
    private static void WriteTiny(string path)
    {
        const int Width = 32, Inner = 64, Rows = 16;
        var (gguf, random) = (new GgufWriter(), new Random(5));
        gguf.Set("general.architecture", "clip");
        gguf.Set("clip.has_vision_encoder", true);
        gguf.Set("clip.has_llava_projector", true);
        gguf.Set("clip.projector_type", "mlp");
        gguf.Set("clip.use_gelu", false);
        gguf.Set("clip.vision.image_size", 28);
        gguf.Set("clip.vision.patch_size", 14);
        gguf.Set("clip.vision.embedding_length", Width);
        gguf.Set("clip.vision.feed_forward_length", Inner);
        gguf.Set("clip.vision.projection_dim", Width);
        gguf.Set("clip.vision.block_count", 2);
        gguf.Set("clip.vision.attention.head_count", 2);
        gguf.Set("clip.vision.attention.layer_norm_epsilon", 1e-5f);
        gguf.Set("clip.vision.image_mean", [0.5f, 0.5f, 0.5f]);
        gguf.Set("clip.vision.image_std", [0.25f, 0.25f, 0.25f]);
        void Add(string name, params long[] shape) => gguf.Add(name, GgmlType.F32, shape, () =>
        {
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(random.NextDouble() - 0.5) / 4;
            return values;
        });
        void Pair(string name, params long[] shape)
        {
            Add(name + ".weight", shape);
            Add(name + ".bias", shape[0]);
        }
        Add("v.class_embd", Width);
        Add("v.patch_embd.weight", Width, 3, 14, 14);
        Add("v.position_embd.weight", 5, Width);
        Pair("v.pre_ln", Width);
        for (var block = 0; block < 2; block++)
        {
            foreach (var name in (string[])["attn_q", "attn_k", "attn_v", "attn_out"])
                Pair($"v.blk.{block}.{name}", Width, Width);
            Pair($"v.blk.{block}.ln1", Width);
            Pair($"v.blk.{block}.ln2", Width);
            Pair($"v.blk.{block}.ffn_up", Inner, Width);
            Pair($"v.blk.{block}.ffn_down", Width, Inner);
        }
        Pair("mm.0", Rows, Width);
        Pair("mm.2", Rows, Rows);
        gguf.Save(path);
    }

    private static RgbImage Noise(int seed)
    {
        var image = new RgbImage(40 + seed, 50);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    private static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, path)))
                return Path.Combine(folder.FullName, path);
        }
        throw new FileNotFoundException($"{path} is not beside the tests.");
    }
}
