using System.Text;

namespace Assistant.Vision.Weights;

/// <summary>Writes a file so that its name never shows a half-written one: a temporary file beside it is renamed at the end.</summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string target;
    private readonly string temporary;
    private bool committed;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The name that it gets in the end; its folder is made.</param>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public AtomicFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        target = Path.GetFullPath(path);
        if (Path.GetDirectoryName(target) is { } folder)
            Directory.CreateDirectory(folder);
        temporary = $"{target}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp"; // the same folder, since a rename is atomic only within one file system
        Stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
    }

    /// <summary>Writes a text as UTF-8.</summary>
    public static void WriteAllText(string path, string text)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    /// <summary>Writes lines, each with its end.</summary>
    public static void WriteAllLines(string path, IEnumerable<string> lines) => WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));

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
