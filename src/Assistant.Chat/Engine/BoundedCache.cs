namespace Assistant.Chat.Engine;

/// <summary>Values by key within a bound of bytes; the longest unused leave first. Safe to use from several threads.</summary>
/// <param name="capacity">Most bytes to keep.</param>
/// <param name="size">Bytes of a value.</param>
internal sealed class BoundedCache<TKey, TValue>(long capacity, Func<TValue, long> size) where TKey : notnull where TValue : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> order = []; // most recent first

    /// <summary>Bytes kept.</summary>
    public long Size { get; private set; }

    public TValue? Find(TKey key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
                return null;
            order.Remove(node);
            order.AddFirst(node);
            return node.Value.Value;
        }
    }

    public void Add(TKey key, TValue value)
    {
        lock (gate)
        {
            if (entries.Remove(key, out var old))
                Drop(old);
            if (size(value) > capacity)
                return;
            entries[key] = order.AddFirst((key, value));
            Size += size(value);
            while (Size > capacity)
            {
                entries.Remove(order.Last!.Value.Key);
                Drop(order.Last);
            }
        }
    }

    private void Drop(LinkedListNode<(TKey Key, TValue Value)> node)
    {
        order.Remove(node);
        Size -= size(node.Value.Value);
    }
}
