using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Assistant.Vision.Weights;

/// <summary>The key-value part of a GGUF file, in the file's order.</summary>
/// <remarks>
/// Values are <see cref="byte"/>, <see cref="sbyte"/>, <see cref="ushort"/>, <see cref="short"/>, <see cref="uint"/>, <see cref="int"/>,
/// <see cref="ulong"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>,
/// arrays of these, and <c>object[]</c> for arrays of arrays. The <c>Find</c> methods give null where the key is absent, the <c>Get</c>
/// methods throw; both throw where the value has another type. Writers of files disagree on integer widths, so any integer type is taken.
/// </remarks>
[SuppressMessage("Naming", "CA1710", Justification = "GGUF calls it metadata; that it is a dictionary is secondary.")]
public sealed class GgufMetadata : IReadOnlyDictionary<string, object>
{
    private readonly OrderedDictionary<string, object> values = new(StringComparer.Ordinal);
    private readonly string source;

    /// <summary>Empty metadata.</summary>
    /// <param name="source">Name used in messages: the file that it comes from.</param>
    public GgufMetadata(string source) => this.source = source;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => values.Keys;

    /// <inheritdoc/>
    public IEnumerable<object> Values => values.Values;

    /// <inheritdoc/>
    public int Count => values.Count;

    /// <inheritdoc/>
    public object this[string key] => values.TryGetValue(key, out var value) ? value : throw Missing(key);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value) => values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The string of this key.</summary>
    public string GetString(string key) => FindString(key) ?? throw Missing(key);

    /// <summary>The string of this key, or null.</summary>
    public string? FindString(string key) =>
        !values.TryGetValue(key, out var value) ? null : value as string ?? throw WrongType(key, value, "a string");

    /// <summary>The integer of this key.</summary>
    public long GetInteger(string key) => FindInteger(key) ?? throw Missing(key);

    /// <summary>The integer of this key, or null.</summary>
    public long? FindInteger(string key) =>
        !values.TryGetValue(key, out var value) ? null : AsInteger(value) ?? throw WrongType(key, value, "an integer");

    /// <summary>The integer of this key where it fits 32 bits.</summary>
    public int GetInt32(string key) => FindInt32(key) ?? throw Missing(key);

    /// <summary>The integer of this key where it fits 32 bits, or null.</summary>
    public int? FindInt32(string key) => FindInteger(key) switch
    {
        null => null,
        >= int.MinValue and <= int.MaxValue and { } value => (int)value,
        { } value => throw new WeightFileException($"{source}: '{key}' is {value}, which is out of range."),
    };

    /// <summary>The number of this key; integers count as numbers.</summary>
    public double GetNumber(string key) => FindNumber(key) ?? throw Missing(key);

    /// <summary>The number of this key, or null; integers count as numbers.</summary>
    public double? FindNumber(string key) => !values.TryGetValue(key, out var value) ? null : value switch
    {
        float single => single,
        double number => number,
        _ => AsInteger(value) ?? throw WrongType(key, value, "a number"),
    };

    /// <summary>The truth value of this key, or null.</summary>
    public bool? FindBool(string key) =>
        !values.TryGetValue(key, out var value) ? null : value as bool? ?? throw WrongType(key, value, "a truth value");

    /// <summary>The array of strings of this key, or null.</summary>
    public string[]? FindStrings(string key) =>
        !values.TryGetValue(key, out var value) ? null : value as string[] ?? throw WrongType(key, value, "an array of strings");

    /// <summary>The array of numbers of this key, or null; a single number is an array of one.</summary>
    public float[]? FindNumbers(string key) => !values.TryGetValue(key, out var value) ? null : value switch
    {
        float[] singles => singles,
        double[] numbers => Array.ConvertAll(numbers, number => (float)number),
        float single => [single],
        double number => [(float)number],
        _ => AsIntegers(value) is { } integers ? Array.ConvertAll(integers, integer => (float)integer) : throw WrongType(key, value, "an array of numbers"),
    };

    /// <summary>The array of integers of this key, or null; a single integer is an array of one.</summary>
    public long[]? FindIntegers(string key) =>
        !values.TryGetValue(key, out var value) ? null : AsIntegers(value) ?? throw WrongType(key, value, "an array of integers");

    /// <summary>Adds a value of one of the types of GGUF.</summary>
    /// <exception cref="ArgumentException">The key is there already, or GGUF has no such type.</exception>
    internal void Add(string key, object value)
    {
        if (!values.TryAdd(key, value))
            throw new ArgumentException($"The key '{key}' is there already.", nameof(key));
    }

    /// <summary>Adds or replaces a value.</summary>
    internal void Set(string key, object value) => values[key] = value;

    private static long? AsInteger(object value) => value switch
    {
        byte x => x,
        sbyte x => x,
        ushort x => x,
        short x => x,
        uint x => x,
        int x => x,
        long x => x,
        ulong x when x <= long.MaxValue => (long)x,
        _ => null,
    };

    private static long[]? AsIntegers(object value)
    {
        if (value is not Array array)
            return AsInteger(value) is { } single ? [single] : null;
        var integers = new long[array.Length];
        for (var i = 0; i < integers.Length; i++)
        {
            if (AsInteger(array.GetValue(i)!) is not { } integer)
                return null;
            integers[i] = integer;
        }
        return integers;
    }

    private WeightFileException Missing(string key) => new($"{source} has no metadata key '{key}'.");

    private WeightFileException WrongType(string key, object value, string wanted) =>
        new($"{source}: metadata key '{key}' should be {wanted}, but is {(value is Array array ? $"an array of {array.Length} {value.GetType().GetElementType()!.Name}" : $"{value} ({value.GetType().Name})")}.");
}
