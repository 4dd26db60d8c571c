using System.Buffers;
using System.Security.Cryptography;
using Assistant.Vision.Imaging;

namespace Assistant.Chat.Conversations;

/// <summary>A picture in the store.</summary>
/// <param name="Hash">SHA-256 of the stored file, 64 lower-case hexadecimal digits.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="MediaType">Such as <c>image/png</c>.</param>
/// <param name="Length">Bytes of the stored file.</param>
public sealed record StoredImage(string Hash, int Width, int Height, string MediaType, long Length);

/// <summary>Pictures as files named by the SHA-256 of their bytes.</summary>
/// <remarks>
/// What is kept is written anew from the decoded pixels: upright, without metadata (a phone's photo names the place where it was taken),
/// without anything that hides behind the picture's end, and no larger than is of use to a vision tower or a screen.
/// The same file uploaded twice is kept once.
/// </remarks>
public sealed class ImageStore : IDisposable
{
    /// <summary>The most bytes of an uploaded file.</summary>
    public const int MaximumUpload = 40 * 1024 * 1024;

    /// <summary>The longer side of a stored picture, in pixels; larger ones are reduced.</summary>
    public const int MaximumSide = 2048;

    /// <summary>The longer side of a thumbnail, in pixels: sharp at the size that the pages show on dense screens.</summary>
    public const int ThumbnailSide = 480;

    private const string ThumbnailSuffix = ".thumbnail.jpg";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    // The browser shows a transparent picture on a page; so does the model see it.
    private static readonly ImageDecoderOptions Options = new() { Alpha = AlphaHandling.White };

    private readonly string directory;
    private readonly SemaphoreSlim decoding = new(Math.Max(1, Environment.ProcessorCount / 2)); // a large photo takes a hundred megabytes while it is decoded

    /// <summary>Uses a directory; it is created when the first picture comes.</summary>
    public ImageStore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        this.directory = Path.GetFullPath(directory);
    }

    /// <summary>Whether this could be the name of a picture: 64 lower-case hexadecimal digits.</summary>
    public static bool IsHash(string? hash) => hash is { Length: 64 } && !hash.AsSpan().ContainsAnyExcept(HexDigits);

    /// <summary>Decodes a file, turns it upright, and keeps it.</summary>
    /// <exception cref="ImageDecodeException">It is no picture that can be read, or it is too large; the message is for the user.</exception>
    public async Task<StoredImage> AddAsync(ReadOnlyMemory<byte> file, CancellationToken cancellationToken = default)
    {
        if (file.Length > MaximumUpload)
            throw new ImageDecodeException($"The file has {file.Length / 1048576.0:0.0} MB; a picture may have {MaximumUpload / 1048576} MB.");
        await decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Add(file, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            decoding.Release();
        }
    }

    /// <summary>The bytes and the media type of a picture, or null if it is not here.</summary>
    public async Task<(byte[] Bytes, string MediaType)?> ReadAsync(string hash, CancellationToken cancellationToken = default) =>
        Find(hash) is var (path, mediaType) ? (await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), mediaType) : null;

    /// <summary>The file and the media type of a picture, or null if it is not here or this is no hash.</summary>
    public (string Path, string MediaType)? Find(string? hash)
    {
        if (!IsHash(hash)) // before it becomes part of a path
            return null;
        if (PathOf(hash!, ".png") is var png && File.Exists(png))
            return (png, "image/png");
        return PathOf(hash!, ".jpg") is var jpg && File.Exists(jpg) ? (jpg, "image/jpeg") : null;
    }

    /// <summary>The file of a picture's thumbnail, a JPEG, or null if it is not here or this is no hash.</summary>
    public string? FindThumbnail(string? hash) => IsHash(hash) && PathOf(hash!, ThumbnailSuffix) is var path && File.Exists(path) ? path : null;

    /// <summary>When a picture was last added, or null if it is not here or this is no hash.</summary>
    public DateTimeOffset? FindTime(string? hash) => Find(hash) is var (path, _) ? File.GetLastWriteTimeUtc(path) : null;

    /// <summary>Says when a picture was last added; nothing happens if it is not here.</summary>
    public void SetTime(string hash, DateTimeOffset time)
    {
        if (Find(hash) is var (path, _))
            File.SetLastWriteTimeUtc(path, time.UtcDateTime);
    }

    /// <summary>Removes a picture and its thumbnail; nothing happens if it is not here.</summary>
    public void Delete(string hash)
    {
        if (!IsHash(hash) || !Directory.Exists(FolderOf(hash)))
            return;
        foreach (var suffix in (ReadOnlySpan<string>)[".png", ".jpg", ThumbnailSuffix])
            File.Delete(PathOf(hash, suffix));
    }

    /// <summary>Pictures that were last added from one time on and before another.</summary>
    public IEnumerable<string> ListAdded(DateTimeOffset from, DateTimeOffset before)
    {
        if (!Directory.Exists(directory))
            return [];
        return Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Where(path => IsHash(Path.GetFileNameWithoutExtension(path)) && File.GetLastWriteTimeUtc(path) is var added && added >= from.UtcDateTime && added < before.UtcDateTime)
            .Select(path => Path.GetFileNameWithoutExtension(path)).ToList();
    }

    /// <summary>Ends the store; files stay.</summary>
    public void Dispose() => decoding.Dispose();

    private StoredImage Add(ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        var picture = ImageDecoder.Decode(file.Span, Options);
        cancellationToken.ThrowIfCancellationRequested();
        var bounded = Resampler.Thumbnail(picture, MaximumSide);
        // A photo stays a photo; a drawing or a screenshot keeps its exact colours.
        var lossy = IsLossy(file.Span);
        var bytes = lossy ? ImageEncoder.ToJpeg(bounded, quality: 92) : ImageEncoder.ToPng(bounded);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        cancellationToken.ThrowIfCancellationRequested();
        Directory.CreateDirectory(FolderOf(hash));
        Write(PathOf(hash, ThumbnailSuffix), ImageEncoder.ToJpeg(Resampler.Thumbnail(bounded, ThumbnailSide), quality: 90));
        Write(PathOf(hash, lossy ? ".jpg" : ".png"), bytes); // last: a picture that is there has its thumbnail
        return new StoredImage(hash, bounded.Width, bounded.Height, lossy ? "image/jpeg" : "image/png", bytes.Length);
    }

    /// <summary>By the bytes, since names lie.</summary>
    private static bool IsLossy(ReadOnlySpan<byte> file) => ImageDecoder.Identify(file).Format switch
    {
        ImageFormat.Jpeg or ImageFormat.Avif => true,
        ImageFormat.WebP => file.Length > 16 && !file[12..16].SequenceEqual("VP8L"u8), // the chunk of a plain lossless file
        _ => false,
    };

    /// <summary>Writes beside and renames, so that a name never stands for half a file.</summary>
    private static void Write(string path, byte[] bytes)
    {
        if (File.Exists(path))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow); // added again: its time as a draft begins anew
            return;
        }
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    private string FolderOf(string hash) => Path.Combine(directory, hash[..2]);

    private string PathOf(string hash, string suffix) => Path.Combine(FolderOf(hash), hash + suffix);
}
