using System.Runtime.InteropServices;
using System.Text;

namespace Assistant.Vision.Weights;

/// <summary>Writes a GGUF file (version 3, alignment 32): collect metadata and tensors, then <see cref="Save"/>.</summary>
/// <remarks>
/// Tensors are asked for their data one after the other while the file is written, so a model larger than memory can be
/// written. The target's name appears only when the file is whole.
/// </remarks>
public sealed class GgufWriter
{
    private const int Alignment = 32;
    private readonly GgufMetadata metadata = new("the new file");
    private readonly List<(string Name, GgmlType Type, long[] Shape, long Length, Action<Stream> Write)> tensors = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>What has been set so far.</summary>
    public GgufMetadata Metadata => metadata;

    /// <summary>Sets a text.</summary>
    public void Set(string key, string value) => SetValue(key, value);

    /// <summary>Sets a count or id as an unsigned 32-bit integer, the type that llama.cpp insists on for these.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative; use <see cref="SetValue"/> for other integer types.</exception>
    public void Set(string key, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        SetValue(key, (uint)value);
    }

    /// <summary>Sets a 32-bit float, the type that llama.cpp insists on for numbers.</summary>
    public void Set(string key, float value) => SetValue(key, value);

    /// <summary>Sets a truth value.</summary>
    public void Set(string key, bool value) => SetValue(key, value);

    /// <summary>Sets an array of texts.</summary>
    public void Set(string key, IEnumerable<string> values) => SetValue(key, values.ToArray());

    /// <summary>Sets an array of 32-bit floats.</summary>
    public void Set(string key, IEnumerable<float> values) => SetValue(key, values.ToArray());

    /// <summary>Sets an array of signed 32-bit integers.</summary>
    public void Set(string key, IEnumerable<int> values) => SetValue(key, values.ToArray());

    /// <summary>Sets a value of exactly this type; a key that was set before is replaced.</summary>
    /// <param name="key">A key such as <c>phi3.block_count</c>.</param>
    /// <param name="value">One of the types that <see cref="GgufMetadata"/> lists.</param>
    /// <exception cref="ArgumentException">GGUF has no such type, or the key is empty.</exception>
    public void SetValue(string key, object value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        _ = TypeOf(value.GetType());
        if (key == "general.alignment" && value is not (uint)Alignment)
            throw new ArgumentException($"The alignment is {Alignment}.", nameof(value));
        metadata.Set(key, value);
    }

    /// <summary>Adds a tensor whose bytes are written by a function while the file is saved.</summary>
    /// <param name="name">At most 63 bytes of UTF-8; unique.</param>
    /// <param name="type">How the bytes are to be read.</param>
    /// <param name="shape">Sizes outermost first, as PyTorch writes them (GGUF stores them the other way round).</param>
    /// <param name="write">Writes exactly the bytes of the tensor.</param>
    /// <exception cref="ArgumentException">The name is taken or too long, the shape impossible.</exception>
    public void Add(string name, GgmlType type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(write);
        if (Encoding.UTF8.GetByteCount(name) > 63)
            throw new ArgumentException($"The tensor name '{name}' is longer than the 63 bytes that ggml keeps.", nameof(name));
        if (shape.Count is 0 or > 4 || shape.Any(size => size < 1))
            throw new ArgumentException($"Tensor '{name}' has the shape [{string.Join(", ", shape)}]; 1 to 4 sizes of at least 1 are possible.", nameof(shape));
        if (shape[^1] % type.ElementsPerBlock() != 0)
            throw new ArgumentException($"Tensor '{name}' has rows of {shape[^1]} elements, which is not a multiple of the {type.ElementsPerBlock()} that a {type} block holds.", nameof(shape));
        if (!names.Add(name))
            throw new ArgumentException($"There is a tensor '{name}' already.", nameof(name));
        var length = type.ByteLength(shape.Aggregate(1L, (product, size) => checked(product * size)));
        tensors.Add((name, type, [.. shape], length, write));
    }

