using System.IO.MemoryMappedFiles;

namespace Assistant.Vision.Weights;

/// <summary>A read-only file seen as memory: pages come in as they are touched, so opening a file of many gigabytes costs nothing.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;
    private byte* start;
    private bool disposed;

    private MappedFile(string path, long length)
    {
        (Path, Length) = (path, length);
        if (length == 0)
            return; // an empty file cannot be mapped
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        // The acquired pointer keeps the mapping alive even if this object is collected: a forgotten Dispose leaks
        // address space, where unmapping under a span still in use would end the process.
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
    }

    /// <summary>The path as given.</summary>
    public string Path { get; }

    /// <summary>The file's name without folders, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Bytes in the file when it was opened.</summary>
    public long Length { get; }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="WeightFileException">The path is a folder, or the file cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new WeightFileException($"'{path}' is a folder; a model file was expected.");
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        try
        {
            return new MappedFile(path, info.Length);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException($"'{path}' cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Bytes of the file; valid until this is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the file.</exception>
    public ReadOnlySpan<byte> Span(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (offset < 0 || length < 0 || length > int.MaxValue || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset} to {offset + length} are not one span inside the {Length} bytes of {Name}.");
        return length == 0 ? [] : new ReadOnlySpan<byte>(start + offset, (int)length);
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        if (view is not null)
        {
            start = null;
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
        }
        file?.Dispose();
    }
}
