namespace Assistant.Chat.Models;

/// <summary>What is known of some files, until they change. For several threads; files that two of them ask about at a time may be read twice.</summary>
internal sealed class DescriptionCache
{
    private readonly Lock gate = new();
    private (object Stamp, ModelDescription Description)? cached;

    /// <summary>The description of the files as they are now.</summary>
    /// <param name="stamp">Tells them from others, by <see cref="object.Equals(object)"/>.</param>
    /// <param name="read">Reads them.</param>
    public ModelDescription Get<TStamp>(TStamp stamp, Func<TStamp, ModelDescription> read)
        where TStamp : notnull
    {
        lock (gate)
        {
            if (cached is { } known && known.Stamp.Equals(stamp))
                return known.Description;
        }
        var description = read(stamp);
        lock (gate)
            cached = (stamp, description);
        return description;
    }
}
