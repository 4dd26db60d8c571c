namespace Assistant.Chat.Engine;

/// <summary>Projected features of pictures seen lately, by picture and encoder: in memory, where the longest unused leave first, and behind that in files.</summary>
/// <param name="capacity">Most bytes to keep in memory; a LLaVA picture of 576 rows of 3072 takes 7 MB.</param>
/// <param name="files">Where they outlive the program; null for nowhere.</param>
public sealed class ImageFeatureCache(long capacity = 256L << 20, ImageFeatureFiles? files = null)
{
    private readonly BoundedCache<UInt128, float[]> memory = new(capacity, features => (long)features.Length * sizeof(float));

    /// <summary>Bytes kept in memory.</summary>
    public long Size => memory.Size;

    /// <summary>Features of a picture; null if they are not known.</summary>
    /// <param name="key">Of picture and encoder: see <see cref="Prompts.PromptImage.FeatureKey"/>.</param>
    /// <param name="length">How many values they have; what is kept under the key with another number is no use. 0 takes any.</param>
    public float[]? Find(UInt128 key, int length = 0)
    {
        if (memory.Find(key) is { } features && (length == 0 || features.Length == length))
            return features;
        if (files?.Find(key, length) is not { } read)
            return null;
        memory.Add(key, read);
        return read;
    }

    /// <summary>Keeps features, and drops old ones to stay within the capacity.</summary>
    public void Add(UInt128 key, float[] features)
    {
        ArgumentNullException.ThrowIfNull(features);
        memory.Add(key, features);
        files?.Add(key, features);
    }
}
