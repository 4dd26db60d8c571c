namespace Assistant.Chat.Models.Embeddings;

/// <summary>What protocols ask of a vector.</summary>
public static class EmbeddingVector
{
    /// <summary>The first numbers of a vector, scaled to length 1 again.</summary>
    /// <param name="vector">A vector.</param>
    /// <param name="dimensions">How many; null or more than there are keeps all as they are.</param>
    /// <exception cref="ChatRequestException">Less than one is asked for.</exception>
    public static float[] Cut(float[] vector, int? dimensions)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (dimensions < 1)
            throw new ChatRequestException($"{dimensions} dimensions were asked for; at least 1 is possible");
        if (dimensions is null || dimensions >= vector.Length)
            return vector;
        return Unit(vector[..dimensions.Value]);
    }

    /// <summary>A vector scaled to length 1; zeros stay.</summary>
    public static float[] Unit(float[] vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        var length = Math.Sqrt(vector.Sum(value => (double)value * value));
        return length > 0 ? [.. vector.Select(value => (float)(value / length))] : vector;
    }
}
