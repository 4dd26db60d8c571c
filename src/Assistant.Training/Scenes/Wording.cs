using System.Text;
using System.Text.RegularExpressions;

namespace Assistant.Training.Scenes;

/// <summary>Templates of questions: <c>[a|b|]</c> is a choice (they nest), <c>{name}</c> is filled in.</summary>
internal static class Wording
{
    /// <summary>One wording of the template, with a capital at its start.</summary>
    /// <exception cref="FormatException">A bracket is not closed, or a name has no value.</exception>
    public static string Expand(string template, SceneRandom random, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var result = Choose(template, random);
        foreach (var (name, value) in values)
            result = result.Replace("{" + name + "}", value, StringComparison.Ordinal);
        if (result.Contains('{', StringComparison.Ordinal))
            throw new FormatException($"The template \"{template}\" names a value that is not given: \"{result}\".");
        return SceneWords.Capitalised(result);
    }

    /// <summary>The template with its choices taken and nothing filled in.</summary>
    public static string Choose(string template, SceneRandom random)
    {
        var text = new StringBuilder(template.Length);
        var at = 0;
        Choose(template, ref at, random, text, write: true);
        return text.ToString();
    }

    /// <summary>How people type: mostly proper, often all lower case, now and then shouted, polite, or without the mark at the end.</summary>
    /// <param name="question">A sentence with its mark.</param>
    /// <param name="random">Picks what to change.</param>
    /// <param name="opened">Whether a word of politeness or a greeting may be added.</param>
    public static string AsTyped(string question, SceneRandom random, bool opened = true)
    {
        if (question.EndsWith('.') && Array.Exists(Verbs, verb => question.StartsWith(verb, StringComparison.Ordinal)))
            question = question[..^1] + "?";
        if (opened && random.Chance(0.05) && question.EndsWith('?'))
            question = question[..^1] + ", please?";
        else if (opened && random.Chance(0.04))
            question = random.Pick(Openings) + char.ToLowerInvariant(question[0]) + question[1..];
        question = WithSynonyms(question, random);
        // "Is there an A?", "where is the 7?"
        if (random.Chance(0.3))
            question = Regex.Replace(question, @"\b([Aa]|the|The) (?:digit|letter) ([0-9A-Z])\b", match => (match.Groups[1].Value, match.Groups[2].Value[0]) switch
            {
                ("a" or "A", 'A' or 'E' or 'F' or 'H' or 'I' or 'L' or 'M' or 'N' or 'O' or 'R' or 'S' or 'X' or '8') => $"{match.Groups[1].Value}n {match.Groups[2].Value}",
                _ => $"{match.Groups[1].Value} {match.Groups[2].Value}",
            });
        if (random.Chance(0.25))
            question = question.TrimEnd('?', '.');
        return random.NextDouble() switch
        {
            < 0.25 => question.ToLowerInvariant(),
            < 0.29 => question.ToUpperInvariant(),
            _ => question,
        };
    }

    /// <summary>"a, b, c" or "a, b or c".</summary>
    public static string Listed(IReadOnlyList<string> texts, SceneRandom random) => texts.Count == 1 ? texts[0] : random.Chance(0.5)
        ? string.Join(", ", texts)
        : string.Join(", ", texts.SkipLast(1)) + " or " + texts[^1];

    /// <summary>The text with other words for the same here and there.</summary>
    public static string WithSynonyms(string text, SceneRandom random)
    {
        foreach (var (word, other, share) in Synonyms)
        {
            if (text.Contains(word, StringComparison.Ordinal) && random.Chance(share))
                text = Regex.Replace(text, $@"\b{word}\b", other);
        }
        return text;
    }

    private static readonly (string Word, string Other, double Share)[] Synonyms =
    [
        ("gray", "grey", 0.35), ("big", "large", 0.15), ("small", "little", 0.06), ("cross", "plus sign", 0.06), ("crosses", "plus signs", 0.06),
        ("diamond", "rhombus", 0.05), ("diamonds", "rhombuses", 0.05),
        // Nobody asks for bunches and loaves.
        ("a bunch of grapes", "any grapes", 0.4), ("bunches of grapes", "grapes", 0.8), ("bunch of grapes", "grapes", 0.6),
        ("a loaf of bread", "any bread", 0.3), ("loaves of bread", "breads", 0.3), ("loaf of bread", "bread", 0.7), ("airplane", "plane", 0.1), ("bicycle", "bike", 0.1),
    ];

    // "Can you tell me what it is." is a question all the same.
    private static readonly string[] Verbs = ["Can ", "Could ", "Do "];

    private static readonly string[] Openings =
    [
        "Hi! ", "Hello, ", "Please tell me: ", "Please, ", "Tell me: ", "OK, ", "Now: ", "Can you tell me: ", "And now: ", "Next question: ",
    ];

    // Reads up to the end of the template, or of the alternative it is in.
    private static void Choose(string template, ref int at, SceneRandom random, StringBuilder text, bool write)
    {
        while (at < template.Length && template[at] is not ('|' or ']'))
        {
            if (template[at] != '[')
            {
                if (write)
                    text.Append(template[at]);
                at++;
                continue;
            }
            var taken = write ? random.Next(Alternatives(template, at)) : -1;
            for (var i = 0; template[at] != ']'; i++)
            {
                at++; // the opening bracket or the bar
                Choose(template, ref at, random, text, write && i == taken);
                if (at >= template.Length)
                    throw new FormatException($"The template \"{template}\" has an open bracket.");
            }
            at++;
        }
    }

    private static int Alternatives(string template, int open)
    {
        var (count, depth) = (1, 0);
        for (var i = open; i < template.Length; i++)
        {
            depth += template[i] == '[' ? 1 : template[i] == ']' ? -1 : 0;
            if (depth == 0)
                break;
            if (depth == 1 && template[i] == '|')
                count++;
        }
        return count;
    }
}
