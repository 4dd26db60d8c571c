using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

public sealed class PyTorchFileTests : IDisposable
{
    private static readonly byte[] Six = MemoryMarshal.AsBytes<float>([0, 1, 2, 3, 4, 5]).ToArray();
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_state_dict_is_read_with_its_strides()
    {
        var pickle = new PickleWriter().Global("collections", "OrderedDict").Op(')').Op('R').Op('(')
            .Text("weight").Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1])
            .Text("transposed").Tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3])
            .Text("tail").Tensor("FloatStorage", "0", 6, 4, [2], [1])
            .Text("number").Tensor("FloatStorage", "0", 6, 5, [], [])
            .Text("expanded").Tensor("FloatStorage", "0", 6, 1, [2, 2], [0, 1])
            .Text("parameter").Global("torch._utils", "_rebuild_parameter").Op('(').Tensor("LongStorage", "1", 1, 0, [1], [1]).Raw(0x88).Op('N').Op('t').Op('R')
            .Op('u').Op('}').Text("_metadata").Op('N').Op('s').Op('b').Done(); // attributes of the dict
        using var file = Open(PickleWriter.Archive(pickle, ("archive/data/0", Six), ("archive/data/1", BitConverter.GetBytes(-7L)), ("archive/byteorder", "little"u8.ToArray())));
        Assert.Equal(["weight", "transposed", "tail", "number", "expanded", "parameter"], file.Tensors.Keys);
        Assert.Equal([0f, 1, 2, 3, 4, 5], file.ReadFloats(file.Get("weight")));
        Assert.Equal([0f, 3, 1, 4, 2, 5], file.ReadFloats(file.Get("transposed")));
        Assert.Equal([3L, 2], file.Get("transposed").Shape);
        Assert.Equal([4f, 5], file.ReadFloats(file.Get("tail")));
        Assert.Equal([5f], file.ReadFloats(file.Get("number")));
        Assert.Equal([1f, 2, 1, 2], file.ReadFloats(file.Get("expanded")));
        Assert.Equal([-7L], file.ReadIntegers(file.Get("parameter")));
        var part = new byte[8];
        file.Read(file.Get("transposed"), 8, part);
        Assert.Equal([1f, 4], MemoryMarshal.Cast<byte, float>(part).ToArray());
    }

    [Fact]
    public void Nested_checkpoints_give_joined_names_and_a_state_dict_inside_stands_for_the_file()
    {
        var nested = new PickleWriter().Op('}').Op('(')
            .Text("blocks").Op(']').Op('(').Tensor("FloatStorage", "0", 6, 0, [1], [1]).Tensor("FloatStorage", "0", 6, 1, [1], [1]).Op('e')
            .Text("epoch").Int(3).Text("name").Text("x").Text("rate").Raw((byte)'G', 0x3F, 0xF0, 0, 0, 0, 0, 0, 0).Text("nothing").Op('N')
            .Op('u').Done();
        using (var file = Open(PickleWriter.Archive(nested, ("archive/data/0", Six))))
            Assert.Equal(["blocks.0", "blocks.1"], file.Tensors.Keys);

        var wrapped = new PickleWriter().Op('}').Op('(')
            .Text("epoch").Int(3).Text("state_dict").Op('}').Op('(').Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Op('u').Op('u').Done();
        using (var file = Open(PickleWriter.Archive(wrapped, ("archive/data/0", Six))))
            Assert.Equal(["w"], file.Tensors.Keys);
    }

    [Fact]
    public void The_form_before_1_6_is_read()
    {
        var pickle = new PickleWriter().Op('}').Op('(')
            .Text("a").Tensor("HalfStorage", "140", 2, 0, [2], [1], legacy: true)
            .Text("b").Tensor("FloatStorage", "141", 6, 0, [6], [1], legacy: true).Op('u').Done();
        var halves = MemoryMarshal.AsBytes<Half>([(Half)1.5f, (Half)(-2f)]).ToArray();
        using var file = Open(PickleWriter.Legacy(pickle, ("140", halves, 2), ("141", Six, 6)));
        Assert.Equal([1.5f, -2], file.ReadFloats(file.Get("a")));
        Assert.Equal([0f, 1, 2, 3, 4, 5], file.ReadFloats(file.Get("b")));

        Refused(PickleWriter.Legacy(pickle, ("140", halves, 2)), "storage '141' is missing");
        Refused(PickleWriter.Legacy(pickle, ("140", halves, 2), ("141", Six[..20], 6)), "is truncated: storage '141' needs");
        Refused(PickleWriter.Legacy(pickle, ("140", halves, 3), ("141", Six, 6)), "does not have the 2 elements");
        Refused(PickleWriter.Legacy(pickle, ("140", halves, 2), ("140", halves, 2)), "lists a storage '140'");
    }

    [Fact]
    public void A_scripted_archive_gives_its_modules_parameters()
    {
        var pickle = new PickleWriter().Global("__torch__.multimodal.model.Model", "CLIP").Op(')').Raw(0x81).Op('}').Op('(')
            .Text("training").Raw(0x89)
            .Text("logit_scale").Tensor("FloatStorage", "0", 6, 0, [], [])
            .Text("visual").Global("__torch__.multimodal.model.Visual", "VisualTransformer").Op(')').Raw(0x81).Op('}').Op('(')
            .Text("sizes").Global("torch.jit._pickle", "build_intlist").Op('(').Op(']').Op('t').Op('R')
            .Text("proj").Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1]).Op('u').Op('b')
            .Op('u').Op('b').Done();
        using var file = Open(PickleWriter.Archive(pickle, ("archive/data/0", Six), ("archive/constants.pkl", new PickleWriter().Op(')').Done()), ("archive/code/__torch__.py", "x"u8.ToArray())));
        Assert.Equal(["logit_scale", "visual.proj"], file.Tensors.Keys);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("argparse", "Namespace")]
    [InlineData("torch.nn.modules.linear", "Linear")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    [InlineData("torch", "load")]
    [InlineData("__torch__x", "y")]
    public void Whatever_else_is_met_is_named_and_refused(string module, string name)
    {
        Refused(PickleWriter.Archive(new PickleWriter().Global(module, name).Op('(').Text("echo pwned").Op('t').Op('R').Done()), $"holds a '{module}.{name}'");
        Refused(PickleWriter.Archive(new PickleWriter().Text(module).Text(name).Raw(0x93).Done()), $"holds a '{module}.{name}'");
    }

    [Theory]
    [InlineData(7, new[] { 6 }, new[] { 1 }, "needed")] // more than its entry holds
    [InlineData(6, new[] { 7 }, new[] { 1 }, "reaches element 6 of a storage of 6")]
    [InlineData(6, new[] { 2, 3 }, new[] { 4, 1 }, "reaches element 6")]
    [InlineData(6, new[] { 2 }, new[] { -1 }, "not all counts")]
    [InlineData(6, new[] { -2 }, new[] { 1 }, "not all counts")]
    [InlineData(6, new[] { 2, 3 }, new[] { 1 }, "do not belong together")]
    [InlineData(6, new[] { 100000, 100000 }, new[] { 0, 0 }, "repeats a storage of 6 elements")]
    [InlineData(6, new[] { int.MaxValue, int.MaxValue, int.MaxValue }, new[] { 0, 0, 0 }, "impossible shape")]
    [InlineData(-6, new[] { 1 }, new[] { 1 }, "does not name a storage")]
    public void Tensors_stay_inside_their_storage(int count, int[] shape, int[] strides, string sentence) =>
        Refused(PickleWriter.Archive(new PickleWriter().Tensor("FloatStorage", "0", count, 0, shape, strides).Done(), ("archive/data/0", Six)), sentence);

    [Fact]
    public void Damaged_pickles_are_refused()
    {
        RefusedPickle(pickle => pickle.Op('h').Raw(9), "refers to object 9");
        RefusedPickle(pickle => pickle.Op('t'), "a mark is missing");
        RefusedPickle(pickle => pickle.Op('0'), "a value is missing");
        RefusedPickle(pickle => pickle.Op('N').Op('a'), "a value is missing");
        RefusedPickle(pickle => pickle.Op('N').Op('N').Op('a'), "something that is no list");
        RefusedPickle(pickle => pickle.Op('N').Op('N').Op('N').Op('s'), "something that is no dict");
        RefusedPickle(pickle => pickle.Op('N').Op('Q'), "does not name a storage");
        RefusedPickle(pickle => pickle.Op('N').Op('N').Op('R'), "not made of a name and a tuple");
        RefusedPickle(pickle => pickle.Global("collections", "OrderedDict").Ints(1).Op('R'), "arguments that it does not take");
        RefusedPickle(pickle => pickle.Op('X').Raw(0xFF, 0xFF, 0xFF, 0xFF), "claims 4294967295 bytes");
        RefusedPickle(pickle => pickle.Raw(0x8e, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), "bytes");
        RefusedPickle(pickle => pickle.Raw(0xFE), "opcode 0xFE does not occur");
        RefusedPickle(pickle => pickle.Op('I').Raw("12x\n"u8.ToArray()), "hostile");
        RefusedPickle(pickle => pickle.Op('I').Raw("12"u8.ToArray()), "a line does not end");
        RefusedPickle(pickle => pickle.Int(3), "holds no tensors");
        Refused(PickleWriter.Archive([0x80, 2, (byte)'}']), "it ends too early");
        Refused(PickleWriter.Archive([]), "it ends too early");
    }

    [Fact]
    public void Bombs_are_refused_quickly()
    {
        var deep = new PickleWriter();
        for (var i = 0; i < 100_000; i++)
            deep.Op(']');
        for (var i = 0; i < 99_999; i++)
            deep.Op('a');
        Refused(PickleWriter.Archive(deep.Done()), "nested too deeply");

        var shared = new PickleWriter().Op(']').Op('q').Raw(0); // each list holds the one before it ten times
        for (byte level = 1; level < 40; level++)
        {
            shared.Op(']').Op('q').Raw(level).Op('(');
            for (var i = 0; i < 10; i++)
                shared.Op('h').Raw((byte)(level - 1));
            shared.Op('e');
        }
        Refused(PickleWriter.Archive(shared.Done()), "too many values");

        Refused(PickleWriter.Archive(new PickleWriter().Op(']').Op('q').Raw(0).Op('h').Raw(0).Op('a').Done()), "nested too deeply"); // a list in itself

        var marks = new PickleWriter();
        marks.Raw([.. Enumerable.Repeat((byte)'N', 5 << 20)]);
        Refused(PickleWriter.Archive(marks.Done()), "too many objects");
    }

    [Fact]
    public void Damaged_archives_are_refused()
    {
        var pickle = new PickleWriter().Tensor("FloatStorage", "0", 6, 0, [6], [1]).Done();
        var whole = PickleWriter.Archive(pickle, ("archive/data/0", Six));
        using (var file = Open(whole))
            Assert.Equal(["tensor"], file.Tensors.Keys);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<WeightFileException>(() => Open(whole[..length]));
        Refused(PickleWriter.Archive(pickle), "its entry data/0 is missing");
        Refused(PickleWriter.Archive(pickle, ("archive/data/0", Six[..20])), "has 20 bytes where 24 are needed");
        Refused(PickleWriter.Archive(pickle, ("archive/data/0", Six), ("archive/byteorder", "big"u8.ToArray())), "big-endian");
        Refused(new PickleWriter().Int(1).Done(), "not one that torch.save wrote");
        for (var i = 0; i < whole.Length; i++) // whatever byte is wrong, it ends in a sentence or in tensors inside the file
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0xFF;
            try
            {
                using var file = Open(damaged);
                foreach (var tensor in file.Tensors.Values)
                    Assert.Equal(tensor.ByteLength, file.Data(tensor).Length);
            }
            catch (WeightFileException sentence)
            {
                Assert.StartsWith("model.bin", sentence.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Compressed_and_other_archives_are_named()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            using (var entry = zip.CreateEntry("archive/data.pkl", CompressionLevel.Optimal).Open())
                entry.Write(Encoding.ASCII.GetBytes(new string('x', 1000)));
        Refused(stream.ToArray(), "'archive/data.pkl' is compressed");

        using var other = new MemoryStream();
        using (var zip = new ZipArchive(other, ZipArchiveMode.Create, leaveOpen: true))
            using (var entry = zip.CreateEntry("word/document.xml", CompressionLevel.NoCompression).Open())
                entry.Write(new byte[10]);
        Refused(other.ToArray(), "without a data.pkl");
    }

    private PyTorchFile Open(byte[] content) => PyTorchFile.Open(folder.Write("model.bin", content));

    private void Refused(byte[] content, string sentence)
    {
        var problem = Assert.Throws<WeightFileException>(() => Open(content));
        Assert.StartsWith("model.bin", problem.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
    }

    private void RefusedPickle(Func<PickleWriter, PickleWriter> write, string sentence) => Refused(PickleWriter.Archive(write(new PickleWriter()).Done()), sentence);
}
