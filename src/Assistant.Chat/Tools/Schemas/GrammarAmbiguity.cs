using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Refuses grammars whose alternatives llama.cpp would follow side by side in numbers that grow with the depth of an answer.</summary>
/// <remarks>
/// While it cannot be told which of two alternatives an answer takes, both are followed; where what is inside them is such a choice again, their number doubles with every level.
/// Fifteen brackets are enough to keep a processor busy for minutes. Alternatives are told apart by their first character, and objects by the names of their properties,
/// or by a first property that each of them requires with another constant.
/// </remarks>
internal sealed partial class GrammarAmbiguity
{
    private const int MostAtOnce = 64;
    private const int MostComparisons = 2_000_000; // of two objects; well under a second

    private readonly IReadOnlyDictionary<string, string> bodies;
    private readonly Dictionary<string, string[]> names;
    private readonly ILookup<string, string> namedBy;
    private readonly HashSet<string> nesting;
    private readonly Dictionary<string, double> widths = [];
    private readonly Dictionary<string, List<Member>> members = [];
    private readonly Dictionary<string, Member?> firsts = [];
    private int comparisons;

    private GrammarAmbiguity(IReadOnlyDictionary<string, string> bodies)
    {
        this.bodies = bodies;
        names = bodies.ToDictionary(rule => rule.Key, rule => Name().Matches(Terminal().Replace(rule.Value, " ")).Select(match => match.Value).Where(bodies.ContainsKey).Distinct().ToArray());
        namedBy = names.SelectMany(rule => rule.Value.Select(name => (Name: name, By: rule.Key))).ToLookup(pair => pair.Name, pair => pair.By);
        nesting = LeadingTo(bodies.Keys.Where(rule => Is(rule, "array") || Is(rule, "object")));
    }

    /// <summary>Looks through the rules of a grammar.</summary>
    /// <param name="bodies">Each rule's body.</param>
    /// <exception cref="JsonSchemaException">It has alternatives that cannot be told apart and lead to such alternatives again.</exception>
    public static void Check(IReadOnlyDictionary<string, string> bodies)
    {
        var check = new GrammarAmbiguity(bodies);
        foreach (var union in check.names.Where(rule => rule.Value.Length > 1).Select(rule => rule.Key).Where(check.IsUnion))
        {
            if (check.Alike(union, check.nesting) > 1 && check.Alike(union, check.LeadingTo([union])) > 1)
                throw new JsonSchemaException("", "alternatives that begin alike hold the same alternatives again; a first, required property with another 'const' in each tells them apart");
        }
        foreach (var union in bodies.Keys.Where(check.IsUnion))
        {
            if (check.Width(union) > MostAtOnce)
                throw new JsonSchemaException("", $"alternatives that begin alike are nested so that more than {MostAtOnce} would have to be followed at once; a first, required property with another 'const' in each tells them apart");
        }
    }

    /// <summary>How many alternatives may have to be followed at once from here on.</summary>
    private double Width(string rule)
    {
        if (widths.TryGetValue(rule, out var known))
            return known;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new JsonSchemaException("", "its references lead too deep");
        widths[rule] = 1; // a way back adds nothing: where it would, the grammar was refused
        var inside = names[rule].Select(Width).DefaultIfEmpty(1).Max();
        return widths[rule] = inside * (names[rule].Length > 1 && IsUnion(rule) ? Alike(rule, nesting) : 1);
    }

    /// <summary>How many of a choice's alternatives cannot be told apart until something of a kind begins inside them.</summary>
    private int Alike(string union, HashSet<string> inside)
    {
        var leaves = new List<string>();
        AddLeaves(union, leaves, []);
        var arrays = leaves.Count(leaf => Is(leaf, "array") && inside.Contains(leaf));
        var objects = leaves.Where(leaf => Is(leaf, "object")).ToList();
        return Math.Max(Math.Max(1, arrays), 1 + objects.Where((leaf, i) => objects.Take(i).Any(earlier => ObjectsAlike(earlier, leaf, inside))).Count());
    }

