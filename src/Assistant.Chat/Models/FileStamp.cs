using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Assistant.Chat.Models;

/// <summary>Tells whether a file is still the one that was looked at.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Length">Bytes; -1 if there is no such file.</param>
/// <param name="Written">When it was last written.</param>
internal sealed record FileStamp(string Path, long Length, DateTimeOffset Written)
{
    private static readonly ConcurrentDictionary<FileStamp, string> digests = new();

    public bool Exists => Length >= 0;

    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new(path, file.Length, file.LastWriteTimeUtc) : new(path, -1, default);
    }

    /// <summary>SHA-256 of the content, 64 hex digits. Reads the file once, however large it is, and remembers.</summary>
    public string Digest()
    {
        if (digests.TryGetValue(this, out var known))
            return known;
        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
        return digests[this] = Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
