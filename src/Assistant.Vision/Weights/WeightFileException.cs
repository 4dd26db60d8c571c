namespace Assistant.Vision.Weights;

/// <summary>A model file is broken, truncated, or not what its name promises. The message is one sentence that names the file, for the user.</summary>
public sealed class WeightFileException : Exception
{
    /// <summary>Says what is wrong with which file.</summary>
    public WeightFileException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
