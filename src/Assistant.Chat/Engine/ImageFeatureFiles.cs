using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Assistant.Chat.Engine;

/// <summary>Projected features of pictures in files of a folder, one each, within a bound; the longest unused leave first.</summary>
/// <remarks>
/// A cache and nothing more: a file that is damaged, cut short or somebody else's counts as absent and is removed, and whatever goes wrong with the disk,
/// such as no room on it, only means that the vision tower runs again.
/// </remarks>
public sealed class ImageFeatureFiles
{
    private const int HeaderSize = 4 + 16 + 32; // magic, key, SHA-256 of the values
    private const string Extension = ".features", Unfinished = ".partial";
    private static ReadOnlySpan<byte> Magic => "AIF1"u8;

    private readonly Lock gate = new();
    private readonly string folder;
    private readonly long capacity;
    private long size = -1; // of all files; -1 until they are counted

    /// <summary>Uses a folder, which is made when there is something to keep.</summary>
    /// <param name="folder">A folder for nothing else.</param>
    /// <param name="capacity">Most bytes.</param>
    public ImageFeatureFiles(string folder, long capacity = 2L << 30)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (this.folder, this.capacity) = (folder, capacity);
    }

    /// <summary>Features of a picture; null if there are none that can be trusted.</summary>
    /// <param name="key">Of picture and encoder.</param>
    /// <param name="length">How many values they must have; 0 takes any.</param>
    public float[]? Find(UInt128 key, int length = 0)
    {
        var path = PathOf(key);
        try
        {
            if (!File.Exists(path))
                return null;
            var bytes = File.ReadAllBytes(path);
            if (!IsIntact(bytes, key) || (length != 0 && bytes.Length != HeaderSize + (long)length * sizeof(float)))
            {
                Remove(path);
                return null;
            }
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow); // used just now: the oldest leave first
            return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(HeaderSize)).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps features, if the disk lets it.</summary>
    public void Add(UInt128 key, float[] features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var values = MemoryMarshal.AsBytes(features.AsSpan());
        if (values.Length + HeaderSize > capacity)
            return;
        var path = PathOf(key);
        var unfinished = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = File.Create(unfinished))
            {
                var header = new byte[HeaderSize];
                Magic.CopyTo(header);
                BinaryPrimitives.WriteUInt128LittleEndian(header.AsSpan(4), key);
                SHA256.HashData(values, header.AsSpan(20));
                file.Write(header);
                file.Write(values);
            }
            File.Move(unfinished, path, overwrite: true); // whole or not at all
            Trim(HeaderSize + values.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(unfinished);
        }
    }

    private static bool IsIntact(ReadOnlySpan<byte> bytes, UInt128 key) =>
        bytes.Length > HeaderSize && (bytes.Length - HeaderSize) % sizeof(float) == 0
        && bytes.StartsWith(Magic) && BinaryPrimitives.ReadUInt128LittleEndian(bytes[4..]) == key
        && SHA256.HashData(bytes[HeaderSize..]).AsSpan().SequenceEqual(bytes.Slice(20, 32));

    private void Trim(long added)
    {
        lock (gate)
        {
            if (size >= 0 && size + added <= capacity)
            {
                size += added;
                return;
            }
            // Counting anew corrects what other processes, or the user, did to the folder.
            var files = new DirectoryInfo(folder).GetFiles();
            foreach (var left in files.Where(file => file.Name.EndsWith(Unfinished, StringComparison.Ordinal) && file.LastWriteTimeUtc < DateTime.UtcNow.AddHours(-1)))
                Remove(left.FullName);
            var kept = files.Where(file => file.Name.EndsWith(Extension, StringComparison.Ordinal)).OrderByDescending(file => file.LastWriteTimeUtc).ToList();
            size = kept.Sum(file => file.Length);
            for (var last = kept.Count - 1; last > 0 && size > capacity; last--)
            {
                size -= kept[last].Length;
                Remove(kept[last].FullName);
            }
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays, and is checked again when it is next asked for.
        }
    }

    private string PathOf(UInt128 key) => Path.Combine(folder, key.ToString("x32", CultureInfo.InvariantCulture) + Extension);
}
