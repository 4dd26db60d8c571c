namespace Assistant.Training.Scenes;

/// <summary>A small deterministic generator (SplitMix64): the same seed gives the same numbers on every platform and runtime.</summary>
/// <remarks>Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators". Not for secrets; one thread at a time.</remarks>
/// <param name="seed">Any value; neighbouring seeds give unrelated sequences.</param>
public sealed class SceneRandom(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>The generator of sample <paramref name="index"/> of stream <paramref name="seed"/>: any sample can be drawn without the ones before.</summary>
    public static SceneRandom For(ulong seed, ulong index) => new(Mix(Mix(seed + Golden) ^ (index * 0xD1342543DE82EF95)));

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Mix(state += Golden);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>An integer in [0, <paramref name="count"/>).</summary>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return (int)(((NextUInt64() >> 32) * (ulong)count) >> 32);
    }

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Range(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>True in a fraction <paramref name="probability"/> of calls.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of the items, each as likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items[Next(items.Count)];
    }

    /// <summary>Brings the items into a random order, in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
