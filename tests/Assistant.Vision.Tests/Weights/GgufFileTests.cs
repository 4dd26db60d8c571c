using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ggml-vocab-phi-3.gguf", "phi3", 32064)]
    [InlineData("ggml-vocab-llama-spm.gguf", "llama", 32000)]
    [InlineData("ggml-vocab-gpt-2.gguf", "gpt2", 50257)]
    [InlineData("ggml-vocab-qwen2.gguf", "qwen2", 151936)]
    public void Published_vocabularies_are_read(string name, string architecture, int tokens)
    {
        using var file = GgufFile.Open(ReferenceData.FindData("vocab", name));
        Assert.Equal(architecture, file.Architecture);
        Assert.Equal(tokens, file.Metadata.FindStrings("tokenizer.ggml.tokens")!.Length);
        Assert.Empty(file.Tensors);
        GgufChecks.ForTextModel(file, vocabularyOnly: true);
    }

    [Fact]
    public void Empty_text_and_binary_files_are_refused_by_name()
    {
        Refused([], "model.gguf is empty, not a GGUF file.");
        Refused("hello world"u8.ToArray(), "model.gguf is not a GGUF file: it does not begin with 'GGUF'.");
        Refused("GGUF"u8.ToArray(), "model.gguf is truncated: it ends in the header, which needs 8 bytes where the file has 4.");
        Assert.Throws<FileNotFoundException>(() => GgufFile.Open(folder.File("none.gguf")));
        Assert.Contains("is a folder", Assert.Throws<WeightFileException>(() => GgufFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_versions_and_byte_orders_are_refused()
    {
        Refused(new Bytes().Magic(version: 1).U64(0).U64(0), "GGUF version 1; versions 2 and 3 can be read");
        Refused(new Bytes().Magic(version: 0x03000000).U64(0).U64(0), "big-endian");
    }

    [Fact]
    public void Version_2_is_read()
    {
        var path = folder.Write("v2.gguf", new Bytes().Magic(version: 2).U64(0).U64(1).Text("a").U32(4).U32(7));
        using var file = GgufFile.Open(path);
        Assert.Equal(2, file.Version);
        Assert.Equal(7, file.Metadata.GetInteger("a"));
    }

    [Fact]
    public void Counts_beyond_the_file_are_refused_before_anything_is_allocated()
    {
        Refused(new Bytes().Magic().U64(ulong.MaxValue).U64(0), $"claims {ulong.MaxValue} tensors");
        Refused(new Bytes().Magic().U64(0).U64(1UL << 40), "metadata keys");
        Refused(new Bytes().Magic().U64(0).U64(1).Text("a").U32(8).U64(1UL << 50), "claims a text of 1125899906842624 bytes");
        Refused(new Bytes().Magic().U64(0).U64(1).Text("a").U32(9).U32(8).U64(1UL << 33), "metadata value 'a' claims 8589934592 elements");
        Refused(new Bytes().Magic().U64(0).U64(1).Text("a").U32(9).U32(10).U64(ulong.MaxValue), "elements");
        Refused(new Bytes().Magic().U64(0).U64(1).U64(1 << 20).Raw(new byte[64]), "has a name of 1048576 bytes");
        Refused(new Bytes().Magic().U64(0).U64(1).Text("abc").U32(10).Raw(new byte[4]), "ends in metadata value 'abc'");
    }

    [Fact]
    public void Keys_types_and_values_are_checked()
    {
        Refused(new Bytes().Magic().U64(0).U64(2).Text("a").U32(4).U32(1).Text("a").U32(4).U32(1), "the metadata key 'a' twice");
        Refused(new Bytes().Magic().U64(0).U64(1).Text("a").U32(13).Raw(new byte[16]), "has the unknown type 13");
        Refused(new Bytes().Magic().U64(0).U64(1).Text("a").U32(9).U32(77).U64(0).Raw(new byte[16]), "array of the unknown type 77");
        Refused(new Bytes().Magic().U64(0).U64(1).Text("a").U32(7).Raw([2, 0, 0, 0]), "truth value of 2");
        Refused(new Bytes().Magic().U64(0).U64(1).U64(2).Raw([0xFF, 0xFE]).Raw(new byte[16]), "not UTF-8");
        var nested = new Bytes().Magic().U64(0).U64(1).Text("a").U32(9);
        for (var depth = 0; depth < 1000; depth++)
            nested.U32(9).U64(1);
        Refused(nested, "nested more than 4 deep");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(24u)]
    [InlineData(1u << 30)]
    public void Alignments_that_are_no_power_of_two_are_refused(uint alignment) =>
        Refused(new Bytes().Magic().U64(0).U64(1).Text("general.alignment").U32(4).U32(alignment), $"general.alignment is {alignment}");

    [Fact]
    public void Tensors_are_checked()
    {
        Refused(OneTensor("t", [8], type: 0, offset: 0, data: 31), "tensor 't' needs 96 bytes, the file has 95");
        Refused(OneTensor("t", [8], type: 0, offset: 8, data: 64), "offset 8, which is not a multiple of the alignment 32");
        Refused(OneTensor("t", [8], type: 0, offset: ulong.MaxValue - 31, data: 64), "far outside the file");
        Refused(OneTensor("t", [8], type: 0, offset: 1L << 60, data: 64), "tensor 't' needs 1152921504606847072 bytes");
        Refused(OneTensor("t", [8], type: 5, offset: 0, data: 64), "unknown type 5");
        Refused(OneTensor("t", [33], type: 2, offset: 0, data: 64), "rows of 33 elements, which is not a multiple of the 32 that a Q4_0 block holds");
        Refused(OneTensor("t", [0], type: 0, offset: 0, data: 64), "impossible size (0 in dimension 0)");
        Refused(OneTensor("t", [1UL << 40, 1UL << 40], type: 0, offset: 0, data: 64), "impossible size");
        Refused(OneTensor("t", [1, 1, 1, 1, 1], type: 0, offset: 0, data: 64), "5 dimensions; at most 4");
        Refused(OneTensor(new string('n', 64), [8], type: 0, offset: 0, data: 64), "name of 64 bytes; 1 to 63");
        Refused(TwoTensors("t", "t", secondOffset: 32), "the tensor 't' twice");
        Refused(TwoTensors("t", "u", secondOffset: 0), "'t' and 'u' lie on top of each other");
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused_or_still_whole()
    {
        var writer = new GgufWriter();
        writer.Set("general.architecture", "llama");
        writer.Set("names", ["a", "bc"]);
        writer.Add("w", GgmlType.F32, [2, 4], () => new float[8]);
        writer.Save(folder.File("whole.gguf"));
        var whole = File.ReadAllBytes(folder.File("whole.gguf"));
        for (var length = 0; length < whole.Length; length++)
        {
            var problem = Assert.Throws<WeightFileException>(() => GgufFile.Open(folder.Write("cut.gguf", whole[..length])));
            Assert.StartsWith("cut.gguf", problem.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] OneTensor(string name, ulong[] dimensions, uint type, ulong offset, int data)
    {
        var header = new Bytes().Magic().U64(1).U64(0).Text(name).U32((uint)dimensions.Length);
        foreach (var size in dimensions)
            header.U64(size);
        return header.U32(type).U64(offset).Align().Raw(new byte[data]);
    }

    private static byte[] TwoTensors(string first, string second, ulong secondOffset) => new Bytes().Magic().U64(2).U64(0)
        .Text(first).U32(1).U64(8).U32(0).U64(0)
        .Text(second).U32(1).U64(8).U32(0).U64(secondOffset)
        .Align().Raw(new byte[64]);

    private void Refused(byte[] content, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<WeightFileException>(() => GgufFile.Open(folder.Write("model.gguf", content))).Message, StringComparison.Ordinal);

    /// <summary>Bytes of a GGUF file, written by hand so that they can be wrong.</summary>
    private sealed class Bytes
    {
        private readonly List<byte> content = [];

        public static implicit operator byte[](Bytes bytes) => [.. bytes.content];

        public Bytes Magic(uint version = 3) => Raw("GGUF"u8).U32(version);

        public Bytes U32(uint value) => Raw(BitConverter.GetBytes(value));

        public Bytes U64(ulong value) => Raw(BitConverter.GetBytes(value));

        public Bytes Text(string value) => U64((ulong)Encoding.UTF8.GetByteCount(value)).Raw(Encoding.UTF8.GetBytes(value));

        public Bytes Align() => Raw(new byte[(32 - content.Count % 32) % 32]);

        public Bytes Raw(ReadOnlySpan<byte> bytes)
        {
            content.AddRange(bytes);
            return this;
        }
    }
}
