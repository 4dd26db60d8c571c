using System.Globalization;
using System.Numerics;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Numbers between bounds, digit by digit.</summary>
internal static class NumberRules
{
    private const int MaxDigits = 16, MaxExtraDigits = 12;

    /// <summary>A bound of a range.</summary>
    /// <param name="Value">The number.</param>
    /// <param name="Exclusive">Whether the number itself is outside.</param>
    public sealed record Bound(decimal Value, bool Exclusive);

    /// <summary>Alternatives for the integers between two bounds; null for a side without one.</summary>
    /// <returns>Empty if there are none.</returns>
    public static List<string> Integers(Bound? min, Bound? max)
    {
        BigInteger? low = min is null ? null : new BigInteger(min.Exclusive ? Math.Floor(min.Value) + 1 : Math.Ceiling(min.Value));
        BigInteger? high = max is null ? null : new BigInteger(max.Exclusive ? Math.Ceiling(max.Value) - 1 : Math.Floor(max.Value));
        return Signed(low, high, 0, digits => digits);
    }

    /// <summary>Alternatives for the numbers between two bounds, without exponents.</summary>
    /// <returns>Empty if there are none.</returns>
    public static List<string> Numbers(Bound? min, Bound? max)
    {
        var alternatives = new List<string>();
        if (max is null || max.Value > 0 || (max.Value == 0 && !max.Exclusive))
            alternatives.AddRange(Positive(min is { Value: >= 0 } ? min : new Bound(0, false), max));
        if (min is null || min.Value < 0)
        {
            var (from, to) = (max is { Value: <= 0 } ? new Bound(-max.Value, max.Exclusive) : new Bound(0, false), min is null ? null : new Bound(-min.Value, min.Exclusive));
            alternatives.AddRange(Positive(from, to).Select(alternative => $"\"-\" ( {alternative} )"));
        }
        return alternatives;
    }

    /// <summary>Numbers at or above 0. A number is its first digits, as many decimals as the bounds have, scaled to an integer, and then any more digits.</summary>
    private static List<string> Positive(Bound min, Bound? max)
    {
        var decimals = Math.Max(Decimals(min.Value), Decimals(max?.Value ?? 0));
        var alternatives = new List<string>();
        for (var fewer = 0; fewer < decimals; fewer++) // 0.5 where the bounds are 0.25 and 0.75
        {
            var (from, to) = (Scale(min.Value, fewer), max is null ? (decimal?)null : Scale(max.Value, fewer));
            var low = min.Exclusive ? Math.Floor(from) + 1 : Math.Ceiling(from);
            var high = max is null ? null : max.Exclusive ? Math.Ceiling(to!.Value) - 1 : Math.Floor(to!.Value) as decimal?;
            alternatives.AddRange(Signed(new(low), high is null ? null : new(high.Value), fewer, digits => digits));
        }
        var dot = decimals == 0 ? "\".\" " : "";
        var (first, last) = (new BigInteger(Scale(min.Value, decimals)), max is null ? (BigInteger?)null : new(Scale(max.Value, decimals)));
        var any = decimals == 0 ? $"( \".\" [0-9]{{1,{MaxExtraDigits}}} )?" : $"[0-9]{{0,{MaxExtraDigits}}}";
        var zeros = decimals == 0 ? $"( \".\" \"0\"{{1,{MaxExtraDigits}}} )?" : $"\"0\"{{0,{MaxExtraDigits}}}";
        if (min.Exclusive && first != last)
            alternatives.AddRange(Signed(first, first, decimals, digits => $"{digits} {dot}\"0\"{{0,{MaxExtraDigits}}} [1-9] [0-9]{{0,{MaxExtraDigits}}}"));
        alternatives.AddRange(Signed(min.Exclusive ? first + 1 : first, last - 1, decimals, digits => $"{digits} {any}"));
        if (max is { Exclusive: false } && (first < last || (first == last && !min.Exclusive)))
            alternatives.AddRange(Signed(last, last, decimals, digits => $"{digits} {zeros}"));
        return alternatives;
    }

