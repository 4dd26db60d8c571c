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
            .Select(_ => MadeUpWords.Fill(value, random)).Distinct().ToArray())];
        var request = random.Pick(Requests);
        request = random.NextDouble() switch { < 0.2 => request.ToLowerInvariant(), < 0.35 => request.TrimEnd('.', '?'), _ => request };
        for (var i = 0; i < values.Length; i++)
            request = request.Replace($"{{{i}}}", Wording.Listed(values[i], random), StringComparison.Ordinal);
        var result = MadeUpWords.Fill(random.Pick(Results), random);
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
