using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Assistant.Vision.Weights;

/// <summary>A safetensors file: eight bytes of header length, a JSON header, and the tensors' bytes without gaps.</summary>
/// <remarks>Source: the format description in the README of huggingface/safetensors and the checks of its reference implementation.</remarks>
public sealed class SafetensorsFile : WeightFile
{
    /// <summary>Longest header that the reference implementation accepts.</summary>
    private const long MaxHeaderLength = 100_000_000;

    private readonly MappedFile file;
    private readonly OrderedDictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsFile(MappedFile file) => this.file = file;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, WeightTensor> Tensors => tensors;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="WeightFileException">It is not a whole, sound safetensors file; the message says what is wrong.</exception>
    public static new SafetensorsFile Open(string path)
    {
        var opened = new SafetensorsFile(MappedFile.Open(path)) { Path = path };
        try
        {
            opened.ReadHeader();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
    }

    private void ReadHeader()
    {
        if (file.Length < 8)
            throw new WeightFileException($"{Name} is not a safetensors file: it has only {file.Length} bytes.");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span(0, 8));
        if (length > MaxHeaderLength)
            throw new WeightFileException($"{Name} is not a safetensors file: its header would have {length} bytes, more than the {MaxHeaderLength} allowed.");
        if ((long)length > file.Length - 8)
            throw new WeightFileException($"{Name} is truncated or not a safetensors file: its header needs {8 + length} bytes, the file has {file.Length}.");
        var header = file.Span(8, (long)length);
        if (header.IsEmpty || header[0] != '{')
            throw new WeightFileException($"{Name} is not a safetensors file: its header does not begin with '{{'.");
        var dataStart = 8 + (long)length;
        var entries = new List<(string Name, WeightType Type, long[] Shape, long Begin, long End)>();
        try
        {
            ParseHeader(header, entries);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw new WeightFileException($"{Name} has a broken header: {broken.Message}", broken);
        }
        CheckLayout(entries, file.Length - dataStart);
        foreach (var (name, type, shape, begin, _) in entries)
            tensors.Add(name, new WeightTensor(name, type, shape, file, dataStart + begin));
    }

    private void ParseHeader(ReadOnlySpan<byte> header, List<(string, WeightType, long[], long, long)> entries)
    {
        var reader = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 8 }); // trailing spaces are padding; anything else there is an error
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw new WeightFileException($"{Name} has the tensor '{name}' twice.");
            if (name == "__metadata__")
                ParseMetadata(ref reader);
            else
                entries.Add(ParseEntry(ref reader, name));
        }
        while (reader.Read())
        {
            // to the end: the reader throws on what does not belong there
        }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"__metadata__.{key}");
            metadata[key] = reader.GetString()!;
        }
    }

    private (string Name, WeightType Type, long[] Shape, long Begin, long End) ParseEntry(ref Utf8JsonReader reader, string name)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, name);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String, $"{name}.dtype");
                    type = reader.GetString()!;
                    break;
                case "shape" when shape is null:
                    shape = ParseIntegers(ref reader, $"{name}.shape");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ParseIntegers(ref reader, $"{name}.data_offsets");
                    break;
                case var other:
                    throw new WeightFileException($"{Name}: the entry of tensor '{name}' has an unexpected or repeated '{other}'.");
            }
        }
        if (type is null || shape is null || offsets is not [var begin, var end])
            throw new WeightFileException($"{Name}: the entry of tensor '{name}' lacks its dtype, shape or data_offsets.");
        if (WeightTypes.FromSafetensorsName(type) is not { } known)
            throw new WeightFileException($"{Name}: tensor '{name}' has the dtype '{type}', which cannot be read here.");
        return (name, known, shape, begin, end);
    }

    private long[] ParseIntegers(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        var integers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var integer) || integer < 0)
                throw new WeightFileException($"{Name}: {what} holds something else than counts.");
            integers.Add(integer);
        }
        return [.. integers];
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new WeightFileException($"{Name}: '{what}' in the header is {reader.TokenType}; {type} was expected.");
    }

    /// <summary>Every tensor takes the bytes its shape needs, and together they fill the data without gap or overlap.</summary>
    private void CheckLayout(List<(string Name, WeightType Type, long[] Shape, long Begin, long End)> entries, long available)
    {
        var reached = 0L;
        foreach (var (name, type, shape, begin, end) in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            var needed = (UInt128)type.ByteSize();
            foreach (var size in shape)
                if ((needed *= (UInt128)size) > long.MaxValue)
                    throw new WeightFileException($"{Name}: tensor '{name}' has the impossible shape [{string.Join(", ", shape)}].");
            if (begin > end || (UInt128)(end - begin) != needed)
                throw new WeightFileException($"{Name}: tensor '{name}' takes bytes {begin} to {end}, but {type} [{string.Join(", ", shape)}] needs {needed} bytes.");
            if (begin != reached)
                throw new WeightFileException($"{Name}: tensor '{name}' begins at byte {begin} of the data where {reached} was expected: there is a gap or an overlap.");
            if (end > available)
                throw new WeightFileException($"{Name} is truncated: tensor '{name}' needs {end} bytes of data, the file has {available}.");
            reached = end;
        }
        if (reached != available)
            throw new WeightFileException($"{Name} has {available} bytes of data, but its tensors take {reached}.");
    }
}
