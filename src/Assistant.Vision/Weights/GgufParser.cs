using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Assistant.Vision.Weights;

/// <summary>Reads the header of a GGUF file and believes nothing: every count and offset is compared with the file before it is used.</summary>
/// <remarks>Source: the GGUF specification of ggml (docs/gguf.md), versions 2 and 3, little-endian.</remarks>
internal sealed class GgufParser(MappedFile file)
{
    /// <summary>Room for padding that real files use (32) and far more; keeps offset arithmetic away from overflow.</summary>
    private const int MaxAlignment = 1 << 20;

    private const int MaxKeyLength = 65535;

    /// <summary>ggml keeps tensor names in 64 bytes, the end mark included.</summary>
    private const int MaxTensorNameLength = 63;

    private const int MaxDimensions = 4;
    private const int MaxArrayDepth = 4;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private long position;
    private string reading = "the header";

    public int Version { get; private set; }

    public int Alignment { get; private set; } = 32;

    public GgufMetadata Metadata { get; } = new(file.Name);

    public List<GgufTensor> Tensors { get; } = [];

    private string Name => file.Name;

    private long Remaining => file.Length - position;

    public void Parse()
    {
        if (file.Length < 4 || !file.Span(0, 4).SequenceEqual("GGUF"u8))
            throw new WeightFileException(file.Length == 0 ? $"{Name} is empty, not a GGUF file." : $"{Name} is not a GGUF file: it does not begin with 'GGUF'.");
        position = 4;
        var version = ReadUInt32();
        if (version is not (2 or 3))
            throw new WeightFileException(BinaryPrimitives.ReverseEndianness(version) is 2 or 3
                ? $"{Name} is a big-endian GGUF file; only little-endian files can be read."
                : $"{Name} has GGUF version {version}; versions 2 and 3 can be read.");
        Version = (int)version;
        var tensorCount = ReadCount("tensors", smallest: 8 + 1 + 4 + 8 + 4 + 8);
        var keyCount = ReadCount("metadata keys", smallest: 8 + 1 + 4 + 1);
        ReadMetadata(keyCount);
        ReadAlignment();
        ReadTensors(tensorCount);
    }

    private void ReadMetadata(long count)
    {
        for (var i = 0L; i < count; i++)
        {
            reading = $"metadata key {i + 1} of {count}";
            var key = ReadName(MaxKeyLength);
            reading = $"metadata value '{key}'";
            if (Metadata.ContainsKey(key))
                throw new WeightFileException($"{Name} has the metadata key '{key}' twice.");
            Metadata.Add(key, ReadValue(ReadUInt32(), depth: 0));
        }
    }

    private void ReadAlignment()
    {
        if (!Metadata.TryGetValue("general.alignment", out var value))
            return;
        if (value is not uint alignment || alignment > MaxAlignment || !BitOperations.IsPow2(alignment))
            throw new WeightFileException($"{Name}: general.alignment is {value}; a power of two up to {MaxAlignment} was expected.");
        Alignment = (int)alignment;
    }

    private void ReadTensors(long count)
    {
        var infos = new List<(string Name, GgmlType Type, long[] Dimensions, long Offset, long Length)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0L; i < count; i++)
        {
            reading = $"the entry of tensor {i + 1} of {count}";
            var name = ReadName(MaxTensorNameLength);
            reading = $"the entry of tensor '{name}'";
            if (!names.Add(name))
                throw new WeightFileException($"{Name} has the tensor '{name}' twice.");
            var dimensions = ReadDimensions(name);
            var type = (GgmlType)ReadUInt32();
            var length = ByteLength(name, type, dimensions);
            var offset = ReadUInt64();
            if (offset % (ulong)Alignment != 0)
                throw new WeightFileException($"{Name}: tensor '{name}' begins at offset {offset}, which is not a multiple of the alignment {Alignment}.");
            if (offset > long.MaxValue / 2)
                throw new WeightFileException($"{Name}: tensor '{name}' begins at offset {offset}, far outside the file of {file.Length} bytes.");
            infos.Add((name, type, dimensions, (long)offset, length));
        }

