using System.Text;
using Assistant.Chat.Grammars;
using Assistant.Chat.Models;

namespace Assistant.Chat.Prompts.Thinking;

/// <summary>Lets a model think before the answer that a grammar binds.</summary>
internal static class ThoughtGrammar
{
    /// <summary>The grammar of an answer with free thoughts before it.</summary>
    /// <param name="grammar">The answer's grammar.</param>
    /// <param name="opened">Whether the prompt ends with the mark that begins thoughts, so that they must end first; otherwise the model may think.</param>
    /// <exception cref="ChatRequestException">Together they are larger than grammars may be.</exception>
    public static Grammar Before(Grammar grammar, bool opened)
    {
        var prefix = "think-";
        while (grammar.Text.Contains(prefix, StringComparison.Ordinal))
            prefix += "-"; // its rules have names of their own
        var text = new StringBuilder($"{prefix}root ::= ").Append(opened ? $"{Name(0)} " : $"( [ \\n\\r\\t]{{0,4}} \"{ThoughtReader.Open}\" {Name(0)} )? ").Append("[ \\n\\r\\t]{0,4} root\n");
        AddText(text, Name);
        try
        {
            return Grammar.Parse(text.Append(grammar.Text).ToString(), prefix + "root");
        }
        catch (GrammarException e)
        {
            throw new ChatRequestException($"The answer's format is too large for a model that thinks: {e.Message}", e);
        }

        string Name(int read) => read == 0 ? prefix + "text" : $"{prefix}{(char)('a' + read)}";
    }

    /// <summary>Any text up to and with the mark that ends thoughts: a rule for each length of the mark that has been read.</summary>
    private static void AddText(StringBuilder text, Func<int, string> name)
    {
        const string Mark = ThoughtReader.Close;
        for (var read = 0; read < Mark.Length; read++)
        {
            // Only the first character begins the mark anew: it holds no other like it.
            var (next, first) = (Mark[read], Mark[0]);
            text.Append(name(read)).Append(" ::= \"").Append(next).Append('"').Append(read == Mark.Length - 1 ? "" : " " + name(read + 1));
            if (read > 0)
                text.Append(" | \"").Append(first).Append("\" ").Append(name(1));
            text.Append(" | [^").Append(read > 0 ? $"{first}{next}" : next).Append("] ").Append(name(0)).Append('\n');
        }
    }
}