    private static List<string> Signed(BigInteger? low, BigInteger? high, int decimals, Func<string, string> finish)
    {
        var alternatives = new List<string>();
        if (low > high)
            return alternatives;
        if (high is null || high >= 0)
            alternatives.AddRange(Unsigned(low is null || low < 0 ? 0 : low.Value, high, decimals).Select(finish));
        if (low is null || low < 0)
            alternatives.AddRange(Unsigned(high is null || high >= 0 ? 1 : -high.Value, -low, decimals).Select(digits => $"\"-\" {finish($"( {digits} )")}"));
        return alternatives;
    }

    private static IEnumerable<string> Unsigned(BigInteger low, BigInteger? high, int decimals)
    {
        for (var length = Digits(low, decimals).Length; ; length++)
        {
            var smallest = length == decimals + 1 ? BigInteger.Zero : BigInteger.Pow(10, length - 1);
            var largest = BigInteger.Pow(10, length) - 1;
            if (high is null && smallest >= low)
            {
                // From here on, only the number of digits grows.
                if (smallest == 0)
                    yield return Fixed(Digits(0, decimals), Digits(largest, decimals), decimals);
                var more = smallest == 0 ? length : length - 1;
                if (more < MaxDigits + decimals)
                    yield return decimals == 0 ? $"[1-9] [0-9]{{{more},{MaxDigits - 1}}}" : $"[1-9] [0-9]{{{more - decimals},{MaxDigits}}} \".\" [0-9]{{{decimals}}}";
                yield break;
            }
            var (from, to) = (BigInteger.Max(low, smallest), high is null ? largest : BigInteger.Min(high.Value, largest));
            if (from <= to)
                yield return Fixed(Digits(from, decimals), Digits(to, decimals), decimals);
            if (high is not null && largest >= high)
                yield break;
        }
    }

    /// <summary>The strings of digits between two of the same length, the decimal point put in its place.</summary>
    private static string Fixed(string low, string high, int decimals)
    {
        if (low.Length == 0)
            return "";
        if (decimals > 0 && low.Length == decimals)
            return ("\".\" " + Fixed(low, high, 0)).TrimEnd();
        var (lowRest, highRest) = (low[1..], high[1..]);
        if (low[0] == high[0])
            return $"\"{low[0]}\" {Fixed(lowRest, highRest, decimals)}".TrimEnd();
        var (nines, zeros) = (new string('9', lowRest.Length), new string('0', lowRest.Length));
        var alternatives = new List<string>();
        var (from, to) = (low[0], high[0]);
        if (lowRest != zeros)
            alternatives.Add($"\"{from++}\" {Fixed(lowRest, nines, decimals)}");
        var last = highRest != nines ? $"\"{to--}\" {Fixed(zeros, highRest, decimals)}" : null;
        if (from <= to)
            alternatives.Add($"[{from}-{to}] {Any(lowRest.Length, decimals)}".TrimEnd());
        if (last is not null)
            alternatives.Add(last);
        return alternatives.Count == 1 ? alternatives[0] : $"( {string.Join(" | ", alternatives)} )";
    }

    private static string Any(int count, int decimals)
    {
        if (decimals == 0 || count < decimals)
            return GrammarRules.Repeat("[0-9]", count, count);
        return $"{GrammarRules.Repeat("[0-9]", count - decimals, count - decimals)} \".\" {GrammarRules.Repeat("[0-9]", decimals, decimals)}".TrimStart();
    }

    private static string Digits(BigInteger number, int decimals) => number.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');

    private static int Decimals(decimal number) => (number / 1.000000000000000000000000000000m).Scale;

    private static decimal Scale(decimal number, int decimals) => number * (decimal)Math.Pow(10, decimals);
}
