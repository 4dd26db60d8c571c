using System.Runtime.InteropServices;
using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_of_the_reference_implementation_is_read()
    {
        using var file = WeightFile.Open(ReferenceData.Find("clip_loss", "inputs.safetensors"));
        var embeds = file.Get("image_embeds");
        Assert.Equal(WeightType.F32, embeds.Type);
        Assert.Equal([7L, 24], embeds.Shape);
        Assert.Empty(file.Get("logit_scale").Shape);
        var floats = file.ReadFloats(embeds);
        for (var row = 0; row < 7; row++) // embeddings are normalised
            Assert.Equal(1, floats.AsSpan(row * 24, 24).ToArray().Sum(x => (double)x * x), 5);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var values = Enumerable.Range(0, 6).Select(i => i / 3f).ToArray();
        var writer = new SafetensorsWriter { Metadata = { ["format"] = "pt" } };
        writer.Add("half", WeightType.F16, [2, 3], () => values);
        writer.Add("brain", WeightType.BF16, [6], () => values);
        writer.Add("full \"ü\"", WeightType.F32, [3, 2], () => values);
        writer.Add("ids", WeightType.I64, [2], stream => stream.Write(MemoryMarshal.AsBytes<long>([-1, 1L << 40])));
        writer.Add("flag", WeightType.Bool, [], stream => stream.WriteByte(1));
        writer.Add("none", WeightType.F32, [0, 5], _ => { });
        writer.Save(folder.File("w.safetensors"));
        using var file = SafetensorsFile.Open(folder.File("w.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["ids", "full \"ü\"", "none", "brain", "half", "flag"], file.Tensors.Keys); // widest first, as the reference implementation writes
        Assert.Equal(values, file.ReadFloats(file.Get("full \"ü\"")));
        Assert.Equal(values.Select(value => (float)(Half)value), file.ReadFloats(file.Get("half")));
        Assert.Equal(values[5], file.ReadFloats(file.Get("brain"))[5], 0.01f);
        Assert.Equal([-1L, 1L << 40], file.ReadIntegers(file.Get("ids")));
        Assert.Equal([1L], file.ReadIntegers(file.Get("flag")));
        Assert.Empty(file.ReadFloats(file.Get("none")));
        var part = new byte[8];
        file.Read(file.Get("full \"ü\""), 4, part);
        Assert.Equal(values[1..3], MemoryMarshal.Cast<byte, float>(part).ToArray());
    }

    [Fact]
    public void Impossible_writes_are_refused_and_leave_nothing()
    {
        var writer = new SafetensorsWriter();
        writer.Add("w", WeightType.F32, [2], stream => stream.Write(new byte[7]));
        Assert.Throws<ArgumentException>(() => writer.Add("w", WeightType.F32, [2], () => new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", WeightType.F32, [2], () => new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("x", WeightType.F32, [-1], () => new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("x", WeightType.I64, [2], () => new float[2]));
        Assert.Contains("takes 8 bytes, but 7", Assert.Throws<InvalidOperationException>(() => writer.Save(folder.File("w"))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}    """, 8, null)]
    [InlineData("{}", 0, null)]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "is truncated: tensor 'w' needs 8 bytes of data, the file has 7")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "has 9 bytes of data, but its tensors take 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at byte 4 of the data where 0 was expected")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 8, "takes bytes 0 to 4, but F32 [2] needs 8 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "takes bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "tensor 'b' begins at byte 2 of the data where 4 was expected")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "the tensor 'w' twice")]
    [InlineData("""{"w":{"dtype":"F3","shape":[2],"data_offsets":[0,8]}}""", 8, "the dtype 'F3'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "w.shape holds something else than counts")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "w.shape holds something else than counts")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}""", 8, "impossible shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", 8, "lacks its dtype, shape or data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "unexpected or repeated 'shape'")]
    [InlineData("""{"w":3}""", 0, "'w' in the header is Number; StartObject was expected")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "'__metadata__.a' in the header is Number")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x""", 8, "broken header")]
    [InlineData("""{"w":{"dtype":"F32","shape":[[[[[[[[[2]]]]]]]]]}}""", 8, "something else than counts")]
    [InlineData("""{"w":""", 0, "broken header")]
    [InlineData("[]", 0, "its header does not begin with '{'")]
    [InlineData("", 0, "its header does not begin with '{'")]
    public void Headers_are_checked(string header, int data, string? sentence)
    {
        byte[] content = [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[data]];
        var path = folder.Write("w.safetensors", content);
        if (sentence is null)
        {
            using var file = SafetensorsFile.Open(path);
            Assert.Equal(data / 8, file.Tensors.Count);
            return;
        }
        var problem = Assert.Throws<WeightFileException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith("w.safetensors", problem.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_lengths_are_checked_before_anything_is_read()
    {
        Refused("abc"u8.ToArray(), "it has only 3 bytes");
        Refused([.. BitConverter.GetBytes(100L), (byte)'{'], "its header needs 108 bytes, the file has 9");
        Refused([.. BitConverter.GetBytes(ulong.MaxValue), (byte)'{'], "more than the 100000000 allowed");
        Refused("this is a text, not weights"u8.ToArray(), "is not a safetensors file");
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused()
    {
        var writer = new SafetensorsWriter();
        writer.Add("a", WeightType.F32, [3], () => new float[3]);
        writer.Add("b", WeightType.F16, [1], () => new float[1]);
        writer.Save(folder.File("whole"));
        var whole = File.ReadAllBytes(folder.File("whole"));
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<WeightFileException>(() => SafetensorsFile.Open(folder.Write("cut", whole[..length])));
    }

    [Fact]
    public void Other_kinds_of_files_are_named()
    {
        Named("GGUF0000000000000000"u8, "is a GGUF file");
        Named("version https://git-lfs.github.com/spec/v1\noid"u8, "is a Git LFS pointer");
        Named("<!DOCTYPE html><html>"u8, "is a web page");
        Named("\n <html>"u8, "is a web page");
        Assert.Throws<FileNotFoundException>(() => WeightFile.Open(folder.File("none.safetensors")));
        Assert.Contains("holds no checkpoint", Assert.Throws<FileNotFoundException>(() => WeightFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x13C)] // begins with '<' as a web page
    [InlineData(0x280)] // begins as a pickle
    [InlineData(0x480)]
    public void A_header_length_is_not_taken_for_another_format(int length)
    {
        var header = """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""".PadRight(length);
        var path = folder.Write("w.bin", [.. BitConverter.GetBytes((long)length), .. Encoding.UTF8.GetBytes(header), 0, 0, 0, 0]);
        using var file = WeightFile.Open(path);
        Assert.IsType<SafetensorsFile>(file);
    }

    [Fact]
    public void A_checkpoint_in_parts_is_one_file()
    {
        WritePart("model-1.safetensors", "a", 1);
        WritePart("model-2.safetensors", "b", 2);
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"metadata":{"total_size":8},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}""");
        using var file = WeightFile.Open(folder.Path);
        Assert.Equal(["a", "b"], file.Tensors.Keys);
        Assert.Equal([2f], file.ReadFloats(file.Get("b")));
        Assert.Contains("no tensor 'c'", Assert.Throws<WeightFileException>(() => file.Get("c")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"model-1.safetensors","c":"model-1.safetensors"}}""", "'c' into 'model-1.safetensors', which does not hold it")]
    [InlineData("""{"weight_map":{"a":"../model-1.safetensors"}}""", "not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":"..\\x"}}""", "not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":1}}""", "is not an index of weights")]
    [InlineData("""{"weight_map":[]}""", "has no 'weight_map'")]
    [InlineData("{", "is not an index of weights")]
    public void Indices_are_checked(string index, string sentence)
    {
        WritePart("model-1.safetensors", "a", 1);
        File.WriteAllText(folder.File("model.safetensors.index.json"), index);
        Assert.Contains(sentence, Assert.Throws<WeightFileException>(() => WeightFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map":{"a":"model-9.safetensors"}}""");
        Assert.Contains("'model-9.safetensors', which is missing", Assert.Throws<FileNotFoundException>(() => WeightFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    private void WritePart(string file, string tensor, float value)
    {
        var writer = new SafetensorsWriter();
        writer.Add(tensor, WeightType.F32, [1], () => new[] { value });
        writer.Save(folder.File(file));
    }

    private void Refused(byte[] content, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<WeightFileException>(() => SafetensorsFile.Open(folder.Write("w.safetensors", content))).Message, StringComparison.Ordinal);

    private void Named(ReadOnlySpan<byte> content, string sentence)
    {
        var path = folder.Write("w.bin", content.ToArray());
        Assert.Contains(sentence, Assert.Throws<WeightFileException>(() => WeightFile.Open(path)).Message, StringComparison.Ordinal);
    }
}
