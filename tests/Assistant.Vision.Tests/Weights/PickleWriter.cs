using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace Assistant.Vision.Tests.Weights;

/// <summary>Writes pickles opcode by opcode, as Python's pickle module does for protocol 2, and the archives around them.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> bytes = [0x80, 2];

    public byte[] Done() => [.. bytes, (byte)'.'];

    public PickleWriter Raw(params byte[] opcodes)
    {
        bytes.AddRange(opcodes);
        return this;
    }

    public PickleWriter Op(char opcode) => Raw((byte)opcode);

    public PickleWriter Int(int value)
    {
        var operand = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(operand, value);
        return Op('J').Raw(operand);
    }

    public PickleWriter Long(BigInteger value)
    {
        var operand = value.ToByteArray();
        return Raw([0x8a, (byte)operand.Length, .. operand]);
    }

    public PickleWriter Text(string value)
    {
        var operand = Encoding.UTF8.GetBytes(value);
        return Op('X').Raw([.. BitConverter.GetBytes(operand.Length), .. operand]);
    }

    public PickleWriter Global(string module, string name) => Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleWriter Ints(params int[] values)
    {
        Op('(');
        foreach (var value in values)
            Int(value);
        return Op('t');
    }

    public PickleWriter Storage(string type, string key, int count, bool legacy = false)
    {
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Int(count);
        if (legacy)
            Op('N');
        return Op('t').Op('Q');
    }

    /// <summary>torch._utils._rebuild_tensor_v2(storage, first, shape, strides, False, OrderedDict()).</summary>
    public PickleWriter Tensor(string type, string key, int count, int first, int[] shape, int[] strides, bool legacy = false) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(type, key, count, legacy).Int(first).Ints(shape).Ints(strides)
            .Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');

    /// <summary>A ZIP archive as torch.save writes it: uncompressed entries in one folder.</summary>
    public static byte[] Archive(byte[] pickle, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in entries.Prepend(("archive/data.pkl", pickle)))
                using (var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open())
                    entry.Write(content);
        return stream.ToArray();
    }

    /// <summary>The form before PyTorch 1.6: five pickles and the storages.</summary>
    public static byte[] Legacy(byte[] pickle, params (string Key, byte[] Content, int Count)[] storages)
    {
        var keys = new PickleWriter().Op(']').Op('(');
        foreach (var (key, _, _) in storages)
            keys.Text(key);
        List<byte> file =
        [
            .. new PickleWriter().Long(BigInteger.Parse("01950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber, null)).Done(),
            .. new PickleWriter().Raw((byte)'M', 0xE9, 0x03).Done(),
            .. new PickleWriter().Op('}').Op('(').Text("little_endian").Raw(0x88).Op('u').Done(),
            .. pickle,
            .. keys.Op('e').Done(),
        ];
        foreach (var (_, content, count) in storages)
            file.AddRange([.. BitConverter.GetBytes((long)count), .. content]);
        return [.. file];
    }
}
