namespace Assistant.Vision.Weights;

/// <summary>A GGUF file: metadata and tensors, checked when it is opened, read through a memory map.</summary>
/// <remarks>
/// Source: the GGUF specification of ggml, versions 2 and 3. Everything that the header says has been compared with the file
/// when <see cref="Open"/> returns: whatever is listed can be read. Safe for reading from several threads until it is disposed.
/// </remarks>
public sealed class GgufFile : IDisposable
{
    private readonly MappedFile file;
    private readonly Dictionary<string, GgufTensor> byName;

    private GgufFile(MappedFile file, GgufParser header)
    {
        this.file = file;
        (Version, Alignment, Metadata, Tensors) = (header.Version, header.Alignment, header.Metadata, header.Tensors);
        byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The path that was opened.</summary>
    public string Path => file.Path;

    /// <summary>The file's name without folders, for messages.</summary>
    public string Name => file.Name;

    /// <summary>Bytes of the file.</summary>
    public long Length => file.Length;

    /// <summary>Version of the format: 2 or 3.</summary>
    public int Version { get; }

    /// <summary>Tensors begin at multiples of this many bytes; 32 unless <c>general.alignment</c> says otherwise.</summary>
    public int Alignment { get; }

    /// <summary>The key-value part.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>The tensors in the file's order.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary><c>general.architecture</c>, such as <c>llama</c>, <c>phi3</c> or <c>clip</c>.</summary>
    /// <exception cref="WeightFileException">The file does not say.</exception>
    public string Architecture => Metadata.GetString("general.architecture");

    /// <summary>Number of elements of all tensors.</summary>
    public long ParameterCount => Tensors.Sum(tensor => tensor.ElementCount);

    /// <summary>The type that holds most of the elements; null for a file without tensors.</summary>
    public GgmlType? PrevailingType => Tensors.Count == 0
        ? null
        : Tensors.GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.ElementCount))!.Key;

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="WeightFileException">It is not a whole, sound GGUF file; the message says what is wrong.</exception>
    public static GgufFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            var header = new GgufParser(file);
            header.Parse();
            return new GgufFile(file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file begins as GGUF files do.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) => start.StartsWith("GGUF"u8);

    /// <summary>The tensor of this name, or null.</summary>
    public GgufTensor? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="WeightFileException">There is none.</exception>
    public GgufTensor Get(string name) => Find(name) ?? throw new WeightFileException($"{Name} has no tensor '{name}'.");

    /// <summary>A tensor's bytes as they lie in the file; valid until this is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has more than 2 GiB: read it in parts.</exception>
    public ReadOnlySpan<byte> Data(GgufTensor tensor) => Data(tensor, 0, tensor.ByteLength);

    /// <summary>Part of a tensor's bytes.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="offset">First byte, counted from the tensor's start.</param>
    /// <param name="length">Number of bytes, below 2 GiB.</param>
    public ReadOnlySpan<byte> Data(GgufTensor tensor, long offset, long length)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (Find(tensor.Name) != tensor)
            throw new ArgumentException($"The tensor '{tensor.Name}' belongs to another file than {Name}.", nameof(tensor));
        if (offset < 0 || length < 0 || offset > tensor.ByteLength - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset} to {offset + length} are outside the {tensor.ByteLength} bytes of '{tensor.Name}'.");
        return file.Span(tensor.Offset + offset, length);
    }

    /// <summary>A tensor's elements as 32-bit floats, innermost dimension fastest.</summary>
    /// <exception cref="WeightFileException">Its type cannot be converted.</exception>
    public float[] ReadFloats(GgufTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ElementCount > Array.MaxLength)
            throw new WeightFileException($"{Name}: tensor '{tensor.Name}' has {tensor.ElementCount} elements, more than one array can hold.");
        var floats = new float[tensor.ElementCount];
        ReadFloats(tensor, 0, floats);
        return floats;
    }

    /// <summary>Some of a tensor's elements as 32-bit floats.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="firstElement">Index of the first element, a multiple of the type's block.</param>
    /// <param name="destination">Where they go; its length, a multiple of the type's block, says how many.</param>
    /// <exception cref="WeightFileException">The type cannot be converted.</exception>
    public void ReadFloats(GgufTensor tensor, long firstElement, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!GgmlDequantizer.Supports(tensor.Type))
            throw new WeightFileException($"{Name}: tensor '{tensor.Name}' is {tensor.Type}, which cannot be converted to floats here; use a file in F16, BF16, Q8_0, Q4_0 or one of Q2_K to Q6_K.");
        var block = tensor.Type.ElementsPerBlock();
        const int Chunk = 1 << 20; // a multiple of every block; keeps the source below 2 GiB whatever the destination's length
        for (var done = 0; done < destination.Length; done += Chunk)
        {
            var part = destination.Slice(done, Math.Min(Chunk, destination.Length - done));
            var source = Data(tensor, (firstElement + done) / block * tensor.Type.BytesPerBlock(), tensor.Type.ByteLength(part.Length));
            GgmlDequantizer.ToFloat(tensor.Type, source, part);
        }
    }

    /// <summary>Unmaps the file; spans into it must not be used any more.</summary>
    public void Dispose() => file.Dispose();
}
