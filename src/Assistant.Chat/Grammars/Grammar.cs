using System.Text;
using LlamaCpp;

namespace Assistant.Chat.Grammars;

/// <summary>What an answer must follow, in llama.cpp's notation GBNF; its rule <c>root</c> is a whole answer.</summary>
/// <remarks>
/// The notation is that of llama.cpp's <c>grammars/README.md</c> but for tokens (<c>&lt;...&gt;</c>). How an answer is followed is not: llama.cpp keeps a stack for each way of reading what has
/// been written, and an ambiguous grammar of twenty characters doubles them with each character. Here the ways share what they have in common (see <see cref="GrammarReader"/>).
/// </remarks>
public sealed class Grammar
{
    /// <summary>Longest text, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Most rules.</summary>
    public const int MaxRules = 4000;

    /// <summary>Deepest nesting of groups.</summary>
    public const int MaxDepth = 64;

    /// <summary>Largest count of a repetition.</summary>
    public const int MaxRepetition = 2000;

    /// <summary>Most steps after repetitions are written out, one a byte that can be read and one a choice.</summary>
    public const int MaxSteps = 300_000;

    private Grammar(string text, GrammarAutomaton automaton) => (Text, Automaton) = (text, automaton);

    /// <summary>The grammar as it was written.</summary>
    public string Text { get; }

    /// <summary>Its steps.</summary>
    internal GrammarAutomaton Automaton { get; }

    /// <summary>Reads a grammar.</summary>
    /// <param name="text">GBNF with a rule named <c>root</c>.</param>
    /// <exception cref="GrammarException">It has an error, leads to itself without reading anything, or is too large.</exception>
    public static Grammar Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, "root");
    }

    /// <summary>Reads a grammar in which another rule than <c>root</c> is a whole answer.</summary>
    internal static Grammar Parse(string text, string root) => new(text, GrammarAutomaton.Build(GbnfParser.Parse(text, root)));

    /// <summary>Whether a text is a whole answer.</summary>
    /// <exception cref="LlamaException">That cannot be found out with bounded work.</exception>
    public bool Matches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new GrammarReader(Automaton);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            reader.Restart();
            if (!reader.Read(value))
                return false;
        }
        return reader.AtEnd;
    }
}
