namespace Assistant.Vision.Imaging;

/// <summary>What a picture file says of itself in its header.</summary>
/// <param name="Format">Format by content.</param>
/// <param name="Width">Columns of the upright picture.</param>
/// <param name="Height">Rows of the upright picture.</param>
/// <param name="Orientation">EXIF orientation as stored, 1 to 8; 1 where the file has none.</param>
public sealed record ImageInfo(ImageFormat Format, int Width, int Height, int Orientation)
{
    /// <summary>Media type by content, such as <c>image/webp</c>.</summary>
    public string MediaType => ImageSignature.MediaType(Format);
}
