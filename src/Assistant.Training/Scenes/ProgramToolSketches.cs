using System.Globalization;
using System.Runtime.InteropServices;

namespace Assistant.Training.Scenes;

/// <summary>Tools that programs offer, made up, and requests that they are called for: what matters is that names and arguments are copied, not which tools they are.</summary>
internal static class ProgramToolSketches
{
    // Few tools would be learnt by heart: for the others only the words that an offer and a request share tell which one is meant.
    private const double UnheardOfShare = 0.45, ListShare = 0.2;

    /// <summary>Different tools.</summary>
    public static IReadOnlyList<ProgramTool> Draw(SceneRandom random, int count)
    {
        var left = CommonTools.Patterns.ToList();
        random.Shuffle(CollectionsMarshal.AsSpan(left));
        return [.. left.Select(pattern => random.NextDouble() switch
        {
            < UnheardOfShare => UnheardOfTools.Draw(random),
            < UnheardOfShare + ListShare => random.Pick(CommonTools.Lists).Draw(random),
            _ => pattern.Draw(random),
        }).DistinctBy(tool => tool.Sketch.Name).Take(count)];
    }

    /// <summary>Text with choices taken, a number for <c>{n}</c>, a digit for <c>{d}</c>, a made-up word for <c>{w}</c> and a made-up name for <c>{W}</c>.</summary>
    internal static string Fill(string template, SceneRandom random)
    {
        Each("{n}", () => Number(99));
        Each("{d}", () => Number(9));
        Each("{w}", () => MadeUp(random));
        Each("{W}", () => SceneWords.Capitalised(MadeUp(random)));
        return template;

        string Number(int most) => (1 + random.Next(most)).ToString(CultureInfo.InvariantCulture);

        void Each(string name, Func<string> value)
        {
            for (var at = template.IndexOf(name, StringComparison.Ordinal); at >= 0; at = template.IndexOf(name, StringComparison.Ordinal))
                template = template[..at] + value() + template[(at + name.Length)..];
        }
    }

    /// <summary>A word that nobody knows.</summary>
    internal static string MadeUp(SceneRandom random)
    {
        ReadOnlySpan<string> onsets =
        [
            "b", "br", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "v", "w", "z", "", "bl", "c", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "pl", "pr", "sc", "sh", "sk", "sp", "sw", "th", "tr", "y",
        ];
        ReadOnlySpan<string> rhymes =
        [
            "a", "e", "i", "o", "u", "an", "ar", "en", "er", "ing", "ka", "on", "or", "um", "ell", "ick", "us", "ee", "at", "et", "it", "ot", "ut", "al", "el", "il", "ol", "am", "em", "im", "om", "and", "ent", "ist", "ost", "urg",
            "ay", "ow", "ia", "ea", "oo", "ai", "ard", "ert", "ork", "ack", "eck", "ock", "age", "ide", "ame", "ine", "es", "ly", "ton",
        ];
        var word = "";
        for (var syllables = 1 + random.Next(3); syllables > 0 || word.Length < 3; syllables--)
            word += onsets[random.Next(onsets.Length)] + rhymes[random.Next(rhymes.Length)];
        return word;
    }
}

/// <summary>A tool of some program.</summary>
/// <param name="Sketch">What it is offered as.</param>
/// <param name="Values">Values of its arguments, in the notation of <see cref="Wording"/>.</param>
/// <param name="Requests">What it is called for; {0} and {1} are the arguments.</param>
/// <param name="Results">What it returns.</param>
internal sealed record ProgramTool(ToolSketch Sketch, IReadOnlyList<string> Values, IReadOnlyList<string> Requests, IReadOnlyList<string> Results)
{
    /// <summary>A request that it is called for.</summary>
    public ToolRequest Ask(SceneRandom random)
    {
        string[][] values = [.. Values.Zip(Sketch.Arguments, (value, argument) => Enumerable.Range(0, argument.Type == "strings" ? 2 + random.Next(4) : 1)
            .Select(_ => ProgramToolSketches.Fill(Wording.Choose(value, random), random)).Distinct().ToArray())];
        var request = random.Pick(Requests);
        request = random.NextDouble() switch { < 0.2 => request.ToLowerInvariant(), < 0.35 => request.TrimEnd('.', '?'), _ => request };
        for (var i = 0; i < values.Length; i++)
            request = request.Replace($"{{{i}}}", VisionToolSketches.Listed(values[i], random), StringComparison.Ordinal);
        var result = ProgramToolSketches.Fill(Wording.Choose(random.Pick(Results), random), random);
        return new ToolRequest(
            request,
            Sketch.Call([.. values.Select((value, i) => Sketch.Arguments[i].Type switch { "integer" => value[0], "strings" => ToolSketch.Quoted(value), _ => ToolSketch.Quoted(value[0]) })]),
            result,
            Spoken(result));
    }

    /// <summary>Whether a question has a word in common with the tool or with what it is called for.</summary>
    public bool Concerns(string question) => Words(question).Overlaps([.. Words(Sketch.Name), .. Words(Sketch.Description), .. Requests.SelectMany(Words)]);

    // Those that tell something.
    private static HashSet<string> Words(string text) => new(
        text.Split([' ', '_', '.', '?', ',', ':', '!', '\'']).Where(word => word.Length > 2 && !fillers.Contains(word)), StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> fillers = new(StringComparer.OrdinalIgnoreCase)
    {
        "the", "and", "what", "how", "who", "which", "where", "when", "with", "for", "are", "can", "you", "this", "that", "there", "please", "now", "have", "from", "into", "many", "much", "does", "tell", "tells", "want", "like",
    };

    // "7 degrees." as it was told; the members of an object one after the other.
    private static string Spoken(string result) => SceneWords.Capitalised(
        (result.StartsWith('{')
            ? result.Trim('{', '}').Replace("\":", ": ", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal)
            : result) + ".");
}