    private bool ObjectsAlike(string a, string b, HashSet<string> inside)
    {
        if (++comparisons > MostComparisons)
            throw new JsonSchemaException("", "it has too many alternatives that are objects");
        if (First(a) is { Name.Length: > 0 } one && First(b) is { Name.Length: > 0 } other
            && (one.Name != other.Name || (one.Constants.Count > 0 && other.Constants.Count > 0 && !one.Constants.Overlaps(other.Constants))))
        {
            return false;
        }
        return Members(a).Exists(x => inside.Contains(x.Rule) && Members(b).Exists(y => (x.Name == y.Name || x.Name.Length == 0 || y.Name.Length == 0) && inside.Contains(y.Rule)));
    }

    /// <summary>The members of an object.</summary>
    private List<Member> Members(string rule)
    {
        if (members.TryGetValue(rule, out var known))
            return known;
        var found = rule == "object" ? [new Member("", rule, [])] : new List<Member>();
        var (open, seen) = (new Stack<string>([rule]), new HashSet<string>());
        while (open.TryPop(out var next))
        {
            foreach (var name in names[next].Where(seen.Add))
            {
                if (Is(name, "member"))
                    found.Add(new Member(NameOf(name), name, []));
                else if (Is(name, "rest") || Is(name, "first"))
                    open.Push(name);
            }
        }
        return members[rule] = found;
    }

    /// <summary>The member that begins an object whatever else it holds; null where that is not certain.</summary>
    private Member? First(string rule)
    {
        if (firsts.TryGetValue(rule, out var known))
            return known;
        if (FirstMember().Match(bodies[rule]) is not { Success: true } match)
            return firsts[rule] = null;
        var member = match.Groups[1].Value;
        var name = NameOf(member);
        var value = bodies[member][name.Length..].Trim();
        value = value.StartsWith("ws ", StringComparison.Ordinal) ? value[3..] : value;
        value = value.EndsWith(" ws", StringComparison.Ordinal) ? value[..^3] : value;
        if (bodies.TryGetValue(value, out var body))
            value = body;
        return firsts[rule] = new Member(name, member, Constants().IsMatch(value) ? [.. Literal().Matches(value).Select(literal => literal.Value)] : []);
    }

    private string NameOf(string member) => LeadingLiteral().Match(bodies[member]).Value;

    /// <summary>The rules that lead to one of these, at least by one step.</summary>
    private HashSet<string> LeadingTo(IEnumerable<string> targets)
    {
        var (open, all) = (new Stack<string>(targets), new HashSet<string>());
        while (open.TryPop(out var next))
        {
            foreach (var by in namedBy[next].Where(all.Add))
                open.Push(by);
        }
        return all;
    }

    private static bool Is(string rule, string kind) => rule.StartsWith(kind, StringComparison.Ordinal) && (rule.Length == kind.Length || rule[kind.Length] == '-');

    private void AddLeaves(string rule, List<string> leaves, HashSet<string> seen)
    {
        if (!seen.Add(rule))
            return;
        if (!IsUnion(rule))
            leaves.Add(rule);
        else
        {
            foreach (var name in names[rule])
                AddLeaves(name, leaves, seen);
        }
    }

    /// <summary>Whether a rule only names others, of which one is taken.</summary>
    private bool IsUnion(string rule) => bodies.TryGetValue(rule, out var body) && Union().IsMatch(body);

    /// <param name="Name">As the grammar spells it; empty for any name.</param>
    /// <param name="Rule">Its rule.</param>
    /// <param name="Constants">The values that it can have, if they are constants.</param>
    private sealed record Member(string Name, string Rule, HashSet<string> Constants);

    [GeneratedRegex("""^("(\\.|[^"\\])*"|[a-z]+(-[0-9]+)?)( \| ("(\\.|[^"\\])*"|[a-z]+(-[0-9]+)?))*$""")]
    private static partial Regex Union();

    [GeneratedRegex("""^("(\\.|[^"\\])*")( \| "(\\.|[^"\\])*")*$""")]
    private static partial Regex Constants();

    [GeneratedRegex("""
        ^"\{" ws (member-[0-9]+)
        """)]
    private static partial Regex FirstMember();

    [GeneratedRegex("""^"(\\.|[^"\\])*"(?= )""")]
    private static partial Regex LeadingLiteral();

    [GeneratedRegex("""
        "(\\.|[^"\\])*"
        """)]
    private static partial Regex Literal();

    [GeneratedRegex("""
        "(\\.|[^"\\])*"|\[(\\.|[^\]\\])*\]
        """)]
    private static partial Regex Terminal();

    [GeneratedRegex("[a-z]+(-[0-9]+)?")]
    private static partial Regex Name();
}