        var dataStart = position + (Alignment - position % Alignment) % Alignment;
        foreach (var (name, type, dimensions, offset, length) in infos)
        {
            var end = (decimal)dataStart + offset + length; // beyond 64 bits for hostile sizes
            if (end > file.Length)
                throw new WeightFileException($"{Name} is truncated or damaged: tensor '{name}' needs {end} bytes, the file has {file.Length}.");
            Tensors.Add(new GgufTensor(name, type, dimensions, dataStart + offset, length));
        }
        RefuseOverlaps();
    }

    private long[] ReadDimensions(string name)
    {
        var count = ReadUInt32();
        if (count > MaxDimensions)
            throw new WeightFileException($"{Name}: tensor '{name}' has {count} dimensions; at most {MaxDimensions} are possible.");
        var dimensions = new long[count];
        var elements = (UInt128)1;
        for (var i = 0; i < dimensions.Length; i++)
        {
            var size = ReadUInt64();
            if (size == 0 || (elements *= size) > long.MaxValue / 16) // 16: no type takes more bytes an element
                throw new WeightFileException($"{Name}: tensor '{name}' has an impossible size ({size} in dimension {i}).");
            dimensions[i] = (long)size;
        }
        return dimensions;
    }

    private long ByteLength(string name, GgmlType type, long[] dimensions)
    {
        if (!type.IsKnown())
            throw new WeightFileException($"{Name}: tensor '{name}' has the unknown type {(uint)type}.");
        var row = dimensions.Length == 0 ? 1 : dimensions[0];
        if (row % type.ElementsPerBlock() != 0)
            throw new WeightFileException($"{Name}: tensor '{name}' has rows of {row} elements, which is not a multiple of the {type.ElementsPerBlock()} that a {type} block holds.");
        return type.ByteLength(dimensions.Aggregate(1L, (product, size) => product * size));
    }

    private void RefuseOverlaps()
    {
        GgufTensor? previous = null;
        foreach (var tensor in Tensors.OrderBy(tensor => tensor.Offset))
        {
            if (previous is not null && tensor.Offset < previous.Offset + previous.ByteLength)
                throw new WeightFileException($"{Name}: the tensors '{previous.Name}' and '{tensor.Name}' lie on top of each other.");
            previous = tensor;
        }
    }

    private object ReadValue(uint type, int depth) => type switch
    {
        0 => Take(1)[0],
        1 => (sbyte)Take(1)[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        3 => BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
        4 => ReadUInt32(),
        5 => BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        6 => BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
        7 => ReadBool(Take(1)[0]),
        8 => ReadString(),
        9 => ReadArray(depth),
        10 => ReadUInt64(),
        11 => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        12 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        _ => throw new WeightFileException($"{Name}: {reading} has the unknown type {type}."),
    };

    private Array ReadArray(int depth)
    {
        var type = ReadUInt32();
        return type switch
        {
            0 => ReadNumbers<byte>(),
            1 => ReadNumbers<sbyte>(),
            2 => ReadNumbers<ushort>(),
            3 => ReadNumbers<short>(),
            4 => ReadNumbers<uint>(),
            5 => ReadNumbers<int>(),
            6 => ReadNumbers<float>(),
            7 => Array.ConvertAll(ReadNumbers<byte>(), ReadBool),
            8 => ReadElements(smallest: 8, ReadString),
            9 when depth < MaxArrayDepth => ReadElements<object>(smallest: 12, () => ReadArray(depth + 1)),
            9 => throw new WeightFileException($"{Name}: {reading} has arrays nested more than {MaxArrayDepth} deep."),
            10 => ReadNumbers<ulong>(),
            11 => ReadNumbers<long>(),
            12 => ReadNumbers<double>(),
            _ => throw new WeightFileException($"{Name}: {reading} is an array of the unknown type {type}."),
        };
    }

    /// <summary>Numbers as they lie in the file; the machines this runs on are little-endian like the file.</summary>
    private unsafe T[] ReadNumbers<T>() where T : unmanaged
    {
        var count = ReadArrayLength(sizeof(T));
        var numbers = new T[count];
        Take(count * sizeof(T)).CopyTo(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }

    private T[] ReadElements<T>(int smallest, Func<T> read)
    {
        var elements = new T[ReadArrayLength(smallest)];
        for (var i = 0; i < elements.Length; i++)
            elements[i] = read();
        return elements;
    }

    private long ReadArrayLength(int smallest)
    {
        var count = ReadUInt64();
        if (count > (ulong)(Remaining / smallest) || count > (ulong)Array.MaxLength)
            throw new WeightFileException($"{Name} is truncated or damaged: {reading} claims {count} elements, but only {Remaining} bytes follow.");
        return (long)count;
    }

    private long ReadCount(string what, int smallest)
    {
        var count = ReadUInt64();
        if (count > (ulong)(Remaining / smallest))
            throw new WeightFileException($"{Name} is truncated or damaged: it claims {count} {what}, but has only {file.Length} bytes.");
        return (long)count;
    }

    private string ReadName(int longest)
    {
        var length = ReadUInt64();
        if (length == 0 || length > (ulong)longest)
            throw new WeightFileException($"{Name}: {reading} has a name of {length} bytes; 1 to {longest} are possible.");
        try
        {
            return StrictUtf8.GetString(Take((long)length));
        }
        catch (DecoderFallbackException)
        {
            throw new WeightFileException($"{Name}: {reading} has a name that is not UTF-8.");
        }
    }

    /// <summary>A text value; bytes that are not UTF-8 become U+FFFD, since vocabularies of old files hold some.</summary>
    private string ReadString()
    {
        var length = ReadUInt64();
        if (length > (ulong)Remaining || length > int.MaxValue)
            throw new WeightFileException($"{Name} is truncated or damaged: {reading} claims a text of {length} bytes, but only {Remaining} follow.");
        return Encoding.UTF8.GetString(Take((long)length));
    }

    private bool ReadBool(byte value) => value switch
    {
        0 => false,
        1 => true,
        _ => throw new WeightFileException($"{Name}: {reading} is a truth value of {value}; 0 or 1 was expected."),
    };

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > Remaining)
            throw new WeightFileException($"{Name} is truncated: it ends in {reading}, which needs {position + count} bytes where the file has {file.Length}.");
        var span = file.Span(position, count);
        position += count;
        return span;
    }
}
