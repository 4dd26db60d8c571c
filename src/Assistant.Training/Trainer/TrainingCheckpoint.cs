using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Training.Trainer;

/// <summary>Everything that a stage needs to go on exactly where it was: weights, optimiser state, random state, step.</summary>
/// <remarks>
/// One file: the mark "ATCK", a version, the step, the generator's state, the model's state dict and the optimiser's, then the mark
/// again, which a file cut short lacks. It is written beside its place and renamed, so a full disk or a kill leaves the one before whole.
/// </remarks>
public static class TrainingCheckpoint
{
    private const int Version = 1;
    private static ReadOnlySpan<byte> Mark => "ATCK"u8;

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="model">Weights and buffers.</param>
    /// <param name="optimizer">Its averages; null for finished weights only.</param>
    public static void Save(string path, long step, nn.Module model, OptimizerHelper? optimizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var partial = path + ".partial";
        using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            writer.Write(Mark);
            writer.Write(Version);
            writer.Write(step);
            using (var random = get_rng_state())
                WriteBytes(writer, random.bytes);
            var state = model.state_dict();
            writer.Write(state.Count);
            foreach (var (name, tensor) in state.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                WriteTensor(writer, name, tensor);
            writer.Write(optimizer is not null);
            optimizer?.save_state_dict(writer);
            writer.Write(Mark);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Loads a checkpoint into a model and an optimiser of the same make.</summary>
    /// <returns>Steps done.</returns>
    /// <exception cref="CheckpointException">The file is not a checkpoint, is cut short or damaged, or is of another model.</exception>
    public static long Load(string path, nn.Module model, OptimizerHelper? optimizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            using var stream = File.OpenRead(path);
            RequireMark(stream, path, stream.Length - Mark.Length, "is cut short");
            RequireMark(stream, path, 0, "is not a checkpoint");
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            if (reader.ReadInt32() is var version && version != Version)
                throw new CheckpointException($"{path} has checkpoint version {version}; this program reads version {Version}.");
            var step = reader.ReadInt64();
            var random = ReadBytes(reader);
            ReadWeights(path, reader, model);
            if (reader.ReadBoolean() && optimizer is not null)
                optimizer.load_state_dict(reader);
            using (var state = tensor(random, dtype: ScalarType.Byte))
                set_rng_state(state);
            return step;
        }
        catch (EndOfStreamException error)
        {
            throw new CheckpointException($"{path} is cut short.", error);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new CheckpointException($"{path} is damaged, or of another model: {error.Message}", error);
        }
    }

    private static void RequireMark(Stream stream, string path, long position, string otherwise)
    {
        Span<byte> mark = stackalloc byte[Mark.Length];
        stream.Position = Math.Max(0, position);
        if (stream.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false) != mark.Length || !mark.SequenceEqual(Mark))
            throw new CheckpointException($"{path} {otherwise}.");
    }

    private static void WriteTensor(BinaryWriter writer, string name, Tensor value)
    {
        using var plain = value.detach().to(ScalarType.Float32).cpu().contiguous();
        writer.Write(name);
        writer.Write(plain.shape.Length);
        foreach (var size in plain.shape)
            writer.Write(size);
        WriteBytes(writer, plain.bytes);
    }

    private static void ReadWeights(string path, BinaryReader reader, nn.Module model)
    {
        var state = model.state_dict();
        var count = reader.ReadInt32();
        if (count != state.Count)
            throw new CheckpointException($"{path} holds {count} tensors, the model has {state.Count}.");
        using var noGrad = no_grad();
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            var shape = new long[reader.ReadInt32()];
            for (var axis = 0; axis < shape.Length; axis++)
                shape[axis] = reader.ReadInt64();
            var bytes = ReadBytes(reader);
            if (!state.TryGetValue(name, out var target))
                throw new CheckpointException($"{path} holds the tensor '{name}', which the model lacks.");
            if (!target.shape.SequenceEqual(shape))
                throw new CheckpointException($"{path}: '{name}' is [{string.Join(", ", shape)}], the model wants [{string.Join(", ", target.shape)}].");
            using var value = empty(shape, dtype: ScalarType.Float32);
            bytes.CopyTo(value.bytes);
            target.copy_(value);
        }
    }

    private static void WriteBytes(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
            throw new EndOfStreamException();
        return reader.ReadBytes(length);
    }
}

/// <summary>A checkpoint cannot be used; the message names the file and the reason.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public CheckpointException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
