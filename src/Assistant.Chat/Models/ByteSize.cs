using System.Globalization;

namespace Assistant.Chat.Models;

/// <summary>Numbers of bytes as people write them: in configuration and in messages.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, double Factor)[] units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
    ];

    /// <summary>Reads <c>8GB</c>, <c>6.5 GiB</c>, <c>1000000</c>, or <c>50%</c> of a whole; null for anything else.</summary>
    public static long? Parse(string text, long whole)
    {
        var value = text.AsSpan().Trim();
        var (suffix, factor) = value.EndsWith("%") ? ("%", whole / 100.0) : Array.Find(units, unit => text.AsSpan().TrimEnd().EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        if (suffix is null)
            factor = 1;
        else
            value = value[..^suffix.Length];
        return double.TryParse(value.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * factor is >= 1 and < long.MaxValue
            ? (long)(number * factor)
            : null;
    }

    /// <summary>Such as <c>4.1 GB</c>.</summary>
    public static string Format(long bytes)
    {
        var (suffix, factor) = bytes switch
        {
            >= 1_000_000_000_000 => ("TB", 1e12),
            >= 1_000_000_000 => ("GB", 1e9),
            >= 1_000_000 => ("MB", 1e6),
            >= 1_000 => ("KB", 1e3),
            _ => ("bytes", 1.0),
        };
        return (bytes / factor).ToString("0.#", CultureInfo.InvariantCulture) + " " + suffix;
    }
}
