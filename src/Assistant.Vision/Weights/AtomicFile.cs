namespace Assistant.Vision.Weights;

/// <summary>Writes a file so that its name never shows a half-written one: a temporary file beside it is renamed at the end.</summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string target;
    private readonly string temporary;
    private bool committed;

    public AtomicFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        target = Path.GetFullPath(path);
        if (Path.GetDirectoryName(target) is { } folder)
            Directory.CreateDirectory(folder);
        temporary = $"{target}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp"; // the same folder, since a rename is atomic only within one file system
        Stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
    }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    /// <summary>Flushes to the disk and takes the target's name, replacing what stood there.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(temporary, target, overwrite: true);
        committed = true;
    }

    /// <summary>Without a <see cref="Commit"/> the temporary file is removed and the target stays as it was.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!committed)
            File.Delete(temporary);
    }
}
