namespace Assistant.Chat.Grammars;

/// <summary>A grammar that cannot be used. The message names the place or the rule.</summary>
public sealed class GrammarException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="why">One sentence without its dot.</param>
    public GrammarException(string why) : base($"The grammar cannot be used: {why}.")
    {
    }
}
