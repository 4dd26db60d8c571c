using System.Text;
using Assistant.Chat.Models;
using LlamaCpp;

namespace Assistant.Chat.Prompts.Thinking;

/// <summary>Lets a model think before the answer that a grammar binds.</summary>
internal static class ThoughtGrammar
{
    private const string Root = "root ::= ";

    /// <summary>The grammar of an answer with free thoughts before it.</summary>
    /// <param name="grammar">The answer's grammar, whose first rule is <c>root</c>.</param>
    /// <param name="opened">Whether the prompt ends with the mark that begins thoughts, so that they must end first; otherwise the model may think.</param>
    /// <exception cref="ChatRequestException">Together they are larger than grammars may be.</exception>
    public static LlamaGrammar Before(LlamaGrammar grammar, bool opened)
    {
        var text = new StringBuilder(Root).Append(opened ? "think-text " : $"( [ \\n\\r\\t]{{0,4}} \"{ThoughtReader.Open}\" think-text )? ").Append("[ \\n\\r\\t]{0,4} think-answer\n");
        AddText(text);
        text.Append("think-answer ::= ").Append(grammar.Text.AsSpan(Root.Length));
        try
        {
            return new LlamaGrammar(text.ToString());
        }
        catch (ArgumentException e)
        {
            throw new ChatRequestException($"The answer's format is too large for a model that thinks: {e.Message}", e);
        }
    }

    /// <summary>Any text up to and with the mark that ends thoughts: a rule for each length of the mark that has been read.</summary>
    private static void AddText(StringBuilder text)
    {
        const string Mark = ThoughtReader.Close;
        for (var read = 0; read < Mark.Length; read++)
        {
            // Only the first character begins the mark anew: it holds no other like it.
            var (next, first) = (Mark[read], Mark[0]);
            text.Append(Name(read)).Append(" ::= \"").Append(next).Append('"').Append(read == Mark.Length - 1 ? "" : " " + Name(read + 1));
            if (read > 0)
                text.Append(" | \"").Append(first).Append("\" ").Append(Name(1));
            text.Append(" | [^").Append(read > 0 ? $"{first}{next}" : next).Append("] ").Append(Name(0)).Append('\n');
        }

        static string Name(int read) => read == 0 ? "think-text" : $"think-{(char)('a' + read)}";
    }
}
