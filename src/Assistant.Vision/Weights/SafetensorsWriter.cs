using System.Buffers.Binary;
using System.Text.Json;

namespace Assistant.Vision.Weights;

/// <summary>Writes a safetensors file: collect tensors, then <see cref="Save"/>.</summary>
/// <remarks>Tensors are asked for their data one after the other while the file is written. The target's name appears only when the file is whole.</remarks>
public sealed class SafetensorsWriter
{
    private readonly List<(string Name, WeightType Type, long[] Shape, long Length, Action<Stream> Write)> tensors = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Texts kept in the header under <c>__metadata__</c>; Hugging Face's loader wants <c>format</c> = <c>pt</c>.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds a tensor whose bytes are written by a function while the file is saved.</summary>
    /// <param name="name">A unique name.</param>
    /// <param name="type">How the bytes are to be read.</param>
    /// <param name="shape">Sizes, outermost first; empty for a single number.</param>
    /// <param name="write">Writes exactly the bytes of the tensor, in row-major order.</param>
    /// <exception cref="ArgumentException">The name is taken or the shape impossible.</exception>
    public void Add(string name, WeightType type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(write);
        if (shape.Any(size => size < 0))
            throw new ArgumentException($"Tensor '{name}' has the shape [{string.Join(", ", shape)}]; sizes are not negative.", nameof(shape));
        if (name == "__metadata__" || !names.Add(name))
            throw new ArgumentException($"There is a tensor '{name}' already.", nameof(name));
        var length = shape.Aggregate((long)type.ByteSize(), (product, size) => checked(product * size));
        tensors.Add((name, type, [.. shape], length, write));
    }

    /// <summary>Adds a tensor of floats, stored as <paramref name="type"/>; the values are asked for while the file is saved.</summary>
    /// <param name="name">A unique name.</param>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <param name="values">Gives the elements, in row-major order.</param>
    public void Add(string name, WeightType type, IReadOnlyList<long> shape, Func<ReadOnlyMemory<float>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var stored = type switch
        {
            WeightType.F32 => GgmlType.F32,
            WeightType.F16 => GgmlType.F16,
            WeightType.BF16 => GgmlType.BF16,
            _ => throw new ArgumentException($"Floats cannot be stored as {type}; F32, F16 and BF16 can be made.", nameof(type)),
        };
        Add(name, type, shape, stream => GgufWriter.WriteFloats(stream, name, stored, values().Span));
    }

    /// <summary>Writes the file; an existing one is replaced when the new one is whole.</summary>
    /// <exception cref="InvalidOperationException">A tensor's function wrote another number of bytes than its shape has.</exception>
    public void Save(string path)
    {
        // As the reference implementation orders them: the widest elements first, which keeps every tensor aligned.
        var ordered = tensors.OrderByDescending(tensor => tensor.Type.ByteSize()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        using var file = new AtomicFile(path);
        WriteHeader(file.Stream, ordered);
        foreach (var (name, _, _, length, write) in ordered)
        {
            var start = file.Stream.Position;
            write(file.Stream);
            if (file.Stream.Position - start != length)
                throw new InvalidOperationException($"Tensor '{name}' takes {length} bytes, but {file.Stream.Position - start} were written.");
        }
        file.Commit();
    }

    private void WriteHeader(Stream stream, List<(string Name, WeightType Type, long[] Shape, long Length, Action<Stream> Write)> ordered)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in Metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            var offset = 0L;
            foreach (var (name, type, shape, length, _) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type.SafetensorsName());
                json.WriteStartArray("shape");
                foreach (var size in shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        stream.Write(prefix);
        header.WriteTo(stream);
    }
}
