namespace Assistant.Chat.Engine;

/// <summary>Projected features of pictures seen lately, by picture and encoder; the longest unused leave first.</summary>
/// <param name="capacity">Most bytes to keep; a LLaVA picture of 576 rows of 3072 takes 7 MB.</param>
public sealed class ImageFeatureCache(long capacity = 256L << 20)
{
    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, LinkedListNode<(UInt128 Key, float[] Features)>> entries = [];
    private readonly LinkedList<(UInt128 Key, float[] Features)> order = []; // most recent first

    /// <summary>Bytes kept.</summary>
    public long Size { get; private set; }

    /// <summary>Features of a picture; null if they are not known.</summary>
    public float[]? Find(UInt128 key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
                return null;
            order.Remove(node);
            order.AddFirst(node);
            return node.Value.Features;
        }
    }

    /// <summary>Keeps features, and drops old ones to stay within the capacity.</summary>
    public void Add(UInt128 key, float[] features)
    {
        ArgumentNullException.ThrowIfNull(features);
        lock (gate)
        {
            if (entries.Remove(key, out var old))
                Drop(old);
            if (Bytes(features) > capacity)
                return;
            entries[key] = order.AddFirst((key, features));
            Size += Bytes(features);
            while (Size > capacity)
            {
                entries.Remove(order.Last!.Value.Key);
                Drop(order.Last);
            }
        }
    }

    private void Drop(LinkedListNode<(UInt128 Key, float[] Features)> node)
    {
        order.Remove(node);
        Size -= Bytes(node.Value.Features);
    }

    private static long Bytes(float[] features) => (long)features.Length * sizeof(float);
}
