using System.Runtime.InteropServices;

namespace Assistant.Vision.Weights;

/// <summary>Named tensors in a file: a state dict that is read as it is asked for.</summary>
/// <remarks>Everything that the file says of its tensors has been compared with its size when it is open. Safe for reading from several threads until it is disposed.</remarks>
public abstract class WeightFile : IDisposable
{
    /// <summary>The path that was opened.</summary>
    public required string Path { get; init; }

    /// <summary>The file's name without folders, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The tensors by name.</summary>
    public abstract IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>Texts that the file keeps beside the tensors; empty where it keeps none.</summary>
    public virtual IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>Opens and checks a file of any of the known formats; its content decides, not its name.</summary>
    /// <param name="path">A safetensors file, a PyTorch archive, the index (<c>*.index.json</c>) of one in several files, or a folder with a checkpoint under the usual names.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or the folder holds no checkpoint.</exception>
    /// <exception cref="WeightFileException">It is none of these or not sound; the message says what is wrong.</exception>
    public static WeightFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            path = CheckpointIn(path);
        if (path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase))
            return ShardedWeightFile.Open(path);
        var start = new byte[16];
        using (var file = MappedFile.Open(path))
        {
            var known = (int)Math.Min(start.Length, file.Length);
            file.Span(0, known).CopyTo(start);
        }
        var name = System.IO.Path.GetFileName(path);
        return start switch
        {
            // First of all: the eight bytes of a safetensors file's header length can look like the start of anything else.
            [_, _, _, _, 0, 0, 0, 0, (byte)'{', ..] => SafetensorsFile.Open(path),
            [(byte)'P', (byte)'K', 3, 4, ..] or [0x80, >= 2 and <= 5, ..] => PyTorchFile.Open(path),
            [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => throw new WeightFileException($"{name} is a GGUF file; a safetensors file or a PyTorch archive was expected."),
            _ when start.AsSpan().StartsWith("version https://"u8) => throw new WeightFileException($"{name} is a Git LFS pointer, not the weights: fetch the file itself."),
            _ when start.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("<"u8) => throw new WeightFileException($"{name} is a web page or XML, not weights: the download went wrong."),
            _ => SafetensorsFile.Open(path),
        };
    }

    /// <summary>The tensor of this name, or null.</summary>
    public WeightTensor? Find(string name) => Tensors.TryGetValue(name, out var tensor) ? tensor : null;

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="WeightFileException">There is none.</exception>
    public WeightTensor Get(string name) => Find(name) ?? throw new WeightFileException($"{Name} has no tensor '{name}'.");

    /// <summary>A tensor's bytes in row-major order: part of the mapped file where they lie so, else a copy.</summary>
    /// <remarks>Valid until the file is disposed.</remarks>
    /// <exception cref="WeightFileException">The tensor has more than 2 GiB: read it in parts.</exception>
    public ReadOnlySpan<byte> Data(WeightTensor tensor)
    {
        Own(tensor);
        if (tensor.ByteLength > Array.MaxLength)
            throw new WeightFileException($"{Name}: tensor '{tensor.Name}' has {tensor.ByteLength} bytes, too many for one piece.");
        if (tensor.Strides is null)
            return tensor.Source.Span(tensor.Offset, tensor.ByteLength);
        var copy = new byte[tensor.ByteLength];
        Read(tensor, 0, copy);
        return copy;
    }

    /// <summary>Copies part of a tensor's bytes, in row-major order.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="firstByte">Where the part begins, counted from the tensor's first byte; the start of an element.</param>
    /// <param name="destination">Receives whole elements.</param>
    public void Read(WeightTensor tensor, long firstByte, Span<byte> destination)
    {
        Own(tensor);
        var size = tensor.Type.ByteSize();
        if (firstByte < 0 || firstByte > tensor.ByteLength - destination.Length || firstByte % size != 0 || destination.Length % size != 0)
            throw new ArgumentOutOfRangeException(nameof(firstByte), $"Bytes {firstByte} to {firstByte + destination.Length} are not whole elements of '{tensor.Name}', which has {tensor.ByteLength} bytes.");
        if (tensor.Strides is null)
            tensor.Source.Span(tensor.Offset + firstByte, destination.Length).CopyTo(destination);
        else
            ReadStrided(tensor, firstByte / size, size, destination);
    }

    /// <summary>A tensor's elements as 32-bit floats, in row-major order.</summary>
    /// <exception cref="WeightFileException">Its type cannot be converted.</exception>
    public float[] ReadFloats(WeightTensor tensor)
    {
        var data = Data(tensor);
        var floats = new float[tensor.ElementCount];
        switch (tensor.Type)
        {
            case WeightType.F32: data.CopyTo(MemoryMarshal.AsBytes(floats.AsSpan())); break;
            case WeightType.F16: GgmlDequantizer.ToFloat(GgmlType.F16, data, floats); break;
            case WeightType.BF16: GgmlDequantizer.ToFloat(GgmlType.BF16, data, floats); break;
            case WeightType.F64: Convert<double>(data, floats, value => (float)value); break;
            case WeightType.I64: Convert<long>(data, floats, value => value); break;
            case WeightType.I32: Convert<int>(data, floats, value => value); break;
            case WeightType.I16: Convert<short>(data, floats, value => value); break;
            case WeightType.I8: Convert<sbyte>(data, floats, value => value); break;
            case WeightType.U8 or WeightType.Bool: Convert<byte>(data, floats, value => value); break;
            default: throw new WeightFileException($"{Name}: tensor '{tensor.Name}' is {tensor.Type}, which cannot be converted to floats here.");
        }
        return floats;
    }

    /// <summary>A tensor's elements as 64-bit integers, in row-major order.</summary>
    /// <exception cref="WeightFileException">Its type is not an integer one.</exception>
    public long[] ReadIntegers(WeightTensor tensor)
    {
        var data = Data(tensor);
        var integers = new long[tensor.ElementCount];
        switch (tensor.Type)
        {
            case WeightType.I64: data.CopyTo(MemoryMarshal.AsBytes(integers.AsSpan())); break;
            case WeightType.I32: Convert<int, long>(data, integers, value => value); break;
            case WeightType.I16: Convert<short, long>(data, integers, value => value); break;
            case WeightType.I8: Convert<sbyte, long>(data, integers, value => value); break;
            case WeightType.U8 or WeightType.Bool: Convert<byte, long>(data, integers, value => value); break;
            default: throw new WeightFileException($"{Name}: tensor '{tensor.Name}' is {tensor.Type}; integers were expected.");
        }
        return integers;
    }

    /// <summary>Unmaps the file; spans into it must not be used any more.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the format holds open.</summary>
    protected abstract void Dispose(bool disposing);

    private static void Convert<T>(ReadOnlySpan<byte> data, float[] floats, Func<T, float> convert) where T : unmanaged => Convert<T, float>(data, floats, convert);

    private static void Convert<T, TResult>(ReadOnlySpan<byte> data, TResult[] results, Func<T, TResult> convert) where T : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, T>(data);
        for (var i = 0; i < results.Length; i++)
            results[i] = convert(source[i]);
    }

    private void Own(WeightTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (Find(tensor.Name) != tensor)
            throw new ArgumentException($"The tensor '{tensor.Name}' belongs to another file than {Name}.", nameof(tensor));
    }

    private static void ReadStrided(WeightTensor tensor, long firstElement, int size, Span<byte> destination)
    {
        var (shape, strides) = (tensor.Shape, tensor.Strides!);
        var index = new long[shape.Count];
        for (var i = index.Length - 1; i >= 0; i--)
            (firstElement, index[i]) = Math.DivRem(firstElement, shape[i]);
        for (var done = 0; done < destination.Length; done += size)
        {
            var at = 0L;
            for (var i = 0; i < index.Length; i++)
                at += index[i] * strides[i];
            tensor.Source.Span(tensor.Offset + at * size, size).CopyTo(destination[done..]);
            for (var i = index.Length - 1; i >= 0 && ++index[i] == shape[i]; i--)
                index[i] = 0;
        }
    }

    private static string CheckpointIn(string folder)
    {
        string[] names = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"];
        return names.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"The folder '{folder}' holds no checkpoint; one of {string.Join(", ", names)} was expected.");
    }
}
