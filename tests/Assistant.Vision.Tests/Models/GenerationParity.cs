using System.Globalization;
using System.Text.Json;
using Assistant.Vision.Generation;

namespace Assistant.Vision.Tests.Models;

/// <summary>Generated ids and scores of a reference folder: every <c>NAME_ids</c> of its expected.json, with the settings of its <c>generation</c>.</summary>
internal static class GenerationParity
{
    /// <summary>The cases whose name starts with a prefix, and not with one of the others.</summary>
    public static List<(string Name, GenerationOptions Options)> Cases(Parity parity, string prefix = "", string? without = null)
    {
        var settings = parity.Values.GetProperty("generation");
        return parity.Values.EnumerateObject()
            .Where(property => property.Name.EndsWith("_ids", StringComparison.Ordinal) && property.Name.StartsWith(prefix, StringComparison.Ordinal)
                && (without is null || !property.Name.StartsWith(without, StringComparison.Ordinal)))
            .Select(property => property.Name[..^"_ids".Length])
            .Select(name => (name, Options(name, settings, settings.TryGetProperty(name, out var own) ? own : settings)))
            .ToList();
    }

    /// <summary>Compares ids up to the end token exactly, and scores where the reference has them.</summary>
    public static void AssertEqual(Parity parity, string name, IReadOnlyList<long> prompt, GenerationOptions options, IReadOnlyList<IReadOnlyList<GeneratedSequence>> generated)
    {
        var wanted = parity.Ids(name + "_ids");
        Assert.Equal(wanted.Count, generated.Count);
        for (var row = 0; row < wanted.Count; row++)
        {
            Assert.Equal(prompt, wanted[row].Take(prompt.Count));
            Assert.Equal(UntilEnd(wanted[row].Skip(prompt.Count), options), generated[row][0].Tokens);
            if (parity.Values.TryGetProperty(name + "_scores", out var scores))
                Assert.Equal(scores[row].GetDouble(), generated[row][0].Score, 1e-4);
        }
    }

    private static GenerationOptions Options(string name, JsonElement shared, JsonElement own)
    {
        return new GenerationOptions
        {
            NumBeams = Beams(name),
            MaxLength = shared.GetProperty("max_length").GetInt32(),
            LengthPenalty = own.TryGetProperty("length_penalty", out var penalty) ? penalty.GetDouble() : 1,
            EarlyStopping = own.TryGetProperty("early_stopping", out var early) && early.ValueKind == JsonValueKind.True
                ? EarlyStopping.WhenEnoughFinished : EarlyStopping.WhenUnlikelyToImprove,
            EndTokens = new HashSet<long> { shared.GetProperty("eos_token_id").GetInt64() },
        };
    }

    private static List<long> UntilEnd(IEnumerable<long> tokens, GenerationOptions options)
    {
        var kept = new List<long>();
        foreach (var token in tokens)
        {
            kept.Add(token);
            if (options.EndTokens!.Contains(token))
                break;
        }
        return kept;
    }

    /// <summary>The number after "beam" in a case's name; greedy search has none.</summary>
    private static int Beams(string name)
    {
        var at = name.IndexOf("beam", StringComparison.Ordinal);
        return at < 0 ? 1 : int.Parse(string.Concat(name[(at + "beam".Length)..].TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture);
    }
}