    /// <summary>Adds a tensor of floats, stored as <paramref name="type"/>; the values are asked for while the file is saved.</summary>
    /// <param name="name">At most 63 bytes of UTF-8; unique.</param>
    /// <param name="type">F32, F16, BF16, Q8_0 or Q4_0.</param>
    /// <param name="shape">Sizes outermost first.</param>
    /// <param name="values">Gives the elements, innermost dimension fastest.</param>
    public void Add(string name, GgmlType type, IReadOnlyList<long> shape, Func<ReadOnlyMemory<float>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!GgmlQuantizer.Supports(type))
            throw new ArgumentException($"Floats cannot be stored as {type}; F32, F16, BF16, Q8_0 and Q4_0 can be made.", nameof(type));
        Add(name, type, shape, stream => WriteFloats(stream, name, type, values().Span));
    }

    /// <summary>Adds a tensor of another file as it is.</summary>
    public void Add(GgufFile source, GgufTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tensor);
        Add(tensor.Name, tensor.Type, tensor.Shape.Count == 0 ? [1] : tensor.Shape, stream =>
        {
            const long Chunk = 1 << 24;
            for (var offset = 0L; offset < tensor.ByteLength; offset += Chunk)
                stream.Write(source.Data(tensor, offset, Math.Min(Chunk, tensor.ByteLength - offset)));
        });
    }

    /// <summary>Writes the file; an existing one is replaced when the new one is whole.</summary>
    /// <exception cref="InvalidOperationException">A tensor's function wrote another number of bytes than its shape has.</exception>
    public void Save(string path)
    {
        using var file = new AtomicFile(path);
        var stream = file.Stream;
        WriteHeader(stream);
        foreach (var (name, _, _, length, write) in tensors)
        {
            Pad(stream);
            var start = stream.Position;
            write(stream);
            if (stream.Position - start != length)
                throw new InvalidOperationException($"Tensor '{name}' takes {length} bytes, but {stream.Position - start} were written.");
        }
        Pad(stream); // llama.cpp counts the padding of the last tensor too
        file.Commit();
    }

    /// <summary>Writes floats as a type of ggml, a part at a time.</summary>
    internal static void WriteFloats(Stream stream, string name, GgmlType type, ReadOnlySpan<float> values)
    {
        const int Chunk = 1 << 16; // a multiple of every block
        if (values.Length % type.ElementsPerBlock() != 0)
            throw new InvalidOperationException($"Tensor '{name}' got {values.Length} values, which do not fill {type} blocks.");
        var buffer = new byte[type.ByteLength(Chunk)];
        while (values.Length > 0)
        {
            var part = values[..Math.Min(Chunk, values.Length)];
            var bytes = buffer.AsSpan(0, (int)type.ByteLength(part.Length));
            GgmlQuantizer.FromFloat(type, part, bytes);
            stream.Write(bytes);
            values = values[part.Length..];
        }
    }

    private void WriteHeader(Stream stream)
    {
        stream.Write("GGUF"u8);
        Write(stream, 3u);
        Write(stream, (ulong)tensors.Count);
        Write(stream, (ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            WriteText(stream, key);
            Write(stream, TypeOf(value.GetType()));
            WriteValue(stream, value);
        }
        var offset = 0L;
        foreach (var (name, type, shape, length, _) in tensors)
        {
            WriteText(stream, name);
            Write(stream, (uint)shape.Length);
            foreach (var size in shape.Reverse())
                Write(stream, (ulong)size);
            Write(stream, (uint)type);
            Write(stream, (ulong)offset);
            offset += (length + Alignment - 1) / Alignment * Alignment;
        }
    }

    private static void Pad(Stream stream)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        stream.Write(zeros[..(int)((Alignment - stream.Position % Alignment) % Alignment)]);
    }

    private static void WriteValue(Stream stream, object value)
    {
        switch (value)
        {
            case string text: WriteText(stream, text); break;
            case bool flag: stream.WriteByte(flag ? (byte)1 : (byte)0); break;
            case byte x: stream.WriteByte(x); break;
            case sbyte x: stream.WriteByte((byte)x); break;
            case ushort x: Write(stream, x); break;
            case short x: Write(stream, x); break;
            case uint x: Write(stream, x); break;
            case int x: Write(stream, x); break;
            case ulong x: Write(stream, x); break;
            case long x: Write(stream, x); break;
            case float x: Write(stream, x); break;
            case double x: Write(stream, x); break;
            case Array array: WriteArray(stream, array); break;
        }
    }

    private static void WriteArray(Stream stream, Array array)
    {
        var type = array.GetType().GetElementType()!;
        Write(stream, type == typeof(object) ? ArrayType : TypeOf(type));
        Write(stream, (ulong)array.Length);
        foreach (var element in array)
            WriteValue(stream, element!);
    }

    private static void WriteText(Stream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Write(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void Write<T>(Stream stream, T value) where T : unmanaged =>
        stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value))); // little-endian, as every machine this runs on

    private const uint ArrayType = 9;

    private static uint TypeOf(Type type) =>
        type == typeof(byte) ? 0u
        : type == typeof(sbyte) ? 1u
        : type == typeof(ushort) ? 2u
        : type == typeof(short) ? 3u
        : type == typeof(uint) ? 4u
        : type == typeof(int) ? 5u
        : type == typeof(float) ? 6u
        : type == typeof(bool) ? 7u
        : type == typeof(string) ? 8u
        : type.IsArray && (type.GetElementType() == typeof(object) || !type.GetElementType()!.IsArray && TypeOf(type.GetElementType()!) != ArrayType) ? ArrayType
        : type == typeof(ulong) ? 10u
        : type == typeof(long) ? 11u
        : type == typeof(double) ? 12u
        : throw new ArgumentException($"GGUF has no type for {type.Name}.", nameof(type));
}
