using System.Security.Cryptography;
using Assistant.Chat.Conversations;
using Assistant.Vision.Imaging;

namespace Assistant.Chat.Tests.Conversations;

public sealed class ImageStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("images-").FullName;
    private readonly ImageStore store;

    public ImageStoreTests() => store = new ImageStore(folder);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drawing_KeepsItsPixels_UnderTheHashOfItsFile()
    {
        var picture = Gradient(40, 30);
        var stored = await store.AddAsync(ImageEncoder.ToPng(picture), Cancel);
        Assert.Equal((40, 30, "image/png"), (stored.Width, stored.Height, stored.MediaType));
        var (bytes, mediaType) = (await store.ReadAsync(stored.Hash, Cancel))!.Value;
        Assert.Equal(stored.Hash, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal("image/png", mediaType);
        Assert.Equal(picture.Pixels, ImageDecoder.Decode(bytes).Pixels);
    }

    [Fact]
    public async Task Photo_IsTurnedUpright_AndLosesItsMetadata()
    {
        var photo = WithExif(ImageEncoder.ToJpeg(Gradient(40, 30)), orientation: 6);
        Assert.True(photo.AsSpan().IndexOf("Exif"u8) > 0);
        var stored = await store.AddAsync(photo, Cancel);
        Assert.Equal((30, 40, "image/jpeg"), (stored.Width, stored.Height, stored.MediaType));
        var bytes = (await store.ReadAsync(stored.Hash, Cancel))!.Value.Bytes;
        Assert.True(bytes.AsSpan().IndexOf("Exif"u8) < 0, "the stored photo still has its metadata");
        Assert.True((await File.ReadAllBytesAsync(store.FindThumbnail(stored.Hash)!, Cancel)).AsSpan().IndexOf("Exif"u8) < 0);
    }

    [Fact]
    public async Task LargePicture_IsReduced_AndHasASmallThumbnail()
    {
        var stored = await store.AddAsync(ImageEncoder.ToPng(Gradient(ImageStore.MaximumSide * 2, 100)), Cancel);
        Assert.Equal((ImageStore.MaximumSide, 50), (stored.Width, stored.Height));
        var thumbnail = ImageDecoder.Identify(await File.ReadAllBytesAsync(store.FindThumbnail(stored.Hash)!, Cancel));
        Assert.Equal(ImageStore.ThumbnailSide, thumbnail.Width);
    }

    [Fact]
    public async Task SameFile_IsKeptOnce_EvenWhenAddedAtOnce()
    {
        var file = ImageEncoder.ToPng(Gradient(16, 16));
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => store.AddAsync(file, Cancel)));
        Assert.Single(all.Distinct());
        Assert.Equal(2, Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task FileThatIsNoPicture_IsRefused_AndLeavesNothing()
    {
        await Assert.ThrowsAsync<ImageDecodeException>(() => store.AddAsync("plain text"u8.ToArray(), Cancel));
        var png = ImageEncoder.ToPng(Gradient(64, 64));
        await Assert.ThrowsAsync<ImageDecodeException>(() => store.AddAsync(png.AsMemory(0, png.Length / 2), Cancel));
        var error = await Assert.ThrowsAsync<ImageDecodeException>(() => store.AddAsync(new byte[ImageStore.MaximumUpload + 1], Cancel));
        Assert.Contains("may have 40 MB", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0")]
    [InlineData("../456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\0")]
    public void BadHash_FindsNothing_AndDeletesNothing(string? hash)
    {
        Assert.False(ImageStore.IsHash(hash));
        Assert.Null(store.Find(hash));
        Assert.Null(store.FindThumbnail(hash));
        store.Delete(hash!);
    }

    [Fact]
    public async Task Delete_RemovesPictureAndThumbnail()
    {
        var stored = await store.AddAsync(ImageEncoder.ToPng(Gradient(16, 16)), Cancel);
        store.Delete(stored.Hash);
        store.Delete(stored.Hash);
        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        Assert.Null(await store.ReadAsync(stored.Hash, Cancel));
    }

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static RgbImage Gradient(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i * 7 % 251);
        return image;
    }

    /// <summary>Puts an Exif segment with one tag, the orientation, behind a JPEG's first marker.</summary>
    private static byte[] WithExif(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, // big-endian TIFF, first directory at 8
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0, // one entry: tag 0x112, a short, value; no next directory
        ];
        return [.. jpeg.AsSpan(0, 2), .. exif, .. jpeg.AsSpan(2)];
    }
}
