namespace Assistant.Vision.Imaging;

/// <summary>Data is not a picture that can be read, is damaged, or is larger than allowed. The message is one sentence for the user.</summary>
public sealed class ImageDecodeException : Exception
{
    /// <summary>Says what is wrong with the picture.</summary>
    public ImageDecodeException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
