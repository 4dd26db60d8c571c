namespace Assistant.Vision.Imaging;

/// <summary>How transparent pixels become RGB.</summary>
public enum AlphaHandling
{
    /// <summary>The colour channels as stored, whatever the transparency: Pillow's <c>convert("RGB")</c>, on which the reference processors build.</summary>
    Drop,

    /// <summary>Composited on white: how a page shows a logo.</summary>
    White,

    /// <summary>Composited on black. With <see cref="White"/> it tells colour and transparency apart.</summary>
    Black,
}

/// <summary>Limits and choices of <see cref="ImageDecoder"/>.</summary>
public sealed record ImageDecoderOptions
{
    /// <summary>Options with the default values.</summary>
    public static ImageDecoderOptions Default { get; } = new();

    /// <summary>Largest width x height that is decoded; checked on the header, before memory is taken for pixels.</summary>
    /// <value>The default is 50,000,000.</value>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>How transparent pixels become RGB.</summary>
    /// <value>The default is <see cref="AlphaHandling.Drop"/>, as the reference processors do.</value>
    public AlphaHandling Alpha { get; init; }
}
