using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Assistant.Vision.Weights;
using LlamaCpp;

namespace Assistant.Chat.Models.Library;

/// <summary>Writes the text model of a new model with smaller numbers, into the library.</summary>
internal sealed class ModelQuantizer(ModelRegistry registry)
{
    private static readonly TimeSpan reportInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Checks what is asked for.</summary>
    /// <param name="options">The model; its paths are full ones, or relative to the library.</param>
    /// <param name="type">As the request spells it.</param>
    /// <returns>The type as it is written, and that of the file.</returns>
    /// <exception cref="ChatRequestException">There is no such type, or nothing that can be quantized.</exception>
    public (string Type, string From) Check(ModelOptions options, string type)
    {
        if (LlamaQuantizer.Find(type) is not { } found)
            throw new ChatRequestException($"unsupported quantization type '{type}'; there are {string.Join(", ", LlamaQuantizer.Types)}");
        if (options.TextModel.Length == 0)
            throw new ChatRequestException("the model has no text model to quantize");
        try
        {
            using var file = GgufFile.Open(Path.GetFullPath(options.TextModel, registry.Folder));
            GgufChecks.ForTextModel(file); // llama.cpp aborts the process on some broken files
            var from = file.PrevailingType?.ToString() ?? "";
            if (from is not ("F32" or "F16" or "BF16"))
                throw new ChatRequestException($"quantization is only possible from numbers of 32 or 16 bits; {file.Name} holds {from}");
            return (found, from);
        }
        catch (WeightFileException e)
        {
            throw new ChatRequestException(e.Message, e);
        }
    }

    /// <summary>Quantizes; the model then names the new file.</summary>
    /// <param name="options">The model.</param>
    /// <param name="type">What <see cref="Check"/> returned.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>Steps as they happen, with the bytes that are written.</returns>
    /// <exception cref="ChatRequestException">The disk has no room, or llama.cpp refuses.</exception>
    public async IAsyncEnumerable<PullProgress> QuantizeAsync(ModelOptions options, (string Type, string From) type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = Path.GetFullPath(options.TextModel, registry.Folder);
        var temporary = Path.Combine(registry.Folder, "blobs", $"{Guid.NewGuid():N}.quantizing");
        Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
        var (size, free) = (new FileInfo(source).Length, new DriveInfo(registry.Folder).AvailableFreeSpace);
        if (size > free) // the new file is smaller, by how much is not known before
            throw new ChatRequestException($"quantizing needs up to {ByteSize.Format(size)}, the disk of {registry.Folder} has {ByteSize.Format(free)} left");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Half of the processors: answers go on meanwhile.
        var work = QuantizerProcess.QuantizeAsync(source, temporary, type.Type, Math.Max(1, Environment.ProcessorCount / 2), stop.Token);
        try
        {
            var status = $"quantizing {type.From} model to {type.Type}";
            yield return new PullProgress(status);
            while (await Task.WhenAny(work, Task.Delay(reportInterval, cancellationToken)).ConfigureAwait(false) != work)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new PullProgress(status) { Completed = new FileInfo(temporary) is { Exists: true } file ? file.Length : null };
            }
            await FinishAsync(work).ConfigureAwait(false);
            string digest;
            await using (var stream = File.OpenRead(temporary))
                digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            File.Move(temporary, registry.BlobPath(digest), overwrite: true);
            options.TextModel = ModelRegistry.RelativeBlobPath(digest);
            yield return new PullProgress($"creating new layer sha256:{digest}");
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false); // for who stops asking for steps
            await work.ContinueWith(_ => File.Delete(temporary), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static async Task FinishAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (LlamaException e)
        {
            throw new ChatRequestException(e.Message, e);
        }
    }
}
