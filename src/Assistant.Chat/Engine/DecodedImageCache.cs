using Assistant.Vision.Imaging;

namespace Assistant.Chat.Engine;

/// <summary>Pixels of pictures decoded lately, by the hash of their files: a picture that is shown to several models is decoded once.</summary>
/// <param name="capacity">Most bytes; a photo of 12 megapixels takes 36 MB.</param>
public sealed class DecodedImageCache(long capacity = 64L << 20)
{
    private readonly BoundedCache<string, RgbImage> images = new(capacity, image => image.Pixels.Length);

    /// <summary>Bytes kept.</summary>
    public long Size => images.Size;

    /// <summary>Pixels of a picture; nobody may change them.</summary>
    /// <exception cref="ImageDecodeException">The data is no picture that can be read.</exception>
    public RgbImage Get(Prompts.PromptImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (images.Find(image.Hash) is { } known)
            return known;
        var decoded = ImageDecoder.Decode(image.Data.Span);
        images.Add(image.Hash, decoded);
        return decoded;
    }
}
